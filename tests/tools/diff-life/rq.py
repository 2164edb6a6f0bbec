# SPDX-License-Identifier: Apache-2.0
"""rq.py add HOST PORT COUNT DELAY_S | fail HOST PORT COUNT
add: COUNT jobs of the queue "receipts", and a reminder DELAY_S later. fail: a worker takes them, and none succeeds."""
import datetime
import logging
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path = [path for path in sys.path if pathlib.Path(path or ".").resolve() != FOLDER]  # this file is called rq, too
import redis  # noqa: E402
import rq  # noqa: E402

sys.path.append(str(FOLDER))
import receipts  # noqa: E402

what, host, port, count = sys.argv[1:5]
connection = redis.Redis(host, int(port))
queue = rq.Queue("receipts", connection=connection)
if what == "add":
    for number in range(int(count)):
        queue.enqueue(receipts.send_receipt, number)
    # RQ writes down when the job was made and when it is due, and no delay.
    queue.enqueue_in(datetime.timedelta(seconds=int(sys.argv[5])), receipts.send_receipt, -1)
else:
    logging.disable(logging.CRITICAL)
    rq.SimpleWorker([queue], connection=connection).work(burst=True)
