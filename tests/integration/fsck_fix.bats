#!/usr/bin/env bats
# fsck --fix: what of a damaged state can be put right without guessing.
load helpers
setup() {
  setup_world
  git qsnap init >/dev/null
}
teardown() { teardown_world; }

live() { redis-cli -s "$SOCKET_live" "$@"; }
copy() { redis-cli -s "$SOCKET_copy" "$@"; }
snapshot() { cat $SNAPSHOTS/test-cases/flow.qsnap | sha256sum; }

# A dangling id, an id that stands twice, an orphan, and a counter that is behind. The list runs from its right end.
damage() {
  serve bullmq6-before.rdb
  WAITING=$(live lindex bull:email:wait 0)
  live rpush bull:email:wait 99999 "$WAITING" >/dev/null
  live hset bull:email:77777 name lost data '{}' opts '{}' timestamp 1700000000000 >/dev/null
  live set bull:email:id 3 >/dev/null
  git qsnap save flow
}

@test "fsck --fix proposes, and writes nothing" {
  damage
  before=$(snapshot)
  expect_exit 5 git qsnap fsck --fix flow
  expect_output "drops dangling id 99999 in waiting"
  expect_output "drops job $WAITING, which stands once more in waiting"
  expect_output "raises the id counter from 3 to 77777"
  expect_output "what stays"
  expect_output "job 77777 is in no state"
  expect_output "add --write"
  [ "$(snapshot)" = "$before" ]
}

@test "fsck --fix --write keeps the fixed state under the same name, and it is the state without the damage" {
  damage
  expect_exit 5 git qsnap fsck --fix flow --write
  expect_output "fixed by 3 steps"
  expect_exit 5 git qsnap fsck flow
  expect_output "1 finding"
  live lrem bull:email:wait 1 99999 >/dev/null
  live lrem bull:email:wait 1 "$WAITING" >/dev/null  # what stays is the place that runs first
  live set bull:email:id 77777 >/dev/null
  expect_exit 0 git qsnap verify flow
  start_redis copy ""
  expect_exit 0 git qsnap load flow --exact --into "$REDIS_copy"
  [ "$(copy lrange bull:email:wait 0 -1)" = "$(live lrange bull:email:wait 0 -1)" ]
  [ "$(copy get bull:email:id)" = 77777 ]
  [ "$(copy dbsize)" = "$(live dbsize)" ]
}

@test "fsck --fix of a sound snapshot has nothing to do, and --write leaves the file alone" {
  serve bullmq6-before.rdb
  git qsnap save flow
  before=$(snapshot)
  expect_exit 0 git qsnap fsck --fix flow --write
  expect_output "sound"
  [ "$(snapshot)" = "$before" ]
}

@test "fsck --fix does not guess at damaged bytes" {
  damage
  before=$(snapshot)
  size=$(stat -c %s $SNAPSHOTS/test-cases/flow.qsnap)
  printf 'XXXX' | dd of=$SNAPSHOTS/test-cases/flow.qsnap bs=1 seek=$((size / 2)) conv=notrunc status=none
  broken=$(snapshot)
  [ "$broken" != "$before" ]
  expect_exit 5 git qsnap fsck --fix flow --write
  refute_output "fixed by"
  [ "$(snapshot)" = "$broken" ]
}

@test "fsck --fix never touches a live server, and wants a name" {
  damage
  expect_exit 2 git qsnap fsck --fix --redis "$QSNAP_REDIS_URL"
  expect_output "never writes into a live Redis"
  expect_exit 2 git qsnap fsck --fix
  expect_exit 2 git qsnap fsck flow --write
  expect_exit 2 git qsnap fsck --fix no-such-name
}
