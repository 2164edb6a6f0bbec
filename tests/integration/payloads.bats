#!/usr/bin/env bats
load helpers
setup() { setup_world; git qsnap init >/dev/null; serve bullmq6-before.rdb; redis-cli -s "$SOCKET_live" flushall >/dev/null; }
teardown() { teardown_world; }

# add_job ID DATA: one waiting BullMQ job.
add_job() {
  redis-cli -s "$SOCKET_live" hset bull:mail:meta version bullmq:6.7.0 >/dev/null
  redis-cli -s "$SOCKET_live" hset "bull:mail:$1" name send data "$2" opts '{}' timestamp 1767225600000 delay 0 priority 0 >/dev/null
  redis-cli -s "$SOCKET_live" lpush bull:mail:wait "$1" >/dev/null
}

# php_job USER: what Laravel keeps in a payload.
php_job() { printf '{"data":{"command":"O:8:\\"SendMail\\":2:{s:4:\\"user\\";i:%s;s:8:\\"\\u0000*\\u0000queue\\";N;}"}}' "$1"; }

@test "show prints PHP inside of a payload without running anything" {
  add_job 1 "$(php_job 7)"
  git qsnap save mails
  expect_exit 0 git qsnap show mails --job 1 --full
  expect_output '.payload.data.command["$class"]'
  expect_output 'SendMail'
  expect_output '.payload.data.command.user'
  expect_output '.payload.data.command.queue'
}

@test "diff tells the path inside of it, and an ignore rule reaches there" {
  add_job 1 "$(php_job 7)"
  git qsnap save mails
  redis-cli -s "$SOCKET_live" hset bull:mail:1 data "$(php_job 8)" >/dev/null
  expect_exit 1 git qsnap diff mails live
  expect_output 'payload.data.command.user'
  expect_output '7 → 8'
  expect_exit 1 git qsnap diff mails live --json
  [ "$(jq -c '.changes[0].fields' <<< "$output")" = '[{"path":".payload.data.command.user","before":7,"after":8}]' ]
  printf 'version: 1\nignore:\n  - jobs[queue=mail].payload.data.command.user\n' > $SNAPSHOTS/config.yaml
  expect_exit 0 git qsnap verify mails
}

@test "a packed trace is shown unpacked" {
  trace=$(python3 -c 'import base64, json, zlib; print(base64.b64encode(zlib.compress(json.dumps(["mailer.rb:12 in deliver"]).encode())).decode())')
  add_job 1 "{\"error_backtrace\":\"$trace\"}"
  git qsnap save mails
  expect_exit 0 git qsnap show mails --job 1 --full
  expect_output 'mailer.rb:12 in deliver'
  refute_output "$trace"
}

@test "a payload that unpacks to very much is shown as it is" {
  bomb=$(python3 -c 'import base64, zlib; print(base64.b64encode(zlib.compress(bytes(80 << 20), 9)).decode())')
  redis-cli -s "$SOCKET_live" hset bull:mail:meta version bullmq:6.7.0 >/dev/null
  printf '{"blob":"%s"}' "$bomb" | redis-cli -s "$SOCKET_live" -x hset bull:mail:1 data >/dev/null
  redis-cli -s "$SOCKET_live" hset bull:mail:1 name send opts '{}' timestamp 1767225600000 delay 0 priority 0 >/dev/null
  redis-cli -s "$SOCKET_live" lpush bull:mail:wait 1 >/dev/null
  git qsnap save mails
  expect_exit 0 git qsnap show mails --job 1 --full
  expect_output 'eNrs'
}
