#!/usr/bin/env bats
# What a reviewer sees in Git: a queue, and not a binary file. With the installed git and the driver on the PATH.
load helpers
setup() {
  setup_world
  unset GIT_EXTERNAL_DIFF GIT_PAGER
  git config include.path "$QSNAP_SOURCE/merge-driver/qsnap.gitconfig"
  echo '*.qsnap -text diff=qsnap' > .gitattributes
  git qsnap init > /dev/null
}
teardown() { teardown_world; }

FIXTURES=$QSNAP_SOURCE/tests/fixtures

# import FIXTURE FILE: the dump as a snapshot of that name.
import() {
  git qsnap import "$FIXTURES/$1" scratch --refresh > /dev/null
  mv $SNAPSHOTS/test-cases/scratch.qsnap "$2"
}

# Two commits of x.qsnap: a state, and what became of it.
commit_both() {
  import bullmq6-before.rdb x.qsnap
  git add . && git commit -qm before
  import bullmq6-after.rdb x.qsnap
  git commit -qam after
}

@test "diff, log -p and show tell of jobs, and hunk heads of which" {
  commit_both
  for command in "diff HEAD~ HEAD" "log -p -1" "show HEAD"; do
    # shellcheck disable=SC2086
    expect_exit 0 git $command
    expect_output '+      "error": "SmtpError: 421 try again later"'
    expect_output ' @@ job bullmq:bull:email waiting send'
    expect_output '+    {"job bullmq:bull:email failed send": {'
    refute_output "Binary files"
  done
  import bullmq6-before.rdb x.qsnap
  expect_exit 0 git diff -- x.qsnap
  expect_output '-      "error": "SmtpError: 421 try again later"'
  git add x.qsnap
  expect_exit 0 git diff --cached
  expect_output '-      "error": "SmtpError: 421 try again later"'
  expect_exit 0 git diff --stat HEAD~ HEAD
  expect_output "x.qsnap"
}

@test "heads of hunks name queues, schedules and keys, too, whatever their names hold" {
  start_redis live
  redis() { redis-cli -s "$SOCKET_live" "$@" > /dev/null; }
  for value in 1 2; do
    redis rpush 'a "quoted" key' a b c d e f g h i j
    redis rpush 'a "quoted" key' "$value"
    git qsnap save scratch --redis "$REDIS_live" --refresh > /dev/null
    redis del 'a "quoted" key'
    cp $SNAPSHOTS/test-cases/scratch.qsnap x.qsnap
    git add x.qsnap .gitattributes && git commit -qm "$value"
  done
  expect_exit 0 git show HEAD -- x.qsnap
  expect_output '@@ key a \"quoted\" key'
  expect_output '-        "1"'
}

@test "blame, log -G and word-diff read the same text" {
  commit_both
  expect_exit 0 git blame -s HEAD -- x.qsnap
  after=$(git rev-parse --short=8 HEAD)
  [[ $output == *"$after"*'"error": "SmtpError: 421 try again later"'* ]]
  expect_exit 0 git log -G 'SmtpError: 421 try again later' --format=%s -- x.qsnap
  [ "$output" = after ]
  expect_exit 0 git log -G 'no such text anywhere' --format=%s -- x.qsnap
  [ -z "$output" ]
  git qsnap import "$FIXTURES/bullmq6-after.rdb" scratch --description 'a "second" look' --refresh > /dev/null
  cp $SNAPSHOTS/test-cases/scratch.qsnap x.qsnap
  expect_exit 0 git diff --word-diff x.qsnap
  expect_output '"description": [-""-]{+"a \"second\" look"+},'
  expect_exit 0 git show --textconv HEAD:x.qsnap
  expect_output '{"job bullmq:bull:email failed send": {'
  git cat-file --textconv HEAD:x.qsnap | jq -e '.jobs | length > 100' > /dev/null
}

@test "range-diff compares commits of snapshots" {
  commit_both
  git branch old
  git commit -q --amend -m "after, told better"
  expect_exit 0 git range-diff HEAD~..old HEAD~..HEAD
  expect_output "after, told better"
}

