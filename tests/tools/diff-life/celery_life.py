# SPDX-License-Identifier: Apache-2.0
"""celery_life.py add HOST PORT COUNT DELAY_S | fail HOST PORT COUNT
add: COUNT messages of the queue "receipts", and a reminder DELAY_S later. fail: a real worker takes them, and none
succeeds."""
import os
import pathlib
import subprocess
import sys
import time

import celery
import kombu

if __name__ == "__main__":
    what, host, port, count = sys.argv[1:5]
    os.environ["LIFE_REDIS"] = f"redis://{host}:{port}/0"
URL = os.environ["LIFE_REDIS"]
app = celery.Celery("celery_life", broker=URL, backend=URL)
app.conf.result_extended = True  # a result has the name and the arguments of its task
app.conf.task_queues = [kombu.Queue("receipts"), kombu.Queue("reminders")]
app.conf.task_default_queue = "receipts"
app.conf.broker_transport_options = {"priority_steps": [0, 3, 6, 9], "queue_order_strategy": "priority"}


class SmtpError(Exception):
    pass


@app.task(name="send_receipt")
def send_receipt(number):
    raise SmtpError(f"421 try again later (connection {number})")


def work():
    """Until all have failed."""
    client = app.backend.client
    held = client.hlen("unacked")  # by workers that died before
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "celery_life", "worker", "-P", "solo", "-c", "1", "-Q", "receipts",
         "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "CRITICAL"],
        cwd=pathlib.Path(__file__).resolve().parent, env={**os.environ, "C_FORCE_ROOT": "1"}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while (client.llen("receipts") > 0 or client.hlen("unacked") > held) and time.monotonic() < deadline:
        time.sleep(0.1)
    worker.terminate()
    worker.wait(30)


if __name__ == "__main__" and what == "add":
    for each in range(int(count)):
        send_receipt.delay(each)
    send_receipt.apply_async([-1], countdown=int(sys.argv[5]), queue="reminders")
elif __name__ == "__main__":
    work()
