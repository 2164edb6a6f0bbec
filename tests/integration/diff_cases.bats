#!/usr/bin/env bats
# What a comparison of two states tells: tests/diff-cases.
load helpers
setup() { setup_world; }
teardown() { teardown_world; }

@test "every case of the diff comes out as it says" {
  expect_exit 0 "$QSNAP_SOURCE/tests/diff-cases/run"
  expect_output " cases, 0 failed"
}

@test "a case that comes out in another way is told, in its changes and in its text" {
  cp -r "$QSNAP_SOURCE/tests/diff-cases" cases
  cp cases/job-added/after.json cases/job-removed/after.json
  expect_exit 1 cases/run job-added job-removed
  expect_output "+++ found"
  expect_output '+    {"kind":"added"'
  expect_output "job-removed/expected.txt"
  expect_output "2 cases, 1 failed"
}
