#!/usr/bin/python3
"""compare_keys.py SOCKET_A SOCKET_B: are two Redis databases the same, key by key (type, value bytes, order, score bits,
expiry; streams with groups, consumers and pending entries)? Shares no code with the program under
test."""
import sys

from resp import Redis


def pairs(flat):
    return dict(zip(flat[::2], flat[1::2]))


def stream(redis, key):
    info = pairs(redis("XINFO", "STREAM", key))
    value = {name: info[name] for name in (b"last-generated-id", b"entries-added", b"max-deleted-entry-id", b"length")}
    value["entries"] = redis("XRANGE", key, "-", "+")
    value["groups"] = []
    full = pairs(redis("XINFO", "STREAM", key, "FULL", "COUNT", 0))
    for raw in full[b"groups"]:
        group = pairs(raw)
        consumers = []
        for raw_consumer in group[b"consumers"]:
            consumer = pairs(raw_consumer)
            consumers.append((consumer[b"name"], consumer.get(b"pel", consumer.get(b"pending"))))
        value["groups"].append((group[b"name"], group[b"last-delivered-id"], group[b"entries-read"],
                                group.get(b"pel", group.get(b"pending")), consumers))
    return value


def value_of(redis, key, kind):
    return {
        b"string": lambda: redis("GET", key),
        b"list": lambda: redis("LRANGE", key, 0, -1),
        b"set": lambda: sorted(redis("SMEMBERS", key)),
        b"hash": lambda: pairs(redis("HGETALL", key)),
        b"zset": lambda: redis("ZRANGE", key, 0, -1, "WITHSCORES"),
        b"stream": lambda: stream(redis, key),
    }[kind]()


def main(path_a, path_b):
    a, b = Redis(path_a), Redis(path_b)
    bad = 0
    keys_a, keys_b = set(a.scan()), set(b.scan())
    for key in sorted(keys_a ^ keys_b):
        bad += 1
        print("only in", "A" if key in keys_a else "B", key)
    for key in sorted(keys_a & keys_b):
        kinds = a("TYPE", key), b("TYPE", key)
        expiries = a("PEXPIRETIME", key), b("PEXPIRETIME", key)
        if kinds[0] != kinds[1] or expiries[0] != expiries[1] or value_of(a, key, kinds[0]) != value_of(b, key, kinds[0]):
            bad += 1
            print("differs:", key, kinds, expiries)
    print(len(keys_a), "keys,", bad, "differences")
    return 1 if bad or not keys_a else 0


sys.exit(main(*sys.argv[1:3]))
