#!/usr/bin/python3
"""apply_changes.py BEFORE.qsnap CHANGES.json OUT.qsnap: makes the meaning of the after side out of the before side and of
what `git qsnap diff --format=json` says, and packs it (CASE_DOCUMENT is the tool). It knows the document and the list of
changes, and nothing of how a comparison works: that both have the same fingerprint then is a test of the list.

Numbers keep their text. Members of objects may come out in another order."""
import base64
import json
import os
import re
import subprocess
import sys

SECTIONS = ["config", "queues", "jobs", "workers", "keys"]
NO_MEMBERS = {("due_in_ms",), ("refs", "ids")}  # paths of what is no member of `fields`
SECTION_OF = {"job": "jobs", "queue": "queues", "worker": "workers", "config": "config", "key": "keys"}
STEP = re.compile(r'\.([A-Za-z0-9_$@-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]')


class Wrong(Exception):
    pass


class Number(str):
    """The text of a number."""


def parse(text):
    return json.loads(text, parse_int=Number, parse_float=Number)


def dump(value):
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{dump(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    return json.dumps(value)


def raw_bytes(value):
    """Form B: a string, or {"$b64":…}."""
    if isinstance(value, dict):
        return base64.b64decode(value["$b64"])
    return value.encode()


def steps_of(path):
    """'.payload.items[2]["a.b"]' → ["payload", "items", 2, "a.b"]"""
    steps, at = [], 0
    while at < len(path):
        found = STEP.match(path, at)
        if not found:
            raise Wrong(f"a path that cannot be read: {path}")
        name, index, quoted = found.groups()
        steps.append(int(index) if index else json.loads(quoted) if quoted else name)
        at = found.end()
    return tuple(steps)


def leaves_of(value, path=()):
    if isinstance(value, dict) and value:
        for name, one in value.items():
            yield from leaves_of(one, path + (name,))
    elif isinstance(value, list) and value:
        for index, one in enumerate(value):
            yield from leaves_of(one, path + (index,))
    else:
        yield path, value


def from_leaves(leaves):
    """The value that has these leaves: [(steps, value)]."""
    if len(leaves) == 1 and not leaves[0][0]:
        return leaves[0][1]
    parts = {}
    for steps, value in leaves:
        if not steps:
            raise Wrong("a value that is a leaf and has leaves")
        parts.setdefault(steps[0], []).append((steps[1:], value))
    kinds = {type(name) for name in parts}
    if kinds == {int}:
        if sorted(parts) != list(range(len(parts))):
            raise Wrong("an array with a hole")
        return [from_leaves(parts[index]) for index in range(len(parts))]
    if kinds != {str}:
        raise Wrong("neither an object nor an array")
    return {name: from_leaves(inner) for name, inner in parts.items()}


def apply_fields(record, fields, whole):
    """`whole`: paths of members that are given as a whole elsewhere."""
    leaves = dict(leaves_of(record))
    told = [(steps_of(field["path"]), field) for field in fields]
    told = [(steps, field) for steps, field in told if steps[0] not in whole and steps not in NO_MEMBERS]
    for steps, field in told:
        if "before" in field:
            if steps not in leaves:
                raise Wrong(f"{field['path']} is not there")
            if dump(leaves[steps]) != dump(field["before"]):
                raise Wrong(f"{field['path']} is {dump(leaves[steps])} and not {dump(field['before'])}")
            del leaves[steps]
        elif steps in leaves:
            raise Wrong(f"{field['path']} is there already")
    for steps, field in told:
        if "after" in field:
            leaves[steps] = field["after"]
    return from_leaves(list(leaves.items()))


def apply_record(record, change):
    encoded = {steps_of(field["path"]): field for field in change.get("encoded", [])}
    record = apply_fields(record, change["fields"], {steps[0] for steps in encoded})
    for steps, field in encoded.items():
        home = record
        for step in steps[:-1]:
            home = home.setdefault(step, {})
        home.pop(steps[-1], None)
        if "after" in field:
            home[steps[-1]] = field["after"]
    return record


def at(records, change, side):
    index = int(change[side]["index"])
    if index >= len(records):
        raise Wrong(f"there is no record {index}")
    return index


def placed(kept, listed, total):
    """Those listed at their places, the others around them in their order."""
    rest = iter(kept)
    try:
        result = [listed[index] if index in listed else next(rest) for index in range(total)]
    except StopIteration:
        raise Wrong("too few records are left") from None
    if next(rest, None) is not None:
        raise Wrong("too many records are left")
    return result


def apply_section(records, changes):
    """Of jobs, queues, workers and config: by index."""
    gone, listed = set(), {}
    for change in changes:
        if "from" in change:
            index = at(records, change, "from")
            if index in gone:
                raise Wrong(f"record {index} is listed twice")
            gone.add(index)
        if "to" not in change:
            if dump(records[index]) != dump(change["record"]):
                raise Wrong(f"record {index} is another one than was removed")
            continue
        if "from" not in change:
            record = change["record"]
        else:
            record = apply_record(records[index], change)
            if change["subject"] == "job":
                record["queue"], record["state"] = change["to"]["queue"], change["to"]["state"]
        listed[int(change["to"]["index"])] = record
    kept = [record for index, record in enumerate(records) if index not in gone]
    return placed(kept, listed, len(kept) + len(listed)), listed


def apply_keys(records, changes):
    parts = {}
    others = []
    for record in records:
        if record["role"] == "data":
            parts[raw_bytes(record["key"]), int(record.get("part", 0))] = record
        else:
            others.append(record)

    def remove(record):
        found = parts.pop((raw_bytes(record["key"]), int(record.get("part", 0))), None)
        if found is None or dump(found) != dump(record):
            raise Wrong(f"a part of {record['key']} is not what it is said to be")

    def insert(record):
        if parts.setdefault((raw_bytes(record["key"]), int(record.get("part", 0))), record) is not record:
            raise Wrong(f"a part of {record['key']} is there already")

    for change in changes:
        if "record" in change:
            whole = change["record"] if isinstance(change["record"], list) else [change["record"]]
            for record in whole:
                (insert if change["kind"] == "added" else remove)(record)
            continue
        for part in change["encoded"]:
            if "before" in part:
                remove(part["before"])
        for part in change["encoded"]:
            if "after" in part:
                insert(part["after"])
    return [record for _, record in sorted(parts.items(), key=lambda part: part[0])] + others


def name_of(job):
    queue, identity = job["queue"], job.get("id", job.get("volatile", {}).get("id"))
    return (dump(queue), dump(identity)) if identity is not None and job.get("body") not in ("missing", "duplicate") else None


class References:
    """What refs[i] leads to is found by queue and id, and the two sides have ids of their own. So each job gets an id
    that no other has."""

    def __init__(self, before, after, listed, changes, aliases):
        self.jobs, self.added, self.by_before = after, {}, {}
        for index, job in enumerate(before):
            if name_of(job):
                self.by_before.setdefault(name_of(job), index)
        self.becomes = {}  # index of the before side → the record that it is now
        untouched = iter(job for index, job in enumerate(after) if index not in listed)
        moved = {int(change["from"]["index"]): change for change in changes if "from" in change}
        for index in range(len(before)):
            change = moved.get(index)
            self.becomes[index] = next(untouched) if change is None else listed[int(change["to"]["index"])] if "to" in change else None
        for change in changes:
            if "from" not in change:
                job = listed[int(change["to"]["index"])]
                if name_of(job):
                    self.added.setdefault(name_of(job), job)
        self.aliases = {(dump(one["to"]["queue"]), dump(one["to"]["id"])): (dump(one["from"]["queue"]), dump(one["from"]["id"]))
                        for one in aliases}
        self.renamed = set(self.aliases.values())
        self.in_after_ids = {id(listed[int(change["to"]["index"])]) for change in changes
                             if "to" in change and ("from" not in change or any(
                                 field["path"] == ".refs" or field["path"] == ".volatile.ref_ids" for field in change.get("encoded", [])))}

    def target(self, job, name):
        if id(job) in self.in_after_ids:
            if name in self.aliases:
                return self.becomes[self.by_before[self.aliases[name]]]
            if name in self.added:
                return self.added[name]
            if name in self.renamed:
                return None
        index = self.by_before.get(name)
        found = self.becomes[index] if index is not None else None
        return found if found is not None else self.added.get(name)

    def run(self):
        targets = []
        for job in self.jobs:
            ids = job.get("volatile", {}).get("ref_ids", [])
            names = [(dump(ref.get("queue")), dump(one)) for ref, one in zip(job.get("refs", []), ids)]
            targets.append([self.target(job, name) for name in names])
        numbers = {}
        for number, job in enumerate(self.jobs):
            numbers[id(job)] = f"job {number}"
            if "id" not in job and "id" in job.get("volatile", {}):
                job["volatile"]["id"] = numbers[id(job)]
        for job, found in zip(self.jobs, targets):
            if found:
                job["volatile"]["ref_ids"] = [self.id_of(target) for target in found]

    @staticmethod
    def id_of(target):
        return "no such job" if target is None else target.get("id", target.get("volatile", {}).get("id"))


def apply_changes(document, changes):
    """`document` is parsed; it is changed."""
    by_section = {section: [] for section in SECTIONS}
    for change in changes["changes"]:
        by_section[SECTION_OF[change["subject"]]].append(change)
    before = document["jobs"]
    for section in SECTIONS:
        if section == "keys":
            document[section] = apply_keys(document[section], by_section[section])
        else:
            document[section], listed = apply_section(document[section], by_section[section])
            if section == "jobs":
                References(before, document["jobs"], listed, by_section["jobs"], changes.get("aliases", [])).run()
    return document


def read_snapshot(path):
    return parse(subprocess.run(["zstd", "-dcqf", path], check=True, capture_output=True).stdout)


def write_snapshot(document, path):
    with open(path + ".json", "w") as file:
        file.write(dump({name: document[name] for name in ["metadata", *SECTIONS]}))
    subprocess.run([os.environ["CASE_DOCUMENT"], "pack", path + ".json", path], check=True)


def main(before, changes, out):
    with open(changes) as file:
        told = parse(file.read())
    try:
        write_snapshot(apply_changes(read_snapshot(before), told), out)
    except Wrong as wrong:
        sys.exit(f"{changes}: {wrong}")


if __name__ == "__main__":
    main(*sys.argv[1:])
