#!/usr/bin/env bats
# A dump becomes the same document as a save of the server that wrote it.
load helpers
setup() { setup_world; git qsnap init >/dev/null; }
teardown() { teardown_world; }

DUMPS=$QSNAP_SOURCE/tests/fixtures/rdb

# dump FILE: what the server "live" writes with SAVE.
dump() {
  redis-cli -s "$SOCKET_live" save >/dev/null
  cp "$WORLD/servers/live/state.rdb" "$1"
}

@test "an import of a dump and a save of its server are the same bytes" {
  for fixture in bullmq6-before sidekiq6 plain rdb/v10-redis-7.0; do
    serve "$fixture.rdb"
    name=$(basename "$fixture")
    at=$(git qsnap save "saved-$name" --json | jq -er .captured_at)
    dump dump.rdb
    expect_exit 0 git qsnap import dump.rdb "imported-$name" --captured-at "$at"
    expect_output "imported test-cases/imported-$name"
    cmp "$SNAPSHOTS/test-cases/saved-$name.qsnap" "$SNAPSHOTS/test-cases/imported-$name.qsnap"
  done
}

@test "the time of the capture is the dump's own" {
  expect_exit 0 git qsnap import "$DUMPS/v9-by-hand.rdb" old
  expect_output "captured 2023-11-14 22:13:20"
  expect_output "by the dump's own account"
  cp "$DUMPS/v2-by-hand.rdb" old.rdb
  touch -d 2020-02-03T04:05:06Z old.rdb
  expect_exit 0 git qsnap import old.rdb older --json
  [ "$(jq -r '.captured_at, .captured_at_from, .checked' <<< "$output" | xargs)" = "2020-02-03T04:05:06.000Z file false" ]
  expect_exit 0 git qsnap import old.rdb older --refresh
  expect_output "the dump does not say when it was made"
  expect_output "the dump has no checksum"
}

@test "a dump comes through a pipe, and says when it was made or is told" {
  expect_exit 0 bash -c 'cat "$1" | git qsnap import - piped' _ "$DUMPS/v9-by-hand.rdb"
  expect_exit 2 bash -c 'cat "$1" | git qsnap import - old' _ "$DUMPS/v2-by-hand.rdb"
  expect_output --captured-at
  expect_exit 0 bash -c 'cat "$1" | git qsnap import - old --captured-at 2012-01-02T03:04:05Z' _ "$DUMPS/v2-by-hand.rdb"
  expect_output "2012-01-02 03:04:05"
  expect_exit 2 git qsnap import "$DUMPS/v2-by-hand.rdb" old --captured-at yesterday
}

@test "one database, some prefixes or a queue can be chosen" {
  expect_exit 0 git qsnap import "$DUMPS/v10-redis-7.0.rdb" other --db 3 --json
  [ "$(jq -r '.keys, .database, .functions' <<< "$output" | xargs)" = "1 3 1" ]
  expect_exit 0 git qsnap import "$DUMPS/v10-redis-7.0.rdb" some --prefix zset --prefix hash
  expect_output "4 keys of Redis 7.0"
  expect_output "left out: 1 key of other databases than 0"
  expect_output "left out: 1 library of functions"
  serve sidekiq6.rdb
  dump dump.rdb
  git qsnap save saved --queue critical
  expect_exit 0 git qsnap import dump.rdb imported --queue critical
  expect_exit 0 git qsnap diff saved imported
}

@test "nothing to import is refused, with the way to what there is" {
  expect_exit 6 git qsnap import "$DUMPS/v10-redis-7.0.rdb" other --db 5
  expect_output "47 keys are in other databases: choose one with --db"
  expect_exit 6 git qsnap import "$DUMPS/v9-by-hand.rdb" other --prefix nothing:
  expect_output "check the spelling"
  [ ! -e $SNAPSHOTS/test-cases/other.qsnap ]
  expect_exit 0 git qsnap import "$DUMPS/v10-redis-7.0.rdb" other --db 5 --allow-empty
}

@test "an import of the same meaning leaves the file alone" {
  git qsnap import "$DUMPS/v9-by-hand.rdb" old
  before=$(stat -c %y $SNAPSHOTS/test-cases/old.qsnap)
  expect_exit 0 git qsnap import "$DUMPS/v9-by-hand.rdb" old --captured-at 2024-01-01T00:00:00Z
  expect_output "same meaning, kept the capture of 2023-11-14"
  [ "$before" = "$(stat -c %y $SNAPSHOTS/test-cases/old.qsnap)" ]
}

@test "a damaged or unknown dump is told, and nothing is written" {
  head -c 2000 "$DUMPS/v10-redis-7.0.rdb" > cut.rdb
  expect_exit 5 git qsnap import cut.rdb x
  expect_output "reading cut.rdb: reading key set: damaged RDB: it ends too early, before byte 2000"
  sed 's/elsewhere/elsewhere!/' "$DUMPS/v10-redis-7.0.rdb" > garbled.rdb
  expect_exit 5 git qsnap import garbled.rdb x
  expect_exit 5 git qsnap import "$QSNAP_SOURCE/README.md" x
  expect_output "not an RDB"
  expect_exit 5 git qsnap import "$DUMPS/v12-hash-with-expiring-fields-by-hand.rdb" x
  expect_output "key h"
  expect_output 'leave the key out with --prefix'
  expect_exit 2 git qsnap import nothing.rdb x
  expect_output "there is no file nothing.rdb"
  expect_exit 7 git qsnap import . x
  expect_exit 2 git qsnap import "$DUMPS/v9-by-hand.rdb" x --db -1
  [ ! -e $SNAPSHOTS/test-cases/x.qsnap ]
}
