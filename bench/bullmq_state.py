"""A BullMQ 6 shaped state of any size, with BullMQ's own field names and key layout: 40 % completed, 40 % waiting, 10 %
delayed, 7 % failed, 3 % prioritized, over four queues. A payload has about 1 KB, or about as many bytes as is asked
for (250 at the least). Deterministic."""
import json
import random

STATES = ["completed"] * 40 + ["wait"] * 40 + ["delayed"] * 10 + ["failed"] * 7 + ["prioritized"] * 3
QUEUES = ["email", "payments", "images", "reports"]
WORDS = "invoice payment order shipped receipt account reset welcome digest weekly summary upgrade trial".split()
FRAME_BYTES = 180  # of a payload without items and words
ITEM_BYTES, WORD_BYTES = 27, 8


def payload_shape(payload_bytes):
    """How many items and words make a payload of about so many bytes."""
    if payload_bytes is None:
        return 5, 95
    items = 5 if payload_bytes >= 500 else 2
    return items, max(1, (payload_bytes - FRAME_BYTES - items * ITEM_BYTES) // WORD_BYTES)


def job_fields(rng, number, state, created, shape):
    items, words = shape
    payload = {"orderId": rng.randrange(10**6, 10**7), "customer": f"user{rng.randrange(10**6)}@example.com",
               "trace": f"{rng.getrandbits(128):032x}", "total": round(rng.random() * 10**4, 2),
               "items": [{"sku": f"SKU-{rng.randrange(1000, 9999)}", "qty": rng.randrange(1, 9)} for _ in range(items)],
               "body": " ".join(rng.choice(WORDS) for _ in range(words)), "seq": number}
    fields = {"name": "send", "data": json.dumps(payload, separators=(",", ":")),
              "opts": '{"attempts":3,"backoff":{"delay":1000,"type":"exponential"}}', "timestamp": created, "delay": 0,
              "priority": 0}
    if state in ("completed", "failed"):
        fields.update(processedOn=created + 500, finishedOn=created + 900, ats=1, atm=1)
    if state == "completed":
        fields["returnvalue"] = '{"ok":true}'
    if state == "failed":
        fields.update(failedReason="gateway timeout after 30000ms",
                      stacktrace=json.dumps(["Error: gateway timeout\n    at capture (/app/pay.js:41:11)"]))
    if state == "delayed":
        fields["delay"] = 3600000
    if state == "prioritized":
        fields["priority"] = 5
    return fields


def commands(jobs, payload_bytes=None):
    rng = random.Random(42)
    shape = payload_shape(payload_bytes)
    for queue in QUEUES:
        yield "HSET", f"bull:{queue}:meta", "version", "bullmq:6.7.0", "opts.maxLenEvents", 10000
    for number in range(1, jobs + 1):
        queue, state = QUEUES[number % len(QUEUES)], STATES[rng.randrange(100)]
        created = 1790000000000 + number * 37
        fields = job_fields(rng, number, state, created, shape)
        yield ("HSET", f"bull:{queue}:{number}", *[part for pair in fields.items() for part in pair])
        if state == "wait":
            yield "LPUSH", f"bull:{queue}:wait", number
        else:
            score = {"delayed": (created + 3600000) * 4096, "prioritized": 5 * 2**32 + number}.get(state, created + 900)
            yield "ZADD", f"bull:{queue}:{state}", score, number
        if number % 10 == 0:
            yield ("XADD", f"bull:{queue}:events", "MAXLEN", 10000, f"{created}-0", "event", "waiting", "jobId",
                   number)
    for queue in QUEUES:
        yield "SET", f"bull:{queue}:id", jobs


def fill(redis, jobs, payload_bytes=None):
    redis.pipeline(commands(jobs, payload_bytes))
