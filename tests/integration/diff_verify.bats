#!/usr/bin/env bats
load helpers
setup() { setup_world; git qsnap init >/dev/null; serve bullmq6-before.rdb; git qsnap save checkout-flow; }
teardown() { teardown_world; }

@test "verify passes on an unchanged queue" {
  expect_exit 0 git qsnap verify checkout-flow
}

@test "diff tells what real workers did, in the words of a queue" {
  serve bullmq6-after.rdb
  expect_exit 1 git qsnap diff checkout-flow live
  expect_output "waiting → completed"
  expect_output "waiting → failed"
  expect_output "421 try again later"
  expect_output "gateway timeout"
  [ "$(wc -l <<< "$output")" -le 40 ]
}

@test "text is as wide as COLUMNS says" {
  serve bullmq6-after.rdb
  COLUMNS=99 expect_exit 1 git qsnap diff checkout-flow live --side-by-side
  expect_output "side by side wants 100 columns; there are 99"
  COLUMNS=100 expect_exit 1 git qsnap diff checkout-flow live --side-by-side
  expect_output " │ "
  COLUMNS=nonsense expect_exit 1 git qsnap diff checkout-flow live --side-by-side
  expect_output "there are 80"
}

@test "diff --json is unfolded and counts the moves" {
  serve bullmq6-after.rdb
  expect_exit 1 git qsnap diff checkout-flow live --json
  [ "$(jq '[.changes[] | select(.kind == "moved" and .to.state == "failed")] | length' <<< "$output")" = 2 ]
  [ "$(jq '[.changes[] | select(.kind == "moved" and .from.state == "waiting" and .to.state == "completed")] | length' <<< "$output")" = 12 ]
}

@test "verify of a changed queue is exit 1, and so is verify of an unknown name" {
  serve bullmq6-after.rdb
  expect_exit 1 git qsnap verify checkout-flow
  expect_exit 1 git qsnap verify no-such-flow
  expect_output "no snapshot test-cases/no-such-flow"
}

@test "diff of an unknown name is exit 2 and hints at a name that looks alike" {
  expect_exit 2 git qsnap diff checkout live
  expect_output "did you mean test-cases/checkout-flow?"
}

@test "a snapshot is compared with a commit's, without a checkout" {
  git add -A && git commit -qm one
  serve bullmq6-after.rdb
  git qsnap save checkout-flow
  expect_exit 1 git qsnap diff HEAD:checkout-flow checkout-flow
  expect_exit 0 git qsnap diff HEAD:checkout-flow HEAD:test-cases/checkout-flow
  expect_exit 2 git qsnap diff nosuchrev:checkout-flow checkout-flow
  expect_exit 2 git qsnap diff HEAD:nothing-here checkout-flow
}

@test "a file is a side, too" {
  cp $SNAPSHOTS/test-cases/checkout-flow.qsnap copy.qsnap
  expect_exit 0 git qsnap diff ./copy.qsnap checkout-flow
  expect_exit 0 git qsnap diff copy.qsnap live
}

@test "an ignore rule leaves out what it names, and says so" {
  serve bullmq6-after.rdb
  printf 'version: 1\nignore:\n  - jobs[queue=email].return_value\n  - jobs[queue=nowhere].payload\n' > $SNAPSHOTS/config.yaml
  expect_exit 1 git qsnap diff checkout-flow live --json
  returned() { jq "[.changes[] | select(.from.queue == \"bullmq:bull:$1\") | .fields[] | select(.path | startswith(\".return_value\"))] | length" <<< "$output"; }
  [ "$(returned email)" = 0 ]
  [ "$(returned payments)" = 2 ]  # another queue's are still told, so the rule and not the diff left them out
  [ "$(jq '[.ignored[] | select(.rule == "jobs[queue=email].return_value") | .count] | add' <<< "$output")" = 12 ]
  [ "$(jq -r '.unmatched_rules[0]' <<< "$output")" = 'jobs[queue=nowhere].payload' ]
}
