#!/usr/bin/python3
"""diff_laws.py COUNT SEED BASE.qsnap…: the laws of `git qsnap diff` on pairs of states, random ones and edits of real ones
(BASE). Runs in a repository with a snapshot tree; CASE_DOCUMENT is the tool that packs. With the same seed, the same pairs.

 1. A state does not differ from itself.
 2. What the list of changes says, applied to the one side, has the fingerprint of the other (apply_changes.py).
 3. Captured anew (other generated ids, other instants, sets in another order), a state does not differ; and an edited one
    does still obey 2.
 4. The other way round, what was added is removed, and a move goes back.
 5. The changes account for how many jobs each queue and state has."""
import base64
import collections
import copy
import os
import random
import subprocess
import sys
import zlib

from apply_changes import (Number, Wrong, apply_changes, dump, name_of, parse, read_snapshot, write_snapshot)

ORDERED = ("waiting", "pending", "paused", "prioritized")
STATES = ["active", "completed", "delayed", "failed", "waiting"]
ROUNDS_ANEW = 4  # one round in so many is about a state captured anew


def number(value):
    return Number(str(value))


def place(job):
    return dump(job["queue"]), job["state"]


def sort_jobs(jobs):
    jobs.sort(key=lambda job: tuple(part.encode() for part in place(job)))


def generated(job):
    return "id" not in job and "id" in job.get("volatile", {})


class RandomState:
    """A small state with everything in it that a comparison knows, and much that is alike."""

    def __init__(self, chance):
        self.chance = chance
        self.next_id = 1
        self.document = {"metadata": {}, "config": self.config(), "queues": [], "jobs": [], "workers": [], "keys": self.keys()}
        for queue in chance.sample(["audio", "mail", "video"], chance.randint(1, 3)):
            self.document["queues"].append({"queue": f"bullmq:bull:{queue}", "framework": "bullmq", "counts": {}, "paused": False,
                                            "volatile": {"id_counter": number(1)}})
        for _ in range(chance.randint(0, 30)):
            self.document["jobs"].append(self.job())
        sort_jobs(self.document["jobs"])
        self.link()

    def payload(self):
        c = self.chance
        return c.choice([{}, [], {"n": number(c.randint(0, 5))}, [number("1.50"), None, {"a b": [[]]}], "text", {"a": {"b": [True, {}]}},
                         {"to": c.choice("abc"), "items": [{"p": number(c.randint(0, 2))} for _ in range(c.randint(0, 3))]}])

    def job(self):
        c = self.chance
        created = 1_700_000_000_000 + c.randint(0, 3) * 1000
        job = {"queue": c.choice(self.document["queues"])["queue"], "state": c.choice(STATES), "name": c.choice(["send", "send", "wash"]),
               "payload": self.payload(), "enc": "json", "volatile": {"created_at_ms": number(created), "id": str(self.next_id)}}
        self.next_id += 1
        if c.random() < 0.15:
            packed = zlib.compress(dump({"n": number(c.randint(0, 2))}).encode(), c.choice([1, 9]))
            job.update(payload={"$b64": base64.b64encode(packed).decode()}, enc="base64", codec="zlib")
        elif c.random() < 0.15:
            job["payload"] = {"command": 'a:1:{s:1:"n";i:%d;}' % c.randint(0, 3), "n": number(c.randint(0, 1))}
        if c.random() < 0.1:
            job["id"] = f"chosen-{self.next_id}"
            del job["volatile"]["id"]
        if job["state"] == "failed":
            job["error"] = c.choice(["boom", "bang"])
        if job["state"] == "delayed":
            job["volatile"]["due_at_ms"] = number(created + c.choice([60_000, 3_600_000]))
        return job

    def link(self):
        """Some jobs wait for others."""
        jobs = self.document["jobs"]
        for job in jobs:
            if len(jobs) > 2 and self.chance.random() < 0.2:
                set_refs(job, [self.chance.choice(jobs) for _ in range(self.chance.randint(1, 3))], self.chance)

    def config(self):
        return [{"kind": "scheduler", "queue": "bullmq:bull:mail", "id": f"tick-{i}", "every": number(self.chance.randint(1, 3)),
                 "volatile": {"next_at_ms": number(self.chance.randint(1, 9))}} for i in range(self.chance.randint(0, 3))]

    def keys(self):
        return [record for i in range(self.chance.randint(0, 4)) for record in random_key(f"key-{i}", self.chance)]


