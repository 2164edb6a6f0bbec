#!/usr/bin/env bats
# docs/redis-rights.md: each of its users does what the page says, and no more.
load helpers
setup() { setup_world; git qsnap init >/dev/null; }
teardown() { teardown_world; }

# make_user SERVER USER: runs the page's own line in that server.
make_user() {
  local socket=SOCKET_$1 line
  line=$(grep "^ACL SETUSER $2 " "$QSNAP_SOURCE/docs/redis-rights.md")
  [ "$(redis-cli -s "${!socket}" <<< "$line")" = OK ]
}

# log_in_as SERVER USER: the environment's Redis is that server from now on, with that user.
log_in_as() {
  local url=REDIS_$1
  export QSNAP_REDIS_URL=${!url} QSNAP_CREDENTIALS_FILE=$WORLD/credentials
  (umask 077 && echo "$2:change-me" > "$WORLD/credentials")
}

# no_denial SERVER: nothing was asked for that the user may not do, but whether a fork would do (the page says so).
no_denial() {
  local socket=SOCKET_$1
  run redis-cli -s "${!socket}" --json acl log
  [ "$(jq -r '.[].object' <<< "$output" | grep -vx 'config|get' || true)" = "" ] || { echo "$output" >&2; return 1; }
}

# Every type, a group with consumers and pending entries, deleted stream entries, an expiry, and a score of -0 (which a
# sorted set keeps only beside a long member).
add_all_types() {
  redis-cli -s "$SOCKET_live" zadd plain:scores 1 "$(printf '%0100d' 0)" >/dev/null
  redis-cli -s "$SOCKET_live" <<'END' >/dev/null
ZADD plain:scores -0 zero
SADD plain:set a b
RPUSH plain:list a b
HSET plain:hash a b
SET plain:text hello
SET plain:lapses hello EX 100000
XADD plain:stream 1-1 a b
XADD plain:stream 2-1 a b
XADD plain:stream 3-1 a b
XADD plain:emptied 1-1 a b
XDEL plain:emptied 1-1
XDEL plain:stream 3-1
XGROUP CREATE plain:stream readers 0
XGROUP CREATECONSUMER plain:stream readers idle
XREADGROUP GROUP readers busy COUNT 1 STREAMS plain:stream >
END
}

@test "the user for captures captures every type with a pause, and writes nothing" {
  serve bullmq6-before.rdb
  add_all_types
  make_user live qsnap-capture
  log_in_as live qsnap-capture
  expect_exit 0 git qsnap save flow --json
  [ "$(jq -r .mode <<< "$output")" = freeze ]
  expect_exit 0 git qsnap verify flow
  no_denial live
  expect_exit 3 git qsnap load flow --replace --yes --no-backup
  expect_output "docs/redis-rights.md"
  expect_exit 0 git qsnap verify flow
}

@test "the user without the right to pause captures in rounds" {
  serve bullmq6-before.rdb
  add_all_types
  make_user live qsnap-quiet
  log_in_as live qsnap-quiet
  expect_exit 0 git qsnap save flow --json
  [ "$(jq -r .mode <<< "$output")" = rounds ]
  expect_exit 0 git qsnap verify flow
}

@test "the user for loads loads every type into an empty database" {
  serve bullmq6-before.rdb
  add_all_types
  git qsnap save part --prefix plain: >/dev/null
  git qsnap save flow >/dev/null
  start_redis target
  make_user target qsnap-load
  log_in_as target qsnap-load
  expect_exit 0 git qsnap load flow --exact
  no_denial target
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/compare_keys.py" "$SOCKET_live" "$SOCKET_target"
  redis-cli -s "$SOCKET_target" flushall >/dev/null
  expect_exit 0 git qsnap load part
  no_denial target
}

@test "the user for load --replace replaces, keeps a backup, and verify passes" {
  serve bullmq6-before.rdb
  git qsnap save flow >/dev/null
  start_redis target bullmq6-after.rdb
  make_user target qsnap-replace
  log_in_as target qsnap-replace
  expect_exit 0 git qsnap load flow --replace --yes --json
  [ -f "$(jq -r .backup <<< "$output")" ]
  expect_exit 0 git qsnap verify flow
  no_denial target
}

@test "a user of one application captures its prefix, and nothing else" {
  serve bullmq6-before.rdb
  add_all_types
  make_user live qsnap-bull
  log_in_as live qsnap-bull
  expect_exit 0 git qsnap save flow --prefix bull:
  no_denial live
  expect_exit 3 git qsnap save all
  expect_output "docs/redis-rights.md"
  [ ! -e $SNAPSHOTS/test-cases/all.qsnap ]
}