@test "every dump is one JSON value, in both views, from both encodings" {
  shopt -s nullglob
  count=0
  for dump in "$FIXTURES"/*.rdb "$FIXTURES"/rdb/*.rdb; do
    git qsnap import "$dump" scratch --refresh --allow-empty --captured-at 2026-01-02T03:04:05Z > /dev/null 2>&1 || continue
    packed=$SNAPSHOTS/test-cases/scratch.qsnap
    git-qsnap-driver clean < "$packed" > stored.qsnap
    git-qsnap-driver textconv "$packed" > packed.txt
    git-qsnap-driver textconv stored.qsnap | cmp - packed.txt
    jq -e '.qsnap == 1 and (.metadata | has("captured_at") | not)' packed.txt > /dev/null
    git-qsnap-driver textconv --view full "$packed" | jq -e '.metadata.captured_at' > /dev/null
    zstd -dcq "$packed" | jq -e '.jobs | length' > jobs
    [ "$(jq '.jobs | length' packed.txt)" = "$(cat jobs)" ]
    count=$((count + 1))
  done
  [ "$count" -ge 5 ]
}

@test "a capture at another time differs in nothing" {
  import bullmq6-before.rdb x.qsnap
  git add . && git commit -qm before
  git qsnap import "$FIXTURES/bullmq6-before.rdb" scratch --captured-at 2027-01-01T00:00:00Z --refresh > /dev/null
  mv $SNAPSHOTS/test-cases/scratch.qsnap x.qsnap
  git diff --raw | grep -q x.qsnap
  expect_exit 0 git diff -- x.qsnap
  refute_output "@@"
}

@test "the view is chosen in the configuration" {
  import bullmq6-before.rdb x.qsnap
  git config qsnap.textconv full
  expect_exit 0 git-qsnap-driver textconv x.qsnap
  expect_output '"captured_at"'
  git config qsnap.textconv semantic
  expect_exit 0 git-qsnap-driver textconv x.qsnap
  refute_output '"captured_at"'
}

@test "a snapshot's name alone is enough, so that Git needs no shell" {
  commit_both
  git diff HEAD~ HEAD > by-shell.txt
  git config diff.qsnap.textconv git-qsnap-driver
  git diff HEAD~ HEAD | cmp - by-shell.txt
  expect_exit 129 git-qsnap-driver nonsense
}

@test "what is no snapshot is one line, and the diff goes on to later files" {
  commit_both
  cp x.qsnap m-cut.qsnap && truncate -s 5000 m-cut.qsnap
  : > m-empty.qsnap
  printf 'garbage\033[2J\n' > m-garbage.qsnap
  printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 123456789\n' 7 > m-pointer.qsnap
  echo text | zstd -q > m-zstd.qsnap
  echo '{"a":1}' > m-json.qsnap
  printf 'last one\n' > z.txt
  git add . && git commit -qm more
  for file in m-*.qsnap; do echo changed >> "$file"; done
  printf 'next\n' > z.txt
  expect_exit 0 git diff
  expect_output "-# a queue snapshot that cannot be read: is truncated or damaged"
  expect_output "-# an empty file, no queue snapshot"
  expect_output "-# no queue snapshot (12 bytes, sha256 "
  expect_output "-# Git LFS pointer: sha256:$(printf %064d 7), 118 MiB; git lfs pull brings the snapshot"
  expect_output "+# a damaged Git LFS pointer"
  expect_output "-# zstd data of another program"
  expect_output "-# JSON, no queue snapshot"
  refute_output $'\033'
  expect_output "+next"
}

@test "a damaged chunk is named" {
  import bullmq6-before.rdb x.qsnap
  git-qsnap-driver clean < x.qsnap > stored.qsnap
  offset=$(grep -abo 'gateway timeout' stored.qsnap | tail -n 1 | cut -d: -f1)
  printf 'X' | dd of=stored.qsnap bs=1 seek="$offset" conv=notrunc status=none
  expect_exit 0 git-qsnap-driver textconv stored.qsnap
  [[ $output == "# a queue snapshot that cannot be read: chunk "[0-9]*": "* ]]
  [ "${#lines[@]}" = 1 ]
}

@test "unreadable paths end with 0, too, and with one line" {
  expect_exit 0 git-qsnap-driver textconv nowhere.qsnap
  [[ $output == "# cannot open nowhere.qsnap: No such file or directory" ]]
  expect_exit 0 git-qsnap-driver textconv .
  expect_output "# cannot read .: not a regular file"
  mkfifo pipe.qsnap
  expect_exit 0 git-qsnap-driver textconv pipe.qsnap
  expect_output "# cannot read pipe.qsnap: not a regular file"
}

@test "without the driver on the PATH git says what is missing" {
  commit_both
  git config diff.qsnap.textconv no-git-qsnap-driver
  expect_exit 128 git diff HEAD~ HEAD
  expect_output "cannot run no-git-qsnap-driver"
  expect_exit 0 git diff --no-textconv HEAD~ HEAD
  expect_output "Binary files a/x.qsnap and b/x.qsnap differ"
}
