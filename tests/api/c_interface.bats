#!/usr/bin/env bats
# libqsnap.so through its C interface. By hand: QSNAP_BIN=<build>/src QSNAP_SOURCE=<checkout> bats FILE
load ../integration/helpers
setup() {
  setup_world
  unset CI CONTINUOUS_INTEGRATION GITHUB_ACTIONS QSNAP_UPDATE QSNAP_RUN_ID QSNAP_PENDING_DIR
  git qsnap init >/dev/null
}
teardown() { teardown_world; }

# build_program FILE COMPILER OPTIONS…: a program of tests/api, linked with the library of this build: ./FILE
build_program() {
  local file=$1
  shift
  "$@" -Wall -Wextra -Werror -I"$QSNAP_SOURCE/include" "$QSNAP_SOURCE/tests/api/$file" -o "$WORLD/${file%.*}" \
    -L"$QSNAP_BIN" -Wl,-rpath,"$QSNAP_BIN" -lqsnap
}

@test "the library shows the functions of qsnap.h and nothing else" {
  nm -D --defined-only --format=posix "$QSNAP_BIN/libqsnap.so.1" | awk '$2 != "A" { print $1 }' >shown
  diff -u "$QSNAP_SOURCE/tests/api/symbols.txt" <(sed 's/@@QSNAP_1$//' shown)
  [ "$(grep -c '@@QSNAP_1$' shown)" = "$(wc -l <shown)" ]
  grep -o 'qsnap_[a-z_]*(' "$QSNAP_SOURCE/include/qsnap/qsnap.h" | grep -v 'close()\|free()' | tr -d '(' | sort -u >declared
  diff -u "$QSNAP_SOURCE/tests/api/symbols.txt" declared
  [ "$(readlink "$QSNAP_BIN/libqsnap.so")" = libqsnap.so.1 ]
  readelf -d "$QSNAP_BIN/libqsnap.so" | grep -q 'SONAME.*\[libqsnap.so.1\]'
}

@test "a program in strict C89 calls every function" {
  build_program c89.c cc -std=c89 -pedantic-errors
  serve bullmq6-before.rdb
  printf 'version: 1\ninvariants: []\n' >contract.yaml
  expect_exit 0 "$WORLD/c89"
  expect_output "interface 1"
  expect_output '"schema":"qsnap.save/1"'
  expect_output '"schema":"qsnap.load/1"'
  expect_output "check: 0"
  expect_exit 2 "$WORLD/c89" '{"folder":"/"}'
  expect_output '"schema":"qsnap.error/1"'
}

@test "Python calls it by ctypes, with good options and bad ones" {
  serve bullmq6-before.rdb
  expect_exit 0 /usr/bin/python3 "$QSNAP_SOURCE/tests/api/ctypes_smoke.py" "$QSNAP_BIN/libqsnap.so.1"
  expect_output "all as said"
}

@test "no exception crosses it: one allocation after the other fails, and each call answers" {
  start_redis live
  # shellcheck disable=SC2154
  export QSNAP_REDIS_URL=$REDIS_live
  # shellcheck disable=SC2154
  redis-cli -s "$SOCKET_live" lpush queue:mail '{"class":"Mail","args":[1],"jid":"0123456789abcdef01234567"}' >/dev/null
  git qsnap save flow >/dev/null
  build_program out_of_memory.cpp c++ -std=c++20
  expect_exit 0 "$WORLD/out_of_memory" flow 5  # with 1, of a greater state: half a minute, and the same
  expect_output "the last check: 0"
}

@test "two sessions in two threads do not disturb each other" {
  start_redis one bullmq6-before.rdb
  start_redis two sidekiq6.rdb
  build_program two_threads.cpp c++ -std=c++20 -pthread
  # shellcheck disable=SC2154
  expect_exit 0 "$WORLD/two_threads" "$REDIS_one" "$REDIS_two"
  expect_output "not inside a git repository"
}

@test "a host's own handling of signals stays" {
  serve bullmq6-before.rdb
  git qsnap save flow >/dev/null
  expect_exit 0 /usr/bin/python3 - "$QSNAP_BIN/libqsnap.so.1" <<'PYTHON'
import ctypes, signal, sys
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
lib = ctypes.CDLL(sys.argv[1])
lib.qsnap_session_open.restype = lib.qsnap_check.restype = ctypes.c_void_p
lib.qsnap_check.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
lib.qsnap_result_status.argtypes = [ctypes.c_void_p]
session = lib.qsnap_session_open(None, None)
assert lib.qsnap_result_status(lib.qsnap_check(session, b"flow", None)) == 0
assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before == {signal.SIGUSR1}
assert signal.getsignal(signal.SIGPIPE) == signal.SIG_DFL
PYTHON
}

@test "the options set and branch say which set a session works in" {
  serve bullmq6-before.rdb
  git qsnap save flow >/dev/null
  serve bullmq6-after.rdb
  printf 'sets:\n  - branches: "feature/*"\n' >>$SNAPSHOTS/config.yaml
  expect_exit 0 /usr/bin/python3 - "$QSNAP_BIN/libqsnap.so.1" <<'PYTHON'
import ctypes, sys
lib = ctypes.CDLL(sys.argv[1])
lib.qsnap_session_open.restype = lib.qsnap_capture.restype = ctypes.c_void_p
lib.qsnap_capture.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
lib.qsnap_result_status.argtypes = [ctypes.c_void_p]
for options in (b'{"set":"mine","branch":"feature/x"}', b'{"branch":"feature/x"}'):
    session = lib.qsnap_session_open(options, None)
    assert lib.qsnap_result_status(lib.qsnap_capture(session, b"flow", None)) == 0
assert lib.qsnap_session_open(b'{"set":"../etc"}', None) is None
PYTHON
  [ "$(cd $SNAPSHOTS/sets && ls -d ./*/test-cases/flow.qsnap | xargs)" = "./feature%2Fx/test-cases/flow.qsnap ./mine/test-cases/flow.qsnap" ]
  expect_exit 1 git qsnap verify flow
}

@test "a run's ledger knows what was asserted, captured and loaded" {
  serve bullmq6-before.rdb
  export QSNAP_RUN_ID=r1
  build_program c89.c cc
  "$WORLD/c89" >/dev/null
  cat .git/qsnap/runs/r1/*.jsonl >events
  grep -c '"test-cases/c89"' events
  [ "$(jq -r .event events | sort | xargs)" = "asserted loaded saved" ] || { cat events; false; }
}

@test "the name of a test becomes the same name as in all integrations" {
  build_program names.cpp c++ -std=c++17
  jq -r '.[] | .parts | map(gsub("\n"; "\u0001")) | join("\f")' "$QSNAP_SOURCE/integrations/name-vectors.json" >parts
  jq -r '.[].name' "$QSNAP_SOURCE/integrations/name-vectors.json" >expected
  "$WORLD/names" <parts >names
  diff -u expected names
  [ "$(wc -l <names)" -ge 30 ]
}