def random_key(name, chance):
    kind = chance.choice(["hash", "list", "set", "stream", "string", "zset"])
    words = [chance.choice(["a", "b", "c", {"$b64": "/w=="}, "ä\n"]) for _ in range(chance.randint(1, 5))]
    unique = list({dump(word): word for word in words}.values())
    items = {"hash": [[word, str(chance.randint(0, 3))] for word in unique], "zset": [[word, "1.5"] for word in unique], "set": unique,
             "list": words, "string": words[:1], "stream": [["meta", "1-1"], ["entry", "1-1", "f", words[0]]]}[kind]
    role = chance.choice(["data", "data", "data", "derived", "lock"])
    cut = chance.randint(1, len(items)) if kind in ("list", "hash") else len(items)
    parts = [items[:cut], items[cut:]] if items[cut:] else [items]
    return [{"key": name, "type": kind, "role": role, "part": number(part), "items": some} for part, some in enumerate(parts)]


def set_refs(job, targets, chance):
    refs, ids = [], []
    for target in targets:
        name = name_of(target)
        if name and target is not job:
            refs.append({"name": target.get("name"), "queue": target["queue"], "role": chance.choice(["parent", "pending"])})
            ids.append(target.get("id") or target["volatile"]["id"])
    job.pop("refs", None)
    job["volatile"].pop("ref_ids", None)
    if refs:
        job["refs"], job["volatile"]["ref_ids"] = refs, ids


class Editor:
    """Does things to a document that happen to queues."""

    def __init__(self, document, chance):
        self.document, self.chance, self.added = document, chance, 0

    @property
    def jobs(self):
        return self.document["jobs"]

    def pick(self):
        return self.chance.choice(self.jobs)

    def insert(self, job):
        same = [i for i, other in enumerate(self.jobs) if place(other) == place(job)]
        at = self.chance.randint(same[0], same[-1] + 1) if same else len(self.jobs)
        self.jobs.insert(at, job)
        sort_jobs(self.jobs)

    def move(self):
        job = self.pick()
        self.jobs.remove(job)
        job["state"] = self.chance.choice(STATES)
        self.insert(job)

    def move_to_queue(self):
        job = self.pick()
        self.jobs.remove(job)
        job["queue"] = self.pick()["queue"] if self.jobs else job["queue"]
        self.insert(job)

    def reorder(self):
        job = self.pick()
        self.jobs.remove(job)
        self.insert(job)

    def retry(self):
        job = self.pick()
        job["retry_count"] = number(int(job.get("retry_count", 0)) + self.chance.randint(1, 2))
        job["error"] = self.chance.choice(["boom", "bang", 'a "quoted" \u20ac'])

    def edit(self):
        job = self.pick()
        payload = job.get("payload")
        choice = self.chance.choice(["new", number("2e3"), {"deep": [{}]}, [], None])
        if isinstance(payload, dict) and payload:
            payload[self.chance.choice([*payload, "new", "a.b", 'q"'])] = choice
        elif isinstance(payload, list):
            payload.insert(self.chance.randint(0, len(payload)), choice)
        else:
            job["payload"] = choice

    def cut(self):
        payload = self.pick().get("payload")
        if isinstance(payload, (dict, list)) and payload:
            del payload[self.chance.choice(list(payload)) if isinstance(payload, dict) else self.chance.randrange(len(payload))]

    def set_member(self):
        job = self.pick()
        name = self.chance.choice(["priority", "delay_ms", "opts", "scheduler", "enc"])
        value = {"opts": {"keep": number(self.chance.randint(1, 3))}, "enc": self.chance.choice(["json", "json-py"]),
                 "scheduler": "tick"}.get(name, number(self.chance.randint(1, 9)))
        if name in job and name != "enc" and self.chance.random() < 0.3:
            del job[name]
        else:
            job[name] = value

    def relink(self):
        set_refs(self.pick(), [self.pick() for _ in range(self.chance.randint(0, 3))], self.chance)

    def remove(self):
        self.jobs.remove(self.pick())

    def add(self):
        job = copy.deepcopy(self.pick())
        self.added += 1
        if any("refs" in other for other in self.jobs):  # a reference in a line that both sides have is not looked into
            job["payload"] = {"added": number(self.added)}
        if "id" in job:
            job["id"] = f"added-{self.added}"
        elif generated(job):
            job["volatile"]["id"] = f"{9_000_000 + self.added}"
        self.jobs.append(job)
        self.jobs.remove(job)
        self.insert(job)

    def rename_queue(self):
        old, new = self.pick()["queue"], "bullmq:bull:renamed"
        for record in self.jobs + self.document["queues"]:
            if record["queue"] == old:
                record["queue"] = new
            for ref in record.get("refs", []):
                if ref.get("queue") == old:
                    ref["queue"] = new
        sort_jobs(self.jobs)

    def touch_queue(self):
        queues = self.document["queues"]
        if not queues:
            return
        queue = self.chance.choice(queues)
        what = self.chance.choice(["paused", "meta", "gone", "version"])
        if what == "gone":
            queues.remove(queue)
        elif what == "paused":
            queue["paused"] = not queue.get("paused", False)
        else:
            queue[what] = {"max": str(self.chance.randint(1, 9)), "concurrency": "2"} if what == "meta" else "9.9"

    def touch_config(self):
        config = self.document["config"]
        if config and self.chance.random() < 0.5:
            config.remove(self.chance.choice(config))
        elif config:
            self.chance.choice(config)["pattern"] = "* * * * *"
        else:
            config.append({"kind": "scheduler", "queue": "bullmq:bull:new", "id": "added", "every": number(5)})

    def touch_key(self):
        keys = self.document["keys"]
        whole = sorted({dump(record["key"]) for record in keys})
        name = parse(self.chance.choice(whole)) if whole and self.chance.random() < 0.8 else f"added-{self.chance.randint(0, 3)}"
        rest = [record for record in keys if record["key"] != name]
        if self.chance.random() < 0.75:
            rest += random_key(name, self.chance)
        keys[:] = rest

    def work(self, acts):
        of_jobs = [self.move, self.move, self.move_to_queue, self.reorder, self.retry, self.edit, self.edit, self.cut, self.set_member,
                   self.relink, self.remove, self.remove, self.add, self.rename_queue]
        for _ in range(acts):
            if self.jobs and self.chance.random() < 0.8:
                self.chance.choice(of_jobs)()
            else:
                self.chance.choice([self.touch_queue, self.touch_config, self.touch_key])()
        count_jobs(self.document)


