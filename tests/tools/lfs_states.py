#!/usr/bin/env python3
"""lfs_states.py JOBS FOLDER: ten versions each of three lives of a BullMQ-shaped state, captured by git-qsnap (in PATH) from a
redis-server: FOLDER/churn-01.qsnap …, FOLDER/live-01.qsnap … and FOLDER/scattered-01.qsnap …

  churn      1 % of the jobs, those that come first, are done, and as many are added at the end (as in bench/diff)
  live       3 % of the jobs: the oldest go, new ones come, the next ones are done, some failed ones, anywhere among
             those that failed, fail again (as in bench/git_growth)
  scattered  2 % of the jobs, anywhere, get another error
"""
import functools
import importlib.machinery
import importlib.util
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / "bench"), str(SOURCE / "tests/tools")]
import bullmq_state  # noqa: E402
from resp import Redis  # noqa: E402

VERSIONS = 10
LOADER = importlib.machinery.SourceFileLoader("git_growth", str(SOURCE / "bench/git_growth"))
git_growth = importlib.util.module_from_spec(importlib.util.spec_from_loader("git_growth", LOADER))
LOADER.exec_module(git_growth)


def churn(redis, jobs, version):
    for step in range(jobs // 100):
        queue = bullmq_state.QUEUES[step % 4]
        done = redis("RPOP", f"bull:{queue}:wait").decode()
        at = 1795000000000 + version * jobs + step
        redis("HSET", f"bull:{queue}:{done}", "processedOn", at, "finishedOn", at + 1, "returnvalue", '{"ok":true}')
        redis("ZADD", f"bull:{queue}:completed", at + 1, done)
        number = jobs + version * jobs + step
        fields = bullmq_state.job_fields(random.Random(number), number, "wait", 1790000000000 + number * 37,
                                         bullmq_state.payload_shape(None))
        redis("HSET", f"bull:{queue}:{number}", *[part for pair in fields.items() for part in pair])
        redis("LPUSH", f"bull:{queue}:wait", number)


def scatter(redis, jobs, version):
    rng = random.Random(version)
    for number in rng.sample(range(1, jobs + 1), jobs // 50):
        queue = bullmq_state.QUEUES[number % 4]
        redis("HSET", f"bull:{queue}:{number}", "failedReason", f"changed {rng.getrandbits(64):x}")


def live(redis, jobs):
    churn_of_all_kinds = git_growth.Churn(redis, jobs)
    return lambda version: churn_of_all_kinds.step()


LIVES = {
    "churn": lambda redis, jobs: functools.partial(churn, redis, jobs),
    "live": live,
    "scattered": lambda redis, jobs: functools.partial(scatter, redis, jobs),
}


def connect(socket):
    while True:
        try:
            redis = Redis(socket)
            if redis("PING") == b"PONG":
                return redis
        except (OSError, RuntimeError):
            time.sleep(0.01)


def capture_life(name, jobs, scratch, out):
    socket = str(scratch / f"{name}.sock")
    server = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", socket, "--dir", str(scratch), "--save", ""],
                              stdout=subprocess.DEVNULL)
    try:
        redis = connect(socket)
        redis.pipeline(bullmq_state.commands(jobs))
        change = LIVES[name](redis, jobs)
        for version in range(1, VERSIONS + 1):
            if version > 1:
                change(version)
            subprocess.run(["git-qsnap", "save", "x", "--refresh", "--redis", f"unix://{socket}"], cwd=scratch / "repo",
                           check=True, capture_output=True)
            (kept,) = (scratch / "repo/.queue-snapshots").rglob("x.qsnap")
            shutil.move(kept, out / f"{name}-{version:02}.qsnap")
    finally:
        server.kill()
        server.wait()


def main():
    jobs, out = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="qsnap-lfs-") as temporary:
        scratch = pathlib.Path(temporary)
        os.environ.update(HOME=temporary, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null")
        subprocess.run(["git", "init", "-q", str(scratch / "repo")], check=True)
        subprocess.run(["git-qsnap", "init"], cwd=scratch / "repo", check=True, capture_output=True)
        # Here the file itself is wanted, not a pointer.
        (scratch / "repo/.queue-snapshots/config.yaml").write_text("version: 1\nlfs:\n  threshold: off\n")
        for name in LIVES:
            capture_life(name, jobs, scratch, out)


main()
