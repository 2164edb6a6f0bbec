#!/usr/bin/env bats
# What a load may make otherwise than it was: times, jobs that workers held, pauses.
load helpers
setup() {
  setup_world
  git qsnap init >/dev/null
  start_redis copy ""
}
teardown() { teardown_world; }

live() { redis-cli -s "$SOCKET_live" "$@"; }
copy() { redis-cli -s "$SOCKET_copy" "$@"; }
now_ms() { copy time | awk 'NR == 1 { s = $1 } NR == 2 { printf "%.0f\n", s * 1000 + $1 / 1000 }'; }
# dues: when the delayed jobs of images are due, in milliseconds, in order.
dues() { "$1" zrange bull:images:delayed 0 -1 withscores | awk 'NR % 2 == 0 { printf "%.0f\n", int($1 / 4096) }'; }
delayed() { "$1" zrange bull:images:delayed 0 -1; }

# Two jobs of email that a worker took, the first one first, and one that is prioritized.
take_jobs() {
  FIRST=$(live lindex bull:email:wait -1)
  live lmove bull:email:wait bull:email:active right left >/dev/null
  SECOND=$(live lindex bull:email:wait -1)
  live lmove bull:email:wait bull:email:active right left >/dev/null
  live hset "bull:email:$FIRST" processedOn 1700000000000 pb worker-7 ats 1 >/dev/null
}

@test "--time=keep leaves times as captured, and says how many jobs are overdue" {
  serve bullmq6-before.rdb
  live zadd bull:images:delayed 4096000 "$(delayed live | head -n 1)"
  git qsnap save flow
  expect_exit 0 git qsnap load flow --time=keep --into "$REDIS_copy"
  expect_output "overdue"
  [ "$(live zrange bull:images:delayed 0 -1 withscores)" = "$(copy zrange bull:images:delayed 0 -1 withscores)" ]
}

@test "--time=due: every delayed job is due now, in the same order and at the same distances" {
  serve bullmq6-before.rdb
  git qsnap save flow
  expect_exit 0 git qsnap load flow --time=due --into "$REDIS_copy" --json
  [ "$(jq .due_shift_ms <<< "$output")" -lt 0 ]
  [ "$(delayed live)" = "$(delayed copy)" ]
  [ "$(dues copy | tail -n 1)" -le "$(now_ms)" ]
  distances() { dues "$1" | awk 'NR > 1 { print $1 - last } { last = $1 }'; }
  [ "$(distances live)" = "$(distances copy)" ]
}

@test "--active=requeue puts active jobs in front of those that wait, in their order, without their worker" {
  serve bullmq6-before.rdb
  live del bull:email:active >/dev/null
  take_jobs
  third=$(live lindex bull:email:wait -1)
  git qsnap save flow
  expect_exit 0 git qsnap load flow --active=requeue --into "$REDIS_copy"
  expect_output "back in the queue"
  [ "$(copy exists bull:email:active)" = 0 ]
  [ "$(copy lrange bull:email:wait -3 -1)" = "$(printf '%s\n' "$third" "$SECOND" "$FIRST")" ]
  [ "$(copy hmget "bull:email:$FIRST" processedOn pb ats)" = "$(printf '\n\n1')" ]
  [ "$(copy zscore bull:email:marker 0)" = 0 ]
}

@test "--active=requeue: a job with a priority stands first among its equals" {
  serve bullmq6-before.rdb
  queue=$(live --scan --pattern 'bull:*:prioritized' | head -n 1)
  base=${queue%:prioritized}
  job=$(live zrange "$queue" -1 -1)
  priority=$(live hget "$base:$job" priority)
  live zrem "$queue" "$job" >/dev/null
  live lpush "$base:active" "$job" >/dev/null
  git qsnap save flow
  expect_exit 0 git qsnap load flow --active=requeue --into "$REDIS_copy"
  [ "$(copy zscore "$queue" "$job")" = "$((priority * 4294967296))" ]
}

@test "--active=stalled: BullMQ finds the jobs at its first look, because they are marked and have no lock" {
  serve bullmq6-before.rdb
  live del bull:email:active bull:email:stalled >/dev/null
  take_jobs
  live set "bull:email:$FIRST:lock" token >/dev/null
  git qsnap save flow
  expect_exit 0 git qsnap load flow --active=stalled --into "$REDIS_copy"
  [ "$(copy smembers bull:email:stalled | sort)" = "$(printf '%s\n' "$FIRST" "$SECOND" | sort)" ]
  [ "$(copy lrange bull:email:active 0 -1)" = "$(printf '%s\n' "$SECOND" "$FIRST")" ]
  [ "$(copy exists "bull:email:$FIRST:lock")" = 0 ]
}

@test "--active=keep says that no worker holds the active jobs" {
  serve bullmq6-before.rdb
  take_jobs
  git qsnap save flow
  expect_exit 0 git qsnap load flow --into "$REDIS_copy"
  expect_output "no worker holds"
}

