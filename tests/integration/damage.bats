#!/usr/bin/env bats
load helpers
setup() { setup_world; }
teardown() { teardown_world; }

@test "damaged states are saved, shown, checked and loaded without a loss" {
  expect_exit 0 "$QSNAP_SOURCE/tests/long/damage" 10 41
  expect_output "0 failed"
}
