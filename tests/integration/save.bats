#!/usr/bin/env bats
load helpers
setup() { setup_world; git qsnap init >/dev/null; serve bullmq6-before.rdb; }
teardown() { teardown_world; }

@test "two saves of a quiet server differ in captured_at alone" {
  git qsnap save one
  git qsnap save two
  cd $SNAPSHOTS/test-cases
  strip() { zstd -dcq "$1" | sed -e 's/"captured_at":"[^"]*"//' -e 's/^"checksum":.*//'; }
  diff <(strip one.qsnap) <(strip two.qsnap)
}

@test "any number of threads writes the same document" {
  for threads in 1 2 4; do git qsnap save "with-$threads" --threads="$threads"; done
  git qsnap save by-default
  expect_exit 2 git qsnap save none --threads=0
  cd $SNAPSHOTS/test-cases
  strip() { zstd -dcq "$1" | sed -e 's/"captured_at":"[^"]*"//' -e 's/^"checksum":.*//'; }
  for other in with-2 with-4 by-default; do diff <(strip with-1.qsnap) <(strip $other.qsnap); done
}

@test "a second save of the same meaning leaves bytes and mtime alone" {
  git qsnap save one
  before=$(sha256sum $SNAPSHOTS/test-cases/one.qsnap; stat -c %y $SNAPSHOTS/test-cases/one.qsnap)
  expect_exit 0 git qsnap save one
  expect_output "same meaning"
  after=$(sha256sum $SNAPSHOTS/test-cases/one.qsnap; stat -c %y $SNAPSHOTS/test-cases/one.qsnap)
  [ "$before" = "$after" ]
}

@test "a refresh, another description or another tag writes again" {
  git qsnap save one -m first
  expect_exit 0 git qsnap save one --refresh --json
  [ "$(jq -r .reason <<< "$output")" = refreshed ]
  expect_exit 0 git qsnap save one -m second --json
  [ "$(jq -r .reason <<< "$output")" = metadata-changed ]
  expect_exit 0 git qsnap save one --tag nightly --json
  [ "$(jq -r .reason <<< "$output")" = metadata-changed ]
  expect_exit 0 git qsnap show one
  expect_output second
  expect_output nightly
}

@test "a capture into history is always written" {
  git qsnap save history/today
  expect_exit 0 git qsnap save history/today --json
  [ "$(jq -r '.written, .reason' <<< "$output" | xargs)" = "true refreshed" ]
}

@test "the document is one valid JSON value for zstd and jq, and a plain zstd file" {
  git qsnap save one
  zstd -tq $SNAPSHOTS/test-cases/one.qsnap
  zstd -dcq $SNAPSHOTS/test-cases/one.qsnap | jq -e '.qsnap == 1 and (.jobs | length) > 100 and .metadata.consistency == "point-in-time"'
}

@test "the checksum is the SHA-256 of all bytes before its own line" {
  git qsnap save one
  zstd -dcq $SNAPSHOTS/test-cases/one.qsnap > doc.json
  stated=$(jq -r .checksum doc.json)
  counted=$(head -n -1 doc.json | sha256sum | cut -d' ' -f1)
  [ "$stated" = "$counted" ]
}

@test "a capture of nothing is refused, and allowed on request" {
  expect_exit 6 git qsnap save nothing --prefix no-such-prefix
  expect_output "--allow-empty"
  [ ! -e $SNAPSHOTS/test-cases/nothing.qsnap ]
  expect_exit 0 git qsnap save nothing --prefix no-such-prefix --allow-empty
}

@test "a queue alone is captured by its name, and its scope is kept" {
  expect_exit 0 git qsnap save mails --queue email
  zstd -dcq $SNAPSHOTS/test-cases/mails.qsnap | jq -e '[.jobs[].queue] | unique == ["bullmq:bull:email"]'
  zstd -dcq $SNAPSHOTS/test-cases/mails.qsnap | jq -e '.metadata.scope.queues == ["email"]'
  expect_exit 0 git qsnap verify mails
  expect_exit 2 git qsnap save mails2 --queue emial
  expect_output "email"
}

@test "two frameworks in one Redis are both understood, and come back together" {
  start_redis other sidekiq6.rdb
  git qsnap save sidekiq --redis "$REDIS_other"
  git qsnap load sidekiq --exact --into "$REDIS_live?db=1"
  redis-cli -s "$SOCKET_live" -n 1 eval "for _, k in ipairs(redis.call('KEYS', '*')) do redis.call('COPY', k, k, 'DB', 0) end" 0
  expect_exit 0 git qsnap save both
  zstd -dcq $SNAPSHOTS/test-cases/both.qsnap > both.json
  jq -e '[.metadata.frameworks[].name] == ["bullmq", "sidekiq"]' both.json
  jq -e '[.jobs[].queue | split(":")[0]] | unique == ["bullmq", "sidekiq"]' both.json
  git qsnap load both --into "$REDIS_live?db=5"
  expect_exit 0 git qsnap verify both --redis "$REDIS_live?db=5"
}
