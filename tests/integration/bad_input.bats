#!/usr/bin/env bats
# Bad input: one clear line, the documented exit code, nothing changed.
load helpers
setup() { setup_world; git qsnap init >/dev/null; }
teardown() { teardown_world; }

tree_state() { find "$WORLD/repo" -path "$WORLD/repo/.git" -prune -o -printf '%p %y %s %T@\n' | sort; }

# one_line_error: the first line of $output is the error, what follows are hints alone.
one_line_error() {
  [[ ${lines[0]} == "git-qsnap: error: "* ]] || { echo "$output" >&2; return 1; }
  local line
  for line in "${lines[@]:1}"; do [[ $line == "hint: "* ]] || { echo "not a hint: $line" >&2; return 1; }; done
}

@test "no Redis is exit 3 and names where it looked" {
  before=$(tree_state)
  expect_exit 3 git qsnap save x --redis "unix://$WORLD/nothing.sock"
  one_line_error
  expect_output nothing.sock
  expect_exit 3 git qsnap save x --redis redis://127.0.0.1:1
  one_line_error
  [ "$(tree_state)" = "$before" ]
}

@test "no Redis named is exit 2 and says how to name one" {
  unset QSNAP_REDIS_URL
  expect_exit 2 git qsnap save x
  one_line_error
  expect_output QSNAP_REDIS_URL
}

@test "a wrong password is exit 3, and the password is never printed" {
  start_redis locked "" --requirepass right-secret
  for password in wrong-secret ""; do
    QSNAP_REDIS_URL="unix://${password:+:$password@}$SOCKET_locked" run git qsnap save x
    [ "$status" = 3 ] || { echo "$status $output" >&2; false; }
    one_line_error
    refute_output wrong-secret
  done
  printf ':right-secret' > cred && chmod 600 cred
  QSNAP_REDIS_URL="unix://$SOCKET_locked" expect_exit 6 git qsnap save x --credentials cred
  chmod 644 cred
  QSNAP_REDIS_URL="unix://$SOCKET_locked" run git qsnap save x --credentials cred
  [ "$status" != 0 ]
  expect_output "chmod 600"
}

@test "a password on the command line is refused and not repeated" {
  expect_exit 2 git qsnap save x --redis redis://:hunter2@127.0.0.1:6379
  one_line_error
  refute_output hunter2
  expect_output QSNAP_REDIS_URL
}

@test "a database that is not there is exit 2" {
  start_redis live
  expect_exit 2 git qsnap save x --redis "$REDIS_live?db=99"
  one_line_error
  expect_output 99
}

@test "a host that is not this machine needs --allow-host" {
  expect_exit 6 git qsnap save x --redis redis://192.0.2.1:6379
  one_line_error
  expect_output "--allow-host"
}

@test "a server killed in mid-capture leaves nothing behind" {
  start_redis live bullmq6-before.rdb
  export QSNAP_REDIS_URL=$REDIS_live
  before=$(tree_state)
  # Stopped, it has the connection (its path is there twice) and never answers; then it dies under the capture.
  kill -STOP "$(cat "$WORLD/servers/live/pid")"
  git-qsnap save x > "$WORLD/out" 2>&1 3>&- &
  save=$!
  until [ "$(grep -cF "$SOCKET_live" /proc/net/unix)" -ge 2 ]; do kill -0 "$save"; done
  kill -KILL "$(cat "$WORLD/servers/live/pid")"
  status=0
  wait "$save" || status=$?
  [ "$status" = 3 ] || { cat "$WORLD/out" >&2; false; }
  run cat "$WORLD/out"
  refute_output "did not answer within"  # it saw the end, and did not wait it out
  [ "$(tree_state)" = "$before" ]
}

@test "Ctrl-C while waiting for a server is exit 130 and leaves nothing behind" {
  start_redis live bullmq6-before.rdb
  export QSNAP_REDIS_URL=$REDIS_live
  before=$(tree_state)
  kill -STOP "$(cat "$WORLD/servers/live/pid")"
  git-qsnap save x > "$WORLD/out" 2>&1 3>&- &
  save=$!
  until ls -l "/proc/$save/fd" 2>/dev/null | grep -q socket; do kill -0 "$save"; done
  kill -INT "$save"
  status=0
  wait "$save" || status=$?
  [ "$status" = 130 ] || { echo "$status"; cat "$WORLD/out"; false; } >&2
  [ "$(tree_state)" = "$before" ]
}

@test "what is no snapshot is exit 5 and says so" {
  start_redis live
  export QSNAP_REDIS_URL=$REDIS_live
  printf 'hello' > $SNAPSHOTS/test-cases/text.qsnap
  : > $SNAPSHOTS/test-cases/empty.qsnap
  zstd -q < /dev/null > $SNAPSHOTS/test-cases/foreign.qsnap
  printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 5\n' 0 > $SNAPSHOTS/test-cases/pointer.qsnap
  for name in text empty foreign pointer; do
    for command in "show $name" "load $name" "verify $name" "diff $name live" "fsck $name"; do
      # shellcheck disable=SC2086
      run git qsnap $command
      [ "$status" = 5 ] || { echo "$command: $status $output" >&2; false; }
    done
  done
  run git qsnap show pointer
  expect_output "Git LFS pointer"
}

@test "a future version is exit 5 and named" {
  start_redis live bullmq6-before.rdb
  git qsnap save x --redis "$REDIS_live"
  file=$SNAPSHOTS/test-cases/x.qsnap
  # the format version is the two bytes behind the magic, see docs/format.md
  printf '\x07\x00' | dd of=$file bs=1 seek=16 conv=notrunc status=none
  expect_exit 5 git qsnap show x
  one_line_error
  expect_output "7"
}

