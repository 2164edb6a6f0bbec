# SPDX-License-Identifier: Apache-2.0
"""Runs of pytest as users start them, in a repository and against a Redis of their own."""
import json

ONE = """
def test_send(queue_snapshot, queue):
    queue.push("Welcome", "Reminder")
    queue_snapshot({name!r}{options})
"""


def one_test(suite, name="signup", options=""):
    suite.pytester.makepyfile(test_mail=ONE.format(name=name, options=options))


def test_a_new_state_is_red_and_pending_until_it_is_accepted(suite):
    one_test(suite)
    result = suite()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*QueueSnapshotMismatch: test-cases/signup has no snapshot yet*",
                                 "*= queue snapshots =*", "1 snapshot pending: git qsnap review"])
    result.stdout.no_fnmatch_line("*subprocess*")  # the test's line, and none of the plugin's
    assert suite.snapshots() == []
    suite.qsnap("accept", "--all")
    result = suite()
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*queue snapshots*")


def test_a_difference_is_told_in_the_words_of_queues(suite):
    one_test(suite)
    suite("--qsnap-update").assert_outcomes(passed=1)
    assert suite.snapshots() == ["test-cases/signup.qsnap"]
    suite.pytester.makepyfile(test_mail=ONE.format(name="signup", options="").replace('"Reminder"', '"Reminder", "Survey"'))
    result = suite()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*test-cases/signup is not as expected: 1 *added*", "*Survey*"])


def test_a_test_has_names_of_its_own_by_file_class_and_parameter(suite):
    suite.pytester.mkdir("unit")
    (suite.pytester.path / "unit" / "test_mail.py").write_text("""
import pytest

class TestSignup:
    @pytest.mark.parametrize("country", ["de"])
    def test_send(self, queue_snapshot, queue, country):
        queue.push("Welcome")
        assert queue_snapshot()["result"] == "written"
        queue.push("Reminder")
        queue_snapshot()
""")
    suite("--qsnap-update=new").assert_outcomes(passed=1)
    assert suite.snapshots() == ["test-cases/unit-test_mail-f8cdd54b/TestSignup/test_send-de-203ee265/2.qsnap",
                                 "test-cases/unit/test_mail/TestSignup/test_send-de-203ee265.qsnap"]


def test_ci_writes_nothing_and_an_explicit_mode_is_stronger(suite, monkeypatch):
    monkeypatch.setenv("CI", "1")
    one_test(suite)
    suite().assert_outcomes(failed=1)
    assert suite.snapshots() == [] and json.loads(suite.qsnap("pending", "--json"))["pending"] == []
    suite("--qsnap-update=all").assert_outcomes(passed=1)
    assert suite.snapshots() == ["test-cases/signup.qsnap"]


def test_options_are_those_of_the_command_and_errors_come_with_hints(suite):
    one_test(suite, options=', within="50ms", ignore=["jobs.payload.args"], no_such_option=True')
    result = suite()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*QsnapError: git qsnap:*--no-such-option*", "*hint: git qsnap assert -h*"])
    one_test(suite, name="../up")
    suite().stdout.fnmatch_lines(["*QsnapError: git qsnap:*../up*is not a snapshot name*"])


def test_a_contract_needs_no_snapshot(suite):
    (suite.pytester.path / "queues.yaml").write_text("""\
version: 1
contract:
  - name: nobody waits
    empty: {state: waiting}
""")
    suite.pytester.makepyfile("""
import pytest

def test_kept(queue_snapshot, queue):
    queue.push("Welcome")
    queue.command("DEL", "queue:mail")
    assert queue_snapshot.contract("queues.yaml", within="50ms")["ok"]

def test_broken(queue_snapshot, queue):
    queue.push("Welcome")
    queue_snapshot.contract("queues.yaml")
""")
    result = suite()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*QueueSnapshotMismatch: the contract is broken*", "*nobody waits*"])


def test_a_baseline_is_loaded_in_place_of_what_is_there(suite):
    suite.pytester.makepyfile("""
def test_make(queue_snapshot, queue):
    queue.push("Welcome")
    queue_snapshot("baselines/one-mail")

def test_use(queue_snapshot, queue):
    queue.push("Other", "Others")
    assert queue_snapshot.load("baselines/one-mail")["jobs"] == 1
    queue_snapshot("baselines/one-mail")
""")
    suite("--qsnap-update=new").assert_outcomes(passed=2)


