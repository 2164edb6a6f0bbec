#!/usr/bin/env bats
# A snapshot of some queues whose jobs belong to a flow with jobs of other queues.
load helpers

setup() { setup_world; git qsnap init >/dev/null; }
teardown() { teardown_world; }

live() { redis-cli -s "$SOCKET_live" "$@"; }

# A report that waits for two mails, as BullMQ keeps it.
flow() {
  local rc=(redis-cli -s "$SOCKET_live")
  "${rc[@]}" hset bull:reports:meta opts.maxLenEvents 10000 version bullmq:6.7.0 >/dev/null
  "${rc[@]}" hset bull:mails:meta opts.maxLenEvents 10000 version bullmq:6.7.0 >/dev/null
  "${rc[@]}" hset bull:reports:r name report data '{}' opts '{}' timestamp 1790000000000 delay 0 priority 0 >/dev/null
  "${rc[@]}" zadd bull:reports:waiting-children 1790000000000 r >/dev/null
  for mail in a b; do
    "${rc[@]}" hset bull:mails:$mail name mail data '{}' opts '{}' timestamp 1790000000001 delay 0 priority 0 \
      parentKey bull:reports:r parent '{"id":"r","queueKey":"bull:reports"}' >/dev/null
    "${rc[@]}" lpush bull:mails:wait $mail >/dev/null
    "${rc[@]}" sadd bull:reports:r:dependencies bull:mails:$mail >/dev/null
  done
}

@test "a queue whose jobs wait for jobs of another queue is the same after a load, where those are not there" {
  serve
  flow
  git qsnap save whole
  [ "$(git qsnap show whole --json | jq '[.jobs[].name] | length')" = 3 ]
  [ "$(zstd -dc $SNAPSHOTS/test-cases/whole.qsnap | jq -c '[.jobs[].refs[]?.name] | unique')" = '["mail","report"]' ]
  for queue in reports mails; do
    git qsnap save $queue --queue $queue
    [ "$(zstd -dc $SNAPSHOTS/test-cases/$queue.qsnap | jq -c '[.jobs[].refs[].name] | unique')" = '[null]' ]
    serve
    git qsnap load $queue
    expect_exit 0 git qsnap verify $queue
    serve
    flow
    expect_exit 0 git qsnap verify $queue
  done
}

@test "what was loaded and saved again has one note for each queue, and is sound" {
  serve bullmq6-before.rdb
  for job in $(live lrange bull:email:wait 0 6); do
    live lrem bull:email:wait 0 "$job" >/dev/null
    live lpush bull:email:active "$job" >/dev/null
  done
  git qsnap save flow
  expect_exit 0 git qsnap fsck flow
  expect_output "test-cases/flow: sound"
  expect_output "bullmq:bull:email: note: 7 jobs are active, and no worker has their locks:"
  [ "$(grep -c note <<< "$output")" = 1 ]
  expect_exit 0 git qsnap fsck flow --json
  [ "$(jq -c '[.ok, .snapshots[0].findings[0].note]' <<< "$output")" = '[true,true]' ]
  git qsnap schema fsck > "$WORLD/schema.json"
  printf '%s' "$output" > "$WORLD/out.json"
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" "$WORLD/schema.json" "$WORLD/out.json"
}

@test "who reads no further ends a command without a word" {
  serve bullmq6-before.rdb
  git qsnap save flow
  run bash -c 'set -o pipefail; git-qsnap show flow --full 2>"$1" | head -c 1 >/dev/null; echo "${PIPESTATUS[0]}"' _ "$WORLD/errors"
  [ "$output" = 141 ]
  [ ! -s "$WORLD/errors" ]
}
