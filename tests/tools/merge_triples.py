#!/usr/bin/python3
"""merge_triples.py COUNT ANEW SEED BASE.qsnap…: merges COUNT generated triples with `git qsnap merge-files`, and ANEW in
which both branches captured everything anew, and checks each result by a way of its own: over the documents' JSON, job by
job, knowing what the generator did. Runs in a repository with a snapshot tree; CASE_DOCUMENT is the tool that packs.

A base is some jobs of a real state. Each side moves, retries, edits, adds and removes some of them. Anew: every generated
id and every instant is another one, and each side does one thing."""
import collections
import copy
import json
import os
import random
import subprocess
import sys

SECTIONS = ["config", "queues", "jobs", "workers", "keys"]
TOOL = os.environ["CASE_DOCUMENT"]
BATCH = 50  # results that one fsck looks at
ANEW_OFFSET_S = {"ours": 86_400, "theirs": 3 * 86_400}
ANEW_IDS = {"ours": 1_000_000, "theirs": 2_000_000}
ATTEMPT = {"deferred_failure", "error", "error_module", "progress", "result", "retry_count", "return_value", "stalled_count"}
UNITS = {"enc": "payload", "object_enc": "payload", "state": "place", "queue": "place", "error_class": "error"}


class Wrong(Exception):
    pass


def read(path):
    text = subprocess.run(["zstd", "-dcqf", path], check=True, capture_output=True).stdout
    return json.loads(text)


def write(document, path):
    with open(path + ".json", "w") as file:
        json.dump({name: document[name] for name in ["metadata", *SECTIONS]}, file)
    subprocess.run([TOOL, "pack", path + ".json", path], check=True)


def text(value):
    return json.dumps(value, sort_keys=True)


def job_id(job):
    """A chosen id has a meaning; a generated one is volatile; a scheduler's job has none."""
    return job["queue"], job.get("id") or job["volatile"].get("id") or "of " + job["scheduler"]


def meaning(job):
    return text({name: value for name, value in job.items() if name not in ("volatile", "uid")})


def place(job):
    return job["queue"], job["state"]


def is_volatile_of(merged, side):
    """As a whole, but for how an encoded object is put together: with members of both sides, nobody knows that."""
    lacking = side["volatile"].keys() - merged["volatile"].keys()
    return (all(name in ("order", "empty", "absent_fields") or name.endswith("_order") for name in lacking)
            and merged["volatile"] == {name: value for name, value in side["volatile"].items() if name not in lacking})


def count_jobs(document):
    counts = collections.defaultdict(collections.Counter)
    for job in document["jobs"]:
        counts[job["queue"]][job["state"]] += 1
    for queue in document["queues"]:
        queue["counts"] = dict(sorted(counts[queue["queue"]].items()))


def is_plain(job):
    """Whether a job may be moved about: no links to others, no schedule, not running, a generated id."""
    return ("id" not in job and "refs" not in job and "scheduler" not in job and "dedup" not in job and job["state"] != "active"
            and (not job["queue"].startswith("bullmq:") or job["volatile"]["id"].isdigit()))


def sample(document, chance):
    base = copy.deepcopy(document)
    plain = [job for job in base["jobs"] if is_plain(job)]
    keep = {id(job) for job in chance.sample(plain, chance.randint(8, min(50, len(plain))))}
    base["jobs"] = [job for job in base["jobs"] if not is_plain(job) or id(job) in keep]
    for number, job in enumerate(base["jobs"]):
        job["uid"] = number
    count_jobs(base)
    return base


