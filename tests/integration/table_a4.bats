#!/usr/bin/env bats
# What snapshot testing has to do: the rows of docs/compared.md, each on the real command line with a real Redis. Above each
# test stands what it would be without the feature, and the test has that as its control where that can be had.
load helpers

setup() {
  setup_world
  unset CI GITHUB_ACTIONS GITHUB_STEP_SUMMARY RUNNER_TEMP QSNAP_UPDATE QSNAP_PENDING_DIR QSNAP_RUN_ID QSNAP_RUNS_DIR
  git qsnap init >/dev/null
  start_redis live
  export QSNAP_REDIS_URL=$REDIS_live
}
teardown() { teardown_world; }

redis() { redis-cli -s "$SOCKET_live" "$@" >/dev/null; }

# sidekiq NUMBER CLASS ARGUMENTS: a job's JSON.
sidekiq() {
  printf '{"class":"%s","args":[%s],"retry":true,"queue":"mail","jid":"%024d","created_at":1763000000.%s}' "$2" "$3" "$1" "$1"
}
push() {  # push NUMBER CLASS ARGUMENTS
  redis sadd queues mail
  redis lpush queue:mail "$(sidekiq "$@")"
}
refute() { if "$@" >/dev/null 2>&1; then echo "not expected: $*" >&2; return 1; fi; }  # ! would not fail a test
file_of() { printf '%s/test-cases/%s.qsnap' "$SNAPSHOTS" "$1"; }

# review ANSWER…: on a terminal, with these answers.
review() {
  printf '%s\n' "$@" >"$WORLD/answers"
  run script -qec "git qsnap review" "$WORLD/typescript" <"$WORLD/answers"
}

# in_read_only_tree COMMAND…: with the whole repository, its git dir too, as nobody can write it.
in_read_only_tree() {
  if [ "$(id -u)" = 0 ]; then  # rights do not bind root, mounts do
    # shellcheck disable=SC2016
    run unshare -m sh -c 'mount --bind . . && mount -o remount,ro,bind . && cd "$PWD" && exec "$@"' sh "$@"
  else
    chmod -R a-w . && run "$@" && chmod -R u+w .
  fi
}

# 1 · Without it the first run writes what it finds, and a wrong state is expected from then on: mode new does so.
@test "1: a new state fails and becomes pending, as often as it is asked, until somebody accepts it" {
  push 1 Welcome '"ann"'
  for _ in 1 2; do
    expect_exit 1 git qsnap assert signup
    expect_output "has no snapshot yet"
    [ ! -e "$(file_of signup)" ]
  done
  expect_exit 0 git qsnap pending
  expect_output "test-cases/signup"
  expect_exit 0 git qsnap accept signup
  expect_exit 0 git qsnap assert signup
  QSNAP_UPDATE=new expect_exit 0 git qsnap assert control  # the silent first run
  [ -e "$(file_of control)" ]
}

# 2 · Without it, something is created or touched in the checkout or its git dir; in a tree that is mounted read-only the
# command fails of it, or says that it could not.
@test "2: in CI nothing is written in the repository: it works where nothing can be written" {
  push 1 Welcome '"ann"'
  git qsnap save signup >/dev/null
  folder_state . >"$WORLD/before"
  in_read_only_tree touch probe
  [ "$status" != 0 ]  # control: it is read-only
  CI=true in_read_only_tree git-qsnap assert signup
  [ "$status" = 0 ] || { echo "$output" >&2; false; }
  push 2 Welcome '"bob"'
  for name in signup nothing-yet; do
    CI=true in_read_only_tree git-qsnap assert "$name"
    [ "$status" = 1 ] || { echo "$output" >&2; false; }
    refute_output "warning"
    CI=true expect_exit 1 git qsnap assert "$name"
  done
  folder_state . >"$WORLD/after"
  diff "$WORLD/before" "$WORLD/after"
  expect_exit 1 git qsnap assert signup  # control: outside of CI a state is pending now
  folder_state . >"$WORLD/after"
  refute cmp "$WORLD/before" "$WORLD/after"
}

