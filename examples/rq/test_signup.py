import pytest


@pytest.fixture(autouse=True)
def start(queue_snapshot):
    queue_snapshot.load("baselines/empty-state", no_backup=True)


def test_a_welcome_at_once_and_a_reminder_later(shop, queue_snapshot):
    shop.signup("Ada", "ada@example.com")
    queue_snapshot("signup", contract="contract.yaml")


def test_everybody_gets_mails_of_their_own(shop, queue_snapshot):
    shop.signup("Ada", "ada@example.com")
    shop.signup("Grace", "grace@example.com")
    queue_snapshot("signup-of-two", contract="contract.yaml")


def test_the_report_comes_before_the_mail_about_it(shop, queue_snapshot):
    shop.nightly("2026-01-31")
    queue_snapshot("nightly", contract="contract.yaml")