OBSOLETE = """
import pytest

def test_one(queue_snapshot, queue):
    queue.push("One")
    queue_snapshot("one")

{decoration}
def test_two(queue_snapshot, queue):
    queue.push("Two")
    queue_snapshot("two")
"""


def test_only_a_whole_run_tells_what_is_obsolete(suite, monkeypatch):
    suite.pytester.makepyfile(test_mail=OBSOLETE.format(decoration=""))
    suite("--qsnap-update").assert_outcomes(passed=2)
    obsolete = "1 snapshot obsolete, which no test referred to: test-cases/three"
    suite.qsnap("save", "three", "--redis", f"{suite.url}?db=9", "--allow-empty")

    result = suite()
    assert result.ret == 0
    result.stdout.fnmatch_lines([obsolete])
    result = suite("--qsnap-obsolete=fail", "-n2")
    assert result.ret == 1
    result.stdout.fnmatch_lines([obsolete])

    for partial in (["-n2", "-k", "one"], ["--deselect", "test_mail.py::test_two"]):
        result = suite("--qsnap-obsolete=fail", *partial)
        assert result.ret == 0
        result.stdout.no_fnmatch_line("*snapshot obsolete*")
    result = suite("--qsnap-obsolete=fail", "-v", "test_mail.py")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["obsolete snapshots were not looked for: paths were named"])
    assert suite("--qsnap-obsolete=fail", "--qsnap-complete", "test_mail.py").ret == 1
    assert "snapshot obsolete" not in suite("--qsnap-obsolete=off").stdout.str()
    monkeypatch.setenv("QSNAP_RUN_ID", "outer")
    suite("--qsnap-obsolete=fail", "-v").stdout.fnmatch_lines(["*not looked for: QSNAP_RUN_ID is set*"])


def test_a_skipped_test_and_a_module_that_is_not_collected_make_nothing_obsolete(suite):
    suite.pytester.makepyfile(test_mail=OBSOLETE.format(decoration=""))
    suite("--qsnap-update").assert_outcomes(passed=2)
    suite.pytester.makepyfile(test_mail=OBSOLETE.format(decoration="@pytest.mark.skip"))
    result = suite("--qsnap-obsolete=fail", "-v")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["obsolete snapshots were not looked for: test_mail.py::test_two did not pass"])
    suite.pytester.makepyfile(test_mail=OBSOLETE.format(decoration="").split("\n\n\n")[0])
    suite.pytester.makepyfile(test_other="import pytest\npytest.skip('no server', allow_module_level=True)\n")
    result = suite("--qsnap-obsolete=fail", "-v", "-n2")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["obsolete snapshots were not looked for: test_other.py was not collected"])


PARALLEL = """
import os, time
import pytest

@pytest.fixture(scope="session", autouse=True)
def all_at_once(qsnap_redis_url, worker_id, Queue):
    # All four have a state before the first one is looked at.
    queue = Queue(qsnap_redis_url)
    queue.push(worker_id)
    (path := __import__("pathlib").Path(os.environ["MEETING"])).joinpath(worker_id).touch()
    deadline = time.monotonic() + 30
    while len(list(path.iterdir())) < 4:
        assert time.monotonic() < deadline
    yield

@pytest.fixture
def worker_state(queue_snapshot, worker_id):
    return queue_snapshot(f"worker-{worker_id}")

@pytest.mark.parametrize("number", range(20))
def test_state(number, worker_state, queue_snapshot, Queue):
    queue = Queue(queue_snapshot.redis_url)
    queue.command("FLUSHDB")
    queue.push(*[f"Mail{number}"] * (number + 1))
    queue_snapshot()
    queue.command("FLUSHDB")
    queue.push(queue_snapshot.worker)
"""


def test_four_workers_never_disturb_each_other(suite, monkeypatch):
    suite.pytester.makepyfile(test_mail=PARALLEL)
    for update in ("--qsnap-update=new", "--qsnap-update=none"):
        monkeypatch.setenv("MEETING", str(suite.pytester.mkdir(f"meeting{update[-3:]}")))
        suite.flush()
        suite("-n4", update).assert_outcomes(passed=20)
    assert len(suite.snapshots()) == 24
    # The control: in one database they do, and it is seen.
    monkeypatch.setenv("MEETING", str(suite.pytester.mkdir("meeting")))
    suite.flush()
    result = suite("-n4", "--qsnap-update=none", "-o", "qsnap_workers=same")
    assert result.parseoutcomes().get("errors", 0) + result.parseoutcomes().get("failed", 0) >= 4
