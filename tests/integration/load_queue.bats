#!/usr/bin/env bats
# load --queue: some queues of a snapshot.
load helpers
setup() {
  setup_world
  git qsnap init >/dev/null
  start_redis copy ""
}
teardown() { teardown_world; }

live() { redis-cli -s "$SOCKET_live" "$@"; }
copy() { redis-cli -s "$SOCKET_copy" "$@"; }

@test "load --queue writes the keys of that queue alone, all of them" {
  serve bullmq6-before.rdb
  git qsnap save flow
  expect_exit 0 git qsnap load flow --queue email --exact --into "$REDIS_copy"
  [ "$(copy --scan | sort)" = "$(live --scan --pattern 'bull:email:*' | sort)" ]
  [ "$(copy dbsize)" -gt 5 ]
  git qsnap save part --queue email
  expect_exit 0 git qsnap verify part --redis "$REDIS_copy"
}

@test "load --queue asks whether that queue is empty, and --replace deletes that queue alone" {
  serve bullmq6-before.rdb
  git qsnap save flow
  copy set other 1 >/dev/null
  copy rpush bull:images:wait 1 >/dev/null
  copy hset bull:email:meta version bullmq:6.7.0 >/dev/null
  copy hset bull:images:meta version bullmq:6.7.0 >/dev/null
  copy rpush bull:email:wait in-the-way >/dev/null
  expect_exit 6 git qsnap load flow --queue email --into "$REDIS_copy"
  expect_exit 0 git qsnap load flow --queue email --replace --yes --into "$REDIS_copy"
  [ "$(copy get other)" = 1 ]
  [ "$(copy lrange bull:images:wait 0 -1)" = 1 ]
  [ "$(copy lrange bull:email:wait 0 -1)" = "$(live lrange bull:email:wait 0 -1)" ]
}

@test "load --queue with a queue that is not there, or is not the only one of its name, is a usage error" {
  serve bullmq6-before.rdb
  git qsnap save flow
  expect_exit 2 git qsnap load flow --queue emial --into "$REDIS_copy"
  expect_output "emial"
  [ "$(copy dbsize)" = 0 ]
  expect_exit 0 git qsnap load flow --queue bullmq:bull:email --queue images --dry-run --into "$REDIS_copy" --json
  [ "$(jq -c '[.queues | keys[]]' <<< "$output")" = '["bullmq:bull:email","bullmq:bull:images"]' ]
}

@test "load --queue of Sidekiq takes the queue's jobs out of retry, schedule and dead, and leaves the others there" {
  serve sidekiq6.rdb
  git qsnap save flow
  queue=$(live zrange retry 0 0 | jq -r .queue)
  of_queue() { for key in retry schedule dead; do "$1" zrange $key 0 -1 | jq -r "select(.queue == \"$queue\") | .jid"; done | sort; }
  expect_exit 0 git qsnap load flow --queue "$queue" --time=keep --into "$REDIS_copy"
  [ "$(of_queue copy)" = "$(of_queue live)" ]
  [ "$(for key in retry schedule dead; do copy zrange $key 0 -1 | jq -r .queue; done | sort -u)" = "$queue" ]
  [ "$(copy lrange "queue:$queue" 0 -1)" = "$(live lrange "queue:$queue" 0 -1)" ]
  [ "$(copy smembers queues)" = "$queue" ]
  [ "$(copy exists stat:processed)" = 0 ]
}

@test "load --queue refuses a target whose shared structure is there already, and touches nothing" {
  serve sidekiq6.rdb
  git qsnap save flow
  queue=$(live zrange retry 0 0 | jq -r .queue)
  copy zadd retry 1 other >/dev/null
  expect_exit 6 git qsnap load flow --queue "$queue" --into "$REDIS_copy"
  expect_output "retry"
  [ "$(copy dbsize)" = 1 ]
}

@test "load --queue and --rename-prefix together put one queue beside itself" {
  serve bullmq6-before.rdb
  git qsnap save flow
  expect_exit 0 git qsnap load flow --queue email --rename-prefix bull=twin
  [ "$(live --scan --pattern 'twin:*' | grep -c -v '^twin:email:')" = 0 ]
  [ "$(live lrange twin:email:wait 0 -1)" = "$(live lrange bull:email:wait 0 -1)" ]
}