class Side:
    """A copy of base that somebody worked on. Jobs keep a uid, which no file ever has."""

    def __init__(self, base, name, chance):
        self.name, self.chance = name, chance
        self.document = copy.deepcopy(base)
        self.added = 0
        self.moved = set()  # uids, also of what came back to where it was
        self.alike = True  # whether both sides may do the same

    @property
    def jobs(self):
        return self.document["jobs"]

    def word(self, what):
        return f"{what} {self.chance.randint(0, 2) if self.alike else 'by ' + self.name}"

    def pick(self):
        return self.chance.choice([job for job in self.jobs if is_plain(job)])

    def insert(self, job, where=None):
        """At a random position of its place, or at that end of it which `where` says."""
        same = [i for i, other in enumerate(self.jobs) if place(other) == place(job)]
        if same:
            at = {"front": same[0], "back": same[-1] + 1}.get(where, self.chance.randint(same[0], same[-1] + 1))
        else:
            at = sum(1 for other in self.jobs if place(other) < place(job))
        self.jobs.insert(at, job)

    def move(self):
        job = self.pick()
        bullmq = job["queue"].startswith("bullmq:")
        now = job["volatile"].get("created_at_ms", 1795171553340) + 60_000 + self.chance.randint(0, 999)
        if bullmq:
            target = self.chance.choice([s for s in ("completed", "failed", "waiting") if s != job["state"]])
        else:
            target = self.chance.choice([s for s in ("waiting", "retry", "dead") if s != job["state"]])
        self.jobs.remove(job)
        self.moved.add(job["uid"])
        job["state"] = target
        for name in ("finished_at_ms", "due_at_ms", "score", "due_at_s", "dead_at_s"):
            job["volatile"].pop(name, None)
        if bullmq and target != "waiting":
            job["volatile"].update(started_at_ms=now, finished_at_ms=now + 7)
        if not bullmq:
            extra = {"retry": "due_at_s", "dead": "dead_at_s"}.get(target)
            if extra:
                job["volatile"][extra] = 1795171600.5 + self.chance.randint(0, 99999)
        if target in ("failed", "retry", "dead"):
            job["error"] = self.word("failed")
        self.insert(job, "back" if target != "waiting" else None)

    def retry(self):
        job = self.pick()
        job["retry_count"] = job.get("retry_count", 0) + self.chance.randint(1, 3)
        job["error"] = self.word("tried")

    def edit(self):
        job = self.pick()
        if isinstance(job["payload"], dict) and job["payload"]:
            job["payload"][self.chance.choice(list(job["payload"]))] = self.word("edited")
        elif isinstance(job["payload"], list):
            job["payload"] = [self.word("edited")]

    def remove(self):
        self.jobs.remove(self.pick())

    def add(self):
        model = self.pick()
        job = copy.deepcopy(model)
        self.added += 1
        job["uid"] = f"{self.name} {self.added}"
        if isinstance(job["payload"], dict):
            job["payload"] = {"added": job["uid"]}
        else:
            job["payload"], job["enc"] = [job["uid"]], "json"
        if job["queue"].startswith("bullmq:"):
            queue = next(q for q in self.document["queues"] if q["queue"] == job["queue"])
            queue["volatile"]["id_counter"] += 1
            job["volatile"]["id"] = str(queue["volatile"]["id_counter"])
            job["volatile"]["created_at_ms"] += {"ours": 100_001, "theirs": 100_003}[self.name]
        else:
            job["volatile"]["id"] = "%024x" % self.chance.getrandbits(96)
        self.insert(job)

    def work(self, acts):
        for _ in range(acts):
            if sum(map(is_plain, self.jobs)) > 2:
                self.chance.choice([self.move, self.move, self.retry, self.edit, self.add, self.remove])()
        count_jobs(self.document)

    def capture_anew(self):
        """As if everything had been run again, later: other numbers, other instants."""
        for job in self.jobs:
            volatile = job["volatile"]
            if not is_plain(job):
                continue
            bullmq = job["queue"].startswith("bullmq:")
            volatile["id"] = (str(int(volatile["id"]) + ANEW_IDS[self.name]) if bullmq
                              else "%024x" % self.chance.getrandbits(96))
            for name, value in volatile.items():
                unit = {"_at_s": 1, "_at_ms": 1000}.get(name[name.rfind("_at_"):] if "_at_" in name else "")
                if unit and isinstance(value, (int, float)):
                    volatile[name] = value + ANEW_OFFSET_S[self.name] * unit
        for queue in self.document["queues"]:
            if "id_counter" in queue.get("volatile", {}):
                queue["volatile"]["id_counter"] += ANEW_IDS[self.name]
        day = {"ours": "21", "theirs": "23"}[self.name]
        self.document["metadata"]["captured_at"] = f"2026-11-{day}T10:00:00.000Z"


