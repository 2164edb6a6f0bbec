#!/usr/bin/env bats
# git qsnap run: a Redis for one command, and nothing left of it.
load helpers
bats_require_minimum_version 1.5.0

setup() {
  setup_world
  unset CI CONTINUOUS_INTEGRATION GITHUB_ACTIONS GITLAB_CI JENKINS_URL TEAMCITY_VERSION TF_BUILD BUILDKITE GO_SERVER_URL
  unset QSNAP_UPDATE QSNAP_RUN_ID QSNAP_PENDING_DIR QSNAP_REDIS_URL REDIS_URL
  git qsnap init >/dev/null
  export TMPDIR=$WORLD/tmp
  mkdir "$TMPDIR"
}
teardown() { teardown_world; }

# with_baseline: baselines/mail is a state of BullMQ.
with_baseline() {
  start_redis live bullmq6-before.rdb
  git qsnap save baselines/mail --redis "$REDIS_live" >/dev/null
}

# Waits for a condition; what is waited for comes about, or the test fails.
until_true() {
  local deadline=$((SECONDS + 20))
  until "$@"; do [ "$SECONDS" -lt "$deadline" ] || { echo "did not come about: $*" >&2; return 1; }; done
}
gone() { ! kill -0 "$1" 2>/dev/null; }
nothing_left() { [ -z "$(ls "$TMPDIR")" ]; }
here() { [ -s "$1" ]; }

