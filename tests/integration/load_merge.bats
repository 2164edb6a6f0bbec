#!/usr/bin/env bats
# load --merge: a state beside what is in the target.
load helpers
setup() {
  setup_world
  git qsnap init >/dev/null
  start_redis copy ""
  start_redis live ""
  export QSNAP_REDIS_URL=$REDIS_live
}
teardown() { teardown_world; }

live() { redis-cli -s "$SOCKET_live" "$@"; }
copy() { redis-cli -s "$SOCKET_copy" "$@"; }
merge() { git qsnap load "$@" --merge --into "$REDIS_copy"; }
# dump: everything in the target, to see that a refusal changed nothing.
dump() { copy --scan | sort | while read -r key; do echo "$key $(copy dump "$key" | sha256sum)"; done; }

# bullmq SERVER TAG NUMBERS… : a queue of BullMQ with a waiting job for each number, as its library writes them.
bullmq() {
  local server=$1 tag=$2 number
  shift 2
  "$server" hset bull:mail:meta version bullmq:6.7.0 opts.maxLenEvents 10000 >/dev/null
  for number in "$@"; do
    "$server" hset "bull:mail:$number" name "$tag-$number" data '{}' opts '{"attempts":0}' timestamp 1700000000000 delay 0 priority 0 >/dev/null
    "$server" lpush bull:mail:wait "$number" >/dev/null
    "$server" set bull:mail:id "$number" >/dev/null
  done
}
# order LIST: the names of the jobs in the order in which they run.
order() { copy lrange "$1" 0 -1 | tac | while read -r id; do copy hget "bull:mail:$id" name; done | paste -sd' '; }

@test "BullMQ: jobs get numbers behind the target's and run after its jobs; nothing that is there changes" {
  bullmq live new 1 2 5
  bullmq copy old 1 2 3
  before=$(copy dump bull:mail:1 | sha256sum)
  git qsnap save flow
  expect_exit 0 merge flow --json
  [ "$(jq -c '[.jobs, .merge.renumbered_jobs]' <<< "$output")" = '[3,3]' ]
  [ "$(order bull:mail:wait)" = "old-1 old-2 old-3 new-1 new-2 new-5" ]
  [ "$(copy get bull:mail:id)" = 6 ]
  [ "$(copy dump bull:mail:1 | sha256sum)" = "$before" ]
  [ "$(copy zscore bull:mail:marker 0)" = 0 ]  # a worker that waits wakes up
  git qsnap fsck --redis "$REDIS_copy"
}

@test "BullMQ: parents, children and locks of deduplications follow the numbers, and a lock without its job stays behind" {
  bullmq live new 1 2
  live lrem bull:mail:wait 1 1 >/dev/null
  live zadd bull:mail:waiting-children 1700000000000 1 >/dev/null
  live sadd bull:mail:1:dependencies bull:mail:2 >/dev/null
  live hset bull:mail:2 parentKey bull:mail:1 parent '{"id":"1","queueKey":"bull:mail","fpof":true}' >/dev/null
  live hset bull:mail:2 deid once >/dev/null
  live set bull:mail:de:once 2 >/dev/null
  live set bull:mail:de:gone 77 >/dev/null
  bullmq copy old 1 2 3
  git qsnap save flow
  expect_exit 0 merge flow
  [ "$(copy smembers bull:mail:4:dependencies)" = bull:mail:5 ]
  [ "$(copy hmget bull:mail:5 parentKey parent)" = "$(printf '%s\n' bull:mail:4 '{"id":"4","queueKey":"bull:mail","fpof":true}')" ]
  [ "$(copy get bull:mail:de:once)" = 5 ]
  [ "$(copy exists bull:mail:de:gone)" = 0 ]
}

@test "BullMQ: among equals of a priority the target's jobs come first, and later ones come last" {
  bullmq live new 1
  bullmq copy old 1
  for server in live copy; do
    "$server" lpop bull:mail:wait >/dev/null
    "$server" zadd bull:mail:prioritized $((2 * 4294967296 + 7)) 1 >/dev/null
    "$server" set bull:mail:pc 7 >/dev/null
  done
  git qsnap save flow
  expect_exit 0 merge flow
  [ "$(copy zrange bull:mail:prioritized 0 -1 | paste -sd' ')" = "1 2" ]
  [ "$(copy zscore bull:mail:prioritized 1)" = $((2 * 4294967296 + 7)) ]
  [ "$(copy zscore bull:mail:prioritized 2)" -le $((2 * 4294967296 + $(copy get bull:mail:pc))) ]
}

