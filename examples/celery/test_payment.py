import shop
from states import a_retry_is_fetched, work_until


def test_an_order_is_charged(queue_snapshot):
    queue_snapshot.load("baselines/empty-state", no_backup=True)
    shop.checkout("A-1", 4_900)
    queue_snapshot("payment", contract="contract.yaml")


def test_a_gateway_that_is_away_is_asked_again(queue_snapshot):
    queue_snapshot.load("baselines/empty-state", no_backup=True)
    order = shop.checkout("A-1", 60_000)
    work_until(lambda: order.status == "RETRY" and a_retry_is_fetched(), queue_snapshot.redis_url)
    queue_snapshot("payment-gateway-away", contract="contract.yaml")


def test_what_was_declined_can_be_tried_once_more(queue_snapshot):
    queue_snapshot.load("baselines/failure-scenarios", no_backup=True)
    shop.retry_declined()
    queue_snapshot("payment-declined-again", contract="contract.yaml")


def test_a_whole_sale_is_paid_and_no_mail_is_lost_by_it(queue_snapshot):
    queue_snapshot.load("baselines/high-load", no_backup=True)
    redis = shop.app.backend.client
    work_until(lambda: len(redis.keys("celery-task-meta-*")) == 100, queue_snapshot.redis_url)
    queue_snapshot("payment-sale", contract="contract.yaml")