# 3 · Without it, whoever wants CI's state has to make it again at home: `apply` would find nothing.
@test "3: what CI saw comes home as an artifact" {
  push 1 Welcome '"ann"'
  git qsnap save signup >/dev/null
  git add . && git commit -qm signup
  git clone -q . "$WORLD/runner"
  push 2 Welcome '"bob"'
  (cd "$WORLD/runner" && CI=true QSNAP_PENDING_DIR=$WORLD/artifact run git qsnap assert signup && [ "$status" = 1 ] &&
    CI=true QSNAP_PENDING_DIR=$WORLD/artifact run git qsnap assert other && [ "$status" = 1 ] &&
    [ -z "$(git status --porcelain)" ])
  [ -n "$(ls "$WORLD/artifact")" ]
  expect_exit 0 git qsnap apply "$WORLD/artifact"
  expect_exit 0 git qsnap accept --all
  expect_exit 0 git qsnap assert signup
  expect_exit 0 git qsnap assert other
}

# 4 · Without it, everything is approved or nothing is: one accept would change the other files, too.
@test "4: pending states are accepted and rejected by name, end, pattern or all, without a terminal" {
  for name in mail/a mail/b pay/a pay/b; do
    push "${#name}" "$name" 1
    expect_exit 1 git qsnap assert "test-cases/$name" </dev/null
  done
  expect_exit 0 git qsnap accept test-cases/mail/a </dev/null
  [ -e "$(file_of mail/a)" ] && [ ! -e "$(file_of mail/b)" ]
  expect_exit 0 git qsnap reject 'test-cases/pay/*' </dev/null
  expect_exit 0 git qsnap pending --json
  [ "$(jq -r '[.pending[].name] | join(" ")' <<<"$output")" = test-cases/mail/b ]
  expect_exit 0 git qsnap accept mail/b </dev/null
  [ -e "$(file_of mail/b)" ] && [ ! -e "$(file_of pay/a)" ] && [ ! -e "$(file_of pay/b)" ]
  expect_exit 1 git qsnap assert pay-again </dev/null
  expect_exit 0 git qsnap reject --all </dev/null
  expect_exit 0 git qsnap pending --exit-code
  [ "$(cd "$SNAPSHOTS/test-cases" && echo *)" = "README.md mail" ]
}

# 5 · Without it there is no way back from a wrong key: undo takes the file away again, and the state is pending again.
@test "5: a review shows old, new and both side by side, and an accept is taken back" {
  push 1 Welcome '"ann"'
  git qsnap save signup >/dev/null
  cp "$(file_of signup)" "$WORLD/was"
  push 2 Goodbye '"bob"'
  git qsnap assert signup >/dev/null 2>&1 || true
  push 3 Other '"eve"'
  git qsnap assert the-second >/dev/null 2>&1 || true
  review d o n a u q
  expect_output "[u]ndo"
  expect_output "Goodbye"
  cmp "$WORLD/was" "$(file_of signup)"
  expect_exit 0 git qsnap pending
  expect_output "test-cases/signup"
  review a q  # control: without u it stays
  refute cmp "$WORLD/was" "$(file_of signup)"
  expect_exit 0 git qsnap accept --undo
  cmp "$WORLD/was" "$(file_of signup)"
}

# 6 · Without it snapshots of tests that are gone stay for ever, or a part of the tests deletes the others' ones.
@test "6: what no test of all shards refers to is named, may fail, and is deleted by nobody" {
  for name in a b gone; do
    push "$(printf %d "'$name")" "$name" 1
    git qsnap save "$name" >/dev/null
  done
  CI=1 QSNAP_RUN_ID=r QSNAP_RUNS_DIR=$WORLD/1 git qsnap assert a >/dev/null 2>&1 || true
  CI=1 QSNAP_RUN_ID=r QSNAP_RUNS_DIR=$WORLD/2 git qsnap assert b >/dev/null 2>&1 || true
  expect_exit 2 git qsnap obsolete --ledger "$WORLD/1" --fail  # one shard alone
  expect_exit 1 git qsnap obsolete --ledger "$WORLD/1" --ledger "$WORLD/2" --complete --fail --propose --json
  [ "$(jq -r '[.unreferenced[].name] | join(" ")' <<<"$output")" = test-cases/gone ]
  [ -e "$(file_of gone)" ]
}