@test "user and password may stand in the environment's URL" {
  port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  start_redis live bullmq6-before.rdb --port "$port" --bind 127.0.0.1
  make_user live qsnap-capture
  QSNAP_REDIS_URL=redis://qsnap-capture:change-me@127.0.0.1:$port/0 expect_exit 0 git qsnap save flow
  QSNAP_REDIS_URL=redis://qsnap-capture:wrong@127.0.0.1:$port/0 expect_exit 3 git qsnap save flow
}

@test "a credentials file that others can read is refused" {
  serve bullmq6-before.rdb
  make_user live qsnap-capture
  log_in_as live qsnap-capture
  chmod 644 "$WORLD/credentials"
  expect_exit 6 git qsnap save flow
  expect_output "chmod 600"
}

@test "the user for forks captures by a fork, and cannot read a key" {
  serve bullmq6-before.rdb
  add_all_types
  git qsnap save reference >/dev/null
  redis-cli -s "$SOCKET_live" config set repl-diskless-sync-delay 0 >/dev/null
  make_user live qsnap-fork
  log_in_as live qsnap-fork
  expect_exit 0 git qsnap save flow --consistency fork --json
  [ "$(jq -r .mode <<< "$output")" = fork ]
  expect_exit 0 git qsnap diff reference flow
  no_denial live
  expect_exit 4 git qsnap save other --consistency freeze
  expect_output "ACL SETUSER"
}

# Runs a command once for each right of a user, without that right, and prints the rights that nobody missed: that the
# server did not deny anything for. A failure has to say what was denied.
idle_rights() {  # idle_rights SERVER USER COMMAND…
  local server=$1 user=$2 socket=SOCKET_$1 right unclear=0
  shift 2
  for right in $(grep "^ACL SETUSER $user " "$QSNAP_SOURCE/docs/redis-rights.md" | grep -oE ' [+&][^ ]+'); do
    make_user "$server" "$user"
    case $right in
      '&'*) redis-cli -s "${!socket}" acl setuser "$user" resetchannels >/dev/null ;;
      *) redis-cli -s "${!socket}" acl setuser "$user" "-${right#+}" >/dev/null ;;
    esac
    redis-cli -s "${!socket}" acl log reset >/dev/null
    run "$@"
    if [ "$status" != 0 ] && [[ $output != *NOPERM* && $output != *"the right"* ]]; then
      echo "without $right, exit $status says: $output" >&2
      unclear=1
    fi
    [ -n "$(redis-cli -s "${!socket}" acl log)" ] || echo "$right"
  done
  return $unclear
}

@test "no right on the page is idle: without any of them the server denies something, and the message says so" {
  serve bullmq6-before.rdb
  add_all_types
  git qsnap save flow >/dev/null
  redis-cli -s "$SOCKET_live" config set repl-diskless-sync-delay 0 >/dev/null
  redis-cli -s "$SOCKET_live" swapdb 0 1 >/dev/null
  log_in_as live qsnap-capture
  QSNAP_REDIS_URL+='?db=1'
  # For servers before 7.0; for large keys that are hot.
  idle=$(idle_rights live qsnap-capture git qsnap save again --refresh --consistency freeze)
  [ "$idle" = $'+pttl\n+dump' ] || { echo "$idle" >&2; false; }
  redis-cli -s "$SOCKET_live" swapdb 0 1 >/dev/null
  log_in_as live qsnap-fork
  idle=$(idle_rights live qsnap-fork git qsnap save again --refresh --consistency fork)
  [ -z "$idle" ] || { echo "$idle" >&2; false; }
}

@test "no right of a load is idle, but those for a snapshot with a scope and for a load that fails" {
  serve bullmq6-before.rdb
  add_all_types
  redis-cli -s "$SOCKET_live" xdel plain:stream 1-1 >/dev/null  # pending still
  git qsnap save flow >/dev/null
  start_redis target
  load_afresh() {
    redis-cli -s "$SOCKET_target" flushall >/dev/null
    git qsnap load flow --exact --into "$REDIS_target?db=1"
  }
  log_in_as target qsnap-load
  idle=$(idle_rights target qsnap-load load_afresh)
  [ "$idle" = $'+exists\n+client|kill\n+unlink' ] || { echo "$idle" >&2; false; }
}