def count_jobs(document):
    counts = collections.defaultdict(collections.Counter)
    for job in document["jobs"]:
        counts[dump(job["queue"])][job["state"]] += 1
    for queue in document["queues"]:
        queue["counts"] = {state: number(count) for state, count in sorted(counts[dump(queue["queue"])].items())}


def sample(document, chance):
    """A part of a real state. What is referred to may be left out: dangling references are no error."""
    part = copy.deepcopy(document)
    some = set(chance.sample(range(len(part["jobs"])), min(len(part["jobs"]), chance.randint(0, 40))))
    part["jobs"] = [job for index, job in enumerate(part["jobs"]) if index in some]
    count_jobs(part)
    return part


def shifted(name, value, seconds):
    unit = {"_at_s": 1, "_at_ms": 1000, "_at_us": 10**6, "_at_ns": 10**9}.get(name[name.rfind("_at_"):] if "_at_" in name else "")
    return number(int(value) + seconds * unit) if unit and value.lstrip("-").isdigit() else value


def capture_anew(document, chance):
    """As if everything had been run again, later."""
    anew = copy.deepcopy(document)
    names = {}
    for job in anew["jobs"]:
        if generated(job) and name_of(job):
            names.setdefault(name_of(job), str(chance.getrandbits(60)))
    for job in anew["jobs"]:
        ids = job.get("volatile", {}).get("ref_ids", [])
        for i, ref in enumerate(job.get("refs", [])[:len(ids)]):
            ids[i] = names.get((dump(ref.get("queue")), dump(ids[i])), ids[i])
        if generated(job):
            job["volatile"]["id"] = names.get(name_of(job), job["volatile"]["id"])
        for name, value in job.get("volatile", {}).items():
            if isinstance(value, Number):
                job["volatile"][name] = shifted(name, value, 86_400)
    free = [job for job in anew["jobs"] if job["state"] not in ORDERED]
    chance.shuffle(free)
    anew["jobs"] = free + [job for job in anew["jobs"] if job["state"] in ORDERED]
    sort_jobs(anew["jobs"])
    return anew