# 7 · Without masks a nonce is a difference; without numbers, any request id will do where one and the same has to be.
@test "7: masks go by path through arrays, masked ids are still equal where they were equal, and a mask of nothing is told" {
  push 1 Order '{"nonce":"n1","items":[{"sku":1,"seen":5},{"sku":2,"seen":6}],"request":"r1"}'
  push 2 Mail '{"request":"r1"}'
  git qsnap save order >/dev/null
  redis del queue:mail
  push 3 Order '{"nonce":"n2","items":[{"sku":1,"seen":8},{"sku":2,"seen":9}],"request":"r7"}'
  push 4 Mail '{"request":"r7"}'
  masks=(--ignore 'jobs.payload[*].nonce' --ignore 'jobs.payload[*].items[*].seen' --tolerance 'jobs.payload[*].request=renumbered')
  expect_exit 0 git qsnap assert order "${masks[@]}"
  expect_exit 1 git qsnap assert order "${masks[@]:2}"  # control: the nonce is a difference
  expect_exit 0 git qsnap assert order "${masks[@]}" --ignore 'jobs.payload[*].nonsense'
  expect_output 'jobs.payload[*].nonsense matched nothing'
  expect_exit 2 git qsnap assert order "${masks[@]}" --ignore 'jobs.payload[*].nonsense' --strict
  redis del queue:mail
  push 3 Order '{"nonce":"n2","items":[{"sku":1,"seen":8},{"sku":2,"seen":9}],"request":"r7"}'
  push 4 Mail '{"request":"r8"}'  # the mail is of another request
  expect_exit 1 git qsnap assert order "${masks[@]}"
  expect_output 'r1 → r8'
}

# 8 · Without it a moved job is so many lines gone here and so many new ones there.
@test "8: a difference is told of jobs: which one moved, failed, was retried, and what in it changed" {
  push 1 Welcome '"ann"'
  push 2 Invoice '{"total":10}'
  push 3 Ping 1
  git qsnap save jobs >/dev/null
  redis del queue:mail
  push 2 Invoice '{"total":12}'
  push 3 Ping 1
  failed=$(sidekiq 1 Welcome '"ann"')
  redis zadd retry 1763000100 "${failed%\}},\"retry_count\":0,\"error_class\":\"Timeout\",\"error_message\":\"slow\",\"failed_at\":1763000050.0}"
  expect_exit 1 git qsnap assert jobs --json
  [ "$(jq -r '[.diff.changes[].kind] | sort | join(" ")' <<<"$output")" = "moved payload_changed" ]
  expect_exit 1 git qsnap assert jobs
  expect_output "waiting → retry"
  expect_output "10 → 12"
}

# 9 · Without the driver both branches' captures conflict as binary files; without textconv a reviewer sees nothing; a loader
# that is not careful reads one of the two sides.
@test "9: git merges snapshots by meaning, shows them as text, and a conflict is never taken for a state" {
  git qsnap install --no-hooks >/dev/null
  push 1 Welcome '"ann"'
  git qsnap save flow >/dev/null && git add . && git commit -qm base
  capture() { git qsnap save flow >/dev/null && git commit -qam "$1"; }
  git switch -qc theirs && push 2 Theirs 1 && capture theirs
  git switch -q main && redis rpop queue:mail >/dev/null; redis del queue:mail; push 1 Welcome '"ann"'; push 3 Ours 1; capture ours
  expect_exit 0 git diff HEAD~
  expect_output Ours
  expect_exit 0 git diff --no-textconv HEAD~  # control
  refute_output Ours
  expect_exit 1 git -c merge.qsnap.driver=false merge theirs  # control
  git merge --abort
  expect_exit 0 git merge -q theirs -m merged
  expect_exit 0 git qsnap show flow --full
  expect_output Ours
  expect_output Theirs
  git switch -q theirs && redis del queue:mail && push 1 Welcome '"bob"' && capture "theirs again"
  git switch -q main && redis del queue:mail && push 1 Welcome '"eve"' && capture "ours again"
  expect_exit 1 git merge theirs
  expect_exit 5 git qsnap assert flow
  start_redis other
  expect_exit 5 git qsnap load flow --into "$REDIS_other"
}