def strip(document):
    clean = copy.deepcopy(document)
    for job in clean["jobs"]:
        job.pop("uid", None)
    return clean


def merge(base, ours, theirs, output):
    ran = subprocess.run(["git", "qsnap", "merge-files", base, ours, theirs, "-o", output, "--json"],
                         capture_output=True, text=True, check=False)
    if ran.returncode not in (0, 1):
        raise Wrong(f"merge-files: exit {ran.returncode}: {ran.stderr}")
    said = json.loads(ran.stdout)
    if said["merged"] != (ran.returncode == 0):
        raise Wrong("the exit code and --json do not say the same")
    return read(output), said["conflicts"]


def units(job):
    """What a job is made of, for who changed what: values as text."""
    parts = collections.defaultdict(dict)
    for name, value in job.items():
        if name in ("uid", "volatile"):
            continue
        if name == "payload" and isinstance(value, dict):
            for member, inner in value.items():
                parts[f"payload.{member}"][member] = inner
            continue
        parts[UNITS.get(name, name)][name] = value
    return {name: text(value) for name, value in parts.items()}


def expected_units(base, ours, theirs):
    """Unit by unit; and those that nobody but a rule could decide. With the place of ours goes what the attempt left."""
    b, o, t = units(base), units(ours), units(theirs)
    result, disputed = {}, set()
    parted = len({b["place"], o["place"], t["place"]}) == 3
    for name in b.keys() | o.keys() | t.keys():
        mine, yours, old = o.get(name), t.get(name), b.get(name)
        if parted and name in ATTEMPT:
            yours = old = mine
        if mine != yours and mine != old and yours != old:
            disputed.add(name)
        value = yours if mine == old else mine
        if value is not None:
            result[name] = value
    return result, disputed


def by_uid(document):
    return {job["uid"]: job for job in document["jobs"]}


