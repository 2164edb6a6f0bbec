#!/usr/bin/env bats
load helpers
setup() { setup_world; git qsnap init >/dev/null; }
teardown() { teardown_world; }

# compare_keys URL_A URL_B: key by key (type, bytes, order, score bits, expiry), with commands that are not ours.
compare_keys() {
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/compare_keys.py" "$1" "$2"
}

@test "load --exact gives back every key of every fixture" {
  for fixture in bullmq6-before bullmq6-after sidekiq6 plain; do
    serve $fixture.rdb
    start_redis "copy" ""
    git qsnap save "$fixture"
    expect_exit 0 git qsnap load "$fixture" --exact --into "$REDIS_copy"
    compare_keys "$SOCKET_live" "$SOCKET_copy"
    redis-cli -s "$SOCKET_copy" shutdown nosave || true
  done
}

@test "compare_keys sees a difference (so the test above can fail)" {
  serve bullmq6-before.rdb
  start_redis copy bullmq6-before.rdb
  compare_keys "$SOCKET_live" "$SOCKET_copy"
  redis-cli -s "$SOCKET_copy" lpush bull:email:wait 4711
  run compare_keys "$SOCKET_live" "$SOCKET_copy"
  [ "$status" != 0 ]
}

@test "a target that is not empty is refused, and untouched" {
  serve bullmq6-before.rdb
  git qsnap save flow
  before=$(redis-cli -s "$SOCKET_live" dbsize)
  expect_exit 6 git qsnap load flow
  expect_output "--replace"
  [ "$(redis-cli -s "$SOCKET_live" dbsize)" = "$before" ]
}

@test "replace wants --yes without a terminal" {
  serve bullmq6-before.rdb
  git qsnap save flow
  serve bullmq6-after.rdb
  expect_exit 6 git qsnap load flow --replace
  expect_output "--yes"
  expect_exit 1 git qsnap verify flow
}

@test "load --replace puts the state back, verify passes, and the backup brings the other state back" {
  serve bullmq6-before.rdb
  git qsnap save flow
  serve bullmq6-after.rdb
  git qsnap save moved-on
  expect_exit 0 git qsnap load flow --replace --yes --json
  backup=$(jq -r .backup <<< "$output")
  [ -f "$backup" ]
  expect_exit 0 git qsnap verify flow
  expect_exit 0 git qsnap load "$backup" --exact --replace --yes --no-backup
  expect_exit 0 git qsnap verify moved-on
}

@test "replace deletes only keys in the snapshot's scope" {
  serve bullmq6-before.rdb
  redis-cli -s "$SOCKET_live" set session:42 keep-me
  git qsnap save bull --prefix bull:
  expect_exit 0 git qsnap load bull --replace --yes
  [ "$(redis-cli -s "$SOCKET_live" get session:42)" = keep-me ]
  expect_exit 0 git qsnap verify bull
}

@test "an ordinary load shifts time: a delayed job is as far away as it was" {
  serve bullmq6-before.rdb
  git qsnap save flow
  captured=$(zstd -dcq $SNAPSHOTS/test-cases/flow.qsnap | jq -r .metadata.captured_at | sed 's/\.[0-9]*Z/Z/' | date -f - +%s)
  first_due() { redis-cli -s "$1" zrange bull:images:delayed 0 0 withscores | tail -n 1 | awk '{ printf "%d\n", $1 / 4096 / 1000 }'; }
  start_redis copy ""
  git qsnap load flow --into "$REDIS_copy"
  now=$(redis-cli -s "$SOCKET_copy" time | head -n 1)
  before=$(($(first_due "$SOCKET_live") - captured))
  after=$(($(first_due "$SOCKET_copy") - now))
  [ $((before - after)) -ge -3 ] && [ $((before - after)) -le 3 ]
  expect_exit 0 git qsnap verify flow --redis "$REDIS_copy"
}

@test "locks are left out of an ordinary load, and it says so" {
  serve bullmq6-before.rdb
  git qsnap save flow
  start_redis copy ""
  expect_exit 0 git qsnap load flow --into "$REDIS_copy"
  expect_output "lock"
  [ -z "$(redis-cli -s "$SOCKET_copy" --scan --pattern '*:lock')" ]
}

@test "a load of one Sidekiq queue that fails leaves the names of the other queues" {
  serve sidekiq6.rdb
  git qsnap save critical --queue critical
  start_redis copy sidekiq6.rdb
  redis-cli -s "$SOCKET_copy" acl setuser loader on '>pw' '~*' '&*' +@all -lpush -rpush
  (umask 077 && echo loader:pw > credentials)
  before=$(redis-cli -s "$SOCKET_copy" smembers queues | sort)
  expect_exit 3 git qsnap load critical --replace --yes --into "$REDIS_copy" --credentials credentials
  expect_output "what was there before"
  [ "$(redis-cli -s "$SOCKET_copy" smembers queues | sort)" = "$before" ]
}

@test "a load waits for another load, and is refused if that goes on: both would find the database empty" {
  serve bullmq6-before.rdb
  git qsnap save flow
  start_redis copy ""
  mkfifo commands
  redis-cli -s "$SOCKET_copy" < commands >/dev/null &
  exec 7> commands
  echo "client setname git-qsnap-load" >&7
  until redis-cli -s "$SOCKET_copy" client list | grep -q git-qsnap-load; do :; done
  expect_exit 6 git qsnap load flow --timeout 0.3 --into "$REDIS_copy"
  expect_output "another load"
  [ "$(redis-cli -s "$SOCKET_copy" dbsize)" = 0 ]
  exec 7>&-
  wait
  expect_exit 0 git qsnap load flow --into "$REDIS_copy"
}