# 10 · Without it one has to check out, copy and compare by hand: a dirty work tree would be in the way.
@test "10: snapshots of commits and branches are compared without a checkout, bisected, and have a log" {
  for number in 1 2 3 4 5; do
    [ "$number" != 4 ] || push 99 Unwanted 1
    push "$number" Step "$number"
    git qsnap save flow -m "step $number" >/dev/null && git add . && git commit -qm "step $number"
  done
  git branch old HEAD~2
  rm "$(file_of flow)"  # what lies in the work tree does not matter
  expect_exit 1 git qsnap diff old:flow HEAD:flow
  expect_output "Unwanted"
  expect_exit 0 git qsnap log flow
  [ "$(grep -c 'step [1-5]' <<<"$output")" -ge 5 ]
  git checkout -q -- .
  printf '#!/bin/sh\n! git qsnap show flow --full | grep -q Unwanted\n' >"$WORLD/good" && chmod +x "$WORLD/good"
  git bisect start HEAD HEAD~4 >/dev/null
  expect_exit 0 git bisect run "$WORLD/good"
  [ "$(git log -1 --format=%s refs/bisect/bad)" = "step 4" ]
}

# 11 · Without one of them the format is unknown (exit 2) or looks like another one.
@test "11: one assertion is told as JUnit, TAP, JSON, NDJSON, annotations, a step summary, Markdown, a comment and HTML" {
  push 1 Welcome '"ann"'
  git qsnap save signup >/dev/null
  push 2 Welcome '"bob"'
  while IFS='|' read -r format mark; do
    GITHUB_STEP_SUMMARY=$WORLD/summary expect_exit 1 git qsnap assert signup --ci --format="$format"
    expect_output "$mark"
  done <<'END'
junit|<failure type="mismatch"
tap|TAP version 14
json|"schema":"qsnap.assert/1"
ndjson|"kind":"added"
github|::warning file=.queue-snapshots/test-cases/signup.qsnap
markdown|Welcome
github-comment|<!-- git-qsnap:pr-comment
html|<!DOCTYPE html>
END
  grep -q Welcome "$WORLD/summary"
  expect_exit 2 git qsnap assert signup --ci --format=nonsense  # control
}

# 12 · Without it the assertion looks once, before the job is there, and fails.
@test "12: an assertion waits until the state is as expected, and shows the last difference when it never is" {
  push 1 Welcome '"ann"'
  git qsnap save signup >/dev/null
  redis del queue:mail
  redis set something 1  # not empty, and not as expected
  redis config resetstat
  git qsnap assert signup --within 60s --stable 10ms --json --ignore 'keys[key=something]' >"$WORLD/out" 2>&1 3>&- &
  asserting=$!
  until [ "$(redis-cli -s "$SOCKET_live" info commandstats | sed -n 's/^cmdstat_scan:calls=\([0-9]*\),.*/\1/p')" -ge 2 ] 2>/dev/null; do
    kill -0 "$asserting"
  done
  push 1 Welcome '"ann"'
  wait "$asserting"
  [ "$(jq '.captures >= 2' "$WORLD/out")" = true ]
  push 2 Goodbye '"bob"'
  expect_exit 1 git qsnap assert signup --within 50ms --ignore 'keys[key=something]'
  expect_output Goodbye
}

# 13 · Without it a capture of the wrong prefix passes for ever, a huge one is waved through, a password goes into Git.
@test "13: an empty capture and a secret are refused, and a snapshot over the size budget is told" {
  push 1 Login '{"password":"hunter2-hunter2"}'
  expect_exit 6 git qsnap assert nothing --update=all --prefix no-such-prefix
  expect_exit 0 git qsnap assert nothing --update=all --prefix no-such-prefix --allow-empty
  expect_exit 6 git qsnap assert login --update=new
  expect_output "looks like a secret"
  [ ! -e "$(file_of login)" ]
  printf 'version: 1\nassert:\n  max_size: 100\n' >"$SNAPSHOTS/config.yaml"
  expect_exit 0 git qsnap assert login --update=new --redact
  expect_output "warning: "
  zstd -dcq "$(file_of login)" >"$WORLD/document"
  refute grep hunter2 "$WORLD/document"
  git qsnap install >/dev/null  # and the same again before a commit
  git qsnap save not-redacted >/dev/null
  git add . && expect_exit 1 git commit -qm secrets
  expect_output "looks like a secret"
}

