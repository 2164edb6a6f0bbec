#!/usr/bin/python3
"""multiply_asynq.py SOCKET N: prints commands (for redis-cli --pipe) that bring the tasks of a Redis with Asynq queues to
about N, by copies with ids of their own.
multiply_asynq.py SOCKET count: prints queue, state and number of tasks, as the structures have them."""
import sys
import uuid

from resp import Redis, encode

STATES = {b"pending": "list", b"active": "list", b"scheduled": "zset", b"retry": "zset", b"archived": "zset",
          b"completed": "zset"}


def structures(redis):
    """Queue, state, key and type of each structure."""
    for queue in sorted(redis("SMEMBERS", "asynq:queues")):
        for state, kind in STATES.items():
            yield queue, state, b"asynq:{%s}:%s" % (queue, state), kind


def templates(redis):
    """One task of each structure that nothing else refers to: its key, id, score and fields."""
    for queue, state, key, kind in structures(redis):
        if state == b"active":
            continue
        found = redis("LRANGE", key, 0, 0) if kind == "list" else redis("ZRANGE", key, 0, 0, "WITHSCORES")
        if not found:
            continue
        name = found[0]
        flat = redis("HGETALL", b"asynq:{%s}:t:%s" % (queue, name))
        fields = dict(zip(flat[::2], flat[1::2]))
        if b"unique_key" not in fields and len(name) == 36 and name in fields[b"msg"]:
            yield queue, key, kind, name, found[1] if kind == "zset" else None, fields


def multiply(redis, wanted):
    chosen = list(templates(redis))
    for number in range(wanted):
        queue, key, kind, name, score, fields = chosen[number % len(chosen)]
        new = str(uuid.UUID(int=(0xA5 << 120) + number)).encode()
        words = [b"HSET", b"asynq:{%s}:t:%s" % (queue, new)]
        for field, value in fields.items():
            words += [field, value.replace(name, new)]
        sys.stdout.buffer.write(encode(*words))
        sys.stdout.buffer.write(encode(b"LPUSH", key, new) if kind == "list" else encode(b"ZADD", key, score, new))


def count(redis):
    for queue, state, key, kind in structures(redis):
        number = redis("LLEN" if kind == "list" else "ZCARD", key)
        if number:
            print(queue.decode(), state.decode(), number)
    for queue in redis("SMEMBERS", "asynq:queues"):
        groups = redis("SMEMBERS", b"asynq:{%s}:groups" % queue)
        number = sum(redis("ZCARD", b"asynq:{%s}:g:%s" % (queue, group)) for group in groups)
        if number:
            print(queue.decode(), "aggregating", number)


server = Redis(sys.argv[1])
count(server) if sys.argv[2] == "count" else multiply(server, int(sys.argv[2]))