@test "the target's pause stays, and is said; jobs wait where a paused BullMQ 5 keeps them" {
  bullmq live new 1
  bullmq copy old 1
  copy hset bull:mail:meta version bullmq:5.81.5 paused 1 >/dev/null
  copy rename bull:mail:wait bull:mail:paused >/dev/null
  git qsnap save flow
  expect_exit 0 merge flow
  expect_output "bullmq:bull:mail keeps its own pause and settings"
  [ "$(order bull:mail:paused)" = "old-1 new-1" ]
  [ "$(copy exists bull:mail:wait)" = 0 ]
  [ "$(copy hmget bull:mail:meta version paused)" = "$(printf 'bullmq:5.81.5\n1')" ]
}

@test "a paused snapshot does not pause the target" {
  bullmq live new 1
  live hset bull:mail:meta version bullmq:5.81.5 paused 1 >/dev/null
  live rename bull:mail:wait bull:mail:paused >/dev/null
  bullmq copy old 1
  git qsnap save flow
  expect_exit 0 merge flow
  [ "$(order bull:mail:wait)" = "old-1 new-1" ]
  [ "$(copy exists bull:mail:paused)" = 0 ]
  [ "$(copy hexists bull:mail:meta paused)" = 0 ]
}

@test "a schedule that the target has stays, without a second next job" {
  for server in live copy; do
    bullmq "$server" "$server" 1
    "$server" hset bull:mail:repeat:tick name tick every 60000 ic 1 >/dev/null
    "$server" zadd bull:mail:repeat 1700000060000 tick >/dev/null
    "$server" hset bull:mail:repeat:tick:1700000060000 name tick data '{}' opts '{"repeat":{"every":60000}}' timestamp 1700000000000 delay 60000 rjk tick >/dev/null
    "$server" zadd bull:mail:delayed $((1700000060000 * 4096)) repeat:tick:1700000060000 >/dev/null
  done
  git qsnap save flow
  expect_exit 0 merge flow --json
  [ "$(jq -c '[.merge.left.schedules, .merge.left.scheduled_jobs]' <<< "$output")" = '[1,1]' ]
  [ "$(copy zcard bull:mail:delayed)" = 1 ]
  [ "$(copy zscore bull:mail:repeat tick)" = 1700000060000 ]
  [ "$(copy llen bull:mail:wait)" = 2 ]
}

@test "a job with a chosen id that is there already is refused by name, and nothing is written" {
  for server in live copy; do
    bullmq "$server" "$server" 1
    "$server" hset bull:mail:order-17 name order data '{}' opts '{}' timestamp 1700000000000 >/dev/null
    "$server" lpush bull:mail:wait order-17 >/dev/null
  done
  git qsnap save flow
  before=$(dump)
  expect_exit 6 merge flow
  expect_output "order-17 of bullmq:bull:mail"
  [ "$(dump)" = "$before" ]
  expect_exit 6 merge flow --dry-run
}

@test "a plain key that is equal stays, and one with another value is refused by name, before anything is written" {
  bullmq live new 1
  live set app:release 7 >/dev/null
  live hset app:flags dark 1 >/dev/null
  git qsnap save flow
  bullmq copy old 1
  copy set app:release 7 >/dev/null
  copy hset app:flags dark 1 more 2 >/dev/null
  before=$(dump)
  expect_exit 6 merge flow
  expect_output "app:flags"
  refute_output "app:release"
  [ "$(dump)" = "$before" ]
  copy hdel app:flags more >/dev/null
  expect_exit 0 merge flow
  [ "$(copy hgetall app:flags | paste -sd' ')" = "dark 1" ]
}