class Check:
    """What has to be true of one result."""

    def __init__(self, base, ours, theirs, merged, conflicts):
        self.sides = ours, theirs
        self.base, self.ours, self.theirs = by_uid(base), by_uid(ours.document), by_uid(theirs.document)
        self.merged, self.conflicts = merged, conflicts
        self.conflicted = {(c["queue"], c["id"]) for c in conflicts if c["kind"] != "order"}
        self.reordered = {(c["queue"], c["state"]) for c in conflicts if c["kind"] == "order"}
        self.found = {}

    def recognise(self):
        known = {job_id(job): uid for uid, job in self.base.items()}
        added = {meaning(job): uid for side in (self.ours, self.theirs) for uid, job in side.items() if uid not in self.base}
        for job in self.merged["jobs"]:
            uid = known.get(job_id(job))
            if uid is None:
                uid = added.get(meaning(job))
            if uid is None:
                raise Wrong(f"a job that nobody has: {job_id(job)}")
            if uid in self.found:
                raise Wrong(f"job {job_id(job)} is there twice")
            self.found[uid] = job
            job["uid"] = uid

    def job(self, uid):
        base, ours, theirs, merged = (side.get(uid) for side in (self.base, self.ours, self.theirs, self.found))
        if base is None:
            if merged is None or meaning(merged) != meaning(ours or theirs):
                raise Wrong(f"the added job {uid} is lost or another one")
            return
        conflicted = job_id(base) in self.conflicted
        if ours is None or theirs is None:
            stays = ours or theirs
            changed = stays is not None and meaning(stays) != meaning(base)
            if changed != conflicted or changed != (merged is not None):
                raise Wrong(f"removed on one side: {job_id(base)}, changed: {changed}, conflict: {conflicted}, there: {merged is not None}")
            return
        if merged is None:
            raise Wrong(f"job {job_id(base)} is lost")
        expected, disputed = expected_units(base, ours, theirs)
        if bool(disputed) != conflicted:
            raise Wrong(f"job {job_id(base)}: disputed {sorted(disputed)}, conflict: {conflicted}")
        wrong = {name for name in expected.keys() | units(merged).keys() if expected.get(name) != units(merged).get(name)}
        if wrong:
            raise Wrong(f"job {job_id(base)}: {sorted(wrong)} is not what it should be")
        if not any(is_volatile_of(merged, side) for side in (ours, theirs)):
            raise Wrong(f"job {job_id(base)}: its volatile members are of both sides")

    def reorders(self, side, where):
        """Whether a side may have brought the jobs of a place into another order: one left and came back."""
        now = by_uid(side.document)
        return any(uid in self.base and uid in now and place(self.base[uid]) == where == place(now[uid]) for uid in side.moved)

    def order(self, side, other):
        """What the other side did not move stands as this side has it. (Where the other one reordered, nobody can tell
        which of two exchanged jobs it was that moved.)"""
        for where in {place(job) for job in self.merged["jobs"]} - self.reordered:
            if self.reorders(other, where):
                continue
            here = {job["uid"] for job in side.jobs if place(job) == where and job["uid"] not in other.moved}
            here &= {job["uid"] for job in self.merged["jobs"] if place(job) == where}
            got, wanted = ([job["uid"] for job in jobs if job["uid"] in here] for jobs in (self.merged["jobs"], side.jobs))
            if got != wanted:
                raise Wrong(f"the order of {where}")

    def only_real_conflicts(self):
        """That of a job is looked at with the job."""
        for conflict in self.conflicts:
            if conflict["subject"] != "job" or conflict["kind"] not in ("moved", "changed", "removed-changed", "order"):
                raise Wrong(f"a conflict that cannot be: {conflict}")
        for where in self.reordered:
            if not all(self.reorders(side, where) for side in self.sides):
                raise Wrong(f"{where} is in conflict, and not both sides reordered it")

    def queues(self):
        counts = collections.defaultdict(collections.Counter)
        for job in self.merged["jobs"]:
            counts[job["queue"]][job["state"]] += 1
        for queue in self.merged["queues"]:
            if queue["counts"] != dict(counts[queue["queue"]]):
                raise Wrong(f"the counts of {queue['queue']}")
            numbers = [int(job_id(job)[1]) for job in self.merged["jobs"]
                       if job["queue"] == queue["queue"] and job_id(job)[1].isdigit()]
            if "id_counter" in queue.get("volatile", {}) and numbers and queue["volatile"]["id_counter"] < max(numbers):
                raise Wrong(f"the counter of {queue['queue']}")
        ids = collections.Counter(job_id(job) for job in self.merged["jobs"])
        twice = [one for one, times in ids.items() if times > 1]
        if twice:
            raise Wrong(f"two jobs with the id {twice[0]}")

    def run(self):
        self.recognise()
        for uid in self.base.keys() | self.ours.keys() | self.theirs.keys():
            self.job(uid)
        ours, theirs = self.sides
        self.order(ours, theirs)
        self.order(theirs, ours)
        self.only_real_conflicts()
        self.queues()


def state_of(document):
    """The state without what is about the document."""
    return text({name: document[name] for name in SECTIONS})


def check_laws(merged, conflicts, number):
    for result, wanted in ((["base", "ours", "base"], "ours"), (["base", "base", "theirs"], "theirs"),
                           (["base", "ours", "ours"], "ours")):
        got, none = merge(*(f"{name}.qsnap" for name in result), "law.qsnap")
        if none or state_of(got) != state_of(read(f"{wanted}.qsnap")):
            raise Wrong(f"merge({', '.join(result)}) is not {wanted}")
    other, mirrored = merge("base.qsnap", "theirs.qsnap", "ours.qsnap", "law.qsnap")
    if bool(mirrored) != bool(conflicts):
        raise Wrong(f"triple {number}: a conflict from one side alone")
    if not conflicts and collections.Counter(map(meaning, other["jobs"])) != collections.Counter(map(meaning, merged["jobs"])):
        raise Wrong("with the sides exchanged, the jobs are others")


