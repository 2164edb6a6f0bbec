"""A tiny shop. What it has promised to do later lies in three queues: mail, payments and reports."""

import os
import uuid

from celery import Celery

MINUTE = 60
QUEUES = ("mail", "payments", "reports")
URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")

app = Celery("shop", broker=URL, backend=URL)
app.conf.update(
    task_default_queue="mail",
    task_routes={"shop.charge": "payments", "shop.build_report": "reports"},
    task_acks_late=True,
    result_extended=True,  # so that a result tells which task it is of
    worker_send_task_events=False,
)


class GatewayTimeout(Exception):
    """Later, perhaps."""


class CardDeclined(Exception):
    """Never."""


@app.task(name="shop.send_mail", ignore_result=True)
def send_mail(template, address, request_id=None):
    return f"{template} to {address}"


@app.task(name="shop.charge", autoretry_for=(GatewayTimeout,), max_retries=4, default_retry_delay=10 * MINUTE)
def charge(order, cents, currency, request_id=None):
    """The gateway of this shop has fixed habits, which is what a test wants."""
    if cents > 100_000:
        raise CardDeclined(f"card declined for {order}")
    if cents > 50_000:
        raise GatewayTimeout("gateway timeout after 30000ms")
    return {"captured": cents}


@app.task(name="shop.build_report", ignore_result=True)
def build_report(day):
    return f"sales of {day}"


def signup(name, address):
    """A welcome at once, and a reminder for whoever has not confirmed the address by then."""
    send_mail.apply_async(("welcome " + name, address), {"request_id": str(uuid.uuid4())})
    send_mail.apply_async(("reminder", address), {"request_id": str(uuid.uuid4())}, countdown=5 * MINUTE)


def checkout(order, cents):
    return charge.apply_async((order, cents, "EUR"), {"request_id": str(uuid.uuid4())})


def nightly(day):
    """What beat calls at three: the report, then a mail."""
    (build_report.s(day) | send_mail.s("owner@example.com")).apply_async()


def retry_declined():
    """Somebody has talked to the bank: what was given up is sent once more, and its result forgotten."""
    redis = app.backend.client
    for key in sorted(redis.scan_iter(match="celery-task-meta-*")):
        result = app.backend.decode(redis.get(key))
        if result["status"] == "FAILURE":
            app.send_task(result["name"], result["args"], result["kwargs"], task_id=result["task_id"])
            redis.delete(key)
