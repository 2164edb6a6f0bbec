# The guides, word by word: their console blocks are run as they stand, in one repository after the other.
load helpers

setup() { setup_world; }
teardown() { teardown_world; }

@test "every command of docs/guide.md and docs/ci.md does what they say" {
  unset CI CONTINUOUS_INTEGRATION GITHUB_ACTIONS GITLAB_CI JENKINS_URL TEAMCITY_VERSION TF_BUILD BUILDKITE GO_SERVER_URL
  unset QSNAP_UPDATE QSNAP_PENDING_DIR QSNAP_RUN_ID QSNAP_RUNS_DIR QSNAP_REDIS_URL REDIS_URL RUNNER_TEMP
  expect_exit 0 "$QSNAP_SOURCE/tests/tools/docs-console" "$QSNAP_SOURCE/docs/guide.md" "$QSNAP_SOURCE/docs/ci.md"
}

@test "a block that does something else is told by its line" {
  # shellcheck disable=SC2016
  printf '%s\n' '# A page' '```console' '$ echo one' 'two' '```' > page.md
  expect_exit 1 "$QSNAP_SOURCE/tests/tools/docs-console" page.md
  expect_output 'page.md:3: $ echo one'
  printf '%s\n' '# A page without commands' > page.md
  expect_exit 1 "$QSNAP_SOURCE/tests/tools/docs-console" page.md
  printf '%s\n' '```console' '$ false' '```' > page.md
  expect_exit 1 "$QSNAP_SOURCE/tests/tools/docs-console" page.md
  expect_output 'it ended with 1'
}
