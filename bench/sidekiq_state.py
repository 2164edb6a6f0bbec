"""A Sidekiq 6 shaped state of any size in nine keys, whole jobs as JSON in lists and sorted sets: 50 % in four queues,
20 % scheduled, 20 % to be retried, 10 % dead. Deterministic."""
import json
import random

QUEUES = ["critical", "default", "mailers", "low"]
SETS = {"schedule": 0.7, "retry": 0.9, "dead": 1.0}
WORDS = "invoice payment order shipped receipt account reset welcome digest weekly summary upgrade trial".split()


def job(rng, number, words):
    created = 1790000000 + number * 0.037
    mail = {"order": rng.randrange(10**6, 10**7), "body": " ".join(rng.choice(WORDS) for _ in range(words))}
    return {"retry": True, "queue": QUEUES[number % len(QUEUES)], "class": "SendMailJob", "args": [number, mail],
            "jid": f"{rng.getrandbits(96):024x}", "created_at": created}


def commands(jobs, payload_bytes=None):
    rng = random.Random(42)
    words = max(1, ((payload_bytes or 1000) - 60) // 8)
    yield ("SADD", "queues", *QUEUES)
    yield "SET", "stat:processed", 4 * jobs
    for number in range(1, jobs + 1):
        fields, place = job(rng, number, words), rng.random()
        if place < 0.5:
            fields["enqueued_at"] = fields["created_at"]
            yield "LPUSH", f"queue:{fields['queue']}", json.dumps(fields, separators=(",", ":"))
            continue
        name = next(name for name, bound in SETS.items() if place < bound)
        if name != "schedule":
            fields.update(enqueued_at=fields["created_at"], error_message="gateway timeout",
                          error_class="Timeout::Error", failed_at=fields["created_at"] + 1,
                          retry_count=3)
        yield "ZADD", name, fields["created_at"] + 3600, json.dumps(fields, separators=(",", ":"))


def fill(redis, jobs, payload_bytes=None):
    redis.pipeline(commands(jobs, payload_bytes))
