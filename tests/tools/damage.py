#!/usr/bin/python3
"""damage.py SOCKET SEED [STEPS]: damages the database behind SOCKET as a hostile hand would, the same way for the same
seed and state: keys gone, bodies corrupted, types changed, odd names, duplicate and dangling ids, odd scores, expiries on
structures, broken streams. Prints what it did, one step a line."""
import json
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from resp import Redis  # noqa: E402

NESTED = "[" * 200 + "]" * 200
DEEP_OBJECT = '{"a":' * 300 + "1" + "}" * 300
FAR = 4102444800000  # 2100: no expiry lapses while a test runs
VALUES = [
    b"", b"0", b"00", b"-0", b"+1", b"007", b" 1", b"1e3", b"1.0", b"9007199254740993", b"18446744073709551616", b"-1",
    b"-9223372036854775809", b"NaN", b"Infinity", b"null", b"true", b"[]", b"{}", b'""', b"[1", b'{"a":1,"a":2}', b'{"a":NaN}',
    b'{"a":-0}', b'{"a":1e400}', b'{"a":1E5}', b'{"a":0.10}', b'"\\ud800"', b'{"\\u0061":"\\u00e9"}', b' {"a" : 1} ', b'{"a":1}\n',
    b'{"a":1}{"b":2}', b'{"a":"\x80"}', b"\xff\xfe\x00\x01", b"\x00", b"\n", b"\x1b]0;owned\x07", "\u202etxt.exe".encode(),
    NESTED.encode(), DEEP_OBJECT.encode(), b"x" * 300000, b'{"x":"' + b"y" * 200000 + b'"}', b'{"$b64":"AAAA"}',
    b'{"$b64":"////"}', b'{"__proto__":1,"":{"":[]}}', b'{"parentKey":"bull:email:1"}', b'{"attempts":"3"}', b'{"delay":-5}',
    b'["a","b"]', b"bull:email:1", b"1:2", b"0:1", b"1790000000000", b"1790000000.123456", b"1790000000.100", b"9" * 400,
]
NAMES = [b"", b"\x00", b"a\nb", b"\xff\xfe", b"::", b"bull", b"bull:", b"bull::", b"bull::id", b"bull:email:", b"bull:email::",
         b"bull:email:\x00", b"bull:email:1:lock:lock", b"bull:email:1:nothing", b"bull:e\xffmail:meta", b"bull:a b/c:wait",
         b"bull:email:" + b"9" * 5000, b"n" * 70000, b"queue:", b"queue:a\nb", b"queue:\xff", b"queues", b"ns:queues",
         b"ns:queue:default", b"stat:", b"stat:processed:not-a-date", b"cron_job:", b"cron_jobs", b"cron_job:\x00:enqueued",
         b"$b64", b'{"$b64":"AAAA"}', b"bull:email:repeat:", b"bull:email:repeat:x:1", b"bull:{x}:wait", b"bull:email:de:",
         b"bull:email:01", b"bull:email:-1", b"bull:email:1:dependencies", b"bull:email:2:processed", b"bull:email:metrics:completed",
         b"bull:email:metrics:completed:data", b"bull:email:events", b"bull:email:marker", b"bull:email:stalled"]
SCORES = [b"inf", b"-inf", b"-0", b"0", b"5e-324", b"2.2250738585072014e-308", b"1.7976931348623157e308", b"0.1", b"-1",
          b"9007199254740993", b"7331840000000000", b"7331840000000001.5", b"1e22", b"1790000000000", b"1790000000.123457", b"4294967296"]
KINDS = ["string", "list", "set", "hash", "zset", "stream"]