def one_triple(bases, chance, number, laws):
    base = sample(chance.choice(bases), chance)
    sides = {name: Side(base, name, chance) for name in ("ours", "theirs")}
    for side in sides.values():
        side.work(chance.randint(1, 6))
    write(strip(base), "base.qsnap")
    for name, side in sides.items():
        write(strip(side.document), f"{name}.qsnap")
    merged, conflicts = merge("base.qsnap", "ours.qsnap", "theirs.qsnap", "merged.qsnap")
    if laws:
        check_laws(merged, conflicts, number)
    Check(base, sides["ours"], sides["theirs"], merged, conflicts).run()
    return conflicts


def one_anew(bases, chance):
    base = sample(chance.choice(bases), chance)
    sides = {name: Side(base, name, chance) for name in ("ours", "theirs")}
    touched = chance.sample([job["uid"] for job in base["jobs"] if is_plain(job)], 2)
    wanted = collections.Counter(map(meaning, base["jobs"]))
    for (name, side), uid in zip(sides.items(), touched):
        side.capture_anew()
        side.alike = False  # two jobs that become alike cannot be told apart: merge-driver/cases/known-limits
        side.pick = lambda side=side, uid=uid: by_uid(side.document)[uid]
        before = collections.Counter(map(meaning, side.jobs))
        chance.choice([side.move, side.edit, side.retry, side.add, side.remove])()
        count_jobs(side.document)
        after = collections.Counter(map(meaning, side.jobs))
        wanted = wanted - (before - after) + (after - before)
        write(strip(side.document), f"{name}.qsnap")
    write(strip(base), "base.qsnap")
    merged, conflicts = merge("base.qsnap", "ours.qsnap", "theirs.qsnap", "merged.qsnap")
    if conflicts:
        raise Wrong(f"a conflict: {conflicts[0]}")
    got = collections.Counter(map(meaning, merged["jobs"]))
    if got != wanted:
        raise Wrong(f"lost: {sum((wanted - got).values())}, doubled or invented: {sum((got - wanted).values())}")
    ids = collections.Counter(map(job_id, merged["jobs"]))
    if max(ids.values()) > 1:
        raise Wrong("two jobs with one id")
    return conflicts


class Soundness:
    """fsck of the results, many at a time: nothing that base did not have."""

    def __init__(self):
        self.waiting = []

    def add(self, number):
        name = f"triple-{number}"
        os.replace("merged.qsnap", f".queue-snapshots/test-cases/{name}.qsnap")
        self.waiting.append(name)
        if len(self.waiting) == BATCH:
            self.finish()

    def finish(self):
        if not self.waiting:
            return
        ran = subprocess.run(["git", "qsnap", "fsck", *self.waiting], capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise Wrong(f"fsck: {ran.stdout[-2000:]}{ran.stderr}")
        for name in self.waiting:
            os.remove(f".queue-snapshots/test-cases/{name}.qsnap")
        self.waiting = []


def main(count, anew, seed, paths):
    bases = [read(path) for path in paths]
    with_conflicts = clean = 0
    sound = Soundness()
    for number in range(count + anew):
        chance = random.Random(f"{seed} {number}")
        try:
            if number < count:
                conflicts = one_triple(bases, chance, number, number % 10 == 0)
            else:
                conflicts = one_anew(bases, chance)
            with_conflicts += bool(conflicts)
            if not conflicts:
                clean += 1
                sound.add(number)
        except Wrong as wrong:
            sys.exit(f"triple {number} of seed {seed}: {wrong} (base.qsnap, ours.qsnap and theirs.qsnap in {os.getcwd()})")
    sound.finish()
    if count >= 100 and (with_conflicts == 0 or clean <= anew):
        sys.exit("the triples are too much alike")
    print(f"{count} generated triples and {anew} captured anew, seed {seed}: {with_conflicts} with conflicts, all of them rightly; "
          f"no job lost or doubled, {clean} states sound")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
