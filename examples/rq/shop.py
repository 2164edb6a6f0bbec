"""A tiny shop. What it has promised to do later lies in three queues: mail, payments and reports."""

import uuid
from datetime import timedelta

from redis import Redis
from rq import Queue, Retry, SimpleWorker
from rq.job import Job
from rq.registry import FailedJobRegistry


class GatewayTimeout(Exception):
    """Later, perhaps."""


class CardDeclined(Exception):
    """Never."""


def send_mail(template, address, request_id=None):
    return f"{template} to {address}"


def charge(order, cents, currency, request_id=None):
    """The gateway of this shop has fixed habits, which is what a test wants."""
    if cents > 50_000:
        raise GatewayTimeout("gateway timeout after 30000ms")
    return {"captured": cents}


def charge_gift_card(order, cents, request_id=None):
    if cents > 10_000:
        raise CardDeclined(f"gift card declined for {order}")


def build_report(day):
    return f"sales of {day}"


class Shop:
    def __init__(self, redis_url):
        self.redis = Redis.from_url(redis_url)
        self.mail = Queue("mail", connection=self.redis)
        self.payments = Queue("payments", connection=self.redis)
        self.reports = Queue("reports", connection=self.redis)

    def signup(self, name, address):
        """A welcome at once, and a reminder for whoever has not confirmed the address by then."""
        retry = Retry(max=2, interval=[10, 60])
        self.mail.enqueue(send_mail, "welcome " + name, address, request_id=str(uuid.uuid4()), retry=retry)
        self.mail.enqueue_in(timedelta(minutes=5), send_mail, "reminder", address, request_id=str(uuid.uuid4()))

    def checkout(self, order, cents):
        """A second click on "buy" is harmless. RQ itself would queue the job of this id once more."""
        if Job.exists(f"charge-{order}", connection=self.redis):
            return
        self.payments.enqueue(
            charge, order, cents, "EUR", request_id=str(uuid.uuid4()), job_id=f"charge-{order}",
            retry=Retry(max=3, interval=[30, 60, 120]), failure_ttl=30 * 86400)

    def redeem(self, order, cents):
        """Gift cards are charged once: what fails stays failed until somebody has looked at it."""
        self.payments.enqueue(
            charge_gift_card, order, cents, request_id=str(uuid.uuid4()), job_id=f"gift-{order}", failure_ttl=30 * 86400)

    def nightly(self, day):
        """What cron calls at three: the report, and a mail when it is there."""
        report = self.reports.enqueue(build_report, day, job_id=f"sales-{day}")
        self.mail.enqueue(send_mail, "report", "owner@example.com", depends_on=report)

    def work_on_payments(self):
        """Works until the queue is empty, in this process."""
        SimpleWorker([self.payments], connection=self.redis, name="payments-1").work(
            burst=True, logging_level="CRITICAL")

    def retry_declined(self):
        """Somebody has talked to the bank: what was given up is tried once more."""
        failed = FailedJobRegistry(queue=self.payments)
        for job_id in failed.get_job_ids():
            failed.requeue(job_id)
