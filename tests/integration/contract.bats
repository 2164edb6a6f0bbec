#!/usr/bin/env bats
# Contracts: what must hold of any state (docs/contracts.md).

bats_require_minimum_version 1.5.0
load helpers

setup() {
  setup_world
  unset CI CONTINUOUS_INTEGRATION GITHUB_ACTIONS GITLAB_CI JENKINS_URL TEAMCITY_VERSION TF_BUILD BUILDKITE GO_SERVER_URL
  git qsnap init >/dev/null
  # The first block of YAML on the page.
  awk '/^```yaml/ { inside = 1; next } /^```/ { inside = 0; if (seen) exit } inside { seen = 1; print }' \
    "$QSNAP_SOURCE/docs/contracts.md" >page.yaml
}

teardown() { teardown_world; }

@test "the page's contract is judged entry by entry, whatever the framework" {
  local fixture
  for fixture in bullmq6-before sidekiq6; do
    serve "$fixture.rdb"
    run git qsnap assert --contract page.yaml --json
    [ "$status" = 1 ]
    # The state is counted once more from its snapshot: jobs that failed for good are failed or dead.
    git qsnap save "$fixture" >/dev/null
    failed=$(zstd -dcq "$SNAPSHOTS/test-cases/$fixture.qsnap" | jq '[.jobs[] | select(.state == "failed" or .state == "dead")] | length')
    printf 'version: 1\ncontract:\n  - {name: as many, count: {state: failed}, equals: %d}\n' "$failed" >count.yaml
    expect_exit 0 git qsnap assert --contract count.yaml
  done
}

@test "what is broken is told with the line of the file and the job" {
  start_redis live
  export QSNAP_REDIS_URL=$REDIS_live
  redis-cli -s "$SOCKET_live" zadd dead 1700000100 '{"class":"Pay","args":[7],"jid":"aaaaaaaaaaaaaaaaaaaaaaaa","retry":true,"queue":"mail","created_at":1700000000.5,"retry_count":4}' >/dev/null
  expect_exit 1 git qsnap assert --contract page.yaml
  expect_output 'nobody retries more than three times: expected retry_count to be at most 3, not so in 1 of 1 job'
  expect_output 'page.yaml:8'
  expect_output 'job aaaaaaaaaaaaaaaaaaaaaaaa (Pay) in sidekiq::mail, dead: retry_count 4'
  expect_output 'every order is somewhere: expected 40, found none; no queue orders is there'
  expect_output '"no order twice" holds, but says little: no queue orders'
}

@test "a contract that cannot be read is a usage error with the line" {
  export QSNAP_REDIS_URL=unix:///nowhere
  printf 'version: 1\ncontract:\n  - name: x\n    empty: {quue: mail}\n' >c.yaml
  expect_exit 2 git qsnap assert --contract c.yaml
  expect_output 'c.yaml:4: unknown key "quue"; did you mean queue?'
  expect_exit 2 git qsnap assert --contract nothing.yaml
  head -c 2000000 /dev/zero | tr '\0' '#' >c.yaml
  expect_exit 5 git qsnap assert --contract c.yaml
  expect_output 'c.yaml is larger than'
}
