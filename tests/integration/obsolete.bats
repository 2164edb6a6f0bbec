#!/usr/bin/env bats
# Which snapshots no test refers to: ledgers of runs, put together across processes and shards.
load helpers
setup() {
  setup_world
  unset CI QSNAP_UPDATE QSNAP_PENDING_DIR QSNAP_RUN_ID QSNAP_RUNS_DIR RUNNER_TEMP
  git qsnap init >/dev/null
}
teardown() { teardown_world; }

# snapshots NAME…: each of another meaning, so that none looks like a renamed one.
snapshots() {
  start_redis live
  export QSNAP_REDIS_URL=$REDIS_live
  local name
  for name in "$@"; do
    redis-cli -s "$SOCKET_live" rpush jobs "$name" >/dev/null
    git qsnap save "$name" >/dev/null
  done
}

# refer RUN NAME…: a ledger as a process of that run leaves it.
refer() {
  local run=$1 name
  shift
  mkdir -p ".git/qsnap/runs/$run"
  for name in "$@"; do
    printf '{"event":"asserted","name":"%s","held":true,"at":"2026-01-02T03:04:05.000Z"}\n' "$name"
  done >>".git/qsnap/runs/$run/host-1-0.jsonl"
}

@test "what an assertion, a load and a save refer to is in the run, whether the test passes or not" {
  snapshots a b baselines/base c
  export QSNAP_RUN_ID=r1
  expect_exit 0 git qsnap assert c --test "the last one"
  expect_exit 1 git qsnap assert a
  expect_exit 1 git qsnap assert not-there
  expect_exit 0 git qsnap obsolete
  expect_output "- test-cases/b"
  refute_output "- test-cases/a"
  refute_output "- test-cases/c"
  git qsnap schema run-event >schema.json
  cat .git/qsnap/runs/r1/*.jsonl | split -l 1 - line.
  lines=()
  for line in line.*; do lines+=(schema.json "$line"); done
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" "${lines[@]}"
  [ "$(cat .git/qsnap/runs/r1/*.jsonl | jq -r 'select(.test == "the last one").name')" = test-cases/c ]
  [ "$(cat .git/qsnap/runs/r1/*.jsonl | jq -r 'select(.held == false).name' | sort | tr '\n' ' ')" = "test-cases/a test-cases/not-there " ]
  expect_exit 3 git qsnap assert b --redis redis://127.0.0.1:1  # nothing found out, and still a test that refers to it
  expect_exit 0 git qsnap obsolete
  refute_output "- test-cases/b"
  start_redis other
  expect_exit 0 git qsnap load baselines/base --into "$REDIS_other"
  expect_exit 0 git qsnap obsolete --all
  refute_output "baselines/base"
}

@test "without a run nothing is recorded" {
  snapshots a
  expect_exit 0 git qsnap assert a
  [ ! -e .git/qsnap/runs ]
  expect_exit 0 git qsnap obsolete --runs
  expect_output "no test run has a ledger here"
}

@test "only a run that is declared complete calls a snapshot obsolete, and only --fail makes that a failure" {
  snapshots a b
  refer r1 test-cases/a
  expect_exit 0 git qsnap obsolete --run r1
  expect_output "- test-cases/b"
  expect_output "2 snapshots, of which 1 is not referenced in this run"
  refute_output "1 is obsolete"
  expect_exit 2 git qsnap obsolete --run r1 --fail
  expect_output "--fail needs --complete"
  expect_exit 2 git qsnap obsolete --run r1 --propose
  expect_output "--propose needs --complete"
  expect_exit 0 git qsnap obsolete --run r1 --complete
  expect_output "2 snapshots, of which 1 is obsolete"
  expect_exit 1 git qsnap obsolete --run r1 --complete --fail
  refer r1 test-cases/b
  expect_exit 0 git qsnap obsolete --run r1 --complete --fail
}

@test "a run without an event is never complete: a typing error would make everything obsolete" {
  snapshots a
  refer r1 test-cases/a
  expect_exit 2 git qsnap obsolete
  expect_output "which test run?"
  expect_exit 2 git qsnap obsolete --run r2 --complete --fail
  expect_output "there is no run r2"
  mkdir -p empty .git/qsnap/runs/r3
  expect_exit 6 git qsnap obsolete --run r3 --complete
  expect_exit 6 git qsnap obsolete --run r1 --ledger empty --complete
  expect_output "empty has no event"
  expect_exit 0 git qsnap obsolete --run r3
  expect_exit 2 git qsnap obsolete --run ../r1
  expect_exit 2 git qsnap obsolete --ledger nowhere --complete
}

@test "four shards of four processes at once are put together from their artifacts" {
  local names=() shard process
  for shard in 1 2 3 4; do for process in 1 2 3 4; do names+=("s$shard/p$process"); done; done
  snapshots "${names[@]/#/test-cases/}" test-cases/forgotten
  local tests=()
  for shard in 1 2 3 4; do
    for process in 1 2 3 4; do
      QSNAP_RUN_ID=ci QSNAP_RUNS_DIR=$WORLD/shard-$shard CI=1 git qsnap assert "test-cases/s$shard/p$process" >/dev/null 2>&1 3>&- &
      tests+=($!)
    done
  done
  wait "${tests[@]}" || true  # they all differ but one: a run in which tests fail is a run
  for shard in 1 2 3 4; do mkdir -p "artifacts/shard-$shard" && cp -R "$WORLD/shard-$shard/." "artifacts/shard-$shard/"; done
  expect_exit 1 git qsnap obsolete --ledger artifacts --complete --fail --json
  [ "$(jq -r '[.events, .snapshots, .unreferenced[].name] | join(" ")' <<<"$output")" = "16 17 test-cases/forgotten" ]
  mkdir flat  # or all files in one folder: no two have one name
  cp "$WORLD"/shard-*/ci/*.jsonl flat/
  [ "$(ls flat | wc -l)" = 16 ]
  expect_exit 0 git qsnap obsolete --ledger flat --complete --json
  [ "$(jq -r .events <<<"$output")" = 16 ]
  rm -r artifacts/shard-3  # control: the shards are what the answer is made of
  expect_exit 0 git qsnap obsolete --ledger artifacts --complete --json
  [ "$(jq '.unreferenced | length' <<<"$output")" = 5 ]
}

@test "removal is proposed, never done; accept deletes, and what a test waits for is not replaced" {
  snapshots a b c
  refer r1 test-cases/a
  redis-cli -s "$SOCKET_live" rpush jobs more >/dev/null
  expect_exit 1 git qsnap assert c  # a state of c is pending
  folder_state $SNAPSHOTS >before
  expect_exit 0 git qsnap obsolete --run r1 --complete --propose --json
  [ "$(jq -r '[.unreferenced[] | .name + "=" + .proposal] | join(" ")' <<<"$output")" = "test-cases/b=proposed test-cases/c=occupied" ]
  folder_state $SNAPSHOTS >after
  diff before after
  expect_exit 0 git qsnap pending
  expect_output "test-cases/b"
  expect_exit 0 git qsnap accept test-cases/b
  [ ! -e $SNAPSHOTS/test-cases/b.qsnap ]
  [ -e $SNAPSHOTS/test-cases/c.qsnap ]
}

@test "a test with another name is told as renamed, in the tree or pending" {
  snapshots old
  cp $SNAPSHOTS/test-cases/old.qsnap $SNAPSHOTS/test-cases/new.qsnap
  refer r1 test-cases/new
  expect_exit 0 git qsnap obsolete --run r1 --complete
  expect_output "- test-cases/old  says the same as test-cases/new: renamed?"
  rm $SNAPSHOTS/test-cases/new.qsnap
  expect_exit 0 git qsnap obsolete --run r1 --complete
  expect_output "! test-cases/new  is referred to, and not there"
  expect_exit 1 git qsnap assert new
  expect_exit 0 git qsnap obsolete --run r1 --complete
  expect_output "says the same as test-cases/new: renamed?"
  refute_output "! test-cases/new"
}

@test "baselines are asked for by --all, history never" {
  snapshots a baselines/base history/then
  refer r1 test-cases/a
  expect_exit 0 git qsnap obsolete --run r1 --complete --json
  [ "$(jq -c '[.snapshots, [.unreferenced[].name]]' <<<"$output")" = '[1,[]]' ]
  expect_exit 0 git qsnap obsolete --run r1 --complete --all --json
  [ "$(jq -c '[.snapshots, [.unreferenced[].name]]' <<<"$output")" = '[2,["baselines/base"]]' ]
}

@test "JSON, JUnit, TAP and annotations name them" {
  snapshots a b
  refer r1 test-cases/a
  expect_exit 1 git qsnap obsolete --run r1 --complete --fail --json
  git qsnap schema obsolete >schema.json
  printf '%s' "$output" >out.json
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" schema.json out.json
  expect_exit 1 git qsnap obsolete --run r1 --complete --fail --format=junit
  expect_output 'tests="2" failures="1"'
  expect_output '<testcase classname="test-cases" name="b"'
  expect_output '<failure type="obsolete"'
  expect_exit 1 git qsnap obsolete --run r1 --complete --fail --format=tap
  expect_output "not ok 1 - test-cases/b: obsolete"
  expect_output "ok 2 - 1 snapshot is referred to"
  expect_exit 1 git qsnap obsolete --run r1 --complete --fail --format=github
  expect_output "::error file=.queue-snapshots/test-cases/b.qsnap,line=1,title=test-cases/b::obsolete"
  # Of a part of the tests, none of them says more than it knows.
  expect_exit 0 git qsnap obsolete --run r1 --format=junit
  expect_output 'failures="0"'
  expect_output '<skipped message="not referenced in this run"'
  expect_exit 0 git qsnap obsolete --run r1 --format=tap
  expect_output "ok 1 - test-cases/b # SKIP not referenced in this run"
  expect_exit 0 git qsnap obsolete --run r1 --format=github
  expect_output "::notice file=.queue-snapshots/test-cases/b.qsnap"
  expect_exit 0 git qsnap obsolete --runs --json
  git qsnap schema runs >schema.json
  printf '%s' "$output" >out.json
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" schema.json out.json
}

@test "a ledger that is broken or hides behind a link ends it; a torn last line does not" {
  snapshots a
  refer r1 test-cases/a
  ledger=.git/qsnap/runs/r1/host-1-0.jsonl
  printf '{"event":"asser' >>$ledger
  expect_exit 0 git qsnap obsolete --run r1 --complete --fail
  printf '\n' >>$ledger
  expect_exit 5 git qsnap obsolete --run r1 --complete
  expect_output "host-1-0.jsonl:2: "
  mkdir artifact && ln -s "$PWD/$ledger" artifact/x.jsonl
  expect_exit 6 git qsnap obsolete --ledger artifact --complete
}