@test "a Sidekiq job that only its process has is told of, and --active=requeue puts it back where it runs next" {
  serve sidekiq6.rdb
  for key in $(live --scan --pattern '*:work*'); do live del "$key" >/dev/null; done
  job='{"class":"Mail","args":[1],"jid":"0123456789abcdef01234567","queue":"mailers"}'
  entry=$(jq -cn --arg payload "$job" '{queue: "mailers", payload: $payload, run_at: 1700000000}')
  live hset host:1:0123456789ab:workers tid "$entry" >/dev/null
  git qsnap save jobs
  expect_exit 0 git qsnap load jobs --dry-run --into "$REDIS_copy"
  expect_output "in no queue"
  expect_exit 0 git qsnap load jobs --active=requeue --into "$REDIS_copy"
  [ "$(copy lindex queue:mailers -1)" = "$job" ]
  [ "$(copy sismember queues mailers)" = 1 ]
  [ "$(copy exists host:1:0123456789ab:workers)" = 0 ]
}

@test "--paused pauses every BullMQ queue, and leaves out the marker that wakes workers" {
  serve bullmq6-before.rdb
  git qsnap save flow
  expect_exit 0 git qsnap load flow --paused --into "$REDIS_copy"
  expect_output "every queue is paused"
  for meta in $(copy --scan --pattern 'bull:*:meta'); do
    [ "$(copy hget "$meta" paused)" = 1 ]
  done
  [ -z "$(copy --scan --pattern '*:marker')" ]
}

@test "--paused moves the waiting jobs of BullMQ 5, which has a list for that" {
  serve bullmq6-before.rdb
  live hset bull:email:meta version bullmq:5.81.5 >/dev/null
  waiting=$(live lrange bull:email:wait 0 -1)
  git qsnap save flow
  expect_exit 0 git qsnap load flow --paused --into "$REDIS_copy"
  [ "$(copy lrange bull:email:paused 0 -1)" = "$waiting" ]
  [ "$(copy exists bull:email:wait)" = 0 ]
}

@test "--paused is refused before anything is written or deleted, where a framework has no pause" {
  serve sidekiq6.rdb
  git qsnap save jobs
  copy set keep me
  expect_exit 6 git qsnap load jobs --paused --replace --yes --into "$REDIS_copy"
  expect_output "sidekiq cannot be paused"
  [ "$(copy keys '*')" = keep ]
}

@test "--dry-run tells what a load would do, and does nothing" {
  serve bullmq6-before.rdb
  git qsnap save flow
  expect_exit 0 git qsnap load flow --dry-run --into "$REDIS_copy" --json
  [ "$(copy dbsize)" = 0 ]
  expected=$(jq -c '[.keys, .jobs, .queues]' <<< "$output")
  copy set in-the-way 1
  expect_exit 0 git qsnap load flow --dry-run --replace --into "$REDIS_copy"
  expect_output "would delete 1 key"
  [ "$(copy get in-the-way)" = 1 ]
  copy flushall
  expect_exit 0 git qsnap load flow --into "$REDIS_copy" --json
  [ "$(jq -c '[.keys, .jobs, .queues]' <<< "$output")" = "$expected" ]
}

@test "a policy beside --exact is a usage error: a copy is as it was" {
  serve bullmq6-before.rdb
  git qsnap save flow
  for policy in --time=keep --active=requeue --paused; do
    expect_exit 2 git qsnap load flow --exact $policy --into "$REDIS_copy"
  done
  expect_exit 2 git qsnap load flow --active=nonsense --into "$REDIS_copy"
}

@test "--rename-prefix loads BullMQ beside itself: keys, flows and the parents inside jobs have the new name" {
  serve bullmq6-before.rdb
  git qsnap save flow --prefix bull:
  expect_exit 0 git qsnap load flow --rename-prefix bull=twin
  [ "$(live --scan --pattern 'twin:*' | wc -l)" -gt 100 ]
  child=$(for key in $(live --scan --pattern 'twin:*'); do
    [ "$(live hexists "$key" parentKey)" != 1 ] || { echo "$key"; break; }
  done)
  parent=$(live hget "$child" parentKey)
  [[ $parent == twin:* ]]
  [ "$(live exists "$parent")" = 1 ]
  [[ $(live hget "$child" parent) != *bull:* ]]
  [[ $(live hget "$child" opts) != *bull:* ]]
  expect_exit 0 git qsnap verify flow
}

@test "--rename-prefix of a namespace that is not there is a usage error, and names those that are" {
  serve bullmq6-before.rdb
  git qsnap save flow
  expect_exit 2 git qsnap load flow --rename-prefix bill=copy --into "$REDIS_copy"
  expect_output "bull (bullmq)"
  expect_exit 2 git qsnap load flow --rename-prefix bull= --into "$REDIS_copy"
}
