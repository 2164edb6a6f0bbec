#!/usr/bin/env bats
# --framework NAME=PREFIX: a user who knows better than detection.
load helpers
setup() {
  setup_world
  git qsnap init >/dev/null
}
teardown() { teardown_world; }

live() { redis-cli -s "$SOCKET_live" "$@"; }
# Detection knows BullMQ by its meta hashes.
without_meta() { live del $(live --scan --pattern 'bull:*:meta') >/dev/null; }
jobs_of_email() { git qsnap show "$1" --json | jq '[.queues[] | select(.queue == "bullmq:bull:email")] | length'; }

@test "a state that detection does not know is read as the user says, and verify and a second save read it so again" {
  serve bullmq6-before.rdb
  without_meta
  git qsnap save blind
  [ "$(jobs_of_email blind)" = 0 ]
  expect_exit 0 git qsnap save flow --framework bullmq=bull
  [ "$(jobs_of_email flow)" = 1 ]
  expect_exit 0 git qsnap verify flow
  expect_exit 0 git qsnap diff flow live
  git qsnap save flow --refresh
  [ "$(git qsnap show flow --json | jq -c .scope.frameworks)" = '[{"name":"bullmq","namespace":"bull"}]' ]
  live lpop bull:email:wait
  expect_exit 1 git qsnap verify flow
  expect_output "waiting → orphan"
}

@test "a forced reading loses nothing: load --exact gives back every key" {
  serve bullmq6-before.rdb
  without_meta
  live set bull:email:wait-not odd
  git qsnap save flow --framework bullmq=bull
  start_redis copy ""
  expect_exit 0 git qsnap load flow --exact --into "$REDIS_copy"
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/compare_keys.py" "$SOCKET_live" "$SOCKET_copy"
}

@test "the wrong framework, forced, loses nothing either" {
  serve bullmq6-before.rdb
  git qsnap save flow --framework bull=bull --framework sidekiq=bull
  start_redis copy ""
  expect_exit 0 git qsnap load flow --exact --into "$REDIS_copy"
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/compare_keys.py" "$SOCKET_live" "$SOCKET_copy"
}

@test "verify --framework reads the live state so" {
  serve bullmq6-before.rdb
  git qsnap save flow
  without_meta
  expect_exit 1 git qsnap verify flow
  lost=$(wc -l <<< "$output")
  expect_exit 1 git qsnap verify flow --framework bullmq=bull
  [ "$(wc -l <<< "$output")" -lt "$lost" ]
}

@test "detect --framework says that the user said so; the namespace may be empty, and the Redis" {
  serve bullmq6-before.rdb
  without_meta
  expect_exit 0 git-qsnap detect
  refute_output "bullmq"
  expect_exit 0 git-qsnap detect --framework bullmq=bull
  expect_output "bullmq in the namespace bull"
  expect_output "because --framework says so"
  expect_output "bullmq:bull:email"
  live flushall
  expect_exit 0 git-qsnap detect --framework sidekiq= --json
  [ "$(jq -c '[.frameworks[] | [.name, .namespace, .keys]]' <<< "$output")" = '[["sidekiq","",0]]' ]
}

@test "an unknown framework is a usage error that names those there are" {
  serve bullmq6-before.rdb
  for command in "save flow" "detect"; do
    expect_exit 2 git qsnap $command --framework bulmq=bull
    expect_output "there is no framework 'bulmq'"
    expect_output "sidekiq"
    expect_exit 2 git qsnap $command --framework bullmq
    expect_output "NAME=PREFIX"
  done
}

@test "import --framework reads a dump so" {
  serve bullmq6-before.rdb
  without_meta
  live save >/dev/null
  expect_exit 0 git qsnap import "$WORLD/servers/live/state.rdb" dumped --framework bullmq=bull
  [ "$(jobs_of_email dumped)" = 1 ]
}
