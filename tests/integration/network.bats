#!/usr/bin/env bats
# Through networks that break: tests/tools/toxic-run says what is promised. ci/long does it at 100 places.
load helpers
setup() { setup_world; }
teardown() { teardown_world; }

@test "cut, garbled, silent or interrupted at any byte: an error or the right result, nothing half-done, nobody held up" {
  expect_exit 0 "$QSNAP_SOURCE/tests/tools/toxic-run" 5
  expect_output "every promise held"
}

@test "a host that is not there is given up after the timeout, and a bad timeout is a usage error" {
  git qsnap init >/dev/null
  silent=$WORLD/servers/silent
  mkdir "$silent"
  # Accepts (the kernel does) and never answers.
  /usr/bin/python3 -c 'import socket, sys, time; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(9); time.sleep(600)' \
    "$silent/redis.sock" 3>&- &
  echo $! > "$silent/pid"  # ended by teardown
  until [ -S "$silent/redis.sock" ]; do :; done
  expect_exit 3 git qsnap save flow --redis "unix://$silent/redis.sock" --timeout 0.2 --retries 0
  expect_output "did not answer within 200 ms"
  expect_output "--timeout SECONDS"
  for bad in 0 -1 x 1e9 nan; do
    expect_exit 2 git qsnap save flow --redis "unix://$silent/redis.sock" --timeout "$bad"
  done
}
