#!/usr/bin/env bats
# kill -9 just before every system call of save: the snapshot is the old one or the new one, whole, and the next save works.
load helpers
setup() { setup_world; git qsnap init >/dev/null; }
teardown() { teardown_world; }

@test "save survives kill -9 at every system call" {
  serve bullmq6-before.rdb
  git qsnap save flow
  old=$(sha256sum < $SNAPSHOTS/test-cases/flow.qsnap)
  cp $SNAPSHOTS/test-cases/flow.qsnap "$WORLD/old.qsnap"
  serve bullmq6-after.rdb
  git qsnap save flow
  git qsnap save reference
  export WORLD SNAPSHOTS
  # Old bytes, or a whole new snapshot of the same meaning as the reference.
  check='cd "$WORLD/repo" && f=$SNAPSHOTS/test-cases/flow.qsnap && { cmp -s "$f" "$WORLD/old.qsnap" || { git qsnap fsck flow && git qsnap diff flow reference; }; } >/dev/null'
  reset='cp "$WORLD/old.qsnap" "$WORLD/repo/$SNAPSHOTS/test-cases/flow.qsnap"'
  RESET=$reset run "$QSNAP_SOURCE/tests/tools/kill-points" "$check" git-qsnap save flow --threads=1
  [ "$status" = 0 ] || { echo "$output" >&2; false; }
  echo "# $output" >&3
  points=$(sed -n 's/.*points=\([0-9]*\).*/\1/p' <<< "$output")
  killed=$(sed -n 's/.*killed=\([0-9]*\).*/\1/p' <<< "$output")
  [ "$points" -ge 100 ] && [ "$killed" -ge $((points / 2)) ]
  expect_exit 0 git qsnap save flow
  expect_exit 0 git qsnap diff flow reference
  [ "$(sha256sum < "$WORLD/old.qsnap")" = "$old" ]
  [ -z "$(find $SNAPSHOTS -name '.qsnap-tmp-*')" ]
}

@test "the kill points see a save that is not atomic (so the test above can fail)" {
  serve bullmq6-before.rdb
  git qsnap save flow
  cp $SNAPSHOTS/test-cases/flow.qsnap "$WORLD/whole"
  cat > naive <<'END'
#!/bin/sh
dd if="$WORLD/whole" of="$WORLD/repo/target" bs=4096 status=none
END
  chmod +x naive
  export WORLD
  RESET='cp "$WORLD/whole" "$WORLD/repo/target"' run "$QSNAP_SOURCE/tests/tools/kill-points" 'cmp -s "$WORLD/whole" "$WORLD/repo/target"' ./naive
  [ "$status" != 0 ]
}
