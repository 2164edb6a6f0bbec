#!/usr/bin/env python3
"""Fills a Redis with the states of a BullMQ and a Sidekiq in which secrets stand wherever one can stand, and other keys.
  plant_canaries.py SOCKET CANARIES     writes each secret into CANARIES, one a line, and says how many there are."""
import base64
import json
import sys
import zlib

from resp import Redis

NOW = 1_790_000_000_000
canaries = []


def canary(text):
    canaries.append(text)
    return text


def secret(n):
    """Known by its name alone."""
    return canary(f"Canary{n:02}sEcret")


def email(n):
    return canary(f"canary{n:02}@mail.example.org")


def card(n):
    digits = f"41111111{n:07}"
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))]
    return canary(digits + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10))


def aws(n):
    return canary(f"AKIACANARYCANARY00{n:02}")


def jwt(n):
    part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    return canary(f'{part({"alg": "HS256"})}.{part({"canary": n})}.c2lnbmF0dXJl')


def pem(n):
    return f'-----BEGIN PRIVATE KEY-----\n{canary(f"MIICanary{n:02}aaaaaaaa")}\n-----END PRIVATE KEY-----'


def cjson(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")


def bullmq(redis):
    js = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    base = "bull:vault:"
    redis("HSET", base + "meta", "opts.maxLenEvents", "10000", "version", "bullmq:5.81.5", "note", "ask " + email(1))
    payloads = [
        js({"password": secret(2), "to": email(3), "n": 1}),
        json.dumps({"to": "é", "token": secret(4), "cards": [int(card(5)), card(6)]}),
        json.dumps({"to": "é", "secret": secret(7)}, separators=(",", ":")),
        json.dumps({"to": "é", "cookie": f"sid={secret(8)}"}, ensure_ascii=False),
        json.dumps({"to": "é", "url": f"https://app:{secret(9)}@h.example/"}, separators=(",", ":")).replace("/", "\\/"),
        cjson({"to": "é/", "aws": aws(10), "apiKey": secret(11)}),
        f"send to {email(12)}, password={secret(13)}",
        b"\x80\x04\x95pickled " + email(14).encode() + b"\xff",
        '{"password":"%s","password":"%s"}' % (secret(15), secret(16)),
        '{ "token" : "%s",\n "x" : [ 1, 2 ] }' % secret(17),
        js({"body": json.dumps({"headers": {"Authorization": "Bearer " + jwt(18)}, "pin": {"cvv": 123}}), "k": pem(19)}),
        js({"nested": js({"again": js({"pwd": secret(20)})})}),
        js({email(21): {"passwords": 1}, "text": "pay " + " ".join([card(22)[i : i + 4] for i in range(0, 16, 4)])}),
    ]
    canaries.append(" ".join([canaries.pop()[i : i + 4] for i in range(0, 16, 4)]))  # as it stands in the text
    for number, payload in enumerate(payloads, 1):
        redis("HSET", f"{base}{number}", "name", "mail", "data", payload, "opts", '{"attempts":3}', "timestamp", NOW,
              "delay", 0, "priority", 0)
        redis("LPUSH", base + "wait", number)
    failed = email(23)
    redis("HSET", base + failed, "name", "mail", "data", "{}", "timestamp", NOW, "delay", 0, "priority", 0,
          "opts", cjson({"attempts": 2, "jobId": failed, "auth": {"access_token": secret(24)}, "tm": email(25)}),
          "failedReason", f"cannot log in: password={secret(26)} {email(27)}", "finishedOn", NOW + 5, "processedOn", NOW,
          "stacktrace", js([f"Error: {email(28)}\n    at x.js (token={secret(29)})"]), "returnvalue", js({"jwt": jwt(30)}),
          "progress", js({"card": card(31)}), "apiKey", secret(32), "blob", b"\xff" + email(33).encode(), "atm", 2)
    redis("ZADD", base + "failed", NOW + 5, failed)
    redis("RPUSH", f"{base}{failed}:logs", f"GET /x?api_key={secret(34)}", "fine")
    parent = email(35)
    redis("HSET", base + parent, "name", aws(36), "data", "{}", "opts", "{}", "timestamp", NOW, "delay", 0, "priority", 0)
    redis("ZADD", base + "waiting-children", NOW, parent)
    redis("HSET", base + "child", "name", "c", "data", "{}", "opts", js({"parent": {"id": parent, "queue": "bull:vault"}}),
          "timestamp", NOW, "delay", 0, "priority", 0, "parentKey", base + parent,
          "parent", js({"id": parent, "queueKey": "bull:vault"}))
    redis("LPUSH", base + "wait", "child")
    redis("SADD", f"{base}{parent}:dependencies", base + "child")
    redis("HSET", f"{base}{parent}:processed", base + "gone", js({"secret": secret(37)}))
    redis("SET", base + "id", 13)
    redis("XADD", base + "events", "1-1", "event", "failed", "jobId", failed, "failedReason", email(38))
    other = email(39)  # a queue's name
    redis("HSET", f"bull:{other}:meta", "opts.maxLenEvents", "10000", "version", "bullmq:5.81.5")
    redis("HSET", f"bull:{other}:1", "name", "n", "data", "{}", "opts", "{}", "timestamp", NOW, "delay", 0, "priority", 0)
    redis("LPUSH", f"bull:{other}:wait", 1)


def sidekiq(redis):
    def job(**more):
        return json.dumps({"retry": True, "queue": "mailer", "class": "Mail", "args": [], "jid": "a" * 24,
                           "created_at": NOW / 1000, **more}, separators=(",", ":"))

    redis("SADD", "queues", "mailer")
    redis("LPUSH", "queue:mailer", job(jid="b" * 24, args=[email(40), {"password": secret(41)}]),
          job(jid=email(42), cattr={"session_id": secret(43)}, args=['{"token":"%s"}' % secret(44)]),
          '{ "class": "Odd", "jid": "x", "args": [], "secret": "%s" }' % secret(45))
    trace = base64.b64encode(zlib.compress(json.dumps([email(46)]).encode())).decode()
    canaries[-1] = trace
    redis("ZADD", "retry", NOW / 1000, job(error_message=f"500 for {email(47)}", error_class="E", retry_count=1,
                                           error_backtrace=trace))
    redis("HSET", "cron_job:nightly", "name", "nightly", "cron", "0 0 * * *", "klass", "Nightly", "status", "enabled",
          "args", json.dumps([{"credentials": {"user": secret(48)}}]), "description", "for " + email(49))
    redis("SADD", "cron_jobs", "cron_job:nightly")


def others(redis):
    redis("HSET", "session:" + email(50), "password", secret(51), "cart", "3", "seen_by", email(52))
    redis("RPUSH", "app:list", json.dumps({"token": secret(53)}), email(54))
    redis("SADD", "app:set", email(55), "x")
    redis("ZADD", "app:zset", 1, card(56), 1, "b")
    redis("XADD", "app:stream", "1-1", "api_key", secret(57), "to", email(58))
    redis("XGROUP", "CREATE", "app:stream", aws(59), "0")
    redis("XREADGROUP", "GROUP", aws(59), email(60), "STREAMS", "app:stream", ">")
    redis("SET", "app:api_key", secret(61))
    redis("SET", "card:" + card(62), "x")
    redis("SET", "app:blob", b"\x00\xff" + jwt(63).encode())
    many = email(64)  # more than a spool keeps in memory
    redis.pipeline(("RPUSH", "app:many", f"{i} {many} " + "x" * 4000) for i in range(1000))


def main():
    redis = Redis(sys.argv[1])
    redis("FLUSHALL")
    bullmq(redis)
    sidekiq(redis)
    others(redis)
    unique = sorted(set(canaries))
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write("".join(text + "\n" for text in unique))
    print(len(unique))


main()