@test "bad names are exit 2 and touch nothing" {
  start_redis live bullmq6-before.rdb
  export QSNAP_REDIS_URL=$REDIS_live
  before=$(tree_state)
  for name in '' . .. ../x x/../../y baselines/../../z /etc/passwd 'a b' $'a\nb' 'a:b' -x 'x/' 'live' 'sets/x' 'config/x' \
    'x.lock/y' 'baselines/x.lock' 'baselines/x.' 'other-home/x' 'baselines/a/b/c/d/e' "baselines/$(printf 'x%.0s' {1..101})"; do
    run git qsnap save -- "$name"
    [ "$status" = 2 ] || { echo "name '$name': $status $output" >&2; false; }
  done
  [ "$(tree_state)" = "$before" ]
}

@test "symbolic links in the tree are not followed" {
  start_redis live bullmq6-before.rdb
  export QSNAP_REDIS_URL=$REDIS_live
  mkdir "$WORLD/outside"
  ln -s "$WORLD/outside" $SNAPSHOTS/test-cases/link
  run git qsnap save link/x
  [ "$status" != 0 ]
  [ -z "$(ls "$WORLD/outside")" ]
  ln -s "$WORLD/outside/y.qsnap" $SNAPSHOTS/test-cases/y.qsnap
  run git qsnap save y
  [ "$status" != 0 ]
  [ -z "$(ls "$WORLD/outside")" ]
  rm -rf $SNAPSHOTS && ln -s "$WORLD/outside" $SNAPSHOTS
  run git qsnap save z
  [ "$status" != 0 ]
  [ -z "$(ls "$WORLD/outside")" ]
}

@test "a folder that cannot be written is exit 7 and the old snapshot stays" {
  [ "$(id -u)" = 0 ] || skip "needs root for a read-only bind mount"
  start_redis live bullmq6-before.rdb
  export QSNAP_REDIS_URL=$REDIS_live
  git qsnap save x
  before=$(sha256sum $SNAPSHOTS/test-cases/x.qsnap)
  run unshare -m sh -c "mount --bind $SNAPSHOTS $SNAPSHOTS && mount -o remount,ro,bind $SNAPSHOTS && git qsnap save x --refresh"
  [ "$status" = 7 ] || { echo "$status $output" >&2; false; }
  [ "$(sha256sum $SNAPSHOTS/test-cases/x.qsnap)" = "$before" ]
}

@test "a full disk is exit 7 and the old snapshot stays" {
  [ "$(id -u)" = 0 ] || skip "needs root to mount a small file system"
  start_redis live bullmq6-before.rdb
  export QSNAP_REDIS_URL=$REDIS_live
  git qsnap save x
  run unshare -m sh -c "cp -r $SNAPSHOTS $WORLD/copy && mount -t tmpfs -o size=64k tmpfs $SNAPSHOTS &&
    cp -r $WORLD/copy/. $SNAPSHOTS && head -c 1000000 /dev/zero > $SNAPSHOTS/filler 2>/dev/null
    sha256sum $SNAPSHOTS/test-cases/x.qsnap > $WORLD/before
    git qsnap save x --refresh; status=\$?
    sha256sum $SNAPSHOTS/test-cases/x.qsnap > $WORLD/after; ls -A $SNAPSHOTS/test-cases; exit \$status"
  [ "$status" = 7 ] || { echo "$status $output" >&2; false; }
  refute_output ".qsnap-tmp"
  cmp "$WORLD/before" "$WORLD/after"
}

@test "output that cannot be written is exit 7" {
  start_redis live bullmq6-before.rdb
  git qsnap save x --redis "$REDIS_live"
  run bash -c 'git qsnap show x > /dev/full'
  [ "$status" = 7 ] || { echo "$status $output" >&2; false; }
}

@test "an error that cannot be told keeps its exit code" {
  for command in 'git-qsnap show nothing 2>/dev/full' 'git-qsnap show nothing 2>&-' 'git-qsnap show nothing --json 2>/dev/full'; do
    run bash -c "$command"
    [ "$status" = 2 ] || { echo "$status from $command" >&2; false; }
  done
}

@test "an unknown key in config.yaml is exit 2 and names the line" {
  printf 'version: 1\ncaptur:\n  prefixes: []\n' > $SNAPSHOTS/config.yaml
  start_redis live bullmq6-before.rdb
  expect_exit 2 git qsnap save x --redis "$REDIS_live"
  expect_output "config.yaml:2"
}

@test "an unknown command or option is exit 2 with a hint" {
  expect_exit 2 git qsnap svae
  expect_exit 2 git qsnap save x --no-such-option
  expect_output "hint: "
}

@test "a repository of somebody else is not opened, and the hint says how to trust it" {
  [ "$(id -u)" = 0 ] || return 0  # only root can give a folder away
  git qsnap init
  chown -R nobody .
  expect_exit 2 git qsnap list
  expect_output "safe.directory"
}

@test "a current folder that was deleted is an ordinary error" {
  mkdir gone && cd gone && rmdir "$PWD"
  expect_exit 2 git-qsnap list
  expect_output "not inside a git repository"
}

@test "empty words for prefix, queue and tag are usage errors: an empty prefix would be the whole database" {
  serve plain.rdb
  for option in --prefix --queue --tag; do
    expect_exit 2 git qsnap save state "$option" ''
    expect_output "$option must not be empty"
  done
  expect_exit 2 git qsnap show state
}
