# SPDX-License-Identifier: Apache-2.0
"""pytest plugin of git qsnap: the fixture queue_snapshot, and what a whole run says of snapshots."""
import os

import pytest

from .client import QsnapError, QueueSnapshotMismatch, repository_of, run, shifted_database, snapshot_name
from .whole_run import WholeRun

__all__ = ["QsnapError", "QueueSnapshot", "QueueSnapshotMismatch"]


def pytest_addoption(parser):
    group = parser.getgroup("qsnap", "snapshots of job queues (git qsnap)")
    group.addoption("--qsnap-update", nargs="?", const="all", choices=["pending", "new", "all", "none"], metavar="MODE",
                    help="what an assertion may write: =pending, new, none; all if nothing is said")
    group.addoption("--qsnap-obsolete", choices=["warn", "fail", "off"], metavar="WHAT",
                    help="snapshots that a whole run did not refer to: warn, fail or off")
    group.addoption("--qsnap-complete", action="store_true",
                    help="this run is the whole suite, though paths are named or QSNAP_RUN_ID is set")
    parser.addini("qsnap_obsolete", "the same as --qsnap-obsolete (default: warn)", default="warn")
    parser.addini("qsnap_workers", "database: a worker of xdist has a database of its own (default); same", default="database")


def pytest_configure(config):
    config.pluginmanager.register(WholeRun(config), "qsnap-whole-run")


def worker_number(config):
    """1 for gw0, 2 for gw1; 0 without workers."""
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    return int(worker[2:]) + 1 if worker.startswith("gw") else 0


@pytest.fixture(scope="session")
def qsnap_server_url():
    """The Redis of the tests. Override it where a suite starts a server of its own."""
    url = os.environ.get("QSNAP_REDIS_URL") or os.environ.get("REDIS_URL")
    if not url:
        pytest.fail("which Redis? Set QSNAP_REDIS_URL, or override the fixture qsnap_server_url", pytrace=False)
    return url


@pytest.fixture(scope="session")
def qsnap_redis_url(request, qsnap_server_url):
    """The database of this worker: what the application under test has to use."""
    own = request.config.getini("qsnap_workers") == "database"
    return shifted_database(qsnap_server_url, worker_number(request.config) if own else 0)


@pytest.fixture
def queue_snapshot(request, qsnap_redis_url):
    """queue_snapshot("name", within="5s", ignore=[…]): the queues are as this snapshot says, or the test fails."""
    return QueueSnapshot(request, qsnap_redis_url)


class QueueSnapshot:
    """Of one test. `redis_url` is its database, `worker` "main" or "gw0": part of a prefix where workers share one."""

    def __init__(self, request, redis_url):
        self.redis_url = redis_url
        self.worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
        self._node = request.node
        self._config = request.config
        self._unnamed = 0

    def __call__(self, name=None, **options):
        """The document of git qsnap assert. QueueSnapshotMismatch if it does not hold, QsnapError if nobody knows."""
        __tracebackhide__ = True
        return self._assert([name or self._next_name()], options)

    def contract(self, *files, **options):
        """What these files say holds, whatever else is there: git qsnap assert --contract, without a snapshot."""
        __tracebackhide__ = True
        return self._assert([], {"contract": files, **options})

    def load(self, name, **options):
        """Puts this state there, instead of what it finds: git qsnap load --replace."""
        __tracebackhide__ = True
        return self._run("load", [name], {"replace": True, "yes": True, **options})

    def _assert(self, names, options):
        __tracebackhide__ = True
        options.setdefault("update", self._config.getoption("qsnap_update"))
        document = self._run("assert", names, {"test": self._node.nodeid, **options})
        notes = self._node.stash.setdefault(WholeRun.notes, [])
        notes.append({"name": document["name"], "result": document["result"], "pending": bool(document["pending"])})
        if not document["ok"]:
            raise QueueSnapshotMismatch(document)
        return document

    def _run(self, command, names, options):
        __tracebackhide__ = True
        environment = {"QSNAP_RUN_ID": self._config.stash[WholeRun.run_id]}
        return run(command, names, {"redis": self.redis_url, **options}, self._node.path.parent, environment)

    def _next_name(self):
        self._unnamed += 1
        return snapshot_name(_parts(self._node) + ([str(self._unnamed)] if self._unnamed > 1 else []))


def _parts(node):
    """tests/test_mail.py::TestSignup::test_send[eu] → tests, test_mail, TestSignup, test_send[eu]."""
    file = node.path.relative_to(repository_of(node.path)).with_suffix("")
    groups = [one.name for one in node.listchain() if isinstance(one, pytest.Class)]
    return [*file.parts, *groups, node.name]