@test "Sidekiq: jobs run after those that are there, the shared sets have both, and the same state a second time is refused" {
  job() { printf '{"class":"Mail","args":[%s],"retry":true,"queue":"mail","jid":"%024x","created_at":1700000000.5,"enqueued_at":1700000000.5}' "$1" "$1"; }
  for server in live copy; do "$server" sadd queues mail >/dev/null; done
  for n in 1 2; do live lpush queue:mail "$(job "$n")" >/dev/null; done
  for n in 11 12; do copy lpush queue:mail "$(job "$n")" >/dev/null; done
  live zadd schedule 1700000100.5 "$(job 3)" >/dev/null
  copy zadd schedule 1700000100.5 "$(job 13)" >/dev/null
  copy set stat:processed 40 >/dev/null
  live set stat:processed 5 >/dev/null
  git qsnap save flow
  expect_exit 0 merge flow --time=keep
  [ "$(copy lrange queue:mail 0 -1 | jq -c '.args[0]' | tac | paste -sd' ')" = "11 12 1 2" ]
  [ "$(copy zcard schedule)" = 2 ]
  [ "$(copy get stat:processed)" = 40 ]
  before=$(dump)
  expect_exit 6 merge flow
  expect_output "3 jobs of the snapshot are in the target already"
  [ "$(dump)" = "$before" ]
}

@test "a job whose parent has a number in a queue that is not loaded is refused" {
  bullmq live new 1
  live hset bull:mail:1 parentKey bull:parents:9 parent '{"id":"9","queueKey":"bull:parents"}' >/dev/null
  bullmq copy old 1
  git qsnap save flow
  expect_exit 6 merge flow
  expect_output "has job 9 of bullmq:bull:parents as its parent"
}

@test "Bull: a queue with priorities in the order of its list is refused, other queues are not" {
  for server in live copy; do
    for queue in plain ranked; do
      "$server" hset "bull:$queue:1" name "$server" data '{}' opts '{}' timestamp 1700000000000 delay 0 priority 0 >/dev/null
      "$server" lpush "bull:$queue:wait" 1 >/dev/null
      "$server" set "bull:$queue:id" 1 >/dev/null
    done
    "$server" zadd bull:ranked:priority 5 1 >/dev/null
  done
  git qsnap save flow
  expect_exit 6 merge flow
  expect_output "bull:bull:ranked cannot stand beside others"
  expect_exit 0 merge flow --queue plain
  [ "$(copy lrange bull:plain:wait 0 -1 | paste -sd' ')" = "2 1" ]
  [ "$(copy hget bull:plain:2 name)" = live ]
}

@test "--dry-run counts what would be added, and writes nothing" {
  bullmq live new 1 2
  bullmq copy old 1
  git qsnap save flow
  before=$(dump)
  expect_exit 0 merge flow --dry-run
  expect_output "would merge"
  expect_output "2 jobs have another number"
  [ "$(dump)" = "$before" ]
}

@test "--queue and --rename-prefix narrow and move what is merged" {
  bullmq live new 1
  live hset bull:other:meta version bullmq:6.7.0 >/dev/null
  bullmq copy old 1
  git qsnap save flow
  expect_exit 0 merge flow --queue mail --rename-prefix bull=copy
  [ "$(copy lrange copy:mail:wait 0 -1)" = 1 ]
  [ "$(copy exists copy:other:meta)" = 0 ]
  expect_exit 0 merge flow --queue mail
  [ "$(order bull:mail:wait)" = "old-1 new-1" ]
}

@test "a merge that the server refuses half-way leaves nothing but skipped numbers" {
  bullmq live new 1 2
  bullmq copy old 1
  git qsnap save flow
  copy acl setuser default -lpush >/dev/null
  expect_exit 3 merge flow
  expect_output "was removed again"
  [ "$(copy --scan --pattern 'bull:mail:*' | sort | paste -sd' ')" = "bull:mail:1 bull:mail:id bull:mail:meta bull:mail:wait" ]
  [ "$(copy llen bull:mail:wait)" = 1 ]
}

@test "--merge goes with neither --replace nor --exact nor --paused" {
  bullmq live new 1
  git qsnap save flow
  for other in --replace --exact --paused; do expect_exit 2 merge flow "$other"; done
}
