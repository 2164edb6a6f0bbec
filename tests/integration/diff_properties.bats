#!/usr/bin/env bats
# The laws of a comparison, on a few pairs of states; tests/long/diff-laws has thousands.
load helpers

@test "what the list of changes says makes the one state of the other, and the other laws" {
  expect_exit 0 "$QSNAP_SOURCE/tests/long/diff-laws" 25 "${QSNAP_SEED:-1}"
  expect_output "the laws of a diff hold"
}
