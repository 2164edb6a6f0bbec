"""A suite as a user writes it: a program leaves jobs, and the queues are compared with what was accepted."""
import os
import subprocess

import pytest


@pytest.fixture
def send(qsnap_redis_url):
    def send(name, number):
        job = '{"class":"%s","args":[],"jid":"%024d"}' % (name, number)
        subprocess.run(["redis-cli", "-u", qsnap_redis_url, "lpush", "queue:mail", job], check=True)

    subprocess.run(["redis-cli", "-u", qsnap_redis_url, "flushdb"], check=True)
    subprocess.run(["redis-cli", "-u", qsnap_redis_url, "sadd", "queues", "mail"], check=True)
    return send


@pytest.mark.parametrize("country", ["de"])
def test_a_signup_sends_mails(queue_snapshot, send, country):
    send("Welcome", 1)
    queue_snapshot()
    queue_snapshot.contract("queues.yaml")
    if os.environ.get("REMINDER", "yes") == "yes":
        send("Reminder", 2)
    queue_snapshot("signup", within="100ms")
    queue_snapshot()