def fingerprint(path):
    return read_snapshot(path)["fingerprint"]


def diff(before, after):
    ran = subprocess.run(["git", "qsnap", "diff", "--format=json", before, after], capture_output=True, check=False)
    if ran.returncode not in (0, 1):
        raise Wrong(f"git qsnap diff ends with {ran.returncode}: {ran.stderr.decode()}")
    told = parse(ran.stdout.decode())
    if told["equal"] != (ran.returncode == 0) or told["equal"] != (not told["changes"]):
        raise Wrong("what is said to be equal is not")
    return told


def check_nothing(before, after, what):
    told = diff(before, after)
    if told["changes"]:
        raise Wrong(f"{what}: {dump(told['changes'][0])}")


def check_law(before, after, told):
    applied = apply_changes(copy.deepcopy(read_snapshot(before)), told)
    write_snapshot(applied, "applied.qsnap")
    if fingerprint("applied.qsnap") != fingerprint(after):
        raise Wrong("what the changes make of the one side is not the other")


def turned(change):
    kind = {"added": "removed", "removed": "added"}.get(change["kind"], change["kind"])
    return kind if kind in ("added", "removed", "moved") else "stayed", change["subject"], dump(change.get("to")), dump(change.get("from"))


def as_told(change):
    kind = change["kind"] if change["kind"] in ("added", "removed", "moved") else "stayed"
    return kind, change["subject"], dump(change.get("from")), dump(change.get("to"))


def check_mirror(told, back):
    """But for two things: which of two exchanged jobs was reordered nobody can tell; and that a reference leads nowhere now
    is told by the job that was removed, while one that led nowhere and now does is a change of its own."""
    def some(changes, look):
        return collections.Counter(look(change) for change in changes if change["kind"] not in ("reordered", "flow_changed"))

    if some(told["changes"], as_told) != some(back["changes"], turned):
        lacking = some(told["changes"], as_told) - some(back["changes"], turned)
        more = some(back["changes"], turned) - some(told["changes"], as_told)
        raise Wrong(f"the other way round it is another difference: {list(lacking.items())[:2]} {list(more.items())[:2]}")


def check_counts(before, after, told):
    """Jobs that came into a place and left it are what its count differs by."""
    counts = collections.Counter(map(place, read_snapshot(after)["jobs"]))
    counts.subtract(collections.Counter(map(place, read_snapshot(before)["jobs"])))
    for change in told["changes"]:
        if change["subject"] == "job":
            if "from" in change:
                counts[place(change["from"])] += 1
            if "to" in change:
                counts[place(change["to"])] -= 1
    if any(counts.values()):
        raise Wrong(f"the changes do not account for the jobs of {[where for where, count in counts.items() if count][0]}")


def one_round(bases, chance, index):
    real = bases and chance.random() < 0.5
    before = sample(chance.choice(bases), chance) if real else RandomState(chance).document
    count_jobs(before)
    after = copy.deepcopy(before)
    write_snapshot(before, "before.qsnap")
    anew = index % ROUNDS_ANEW == 0
    if anew:
        after = capture_anew(after, chance)
        write_snapshot(after, "after.qsnap")
        check_nothing("before.qsnap", "after.qsnap", "captured anew, it differs")
    Editor(after, chance).work(chance.randint(1, 8))
    write_snapshot(after, "after.qsnap")
    if index % 10 == 0:
        check_nothing("after.qsnap", "after.qsnap", "it differs from itself")
    told = diff("before.qsnap", "after.qsnap")
    check_law("before.qsnap", "after.qsnap", told)
    check_mirror(told, diff("after.qsnap", "before.qsnap"))
    check_counts("before.qsnap", "after.qsnap", told)
    return {change["kind"] for change in told["changes"]}


def main(count, seed, paths):
    bases = [read_snapshot(path) for path in paths]
    kinds = collections.Counter()
    for index in range(count):
        try:
            kinds.update(one_round(bases, random.Random(f"{seed} {index}"), index))
        except Wrong as wrong:
            sys.exit(f"pair {index} of seed {seed}: {wrong} (before.qsnap and after.qsnap in {os.getcwd()})")
    if count >= 100 and len(kinds) < 10:
        sys.exit(f"the pairs are too much alike: {sorted(kinds)}")
    print(f"{count} pairs of states from seed {seed}: the laws of a diff hold; kinds of changes: {len(kinds)}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
