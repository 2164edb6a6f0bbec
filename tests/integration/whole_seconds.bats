#!/usr/bin/env bats
# Frameworks that count whole seconds read them as integers, so a load moves times by whole seconds.
load helpers
setup() {
  setup_world
  git qsnap init >/dev/null
  start_redis live ""
  start_redis copy ""
}
teardown() { teardown_world; }

live() { redis-cli -s "$SOCKET_live" "$@"; }
copy() { redis-cli -s "$SOCKET_copy" "$@"; }

@test "a load leaves seconds whole, and makes nothing due early" {
  job='{"uuid":"u","displayName":"A","job":"A@b","retryUntil":1795168800,"data":[],"id":"x","attempts":0}'
  live zadd queues:mail:delayed 1795168060 "$job" >/dev/null
  git qsnap save delayed --redis "$REDIS_live"
  captured=$(git qsnap show delayed --json | jq -r .captured_at)
  expect_exit 0 git qsnap load delayed --into "$REDIS_copy" --json
  shift_ms=$(jq .shift_ms <<< "$output")
  [ $((shift_ms % 1000)) -eq 0 ]
  [ "$(copy zrange queues:mail:delayed 0 0 withscores | tail -n 1)" = $((1795168060 + shift_ms / 1000)) ]
  [[ $(copy zrange queues:mail:delayed 0 0) == *"\"retryUntil\":$((1795168800 + shift_ms / 1000)),"* ]]
  # The target's clock went on since the load, so the shift is at most one second ahead of it.
  now_ms=$(copy time | awk 'NR == 1 { s = $1 } NR == 2 { printf "%.0f\n", s * 1000 + $1 / 1000 }')
  captured_ms=$(date -d "$captured" +%s%3N)
  [ "$shift_ms" -lt $((now_ms - captured_ms + 1000)) ]
}
