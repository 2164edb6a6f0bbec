def test_who_clicks_twice_pays_once(shop, queue_snapshot):
    queue_snapshot.load("baselines/empty-state", no_backup=True)
    shop.checkout("A-1", 4_900)
    shop.checkout("A-1", 4_900)
    queue_snapshot("payment", contract="contract.yaml")


def test_a_gateway_that_is_away_is_asked_again(shop, queue_snapshot):
    queue_snapshot.load("baselines/empty-state", no_backup=True)
    shop.checkout("A-1", 60_000)
    shop.work_on_payments()
    queue_snapshot("payment-gateway-away", contract="contract.yaml")


def test_what_was_declined_can_be_tried_once_more(shop, queue_snapshot):
    queue_snapshot.load("baselines/failure-scenarios", no_backup=True)
    shop.retry_declined()
    queue_snapshot("payment-declined-again", contract="contract.yaml")


def test_a_whole_sale_is_paid_and_no_mail_is_lost_by_it(shop, queue_snapshot):
    queue_snapshot.load("baselines/high-load", no_backup=True)
    shop.work_on_payments()
    queue_snapshot("payment-sale", contract="contract.yaml")
