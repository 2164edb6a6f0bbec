#!/usr/bin/env bats
# The callers of git qsnap in test suites that need packages of Debian alone; tests/long/integrations has the others.
load helpers

setup() {
  setup_world
  unset CI GITHUB_ACTIONS QSNAP_UPDATE QSNAP_RUN_ID QSNAP_PENDING_DIR
}
teardown() { teardown_world; }

@test "the pytest plugin: names, modes, errors, whole runs, four workers at once" {
  cd "$QSNAP_SOURCE/integrations/pytest/tests"
  export PYTHONPATH=$QSNAP_SOURCE/integrations/pytest PYTHONDONTWRITEBYTECODE=1
  expect_exit 0 /usr/bin/python3 -m pytest -q -p no:cacheprovider --basetemp "$WORLD/pytest" .
}

@test "a suite in bats: red, accepted, green, changed, red, accepted, green; its names are those of all" {
  expect_exit 0 "$QSNAP_SOURCE/integrations/try" bats
  expect_exit 0 bats "$QSNAP_SOURCE/integrations/bats/tests"
}
