#!/usr/bin/env bats
# The rules of a comparison: in config.yaml and on the command line.
load helpers

# Two states of a Resque queue: prices within 1 %, and times that follow the capture.
setup() {
  setup_world
  git qsnap init >/dev/null
  start_redis live
  export QSNAP_REDIS_URL=$REDIS_live
  state 100 200 300
  git qsnap save before
  state 100.5 201 303
  git qsnap save after
}
teardown() { teardown_world; }

state() { # state PRICE…: a job for each price
  local price number=0
  redis-cli -s "$SOCKET_live" flushall >/dev/null
  redis-cli -s "$SOCKET_live" sadd resque:queues pay >/dev/null
  for price in "$@"; do
    number=$((number + 1))
    redis-cli -s "$SOCKET_live" rpush resque:queue:pay \
      "{\"class\":\"Pay\",\"args\":[{\"order\":$number,\"price\":$price}]}" >/dev/null
  done
}

config() { printf 'version: 1\n%s\n' "$1" > $SNAPSHOTS/config.yaml; }

@test "a tolerance in config.yaml leaves out what is within it, and says so" {
  expect_exit 1 git qsnap diff before after
  config 'tolerance: {fields: {"jobs.payload[0].price": 1%}}'
  expect_exit 0 git qsnap diff before after
  expect_output "3 differences ignored"
  config 'tolerance: {fields: {"jobs.payload[0].price": 0.5%}}'
  expect_exit 1 git qsnap diff before after --json
  [ "$(jq -c '[.changes[].fields[] | [.path, .before, .after]]' <<< "$output")" = '[[".payload[0].price",300,303]]' ]
  [ "$(jq -c '[.ignored[] | [.rule, .count]]' <<< "$output")" = '[["jobs.payload[0].price: 0.5%",2]]' ]
}

@test "an argument stands before what config.yaml says" {
  config 'tolerance: {fields: {"jobs.payload[0].price": 0}}'
  expect_exit 1 git qsnap diff before after
  expect_exit 0 git qsnap diff before after --tolerance 'jobs.payload[0].price=1%'
  expect_exit 0 git qsnap diff before after --ignore 'jobs.payload[*].price'
  expect_exit 0 git qsnap verify before --tolerance 'jobs.payload[0].price=1%'
  expect_exit 1 git qsnap verify before --tolerance 'jobs.payload[0].price=0.5%'
}

@test "order and counts can be loosened for once" {
  state 300 200 100 # other orders, other prices: what is left is the number of jobs
  git qsnap save reversed
  expect_exit 1 git qsnap diff before reversed
  expect_exit 0 git qsnap diff before reversed --order pay=free --ignore jobs.payload
  state 100 200 300 400
  git qsnap save longer
  expect_exit 1 git qsnap diff before longer
  expect_exit 0 git qsnap diff before longer --tolerance counts=34%
  expect_exit 1 git qsnap diff before longer --tolerance counts=33%
  expect_exit 0 git qsnap diff before longer --tolerance counts=1
}

@test "--show-ignored lists what was left out, with its rule" {
  expect_exit 0 git qsnap diff before after --tolerance 'jobs.payload[0].price=1%' --show-ignored
  expect_output "jobs.payload[0].price: 1%"
  expect_output "100 → 100.5"
  expect_output "300 → 303"
}

@test "a rule that matched nothing is a warning, and with --strict exit 2" {
  expect_exit 1 git qsnap diff before after --ignore jobs.payload.nothing
  expect_output "jobs.payload.nothing"
  expect_exit 2 git qsnap diff before after --ignore jobs.payload.nothing --strict
  expect_output "jobs.payload.nothing"
  expect_exit 1 git qsnap diff before after --tolerance 'jobs.payload[0].price=0.1%' --strict
  expect_exit 2 git qsnap verify before --order nowhere=free --strict
  expect_output "order.nowhere: free"
}

@test "a huge payload is told shortly, and never missed" {
  redis-cli -s "$SOCKET_live" del resque:queue:pay >/dev/null
  redis-cli -s "$SOCKET_live" rpush resque:queue:pay '{"class":"Pay","args":[1,"and so on",1]}' >/dev/null
  git qsnap save one
  redis-cli -s "$SOCKET_live" lset resque:queue:pay 0 '{"class":"Pay","args":[2,"and so on",22]}' >/dev/null
  expect_exit 1 git qsnap diff one live --sample 10
  expect_output "differs from byte 1 at"
  expect_exit 1 git qsnap diff one live --sample 1KiB
  expect_output "payload[2]"
  expect_exit 2 git qsnap diff before after --sample much
  expect_output "--sample: \"much\" is no size"
}

@test "bad arguments are named with the place, and nothing is compared" {
  expect_exit 2 git qsnap diff before after --ignore 'jobs.payload.[0]'
  expect_output '--ignore: path "jobs.payload.[0]": a name is missing behind a dot (behind "jobs.payload.")'
  expect_exit 2 git qsnap diff before after --tolerance jobs.payload
  expect_output "it is written PATH=TOL"
  expect_exit 2 git qsnap diff before after --tolerance 'jobs.payload=1e999%'
  expect_output "is no tolerance"
  expect_exit 2 git qsnap diff before after --tolerance 'jobs.payload=nan'
  expect_exit 2 git qsnap diff before after --order pay=any
  expect_output "QUEUE=free or QUEUE=strict"
}

@test "a hostile config.yaml is refused with its line" {
  local value
  for value in '1e999%' '-1%' 'NaN' '9999999999h' '[1]' '{a: 1}'; do
    config "$(printf 'tolerance:\n  fields:\n    jobs.payload.price: %s' "$value")"
    expect_exit 2 git qsnap diff before after
    expect_output "config.yaml:4: "
  done
}