# 14 · Without it every language has its own idea of a state: the library would not agree with the command line.
@test "14: the command line and the library over its C interface say the same of the same state" {
  library=$(find "$QSNAP_BIN" -maxdepth 1 -name "libqsnap.so*" | head -n 1)
  [ -n "$library" ]
  push 1 Welcome '"ann"'
  git qsnap save signup >/dev/null
  push 2 Welcome '"bob"'
  cat >check.py <<'END'
import ctypes, json, sys
lib = ctypes.CDLL(sys.argv[1])
for name, result in (("qsnap_session_open", ctypes.c_void_p), ("qsnap_check", ctypes.c_void_p), ("qsnap_result_json", ctypes.c_char_p)):
    getattr(lib, name).restype = result
session = ctypes.c_void_p(lib.qsnap_session_open(b'{"update":"none"}', None))
result = ctypes.c_void_p(lib.qsnap_check(session, b"signup", None))
print(lib.qsnap_result_json(result).decode())
sys.exit(lib.qsnap_result_status(result))
END
  expect_exit 1 /usr/bin/python3 check.py "$library"
  jq -S '{result, fingerprint, changes: .diff.changes}' <<<"$output" >by-library
  expect_exit 1 git qsnap assert signup --update=none --json
  jq -S '{result, fingerprint, changes: .diff.changes}' <<<"$output" >by-command
  diff by-library by-command
  [ "$(jq -r .result by-command)" = different ]
}

# 15 · Without it each capture is a diff of clocks and orders, and nobody reads the commits any more.
@test "15: one state gives the same bytes, whenever, wherever and in whatever order it came about" {
  redis sadd some-set a b c d e f g h
  push 1 Welcome '"ann"'
  git qsnap save one >/dev/null
  redis del some-set
  redis sadd some-set h g f e d c b a
  git qsnap save two >/dev/null
  document() { zstd -dcq "$(file_of "$1")" | grep -v '"checksum"' | sed 's/"captured_at":"[^"]*"//'; }
  document one >"$WORLD/one"
  document two >"$WORLD/two"
  diff "$WORLD/one" "$WORLD/two"
  refute grep -qF "$(hostname)" "$WORLD/one"
  refute grep -qF "$(git qsnap --version | sed 's/.* //')" "$WORLD/one"
  [ "$(zstd -dcq "$(file_of one)" | grep -c captured_at)" = 1 ]  # the one clock that there is
}

# 16 · Without it a fixture is a script that somebody keeps up to date by hand.
@test "16: a snapshot is loaded as a fixture, and is what was captured" {
  push 1 Welcome '"ann"'
  redis zadd retry 1763000100 "$(sidekiq 2 Flaky 1)"
  git qsnap save baselines/signup >/dev/null
  redis flushall
  expect_exit 0 git qsnap load baselines/signup
  expect_exit 0 git qsnap assert baselines/signup
  redis del retry
  expect_exit 1 git qsnap assert baselines/signup  # control
}

# 17 · Without it another tool's file of that name is taken for ours, overwritten, or deleted as obsolete.
@test "17: a file that is not ours is known by its first bytes, and neither read, replaced nor deleted" {
  push 1 Welcome '"ann"'
  git qsnap save mine >/dev/null
  printf '// Jest Snapshot v1\n' >"$(file_of theirs)"
  sum=$(sha256sum "$(file_of theirs)")
  expect_exit 5 git qsnap assert theirs
  expect_exit 5 git qsnap assert theirs --update=all
  printf '{"event":"asserted","name":"test-cases/mine","at":"2026-01-02T03:04:05.000Z"}\n' >ledger.jsonl
  expect_exit 0 git qsnap obsolete --ledger ledger.jsonl --complete --propose --json
  [ "$(jq -r '.unreferenced[].proposal' <<<"$output")" = unreadable ]
  run git qsnap accept --all
  [ "$(sha256sum "$(file_of theirs)")" = "$sum" ]
}
