#!/usr/bin/env bats
# --metrics-file: counts of many processes in one page of Prometheus.

bats_require_minimum_version 1.5.0
load helpers

setup() {
  setup_world
  start_redis live
  export QSNAP_REDIS_URL=$REDIS_live METRICS=$WORLD/metrics/qsnap.prom
  mkdir "$WORLD/metrics"
  unset CI CONTINUOUS_INTEGRATION GITHUB_ACTIONS GITLAB_CI JENKINS_URL TEAMCITY_VERSION TF_BUILD BUILDKITE GO_SERVER_URL
  push 1
  git qsnap init >/dev/null
}

teardown() { teardown_world; }

# push N: a job of Sidekiq.
push() {
  redis-cli -s "$SOCKET_live" sadd queues mail >/dev/null
  redis-cli -s "$SOCKET_live" lpush queue:mail \
    "{\"class\":\"Mail\",\"args\":[$1],\"retry\":true,\"queue\":\"mail\",\"jid\":\"$(printf %024d "$1")\",\"created_at\":1700000000.5,\"enqueued_at\":1700000000.5}" >/dev/null
}

# counts LINE…: the page is valid, and has these lines.
counts() {
  local line
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/check_prometheus.py" "$METRICS" >/dev/null
  for line in "$@"; do
    grep -qxF "$line" "$METRICS" || { echo "not there: $line" >&2; cat "$METRICS" >&2; return 1; }
  done
}

@test "what commands do adds up over all of them" {
  expect_exit 1 git qsnap assert checkout --metrics-file "$METRICS"
  counts 'qsnap_assertions_total{result="missing"} 1' 'qsnap_pending_total{kind="added"} 1' \
    'qsnap_failures_total{command="assert",reason="differs"} 1'
  export QSNAP_METRICS_FILE=$METRICS
  git qsnap save checkout >/dev/null
  git qsnap assert checkout >/dev/null
  git qsnap verify checkout >/dev/null
  push 2
  expect_exit 1 git qsnap diff checkout live
  git qsnap assert -u checkout >/dev/null
  expect_exit 2 git qsnap load nothing
  expect_exit 6 git qsnap load checkout
  git qsnap load checkout --replace --yes >/dev/null
  counts 'qsnap_commands_total{command="assert"} 3' 'qsnap_commands_total{command="load"} 3' \
    'qsnap_captures_total{command="assert"} 3' 'qsnap_captures_total{command="save"} 1' \
    'qsnap_captures_total{command="verify"} 1' 'qsnap_captures_total{command="diff"} 1' \
    'qsnap_assertions_total{result="as-expected"} 1' 'qsnap_assertions_total{result="rewritten"} 1' \
    'qsnap_updates_total{kind="added"} 1' 'qsnap_updates_total{kind="changed"} 1' \
    'qsnap_diffs_total{result="different"} 2' 'qsnap_diffs_total{result="same"} 2' \
    'qsnap_failures_total{command="load",reason="refused"} 1' 'qsnap_loads_total{command="load"} 1' \
    'qsnap_loaded_jobs_total{command="load"} 2' 'qsnap_snapshot_jobs{snapshot="test-cases/checkout"} 2'
  grep -qE '^qsnap_snapshot_bytes\{snapshot="test-cases/checkout"\} [0-9]+$' "$METRICS"
}

@test "eight processes with ten assertions each are eighty" {
  git qsnap save checkout >/dev/null
  local process pids=()
  for process in 1 2 3 4 5 6 7 8; do
    (for _ in 1 2 3 4 5 6 7 8 9 10; do git qsnap assert checkout --metrics-file "$METRICS" >/dev/null || exit 1; done) 3>&- &
    pids+=($!)
  done
  for process in "${pids[@]}"; do wait "$process"; done
  counts 'qsnap_assertions_total{result="as-expected"} 80' 'qsnap_commands_total{command="assert"} 80'
  [ "$(ls -A "$WORLD/metrics")" = qsnap.prom ]  # nothing lies beside it
}

@test "a file that is not ours stays as it is, and the answer stays what it is" {
  git qsnap save checkout >/dev/null
  echo 'alias ls=rm' >"$METRICS"
  run --separate-stderr git qsnap assert checkout --metrics-file "$METRICS"
  [ "$status" = 0 ]
  [[ $stderr == *"warning: not counted in $METRICS"* ]]
  [ "$(cat "$METRICS")" = 'alias ls=rm' ]
  ln -s "$WORLD/elsewhere" "$WORLD/link"
  for file in "$WORLD/link" "$WORLD" "$WORLD/nowhere/x" /dev/full; do
    run --separate-stderr git qsnap assert checkout --json --metrics-file "$file"
    [ "$status" = 0 ]
    [[ $stderr == *"warning: not counted in $file"* ]]
    jq -e .ok <<<"$output" >/dev/null
  done
  [ ! -e "$WORLD/elsewhere" ] && [ -c /dev/full ]
  push 2
  run --separate-stderr git qsnap assert checkout --metrics-file "$METRICS"
  [ "$status" = 1 ]
}

@test "run counts its load and its assertion, and the tests inside it theirs" {
  git qsnap save baselines/start >/dev/null
  git qsnap save after >/dev/null
  export QSNAP_METRICS_FILE=$METRICS
  git qsnap run --baseline baselines/start --expect after -- git qsnap assert after
  counts 'qsnap_commands_total{command="run"} 1' 'qsnap_commands_total{command="assert"} 1' \
    'qsnap_loads_total{command="run"} 1' 'qsnap_assertions_total{result="as-expected"} 2'
}
