#!/usr/bin/env bats
# What a payload, a name or an error says is shown, never obeyed.
load helpers
setup() { setup_world; git qsnap init >/dev/null; start_redis live; export QSNAP_REDIS_URL=$REDIS_live; }
teardown() { teardown_world; }

redis() { redis-cli -s "$SOCKET_live" "$@" >/dev/null; }

# Anything that could command a terminal: C0 but newline, DEL, C1, bidi and zero-width characters.
refute_commands() {
  printf '%s\n' "$output" | /usr/bin/python3 -c '
import sys
text = sys.stdin.buffer.read().decode("utf-8")
bad = sorted({hex(ord(c)) for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160
              or ord(c) in (0x200b, 0x200e, 0x200f, 0xfeff) or 0x202a <= ord(c) <= 0x202e or 0x2066 <= ord(c) <= 0x2069})
sys.exit("found " + " ".join(bad) if bad else 0)'
}

evil=$'\e]0;owned\a\e[31mred\x9b2J\u202egnp.exe\u200b\rover'

@test "no face of any command lets an escape sequence through" {
  redis hset 'bull:mail:meta' version 'bullmq:6.7.0'
  redis hset 'bull:mail:1' name "$evil" data "{\"x\":\"$(printf '\\u001b[31m')\"}" opts '{}' timestamp 1700000000000 failedReason "$evil"
  redis hset "bull:mail:id $evil" name n data "\"$evil\"" opts '{}' timestamp 1700000000000
  redis zadd 'bull:mail:failed' 1700000000001 1 1700000000002 "id $evil"
  redis set "plain $evil" "$evil"
  expect_exit 0 git qsnap save evil -m "$evil" --tag "$evil"
  refute_commands
  for command in "list" "show evil" "show evil --full" "show evil --state failed" "fsck evil" "show evil --json" "show evil --full --json"; do
    # shellcheck disable=SC2086
    run git qsnap $command
    [ "$status" = 0 ] || [ "$status" = 5 ] || { echo "$command: $output" >&2; false; }
    refute_commands
  done
  redis hset 'bull:mail:1' failedReason "other $evil" data "\"$evil$evil\""
  redis del "bull:mail:id $evil"
  redis zrem 'bull:mail:failed' "id $evil"
  redis set "plain $evil" changed
  for command in "diff evil live" "diff evil live --full" "verify evil" "diff evil live --json"; do
    # shellcheck disable=SC2086
    run git qsnap $command
    [ "$status" = 1 ] || { echo "$command: $output" >&2; false; }
    refute_commands
  done
  run git qsnap show "$evil"
  refute_commands
  run git qsnap show evil --queue "$evil"
  refute_commands
}
