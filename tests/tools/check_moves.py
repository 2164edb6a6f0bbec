#!/usr/bin/python3
"""zstd -dcf SNAPSHOT | check_moves.py JOBS: whether a captured document is one of the states that tests/tools/mover.cpp
goes through. Says what is wrong and exits with 1 if it is not.

BullMQ: every job is in exactly one state; it has finished if and only if it is completed or failed; no id without a job,
no job without an id. The counter of moves, the events, the stream, its group and its pending entries are of the same move.
Sidekiq: every job is there once."""
import collections
import json
import sys

STREAM_ENTRIES, PENDING = 1000, 50


def records(lines):
    for line in lines:
        if line.startswith("{") and line.rstrip().endswith(("}", "},")):
            record = json.loads(line.rstrip().rstrip(","))
            if "qsnap" not in record:
                yield record


def check_jobs(jobs, count):
    ids = collections.Counter(int(job["volatile"]["id"]) for job in jobs)
    twice = [number for number, times in ids.items() if times > 1]
    if twice:
        yield f"{len(twice)} jobs in several states, the first is {min(twice)}"
    if len(ids) != count:
        yield f"{len(ids)} jobs instead of {count}"
    for job in jobs:
        what = f"job {job['volatile']['id']} in {job['state']}"
        if "body" in job or job["state"] == "orphan":
            yield f"{what} is {job.get('body', 'in no structure')}"
        elif job["queue"].startswith("bullmq:"):
            finished = "finished_at_ms" in job["volatile"]
            if finished != (job["state"] in ("completed", "failed")):
                yield f"{what} {'has' if finished else 'has not'} finished"


def check_stream(keys):
    moves = int(keys["mover:moves"][0])
    last_event = [item for item in keys["bull:q:events"] if item[0] == "entry"][-1]
    if moves > 0 and last_event[-2:] != ["n", str(moves)]:
        yield f"the last event is {last_event}, of another move than {moves}"
    tuples = collections.defaultdict(list)
    for item in keys["mover:stream"]:
        tuples[item[0]].append(item)
    entries = [item[1] for item in tuples["entry"]]
    if entries != [f"{number}-1" for number in range(moves + 1, moves + STREAM_ENTRIES + 1)]:
        yield f"the stream has {len(entries)} entries, {entries[:1]} to {entries[-1:]}, in move {moves}"
    if moves > 0 and tuples["group"][0][3] != str(moves):
        yield f"the group has read {tuples['group'][0][3]} entries in move {moves}"
    pending = [item[2] for item in tuples["pending"]]
    if pending != [f"{number}-1" for number in range(max(moves - PENDING, 0) + 1, moves + 1)]:
        yield f"{len(pending)} entries are pending, {pending[:1]} to {pending[-1:]}, in move {moves}"


def main():
    jobs, keys = [], collections.defaultdict(list)
    for record in records(sys.stdin):
        if "key" in record:
            keys[record["key"]] += record["items"]
        elif "state" in record:
            jobs.append(record)
    wrong = list(check_jobs(jobs, int(sys.argv[1])))
    if "mover:moves" in keys:
        wrong += check_stream(keys)
    for line in wrong[:10]:
        print(line)
    sys.exit(1 if wrong else 0)


main()
