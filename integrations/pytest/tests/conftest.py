# SPDX-License-Identifier: Apache-2.0
"""A repository and a redis-server for each test, and inner runs of pytest."""
import os
import subprocess
import time
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
PLUGIN = Path(__file__).resolve().parents[1]

# What the inner suites share: jobs as Sidekiq keeps them, written by redis-cli, so that no client library is needed.
INNER_CONFTEST = '''
import subprocess
from urllib.parse import urlsplit, parse_qs
import pytest

class Queue:
    def __init__(self, url):
        split = urlsplit(url)
        self.line = ["redis-cli", "-s", split.path, "-n", parse_qs(split.query).get("db", ["0"])[0]]

    def command(self, *words):
        subprocess.run([*self.line, *words], check=True, stdout=subprocess.DEVNULL)

    def push(self, *names):
        self.command("SADD", "queues", "mail")
        jobs = ['{"class":"%s","args":[],"jid":"%024x","queue":"mail"}' % (name, number) for number, name in enumerate(names)]
        self.command("LPUSH", "queue:mail", *jobs)

@pytest.fixture(scope="session", name="Queue")
def queue_class():
    return Queue

@pytest.fixture
def queue(qsnap_redis_url):
    queue = Queue(qsnap_redis_url)
    queue.command("FLUSHDB")
    return queue
'''


@pytest.fixture(scope="session")
def redis_socket(tmp_path_factory):
    folder = tmp_path_factory.mktemp("redis")
    path = folder / "redis.sock"
    server = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", str(path), "--dir", str(folder), "--save", ""],
                              stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while subprocess.run(["redis-cli", "-s", str(path), "ping"], capture_output=True).stdout != b"PONG\n":
        assert server.poll() is None and time.monotonic() < deadline, "redis-server did not start"
    yield path
    server.kill()
    server.wait()


@pytest.fixture
def suite(pytester, monkeypatch, redis_socket):
    """A scratch repository; suite("--option") runs its tests as a user does."""
    def flush():
        subprocess.run(["redis-cli", "-s", str(redis_socket), "flushall"], check=True, stdout=subprocess.DEVNULL)

    flush()
    for variable in ("CI", "GITHUB_ACTIONS", "QSNAP_UPDATE", "QSNAP_RUN_ID", "QSNAP_PENDING_DIR", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    monkeypatch.setenv("QSNAP_REDIS_URL", f"unix://{redis_socket}")
    subprocess.run(["git", "init", "-q", "."], check=True)
    subprocess.run(["git-qsnap", "init"], check=True, stdout=subprocess.DEVNULL)
    pytester.makeconftest(INNER_CONFTEST)
    pytester.makeini("[pytest]\n")

    def run(*options):
        return pytester.runpytest_inprocess("-p", "pytest_qsnap", "-p", "no:cacheprovider", *options)

    run.pytester = pytester
    run.flush = flush
    run.url = f"unix://{redis_socket}"
    run.snapshots = lambda: sorted(str(path.relative_to(pytester.path / ".queue-snapshots"))
                                   for path in (pytester.path / ".queue-snapshots").rglob("*.qsnap"))
    run.qsnap = lambda *words: subprocess.run(["git-qsnap", *words], check=True, capture_output=True, text=True).stdout
    return run
