#!/usr/bin/env bats
# Which frameworks are in a Redis, and whether its state is sound.
load helpers
setup() { setup_world; }
teardown() { teardown_world; }

live() { redis-cli -s "$SOCKET_live" "$@"; }

@test "detect tells the framework, why, its queues, and what belongs to none; without a repository" {
  serve bullmq6-before.rdb
  live set session:42 x
  cd "$WORLD"
  expect_exit 0 git-qsnap detect
  expect_output "bullmq 6.7.0 in the namespace bull"
  expect_output "because hash bull:"
  expect_output "bullmq:bull:email"
  expect_output "session:42"
}

@test "detect --json counts what the server counts" {
  serve bullmq6-before.rdb
  expect_exit 0 git-qsnap detect --json
  printf '%s' "$output" > out.json
  git-qsnap schema detect > schema.json
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" schema.json out.json
  [ "$(jq .keys out.json)" = "$(live dbsize)" ]
  [ "$(jq '.frameworks[0].queues["bullmq:bull:email"].waiting' out.json)" = "$(live llen bull:email:wait)" ]
}

@test "detect tells two frameworks in one Redis apart, and says when there is none" {
  serve sidekiq6.rdb
  live hset bull:mail:meta version bullmq:6.7.0
  expect_exit 0 git-qsnap detect --json
  [ "$(jq -c '[.frameworks[].name] | sort' <<< "$output")" = '["bullmq","sidekiq"]' ]
  live flushall
  expect_exit 0 git-qsnap detect
  expect_output "no framework was found"
}

@test "fsck --redis finds a dangling id and a counter that is behind, and changes nothing" {
  serve bullmq6-before.rdb
  expect_exit 0 git-qsnap fsck --redis "$QSNAP_REDIS_URL"
  live lpush bull:email:wait 99999
  live set bull:email:id 3
  state() { live --scan | sort; live lrange bull:email:wait 0 -1; live get bull:email:id; }
  before=$(state)
  expect_exit 5 git-qsnap fsck --redis "$QSNAP_REDIS_URL"
  expect_output "dangling id 99999 in waiting"
  expect_output "the id counter 3 is behind"
  [ "$(state)" = "$before" ]
}

@test "fsck of names and of a live Redis at once is a usage error" {
  serve bullmq6-before.rdb
  git qsnap init
  git qsnap save flow
  expect_exit 2 git qsnap fsck flow --redis "$QSNAP_REDIS_URL"
}

@test "fsck --redis finds an active job of BullMQ without its lock, and none that has one" {
  serve bullmq6-before.rdb
  job=$(live lindex bull:email:wait -1)
  live lmove bull:email:wait bull:email:active right left
  live set "bull:email:$job:lock" token
  expect_exit 0 git-qsnap fsck --redis "$QSNAP_REDIS_URL"
  live del "bull:email:$job:lock"
  expect_exit 5 git-qsnap fsck --redis "$QSNAP_REDIS_URL"
  expect_output "job $job is active, and no worker has its lock"
}
