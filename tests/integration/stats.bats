#!/usr/bin/env bats
# git qsnap stats: sizes, what is in snapshots, and how they grew; as text, JSON and Prometheus text.
load helpers

setup() {
  setup_world
  git qsnap init >/dev/null
}
teardown() { teardown_world; }

# stats ARGUMENT…: as JSON, in stats.json.
stats() { git qsnap stats "$@" --json > stats.json; }
check() {  # check FILTER: jq says true of stats.json
  jq -e "$1" stats.json >/dev/null || { jq . stats.json >&2; echo "not true: $1" >&2; return 1; }
}

keep() { git qsnap save flow >/dev/null; git add -A; git commit -qm "$1"; }

@test "all snapshots are counted from their indexes, and a broken one is in the list" {
  serve bullmq6-before.rdb
  git qsnap save flow >/dev/null
  git qsnap save baselines/copy >/dev/null
  head -c 500 $SNAPSHOTS/test-cases/flow.qsnap > $SNAPSHOTS/test-cases/torn.qsnap
  stats
  check '[.snapshots[].name] == ["baselines/copy", "test-cases/flow", "test-cases/torn"]'
  check '.snapshots[1].file_bytes == '"$(stat -c %s $SNAPSHOTS/test-cases/flow.qsnap)"
  check '.snapshots[1].document_bytes == '"$(zstd -dcq $SNAPSHOTS/test-cases/flow.qsnap | wc -c)"
  check '.snapshots[1].stored_bytes == '"$(git-qsnap-driver clean <$SNAPSHOTS/test-cases/flow.qsnap | wc -c)"
  check '.snapshots[1].jobs == '"$(zstd -dcq $SNAPSHOTS/test-cases/flow.qsnap | jq '.jobs | length')"
  check '.snapshots[1] | has("contents") | not'
  check '.snapshots[2].problem | length > 0'
  expect_exit 0 git qsnap stats
  expect_output "3 snapshots"
  expect_exit 5 git qsnap stats torn
  expect_exit 2 git qsnap stats nothing
}

@test "of a named snapshot every job counts: payloads, errors, retries, due times are those of the document" {
  serve bullmq6-before.rdb
  git qsnap save flow >/dev/null
  zstd -dcq $SNAPSHOTS/test-cases/flow.qsnap > document.json
  stats flow
  jq '{jobs: (.jobs | length), errors: ([.jobs[] | select(.error // .error_class)] | length),
       retries: ([.jobs[].retry_count // 0] | add), payloads: ([.jobs[] | select(has("payload"))] | length),
       due: ([.jobs[].volatile.due_at_ms // empty] | length)}' document.json > expected.json
  jq '.snapshots[0] | {jobs, errors: .contents.with_error, retries: .contents.retries, payloads: .contents.payloads.count,
       due: (.contents.due.count // 0)}' stats.json > found.json
  diff -u expected.json found.json
  jq -e '.errors > 0 and .due > 0' expected.json
  check '.snapshots[0] | ([.queues[].contents.payloads.bytes] | add) == .contents.payloads.bytes'
  expect_exit 0 git qsnap stats flow
  expect_output "payloads"
  expect_output "bullmq:bull:email"
  git add -A && git commit -qm first
  stats HEAD:flow ./$SNAPSHOTS/test-cases/flow.qsnap live
  check '[.snapshots[].contents | del(.due)] | unique | length == 1'
  check '[.snapshots[] | has("capture")] == [false, false, true]'
  expect_exit 0 git qsnap stats live --explain --consistency=freeze
  expect_output "freeze"
}

@test "growth tells the versions of commits, the newest first, and what they take of the repository" {
  serve bullmq6-before.rdb
  stats_before_any_commit=$(git qsnap save flow >/dev/null && git qsnap stats flow --history 5 --json)
  jq -e '.snapshots[0].history == {"versions": [], "more": 0} and (.snapshots[0] | has("git_bytes") | not)' <<< "$stats_before_any_commit"
  keep first
  serve bullmq6-after.rdb
  keep second
  git rm -q --cached $SNAPSHOTS/test-cases/flow.qsnap && git commit -qm third
  git add -A && git commit -qm fourth
  stats flow --history 9
  check '[.snapshots[0].history.versions[] | .problem // "told"] == ["told", "deleted", "told", "told"]'
  check '.snapshots[0].history.versions[0].jobs == .snapshots[0].jobs'
  check '.snapshots[0].git_bytes == '"$(git cat-file --batch-check='%(objectsize:disk)' <<< "HEAD:$SNAPSHOTS/test-cases/flow.qsnap")"
  stats --history 1
  check '.snapshots[0].history | (.versions | length) == 1 and .more == 3'
  expect_exit 0 git qsnap stats flow --history 2
  expect_output "4 versions"
  expect_output "2 versions older"
  refute_output "▁"
  expect_exit 2 git qsnap stats live --history 2
  expect_output "has no history"
}

@test "a terminal with UTF-8 gets growth drawn, another one numbers alone" {
  serve bullmq6-before.rdb
  keep first
  serve bullmq6-after.rdb
  keep second
  script -qec "git qsnap stats flow --history 5" /dev/null | grep -qE '  (▁█|█▁)'
  LC_ALL=C script -qec "git qsnap stats flow --history 5" /dev/null > plain
  grep -q "2 versions" plain
  ! grep -qF '█' plain || return 1
}

@test "the metrics of Prometheus are valid, whatever queues are called" {
  start_redis live
  export QSNAP_REDIS_URL=$REDIS_live
  for queue in mail $'a"b\\c' $'line\nbreak' $'esc\e[31m' $'\xff\xfe' 100%; do
    redis-cli -s "$SOCKET_live" HSET "bull:$queue:meta" version bullmq:6.7.0 opts.maxLenEvents 10000 >/dev/null
    redis-cli -s "$SOCKET_live" HSET "bull:$queue:1" name send data '{"n":1}' opts '{}' timestamp 1790000000001 delay 0 priority 0 >/dev/null
    redis-cli -s "$SOCKET_live" LPUSH "bull:$queue:wait" 1 >/dev/null
  done
  git qsnap save flow >/dev/null
  head -c 500 $SNAPSHOTS/test-cases/flow.qsnap > $SNAPSHOTS/test-cases/torn.qsnap
  git qsnap stats --prometheus > index.prom
  git qsnap stats --full --history 2 --prometheus > full.prom
  [ "$(grep -c '^qsnap_snapshot_jobs{' full.prom)" = 6 ]
  [ "$(grep -c '^qsnap_snapshot_payload_bytes{.*} 7$' full.prom)" = 6 ]
  [ "$(/usr/bin/python3 "$QSNAP_SOURCE/tests/tools/check_prometheus.py" full.prom)" -gt "$(/usr/bin/python3 "$QSNAP_SOURCE/tests/tools/check_prometheus.py" index.prom)" ]
  ! grep -q $'\e' full.prom || return 1
  expect_exit 2 git qsnap stats --prometheus --json
}
