"""A BullMQ 6 shaped state of any size, with BullMQ's own field names and key layout: 40 % completed, 40 % waiting, 10 %
delayed, 7 % failed, 3 % prioritized, over four queues, about 1 KB a payload. Deterministic."""
import json
import random

STATES = ["completed"] * 40 + ["wait"] * 40 + ["delayed"] * 10 + ["failed"] * 7 + ["prioritized"] * 3
QUEUES = ["email", "payments", "images", "reports"]
WORDS = "invoice payment order shipped receipt account reset welcome digest weekly summary upgrade trial".split()


def job_fields(rng, number, state, created):
    payload = {"orderId": rng.randrange(10**6, 10**7), "customer": f"user{rng.randrange(10**6)}@example.com",
               "trace": f"{rng.getrandbits(128):032x}", "total": round(rng.random() * 10**4, 2),
               "items": [{"sku": f"SKU-{rng.randrange(1000, 9999)}", "qty": rng.randrange(1, 9)} for _ in range(5)],
               "body": " ".join(rng.choice(WORDS) for _ in range(95)), "seq": number}
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


def fill(redis, jobs):
    rng = random.Random(42)
    commands = []
    for queue in QUEUES:
        commands.append(("HSET", f"bull:{queue}:meta", "version", "bullmq:6.7.0", "opts.maxLenEvents", 10000))
    for number in range(1, jobs + 1):
        queue, state = QUEUES[number % len(QUEUES)], STATES[rng.randrange(100)]
        created = 1790000000000 + number * 37
        fields = job_fields(rng, number, state, created)
        commands.append(("HSET", f"bull:{queue}:{number}", *[part for pair in fields.items() for part in pair]))
        if state == "wait":
            commands.append(("LPUSH", f"bull:{queue}:wait", number))
        else:
            score = {"delayed": (created + 3600000) * 4096, "prioritized": 5 * 2**32 + number}.get(state, created + 900)
            commands.append(("ZADD", f"bull:{queue}:{state}", score, number))
        if number % 10 == 0:
            commands.append(("XADD", f"bull:{queue}:events", f"{created}-0", "event", "waiting", "jobId", number))
    for queue in QUEUES:
        commands.append(("SET", f"bull:{queue}:id", jobs))
    redis.pipeline(commands)
