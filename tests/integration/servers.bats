#!/usr/bin/env bats
# Servers that are no place for a capture or a load say what they are, and what to do instead.
load helpers
setup() { setup_world; git qsnap init >/dev/null; }
teardown() { teardown_world; }

@test "a Sentinel names its primaries, where it is allowed to" {
  mkdir -p "$WORLD/servers/sentinel"
  # A Sentinel listens on a unix socket, too. The primary is not there: nothing of this test connects to it.
  cat > "$WORLD/servers/sentinel/sentinel.conf" <<END
port 0
unixsocket $WORLD/servers/sentinel/redis.sock
daemonize yes
pidfile $WORLD/servers/sentinel/pid
logfile $WORLD/servers/sentinel/log
dir $WORLD/servers/sentinel
sentinel monitor jobs 127.0.0.1 1 1
END
  redis-server "$WORLD/servers/sentinel/sentinel.conf" --sentinel >/dev/null 3>&-
  socket=$WORLD/servers/sentinel/redis.sock
  deadline=$((SECONDS + 10))
  until redis-cli -s "$socket" ping 2>/dev/null | grep -q PONG; do [ "$SECONDS" -lt "$deadline" ]; done
  expect_exit 6 git qsnap save flow --redis "unix://$socket"
  expect_output "is a Sentinel and holds no queues"
  expect_output "its primary jobs is redis://127.0.0.1:1/0"
  redis-cli -s "$socket" acl setuser shy on '>change-me' +info +ping >/dev/null
  QSNAP_REDIS_URL="unix://shy:change-me@$socket" expect_exit 6 git qsnap save flow
  expect_output "SENTINEL GET-MASTER-ADDR-BY-NAME"
}

@test "a node of a Redis Cluster is refused, also where the user may not ask what it is" {
  start_redis node "" --cluster-enabled yes
  expect_exit 6 git qsnap save flow --redis "$REDIS_node"
  expect_output "is a Redis Cluster node"
  redis-cli -s "$SOCKET_node" acl setuser shy on '>change-me' '~*' '&*' +@all -info >/dev/null
  QSNAP_REDIS_URL="unix://shy:change-me@$SOCKET_node?db=1" expect_exit 6 git qsnap save flow
  expect_output "node of a Redis Cluster"
}

@test "addresses of Sentinels and clusters are refused by name" {
  expect_exit 2 git qsnap save flow --redis redis-sentinel://127.0.0.1:26379/jobs
  expect_output "a list of Sentinels is not a Redis"
  expect_exit 2 git qsnap save flow --redis redis+cluster://127.0.0.1:7000
  expect_output "Redis Cluster is not supported"
}

@test "a database that is not there is a usage error that says how many there are" {
  start_redis live "" --databases 4
  expect_exit 2 git qsnap save flow --redis "$REDIS_live?db=4"
  expect_output "selecting database 4"
  expect_output "CONFIG GET databases"
}

@test "a login that is missing or wrong is told with what to do" {
  start_redis live bullmq6-before.rdb --requirepass secret-word
  expect_exit 3 git qsnap save flow --redis "$REDIS_live"
  expect_output "NOAUTH"
  expect_output "QSNAP_REDIS_URL or with --credentials FILE"
  QSNAP_REDIS_URL="unix://:wrong-word@$SOCKET_live" expect_exit 3 git qsnap save flow
  expect_output "WRONGPASS"
  refute_output wrong-word
  QSNAP_REDIS_URL="unix://:secret-word@$SOCKET_live" expect_exit 0 git qsnap save flow
  start_redis open ""
  QSNAP_REDIS_URL="unix://:secret-word@$SOCKET_open" expect_exit 3 git qsnap save flow
  refute_output secret-word
}

@test "a load into a replica is refused, a capture of it works" {
  serve bullmq6-before.rdb
  git qsnap save flow >/dev/null
  start_redis replica "" --replicaof 127.0.0.1 1
  expect_exit 6 git qsnap load flow --into "$REDIS_replica"
  expect_output "this is a replica"
  expect_exit 0 git qsnap save copy --redis "$REDIS_replica" --allow-empty
  redis-cli -s "$SOCKET_replica" config set replica-serve-stale-data no >/dev/null
  expect_exit 3 git qsnap save stale --redis "$REDIS_replica" --retries 0
  expect_output "lost its primary"
}

@test "a server without memory for more says so, and the load takes away what it had written" {
  serve bullmq6-before.rdb
  git qsnap save flow >/dev/null
  start_redis full "" --maxmemory 1 --maxmemory-policy noeviction
  expect_exit 3 git qsnap load flow --into "$REDIS_full"
  expect_output "maxmemory"
  expect_output "removed again"
  [ "$(redis-cli -s "$SOCKET_full" dbsize)" = 0 ]
}

@test "a server that is busy with a script, or too full of clients, is named as such" {
  start_redis live bullmq6-before.rdb --busy-reply-threshold 1
  (redis-cli -s "$SOCKET_live" eval 'while true do end' 0 || true) >/dev/null 2>&1 3>&- &
  deadline=$((SECONDS + 20))
  until redis-cli -s "$SOCKET_live" get x 2>&1 | grep -q BUSY; do [ "$SECONDS" -lt "$deadline" ]; done
  expect_exit 3 git qsnap save flow --redis "$REDIS_live" --retries 0
  expect_output "SCRIPT KILL"
  redis-cli -s "$SOCKET_live" script kill >/dev/null
  redis-cli -s "$SOCKET_live" config set maxclients 1 >/dev/null
  # The one client: it tries again while the question below is the one client itself.
  (until redis-cli -e -s "$SOCKET_live" blpop nothing 60; do :; done) >/dev/null 2>&1 3>&- &
  holder=$!
  deadline=$((SECONDS + 20))
  until redis-cli -s "$SOCKET_live" get x 2>&1 | grep -q 'max number'; do [ "$SECONDS" -lt "$deadline" ]; done
  expect_exit 3 git qsnap save flow --redis "$REDIS_live" --retries 0
  expect_output "raise maxclients"
  kill "$holder" 2>/dev/null || true
}
