# SPDX-License-Identifier: Apache-2.0
"""What can only be said of a run as a whole: which states are pending, which snapshots nobody refers to any more."""
import os
import secrets
import time

import pytest

from .client import QsnapError, run


class WholeRun:
    """In every process of xdist; only the one without a workerinput, which hears of all tests, speaks at the end."""

    run_id = pytest.StashKey()
    notes = pytest.StashKey()  # of a test: what became of its assertions

    def __init__(self, config):
        self.config = config
        self.is_worker = hasattr(config, "workerinput")
        self.given_id = None if self.is_worker else os.environ.get("QSNAP_RUN_ID")
        own = f"pytest-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(4)}"
        config.stash[self.run_id] = config.workerinput["qsnap_run_id"] if self.is_worker else self.given_id or own
        self.assertions = []
        self.gaps = []  # why snapshots may not have been referred to, though somebody needs them
        self.deselected = 0
        self.obsolete_failed = False

    # xdist: the run's id to the workers, what they left out back.

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node):
        node.workerinput["qsnap_run_id"] = self.config.stash[self.run_id]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node, error):
        output = getattr(node, "workeroutput", None)
        if error or output is None:
            self.gaps.append("a worker broke down")
        else:
            self.deselected += output["qsnap_deselected"]
            self.gaps += output["qsnap_gaps"]

    def pytest_deselected(self, items):
        self.deselected += len(items)

    def pytest_collectreport(self, report):
        if not report.passed:
            self.gaps.append(f"{report.nodeid or 'a module'} was not collected")

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = (yield).get_result()
        if "queue_snapshot" in getattr(item, "fixturenames", ()):
            report.qsnap = item.stash.get(self.notes, []) if call.when == "call" else []

    def pytest_runtest_logreport(self, report):
        if hasattr(report, "qsnap"):
            self.assertions += report.qsnap
            if not report.passed:
                self.gaps.append(f"{report.nodeid} did not pass")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        if self.is_worker:
            self.config.workeroutput.update(qsnap_deselected=self.deselected, qsnap_gaps=self.gaps[:1])
            return
        what = self.config.getoption("qsnap_obsolete") or self.config.getini("qsnap_obsolete")
        self.lines = self._pending_lines()
        if what != "off" and self.assertions:
            self.lines += self._obsolete_lines(session, exitstatus)
        if self.obsolete_failed and what == "fail" and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if getattr(self, "lines", None):
            terminalreporter.section("queue snapshots")
            for line in self.lines:
                terminalreporter.write_line(line)

    def _pending_lines(self):
        pending = {one["name"] for one in self.assertions if one["pending"]}
        written = {one["name"] for one in self.assertions if one["result"] in ("written", "rewritten")}
        lines = [f"{_count(len(written), 'snapshot')} written: git diff shows them"] if written else []
        return lines + ([f"{_count(len(pending), 'snapshot')} pending: git qsnap review"] if pending else [])

    def _why_partial(self, session, exitstatus):
        """Why nothing may be called obsolete after this run; absent if it was whole."""
        config = self.config
        if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or session.shouldstop or session.shouldfail:
            return "the run was ended early"
        if self.gaps:
            return self.gaps[0]
        selecting = ("keyword", "markexpr", "lf", "ignore", "ignore_glob")
        if self.deselected or any(config.getoption(option, None) for option in selecting):
            return "some tests were not selected"
        if config.getoption("qsnap_complete"):
            return None
        if self.given_id:
            return "QSNAP_RUN_ID is set: who set it knows when the run is complete"
        source = getattr(config, "args_source", None)
        named = source is None or source.name == "ARGS"
        return "paths were named" if named or config.invocation_params.dir != config.rootpath else None

    def _obsolete_lines(self, session, exitstatus):
        why = self._why_partial(session, exitstatus)
        if why:
            return [f"obsolete snapshots were not looked for: {why}"] if self.config.option.verbose > 0 else []
        try:
            options = {"run": self.config.stash[self.run_id], "complete": True}
            document = run("obsolete", [], options, self.config.rootpath)
        except QsnapError as error:
            return str(error).splitlines()
        names = [one["name"] for one in document["unreferenced"]]
        self.obsolete_failed = bool(names)
        return [f"{_count(len(names), 'snapshot')} obsolete, which no test referred to: {', '.join(names[:10])}",
                f"git qsnap obsolete --run {self.config.stash[self.run_id]} --complete --propose"] if names else []


def _count(number, noun):
    return f"{number} {noun}{'' if number == 1 else 's'}"
