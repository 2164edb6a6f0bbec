import pytest

import shop


@pytest.fixture(autouse=True)
def start(queue_snapshot):
    queue_snapshot.load("baselines/empty-state", no_backup=True)


def test_a_welcome_at_once_and_a_reminder_later(queue_snapshot):
    shop.signup("Ada", "ada@example.com")
    queue_snapshot("signup", contract="contract.yaml")


def test_everybody_gets_mails_of_their_own(queue_snapshot):
    shop.signup("Ada", "ada@example.com")
    shop.signup("Grace", "grace@example.com")
    queue_snapshot("signup-of-two", contract="contract.yaml")


def test_the_mail_follows_the_report(queue_snapshot):
    shop.nightly("2026-01-31")
    queue_snapshot("nightly", contract="contract.yaml")
