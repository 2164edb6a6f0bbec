#!/usr/bin/env python3
"""libqsnap.so from a language of its own: ctypes_smoke.py LIBRARY, in a repository, with QSNAP_REDIS_URL."""
import ctypes
import json
import os
import sys

lib = ctypes.CDLL(sys.argv[1])
for name in ("open", "close"):
    getattr(lib, f"qsnap_session_{name}").argtypes = [ctypes.c_void_p] if name == "close" else [
        ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)]
lib.qsnap_session_open.restype = ctypes.c_void_p
lib.qsnap_version.restype = ctypes.c_char_p
CALLS = ("check", "check_contract", "capture", "load")
for name in CALLS:
    call = getattr(lib, f"qsnap_{name}")
    call.argtypes, call.restype = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p], ctypes.c_void_p
lib.qsnap_result_status.argtypes = lib.qsnap_result_free.argtypes = [ctypes.c_void_p]
for name in ("message", "json"):
    field = getattr(lib, f"qsnap_result_{name}")
    field.argtypes, field.restype = [ctypes.c_void_p], ctypes.c_char_p


def take(result):
    """(status, message, JSON) of a result, which is freed."""
    answer = (lib.qsnap_result_status(result), lib.qsnap_result_message(result).decode(),
              json.loads(lib.qsnap_result_json(result)))
    lib.qsnap_result_free(result)
    assert "\x1b" not in answer[1], answer
    return answer


def opened(options):
    error = ctypes.c_void_p(1)
    session = lib.qsnap_session_open(options, ctypes.byref(error))
    return session, None if session else take(error)


def fails(options, status, words):
    session, answer = opened(options)
    assert session is None and answer[0] == status, (options, answer)
    assert words in answer[1] and answer[2]["schema"] == "qsnap.error/1", (options, answer)
    assert answer[2]["exit_code"] == status, answer
    assert "secret" not in answer[1] + json.dumps(answer[2]), answer


# Options that are none.
fails(b"{", 2, "options")
fails(b"[]", 2, "options")
fails(b"\xff", 2, "options")
fails(b"[" * 1_000_000, 2, "options")
fails(b'{"a":' * 200_000, 2, "options")
fails(b'"' + b"a" * 20_000_000 + b'"', 2, "at most")
fails(b'{"fodler":"."}', 2, 'unknown option "fodler"')
fails(b'{"folder":1}', 2, '"folder" is not a text')
fails(b'{"folder":"a\\u0000b"}', 2, '"folder" is not a text')
fails(b'{"update":"yes"}', 2, "pending, new, all or none")
fails(b'{"timeout_ms":-1}', 2, "timeout_ms")
fails(b'{"timeout_ms":1e3}', 2, "timeout_ms")
fails(b'{"folder":"/"}', 2, "not inside a git repository")
fails(b'{"redis":"http://me:secret@127.0.0.1"}', 2, "")
assert lib.qsnap_session_open(b"{", None) is None  # who does not want to know need not

# Nobody there, another machine.
for redis, status in ((b"redis://me:secret@127.0.0.1:1/0", 3), (b"redis://192.0.2.1/0", 6)):
    session, _ = opened(b'{"redis":"' + redis + b'"}')
    answer = take(lib.qsnap_check(session, b"first", None))
    assert answer[0] == status and "secret" not in answer[1], answer
    lib.qsnap_session_close(session)

# A life: nothing is expected, then it is, then it is another one.
session, _ = opened(b'{"update":"pending"}')
status, message, document = take(lib.qsnap_check(session, b"first", b'{"test":"suite / first"}'))
assert status == 1 and document["schema"] == "qsnap.assert/1" and document["result"] == "missing", document
assert document["message"].rstrip("\n") == message.rstrip("\n") and "git qsnap" in message, message
assert os.path.exists(document["pending"]), document
status, _, document = take(lib.qsnap_capture(session, b"first", b'{"description":"by ctypes","tags":["b","a"]}'))
assert status == 0 and document["schema"] == "qsnap.save/1", document
status, _, document = take(lib.qsnap_check(session, b"first", b""))
assert status == 0 and document["ok"] and document["result"] == "as-expected", document
status, message, document = take(lib.qsnap_load(session, b"first", None))
assert status == 6 and document["schema"] == "qsnap.error/1", document  # it is not empty
status, _, document = take(lib.qsnap_load(session, b"first", b'{"replace":true,"paused":true}'))
assert status == 0 and document["schema"] == "qsnap.load/1", document
status, message, document = take(lib.qsnap_check(session, b"first", None))
assert status == 1 and document["result"] == "different" and "paused" in message, message

LONG = b"a" * 20_000_000
# Names and options that are none; a session that is none.
for call in CALLS:
    function = getattr(lib, f"qsnap_{call}")
    assert take(function(None, b"first", None))[0] == 2
    for name in (None, b"", b"\xff\x1b[31m", b"../up", LONG):
        status, message, _ = take(function(session, name, None))
        file = call == "load" and name == b"../up"  # that may be a file, and is not there
        assert status == (7 if file else 2) and len(message) < 1000, (call, status, message[:200])
    for options in (b"{", b'{"nothing":1}', b'{"within_ms":"5s"}', b'{"queues":[1]}', b'{"replace":1,"allow_empty":1}'):
        assert take(function(session, b"first", options))[0] == 2, (call, options)
for side in (b"live", b"-"):
    assert take(lib.qsnap_load(session, side, None))[0] == 2
assert lib.qsnap_result_status(None) == 70
assert lib.qsnap_result_message(None) == b"out of memory"
assert json.loads(lib.qsnap_result_json(None))["code"] == "internal"
lib.qsnap_result_free(None)
lib.qsnap_session_close(None)
lib.qsnap_session_close(session)
print(f"libqsnap {lib.qsnap_version().decode()}: all as said")