class Damage:
    def __init__(self, redis, seed):
        self.redis, self.rng = redis, random.Random(seed)
        self.keys = redis.scan()

    def pick(self, *kinds):
        """A key that is still there, of one of these types (of any, without types)."""
        for _ in range(200):
            key = self.rng.choice(self.keys)
            kind = self.redis("TYPE", key).decode()
            if kind in (kinds or KINDS):
                return key
        return None

    def value(self):
        return self.rng.choice(VALUES)

    def an_id(self):
        return self.rng.choice([b"1", b"2", b"3", b"nothing", b"1:2", b"", b"\x00\xff", b"a b/c", b"0:1", b"repeat:x:1", self.value()[:300]])

    def create(self, key, kind):
        redis, rng = self.redis, self.rng
        redis("DEL", key)
        size = rng.choice([1, 1, 2, 5, 300])
        if kind == "string":
            redis("SET", key, self.value())
        elif kind == "list":
            redis("RPUSH", key, *[self.an_id() for _ in range(size)])
        elif kind == "set":
            redis("SADD", key, *[self.an_id() for _ in range(size)])
        elif kind == "hash":
            redis("HSET", key, *[part for _ in range(size) for part in (self.field(), self.value())])
        elif kind == "zset":
            redis("ZADD", key, *[part for _ in range(size) for part in (rng.choice(SCORES), self.an_id())])
        else:
            self.stream(key)

    def field(self):
        return self.rng.choice([b"name", b"data", b"opts", b"timestamp", b"delay", b"priority", b"parent", b"parentKey", b"rjk", b"deid",
                                b"atm", b"ats", b"stc", b"returnvalue", b"failedReason", b"stacktrace", b"processedOn", b"finishedOn",
                                b"progress", b"pb", b"defa", b"", b"\xff", b"$b64", b"body", b"volatile", b"queue", b"state", b"id",
                                b"f%d" % self.rng.randrange(1000)])

    def stream(self, key):
        """A stream with gaps, groups and pending messages, some of them deleted; sometimes empty."""
        redis, rng = self.redis, self.rng
        redis("XGROUP", "CREATE", key, b"g\xff", "0", "MKSTREAM")
        ids = [redis("XADD", key, "%d-%d" % (n + 1, rng.randrange(9)), self.field(), self.value()) for n in range(rng.randrange(8))]
        redis("XREADGROUP", "GROUP", b"g\xff", b"c\n1", "COUNT", 4, "STREAMS", key, ">")
        redis("XGROUP", "CREATECONSUMER", key, b"g\xff", b"idle")
        redis("XGROUP", "CREATE", key, "g2", rng.choice(["$", "0", "3-0", "18446744073709551615-18446744073709551615"]))
        for one in ids:
            if rng.random() < 0.5:
                redis("XDEL", key, one)
        if rng.random() < 0.3:
            redis("XSETID", key, "900-1", "ENTRIESADDED", "70", "MAXDELETEDID", "800-0")
        if rng.random() < 0.2:
            redis("XTRIM", key, "MAXLEN", 0)

    # The steps. Each returns what it did.
    def delete(self):
        key = self.pick()
        self.redis("DEL", key)
        return "delete", key

    def corrupt_field(self):
        key = self.pick("hash")
        if not key:
            return "no hash", b""
        field = self.rng.choice(self.redis("HKEYS", key) + [self.field()])
        self.redis("HSET", key, field, self.value())
        return "corrupt field " + repr(field), key

    def drop_field(self):
        key = self.pick("hash")
        if not key:
            return "no hash", b""
        field = self.rng.choice(self.redis("HKEYS", key))
        self.redis("HDEL", key, field)
        return "drop field " + repr(field), key

    def change_type(self):
        key, kind = self.pick(), self.rng.choice(KINDS)
        self.create(key, kind)
        return "make a " + kind, key

    def add_odd_key(self):
        key, kind = self.rng.choice(NAMES), self.rng.choice(KINDS)
        self.create(key, kind)
        self.keys.append(key)
        return "add a " + kind, key

    def add_beside(self):
        """A key beside a real one: its name with a suffix."""
        base = self.pick() or b"bull:email:1"
        key = base + self.rng.choice([b":", b":lock", b":logs", b":dependencies", b":processed", b":failed", b":unsuccessful", b"\x00", b":1", b"x"])
        kind = self.rng.choice(KINDS)
        self.create(key, kind)
        self.keys.append(key)
        return "add beside: " + kind, key

    def duplicate_in_list(self):
        key = self.pick("list")
        if not key:
            return "no list", b""
        items = self.redis("LRANGE", key, 0, -1)
        self.redis(self.rng.choice(["LPUSH", "RPUSH"]), key, *[self.rng.choice(items) for _ in range(self.rng.randrange(1, 4))])
        return "duplicate ids", key

    def member_into_other(self):
        """An id of one structure into another: a job in two states, a dangling id, a foreign queue's id."""
        source, target = self.pick("list", "zset"), self.pick("list", "zset", "set")
        if not source or not target:
            return "no structure", b""
        kind = self.redis("TYPE", source)
        members = self.redis("LRANGE", source, 0, -1) if kind == b"list" else self.redis("ZRANGE", source, 0, -1)
        member = self.rng.choice(members + [self.an_id()])
        into = self.redis("TYPE", target)
        if into == b"list":
            self.redis("RPUSH", target, member)
        elif into == b"set":
            self.redis("SADD", target, member)
        else:
            self.redis("ZADD", target, self.rng.choice(SCORES), member)
        return "member into another structure", target

    def odd_score(self):
        key = self.pick("zset")
        if not key:
            return "no zset", b""
        members = self.redis("ZRANGE", key, 0, -1)
        score = self.rng.choice(SCORES)
        for member in self.rng.sample(members, min(len(members), 3)):
            self.redis("ZADD", key, score, member)
        return "score " + score.decode(), key

    def expire(self):
        key = self.pick()
        self.redis("PEXPIREAT", key, FAR + self.rng.randrange(10**9))
        return "expire", key

    def corrupt_element(self):
        """An element of a list or zset becomes another text: for Sidekiq, the job itself."""
        key = self.pick("list", "zset")
        if not key:
            return "no structure", b""
        value = self.value() if self.rng.random() < 0.5 else self.mangled(key)
        if self.redis("TYPE", key) == b"list":
            self.redis("LSET", key, self.rng.randrange(self.redis("LLEN", key)), value)
        else:
            self.redis("ZADD", key, self.rng.choice(SCORES), value)
        return "corrupt element", key

    def mangled(self, key):
        """A real element with one member changed, so that it is still nearly right."""
        of_list = self.redis("TYPE", key) == b"list"
        items = self.redis("LRANGE", key, 0, 50) if of_list else self.redis("ZRANGE", key, 0, 50)
        text = self.rng.choice(items)
        try:
            parsed = json.loads(text)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict) or not parsed:
            return text + self.rng.choice([b" ", b"\x00", b"x"])
        member = self.rng.choice(sorted(parsed))
        parsed[member] = self.rng.choice([None, "", -1, 1.5, True, [], {}, "1790000000", 1e300, "\u2028\x1b[31m", {"a": None}])
        style = self.rng.choice([(",", ":"), (", ", ": ")])
        out = json.dumps(parsed, separators=style, ensure_ascii=self.rng.random() < 0.5)
        return (out + self.rng.choice(["", "", ' ', ',']) if self.rng.random() < 0.3 else out).encode()

    def rename(self):
        key = self.pick()
        target = self.rng.choice(NAMES + self.keys)
        if target != key:
            self.redis("RENAME", key, target)
            self.keys.append(target)
        return "rename to " + repr(target[:60]), key

    def copy(self):
        key, target = self.pick(), self.pick()
        if key != target:
            self.redis("COPY", key, target, "REPLACE")
        return "copy over " + repr(target[:60]), key

    def odd_stream(self):
        key = self.pick("stream") or b"a-stream"
        self.redis("DEL", key)
        self.stream(key)
        self.keys.append(key)
        return "odd stream", key


def main(path, seed, steps=None):
    damage = Damage(Redis(path), int(seed))
    moves = [damage.delete, damage.corrupt_field, damage.corrupt_field, damage.corrupt_field, damage.drop_field, damage.change_type,
             damage.add_odd_key, damage.add_beside, damage.duplicate_in_list, damage.member_into_other, damage.odd_score, damage.expire,
             damage.corrupt_element, damage.corrupt_element, damage.rename, damage.copy, damage.odd_stream]
    count = int(steps) if steps else damage.rng.choice([1, 3, 10, 40])
    for _ in range(count):
        what, key = damage.rng.choice(moves)()
        print(what, repr(key[:80]))


main(*sys.argv[1:])
