#!/usr/bin/env bats
# How a live state is captured: --consistency, --explain, --retries, and what of it is stored (nothing but "none").
load helpers
setup() {
  setup_world
  git qsnap init >/dev/null
  start_redis live bullmq6-before.rdb --repl-diskless-sync yes --repl-diskless-sync-delay 0
  export QSNAP_REDIS_URL=$REDIS_live
}
teardown() { teardown_world; }

document() { zstd -dcq "$SNAPSHOTS/test-cases/$1.qsnap" | sed -e 's/"captured_at":"[^"]*"//' -e 's/^"checksum":.*//'; }

@test "each way of capturing gives the same bytes but for captured_at, and none is stored" {
  for mode in freeze fork auto; do
    expect_exit 0 git qsnap save "by-$mode" --consistency="$mode" --json
  done
  diff <(document by-freeze) <(document by-fork)
  diff <(document by-freeze) <(document by-auto)
  ! zstd -dcq $SNAPSHOTS/test-cases/by-fork.qsnap | grep -q '"fork"\|pause'
  [ -z "$(find "$WORLD/servers/live" -name 'dump.rdb')" ]
}

@test "what was done is told: the mode always, the reasons with --explain, all of it in JSON" {
  expect_exit 0 git qsnap save one --consistency=fork
  expect_output "by fork, the server forked in"
  refute_output "capture by"
  expect_exit 0 git qsnap save two --explain
  expect_output "by freeze, writers paused for"
  expect_output "capture by freeze: "
  expect_output "can be read while writers go on"
  expect_exit 0 git qsnap save three --consistency=fork --json
  jq -e '.mode == "fork" and .pause_us > 0 and .waited_ms >= 0 and .reasons == []' <<< "$output"
  expect_exit 0 git qsnap save four --json
  jq -e '.mode == "freeze" and (.reasons | length) == 1' <<< "$output"
}

@test "verify, diff and show explain a live side, and have nothing to say of others" {
  git qsnap save one
  expect_exit 0 git qsnap verify one --explain --consistency=fork
  expect_output "capture by fork: "
  expect_exit 0 git qsnap verify one --json
  jq -e '.capture.mode == "freeze" and .before_consistency == "point-in-time"' <<< "$output"
  expect_exit 0 git qsnap diff one live --explain
  expect_output "capture by freeze: "
  expect_exit 0 git qsnap diff one one --explain --json
  jq -e '.capture == null' <<< "$output"
  expect_exit 0 git qsnap show live --explain --consistency=fork
  expect_output "capture by fork: "
  expect_exit 0 git qsnap show one --explain --json
  jq -e '.capture == null' <<< "$output"
}

@test "none is labelled wherever the snapshot is looked at, until a better capture takes its place" {
  git qsnap save idle --consistency=none
  zstd -dcq $SNAPSHOTS/test-cases/idle.qsnap | jq -e '.metadata.consistency == "none"'
  expect_exit 0 git qsnap show idle
  expect_output "not a point in time"
  expect_exit 0 git qsnap list
  expect_output "(not a point in time)"
  expect_exit 0 git qsnap verify idle
  expect_output "warning: test-cases/idle is not a point in time"
  expect_exit 0 git qsnap verify idle --json
  jq -e '.ok and .before_consistency == "none" and .after_consistency == "point-in-time"' <<< "$output"
  expect_exit 0 git qsnap save idle --json
  jq -e '.written and .reason == "metadata-changed"' <<< "$output"
  expect_exit 0 git qsnap save idle --consistency=none --json
  jq -e '.written == false' <<< "$output"
}

@test "config.yaml says it for a work tree, and the command line has the last word" {
  printf 'version: 1\ncapture:\n  consistency: fork\n' > $SNAPSHOTS/config.yaml
  expect_exit 0 git qsnap save one --json
  [ "$(jq -r .mode <<< "$output")" = fork ]
  expect_exit 0 git qsnap verify one --json
  [ "$(jq -r .capture.mode <<< "$output")" = fork ]
  expect_exit 0 git qsnap save two --consistency=freeze --json
  [ "$(jq -r .mode <<< "$output")" = freeze ]
  expect_exit 2 git qsnap save three --consistency=maybe
}

@test "a mode asked for by name does not fall back, and the hint names one that works" {
  redis-cli -s "$SOCKET_live" config set repl-diskless-sync no >/dev/null
  expect_exit 6 git qsnap save one --consistency=fork
  expect_output "repl-diskless-sync is off"
  expect_output "--consistency=freeze"
  [ ! -e $SNAPSHOTS/test-cases/one.qsnap ]
  expect_exit 0 git qsnap save one --explain
  expect_output "SYNC would make the server write its dump.rdb"
}

@test "a server that is not there is asked again as often as --retries says, and nothing is written" {
  redis-cli -s "$SOCKET_live" shutdown nosave >/dev/null 2>&1 || true
  expect_exit 3 git qsnap save one --retries 0
  expect_exit 3 git qsnap save one --retries 1
  [ ! -e $SNAPSHOTS/test-cases/one.qsnap ]
  expect_exit 2 git qsnap save one --retries -1
}