@test "the command gets an empty Redis by every variable, and nothing stays" {
  # shellcheck disable=SC2016
  expect_exit 0 git qsnap run -- sh -c 'set -e
    echo "$REDIS_URL" >../url; echo "$QSNAP_RUN_ID" >../id
    [ "$(redis-cli -u "$REDIS_URL" dbsize)" = 0 ]
    redis-cli -h "$REDIS_HOST" -p "$REDIS_PORT" set a 1
    [ "$(redis-cli -s "${QSNAP_REDIS_URL#unix://}" get a)" = 1 ]
    git qsnap save seen >&2'
  expect_output 'in an empty Redis: 1 key added'
  [[ $(<../url) == redis://127.0.0.1:*/0 ]]
  [[ $(<../id) == run-*Z-???????????????? ]]
  git qsnap show seen >/dev/null
  ! redis-cli -u "$(<../url)" ping 2>/dev/null
  nothing_left
}

@test "standard output is the command's alone, and with --json the document's" {
  with_baseline
  [ "$(git qsnap run --baseline baselines/mail -v -- echo mine 2>../told)" = mine ]
  grep -q 'since baselines/mail: no difference in meaning' ../told
  grep -q '^redis://127.0.0.1:.* is for run-' ../told
  output=$(git qsnap run --baseline baselines/mail --json -- echo mine 2>../told)
  [ "$(<../told)" = mine ]
  git qsnap schema run >../schema.json && echo "$output" >../run.json
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" ../schema.json ../run.json
  [ "$(jq -r '[.ok, .exit_code, .baseline.name, .changes.schema, .assertion, .error] | map(tostring) | join(" ")' ../run.json)" = \
    'true 0 baselines/mail qsnap.diff/1 null null' ]
}

@test "words reach the command as they are" {
  [ "$(git qsnap run -- printf '%s|' '[a,b]' '--' '-v' '' 'x y' '%s' 2>/dev/null)" = '[a,b]|--|-v||x y|%s|' ]
  [ "$(git qsnap run printf '%s|' --baseline '[x]' 2>/dev/null)" = '--baseline|[x]|' ]
}

@test "the exit code is the command's, as a shell tells it" {
  expect_exit 7 git qsnap run -- sh -c 'exit 7'
  expect_output 'sh ended with exit code 7'
  run -127 git qsnap run -- no-such-command
  expect_output 'not run: there is no program no-such-command'
  expect_exit 126 git qsnap run -- /etc/passwd
  expect_exit 139 git qsnap run -- sh -c 'kill -SEGV $$'
  expect_output 'sh was ended by signal 11'
  expect_exit 2 git qsnap run
  expect_output 'which command?'
  expect_exit 2 git qsnap run --basline x -- true
  expect_output '--basline is no option of run'
  expect_exit 2 git qsnap run --baseline baselines/none -- true
  expect_output 'there is no snapshot baselines/none'
  expect_exit 3 git qsnap run --redis-server no-such-redis -- true
  expect_output 'apt install redis-server'
  nothing_left
}

@test "an expectation: pending first, accepted, met, missed; a failed command writes nothing" {
  with_baseline
  # shellcheck disable=SC2016
  local add='redis-cli -u "$REDIS_URL" lpush todo "$0" >/dev/null'
  expect_exit 1 git qsnap run --baseline baselines/mail --expect done -- sh -c "$add" a
  expect_output 'test-cases/done has no snapshot yet'
  [ ! -e $SNAPSHOTS/test-cases/done.qsnap ] && [ -e .git/qsnap/pending/test-cases/done.json ]
  expect_exit 0 git qsnap accept done
  expect_exit 0 git qsnap run --baseline baselines/mail --expect done -- sh -c "$add" a
  expect_output 'test-cases/done as expected'
  expect_exit 1 git qsnap run --baseline baselines/mail --expect done --ci -- sh -c "$add" b
  expect_output 'test-cases/done is not as expected'
  [ ! -e .git/qsnap/pending/test-cases/done.json ]
  local before
  before=$(folder_state $SNAPSHOTS)
  expect_exit 4 git qsnap run --baseline baselines/mail --expect done -u -- sh -c "$add; exit 4" b
  expect_output 'the command failed, so nothing was written'
  [ "$(folder_state $SNAPSHOTS)" = "$before" ] && [ ! -e .git/qsnap/pending/test-cases/done.json ]
  expect_exit 0 git qsnap run --baseline baselines/mail --expect done -u -- sh -c "$add" b
  [ "$(folder_state $SNAPSHOTS)" != "$before" ]
  output=$(git qsnap run --baseline baselines/mail --expect done --json -- sh -c "$add" c 2>/dev/null) && return 1
  [ "$(jq -r '.assertion | [.schema, .result] | join(" ")' <<<"$output")" = 'qsnap.assert/1 different' ]
}

@test "workers that the command forgot finish within the time, and are stopped then" {
  # shellcheck disable=SC2016
  local script='(trap "" HUP; until [ "$(redis-cli -u $REDIS_URL rpop todo)" = go ]; do :; done
    redis-cli -u $REDIS_URL set finished 1; exec sleep 1000) >/dev/null 2>&1 &
    setsid sleep 2000 >/dev/null 2>&1 & echo $! >../sleeper; redis-cli -u $REDIS_URL lpush todo go >/dev/null'
  expect_exit 0 git qsnap run --expect finished -u --within 20s -- sh -c 'redis-cli -u $REDIS_URL set finished 1 >/dev/null'
  expect_exit 0 git qsnap run --expect finished --within 20s -- sh -c "$script"
  expect_output '2 processes were still running and were stopped: '
  expect_output 'sleep 2000'
  until_true gone "$(<../sleeper)"
  nothing_left
}

@test "a command that shuts the Redis down is told so, and what it empties is empty" {
  with_baseline
  # shellcheck disable=SC2016
  expect_exit 3 git qsnap run -- sh -c 'redis-cli -u $REDIS_URL shutdown nosave'
  expect_output 'the redis-server was shut down while the command ran'
  # shellcheck disable=SC2016
  expect_exit 9 git qsnap run -- sh -c 'kill -9 $(redis-cli -u $REDIS_URL info server | sed -n "s/process_id:\([0-9]*\).*/\1/p"); exit 9'
  expect_output 'the redis-server was killed by signal 9 while the command ran'
  # shellcheck disable=SC2016
  expect_exit 0 git qsnap run --baseline baselines/mail -- sh -c 'redis-cli -u $REDIS_URL flushall >/dev/null'
  expect_output 'since baselines/mail: '
  expect_output 'removed'
  nothing_left
}

@test "an interrupted run waits for its command, tears down, and answers 130" {
  git-qsnap run -- sh -c 'trap "echo cleaned >../cleaned; exit 0" INT; echo $$ >../pid; while :; do sleep 0.1; done' 2>../told &
  local run=$!
  until_true here ../pid
  kill -INT $run  # to run alone: it is passed on
  wait $run && false || [ $? = 130 ]
  [ "$(<../cleaned)" = cleaned ]
  nothing_left
}

@test "who asks twice kills the command" {
  git-qsnap run -- sh -c 'trap "echo told >../first" TERM; trap "" INT; echo $$ >../pid; while :; do sleep 0.1; done' 2>../told &
  local run=$!
  until_true here ../pid
  kill -TERM $run
  until_true here ../first
  kill -TERM $run
  wait $run && false || [ $? = 130 ]
  until_true gone "$(<../pid)"
  nothing_left
}

@test "Ctrl-C on a terminal, by git and by us, reaches the command once" {
  cat >../on_terminal.py <<'END'
import os, pty, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("git", ["git", "qsnap", "run", "--", "sh", "-c",
                      'trap "echo x >>../count" INT; echo >../ready; while [ ! -e ../enough ]; do sleep 0.05; done; exit 0'])
while not os.path.exists("../ready"):
    time.sleep(0.01)
os.write(terminal, b"\x03")
while not os.path.exists("../count"):
    time.sleep(0.01)
open("../enough", "w").close()
try:
    while os.read(terminal, 1000):
        pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) % 256)
END
  run timeout 60 /usr/bin/python3 ../on_terminal.py
  # Git itself ends by the signal that it got.
  [ "$status" = 130 ] || [ "$status" = 254 ] || { echo "$status $output" >&2; return 1; }
  [ "$(<../count)" = x ]
  until_true nothing_left
}

@test "kill -9 leaves no redis-server; the next run removes the folder" {
  # shellcheck disable=SC2016
  git-qsnap run -- sh -c 'redis-cli -u $REDIS_URL info server | sed -n "s/process_id:\([0-9]*\).*/\1/p" >../server
    echo $$ >../pid; while :; do sleep 0.1; done' 2>/dev/null &
  local run=$!
  until_true here ../pid
  kill -KILL $run
  wait $run || true
  until_true gone "$(<../server)"
  until_true gone "$(<../pid)"
  ! nothing_left
  expect_exit 0 git qsnap run -- true
  nothing_left
}

@test "eight runs at once do not disturb each other" {
  with_baseline
  local i
  for i in 1 2 3 4 5 6 7 8; do
    # shellcheck disable=SC2016
    git-qsnap run --baseline baselines/mail --threads 1 -- sh -c 'set -e
      redis-cli -u $REDIS_URL set mine "$0"; touch ../at-$0
      until [ "$(ls ../at-* | wc -l)" = 8 ]; do :; done
      [ "$(redis-cli -u $REDIS_URL get mine)" = "$0" ]' "$i" >"../out-$i" 2>&1 &
  done
  for i in $(jobs -p); do wait "$i"; done
  for i in 1 2 3 4 5 6 7 8; do grep -q 'since baselines/mail: 1 key added' "../out-$i"; done
  nothing_left
}

@test "parallel workers with a database each" {
  with_baseline
  cat >../worker.sh <<'END'
set -e
url=redis://$REDIS_HOST:$REDIS_PORT/$1
git qsnap load baselines/mail --into "$url" >/dev/null
redis-cli -u "$url" lpush todo x >/dev/null
git qsnap assert worker --redis "$url" --update=new >"../worker-$1" 2>&1
END
  # shellcheck disable=SC2016
  expect_exit 0 git qsnap run -- sh -c 'sh ../worker.sh 9 || exit 1
    for i in 1 2 3 4; do sh ../worker.sh $i & all="$all $!"; done; for p in $all; do wait $p || exit 1; done'
  expect_output 'only database 0 was looked at; there are keys in databases 1, 2, 3, 4, 9, too'
  for i in 1 2 3 4; do grep -q 'test-cases/worker as expected' "../worker-$i"; done
}

@test "parallel workers with a prefix each, in one database" {
  start_redis live bullmq6-before.rdb
  git qsnap save baselines/mail --prefix bull: --redis "$REDIS_live" >/dev/null
  cat >../worker.sh <<'END'
set -e
git qsnap load baselines/mail --rename-prefix "bull=bull-$1" >/dev/null
redis-cli -u "$REDIS_URL" rename "bull-$1:email:completed" "bull-$1:email:elsewhere" >/dev/null
git qsnap assert worker --rename-prefix "bull-$1=bull" --update=new >"../worker-$1" 2>&1
END
  # shellcheck disable=SC2016
  expect_exit 0 git qsnap run -- sh -c 'sh ../worker.sh 9 || exit 1
    for i in 1 2 3 4; do sh ../worker.sh $i & all="$all $!"; done; for p in $all; do wait $p || exit 1; done'
  for i in 1 2 3 4; do grep -q 'test-cases/worker as expected' "../worker-$i"; done
  git qsnap show worker --json | jq -e '[.queues[].queue] | all(startswith("bullmq:bull:"))' >/dev/null
}

@test "a run that has an id is told what was loaded and asserted" {
  with_baseline
  git qsnap save test-cases/same --redis "$REDIS_live" >/dev/null
  QSNAP_RUN_ID=ci-7 expect_exit 0 git qsnap run --baseline baselines/mail --expect same -- sh -c 'git qsnap assert same >&2'
  [ "$(cat .git/qsnap/runs/ci-7/*.jsonl | jq -r '[.event, .name] | join(" ")' | sort | uniq -c | tr -s ' ')" = \
    $' 2 asserted test-cases/same\n 1 loaded baselines/mail' ]
}
