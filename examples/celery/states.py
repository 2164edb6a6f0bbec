"""Makes the states that tests begin with: python3 states.py empty-state|high-load|failure-scenarios (README.md has the
whole command). Everything in them is made by Celery itself."""

import os
import subprocess
import sys
import time

import shop


def work_until(done, url=shop.URL):
    """A real worker of the payments, stopped when `done()` holds: it gives back what it has not finished."""
    command = [sys.executable, "-m", "celery", "-q", "-A", "shop", "worker", "-P", "solo", "-Q", "payments",
               "-n", "payments-1", "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "CRITICAL"]
    environment = {**os.environ, "REDIS_URL": url, "C_FORCE_ROOT": "1"}
    folder = os.path.dirname(os.path.abspath(__file__))
    worker = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not done():
            if time.monotonic() > deadline or worker.poll() is not None:
                raise RuntimeError("the worker did not do its work")
            time.sleep(0.05)
    finally:
        worker.terminate()
        worker.wait(60)


def a_retry_is_fetched():
    """The worker holds a task until its time for another try has come. Stopped before it has it, kombu may lose it."""
    return any(b'"retries": 1' in message for message in shop.app.backend.client.hvals("unacked"))


def empty_state():
    """The shop has been at work, and has nothing to do: kombu remembers the queues."""
    with shop.app.connection_for_write() as connection:
        for name in shop.QUEUES:
            shop.app.amqp.queues[name](connection.default_channel).declare()


def high_load():
    """The first minutes of a sale."""
    empty_state()
    for i in range(1, 101):
        shop.signup(f"customer {i}", f"customer{i}@example.com")
        shop.checkout(f"S-{1000 + i}", 990 + i)


def failure_scenarios():
    """An order went through, one was declined and given up, the gateway was away for one, one waits."""
    empty_state()
    orders = [shop.checkout("A-1", 4_900), shop.checkout("A-2", 120_000), shop.checkout("A-3", 60_000)]
    work_until(lambda: [order.status for order in orders] == ["SUCCESS", "FAILURE", "RETRY"] and a_retry_is_fetched())
    shop.checkout("A-4", 4_900)


STATES = {"empty-state": empty_state, "high-load": high_load, "failure-scenarios": failure_scenarios}

if __name__ == "__main__":
    STATES[sys.argv[1]]()
