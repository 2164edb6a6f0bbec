#!/usr/bin/env bats
# A load that fails takes its keys away again, or says what stays; keys of others are never touched.
load helpers
setup() { setup_world; git qsnap init >/dev/null; }
teardown() { teardown_world; }

# save_many: the snapshot "many", whose load takes long enough to be met on its way.
save_many() {
  start_redis live
  redis-cli -s "$SOCKET_live" eval \
    "for i = 1, 60000 do redis.call('hset', 'app:' .. i, 'name', 'send', 'body', string.rep(i .. ' ', 20)) end" 0 >/dev/null
  git qsnap save many --redis "$REDIS_live" >/dev/null
  start_redis copy
}

# stop_on_its_way: a load of "many" into "copy" that has written some keys, and stands still. Sets $loader.
stop_on_its_way() {
  git-qsnap load many --into "$REDIS_copy" "$@" > load.out 2>&1 3>&- &
  loader=$!
  until [ "$(redis-cli -s "$SOCKET_copy" dbsize)" -gt 100 ]; do :; done
  kill -STOP "$loader"
  [ "$(redis-cli -s "$SOCKET_copy" dbsize)" -lt 60000 ]
}

# go_on: the load carries on until its end. Sets $status and $output.
go_on() {
  kill -CONT "$loader"
  status=0
  wait "$loader" || status=$?
  output=$(cat load.out)
}

kill_its_connection() {
  local id
  id=$(redis-cli -s "$SOCKET_copy" client list | grep name=git-qsnap-load | sed 's/^id=\([0-9]*\) .*/\1/')
  [ "$(redis-cli -s "$SOCKET_copy" client kill id "$id")" = 1 ]
}

@test "a connection that is cut on the way: the load removes its keys over a new one, and nobody else's" {
  save_many
  stop_on_its_way
  redis-cli -s "$SOCKET_copy" set foreign stays
  kill_its_connection
  go_on
  [ "$status" = 3 ]
  expect_output "removed again"
  [ "$(redis-cli -s "$SOCKET_copy" dbsize)" = 1 ]
  [ "$(redis-cli -s "$SOCKET_copy" get foreign)" = stays ]
}

@test "Ctrl-C on the way removes what was written" {
  save_many
  stop_on_its_way
  kill -INT "$loader"
  go_on
  [ "$status" = 130 ]
  expect_output "removed again"
  [ "$(redis-cli -s "$SOCKET_copy" dbsize)" = 0 ]
}

@test "a server that dies on the way: the load names what may be there" {
  save_many
  stop_on_its_way
  kill -KILL "$(cat "$WORLD/servers/copy/pid")"
  go_on
  [ "$status" = 3 ]
  expect_output "may still be there"
  expect_output "the first ones are app:1, "
  expect_output "--replace"
}

@test "a server that dies while what was there is replaced: the way back is told" {
  save_many
  redis-cli -s "$SOCKET_copy" set old value
  stop_on_its_way --replace --yes
  kill -KILL "$(cat "$WORLD/servers/copy/pid")"
  go_on
  [ "$status" = 3 ]
  expect_output "what was there before: git qsnap load $WORLD/repo/.git/"
  start_redis again
  backup=$(grep -o "$WORLD/repo/.git/[^ ]*" load.out | head -n 1)
  expect_exit 0 git qsnap load "$backup" --exact --into "$REDIS_again"
  [ "$(redis-cli -s "$SOCKET_again" get old)" = value ]
}

@test "a server without memory" {
  save_many
  used=$(redis-cli -s "$SOCKET_copy" info memory | tr -d '\r' | sed -n 's/^used_memory://p')
  redis-cli -s "$SOCKET_copy" config set maxmemory $((used + 1000000)) maxmemory-policy noeviction
  expect_exit 3 git qsnap load many --into "$REDIS_copy"
  expect_output "OOM"
  expect_output "removed again"
  [ "$(redis-cli -s "$SOCKET_copy" dbsize)" = 0 ]
}

@test "a user who may not write one of the types, and one who may not remove either" {
  serve bullmq6-before.rdb
  git qsnap save flow
  start_redis copy
  redis-cli -s "$SOCKET_copy" acl setuser loader on '>pw' '~*' '&*' +@all -zadd
  (umask 077 && echo loader:pw > credentials)
  expect_exit 3 git qsnap load flow --into "$REDIS_copy" --credentials credentials
  expect_output "NOPERM"
  expect_output "removed again"
  [ "$(redis-cli -s "$SOCKET_copy" dbsize)" = 0 ]
  redis-cli -s "$SOCKET_copy" acl setuser loader -unlink
  expect_exit 3 git qsnap load flow --into "$REDIS_copy" --credentials credentials
  expect_output "may still be there"
  expect_output "the first ones are bull:"
  [ "$(redis-cli -s "$SOCKET_copy" dbsize)" -gt 0 ]
}

@test "a read-only replica is refused, and nothing is said to be left" {
  serve bullmq6-before.rdb
  git qsnap save flow
  start_redis copy
  redis-cli -s "$SOCKET_copy" replicaof 127.0.0.1 1
  expect_exit 6 git qsnap load flow --into "$REDIS_copy"
  expect_output "READONLY"
  expect_output "removed again"
  [ "$(redis-cli -s "$SOCKET_copy" dbsize)" = 0 ]
}

@test "a server that cannot persist says why, and nothing is left" {
  serve bullmq6-before.rdb
  git qsnap save flow
  start_redis copy "" --enable-protected-configs yes
  mkdir "$WORLD/gone"
  redis-cli -s "$SOCKET_copy" config set dir "$WORLD/gone"
  rmdir "$WORLD/gone"
  redis-cli -s "$SOCKET_copy" config set save "3600 1"
  redis-cli -s "$SOCKET_copy" bgsave
  local deadline=$((SECONDS + 20))
  until redis-cli -s "$SOCKET_copy" info persistence | grep -q last_bgsave_status:err; do
    [ "$SECONDS" -lt "$deadline" ]
  done
  expect_exit 3 git qsnap load flow --into "$REDIS_copy"
  expect_output "MISCONF"
  [ "$(redis-cli -s "$SOCKET_copy" dbsize)" = 0 ]
}

@test "one thread and two write the same keys" {
  save_many
  start_redis other
  expect_exit 2 git qsnap load many --threads 0 --into "$REDIS_copy"
  expect_exit 2 git qsnap load many --threads -1 --into "$REDIS_copy"
  expect_exit 0 git qsnap load many --threads 1 --into "$REDIS_copy"
  expect_exit 0 git qsnap load many --threads 2 --into "$REDIS_other"
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/compare_keys.py" "$SOCKET_copy" "$SOCKET_other"
  for fixture in bullmq6-after sidekiq6; do
    serve $fixture.rdb
    git qsnap save "$fixture"
    redis-cli -s "$SOCKET_copy" flushall
    redis-cli -s "$SOCKET_other" flushall
    expect_exit 0 git qsnap load "$fixture" --exact --threads 1 --into "$REDIS_copy"
    expect_exit 0 git qsnap load "$fixture" --exact --threads 2 --into "$REDIS_other"
    /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/compare_keys.py" "$SOCKET_copy" "$SOCKET_other"
  done
}
