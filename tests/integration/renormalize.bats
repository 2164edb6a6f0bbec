#!/usr/bin/env bats
# git qsnap renormalize: packed snapshots in the index become stored ones.
load helpers

setup() {
  setup_world
  git qsnap init >/dev/null
  serve bullmq6-before.rdb
  git qsnap save flow >/dev/null
  git qsnap save other >/dev/null
  git add -A
  git commit -qm "without the filter"
}
teardown() { teardown_world; }

with_filter() {
  use_clean_filter
  echo '*.qsnap -text filter=qsnap' > .git/info/attributes
}

@test "renormalize stages the stored form, leaves the work tree alone, and status shows staged changes only" {
  with_filter
  sums=$(sha256sum $SNAPSHOTS/test-cases/*.qsnap)
  expect_exit 0 git qsnap renormalize
  expect_output "staged 2 snapshots"
  expect_output "git commit -m"
  [ "$(sha256sum $SNAPSHOTS/test-cases/*.qsnap)" = "$sums" ]
  [ "$(git status --porcelain | cut -c1-2 | sort -u)" = "M " ]
  for name in flow other; do
    git cat-file blob ":$SNAPSHOTS/test-cases/$name.qsnap" > "$WORLD/blob"
    cmp <(git-qsnap-driver clean < $SNAPSHOTS/test-cases/$name.qsnap) "$WORLD/blob"
    cmp <(zstd -dcq $SNAPSHOTS/test-cases/$name.qsnap) <(zstd -dcq < "$WORLD/blob")
  done
  git commit -qm stored
  [ -z "$(git status --porcelain)" ]
  touch $SNAPSHOTS/test-cases/flow.qsnap
  [ -z "$(git status --porcelain)" ]
  expect_exit 0 git qsnap renormalize
  expect_output "every snapshot in the index has the form"
}

@test "renormalize --dry-run changes nothing, and without the filter it says what that means" {
  index=$(git ls-files -s | sha256sum)
  expect_exit 0 git qsnap renormalize --dry-run
  expect_output "2 snapshots would be stored"
  expect_output "git qsnap install"
  [ "$(git ls-files -s | sha256sum)" = "$index" ]
  expect_exit 0 git qsnap renormalize --dry-run --json
  [ "$(jq -c '[.written, .has_filter, (.snapshots | length)]' <<< "$output")" = '[false,false,2]' ]
}

@test "modes, other staged changes and paths with odd names stay as they are; broken ones are left out" {
  with_filter
  odd=$SNAPSHOTS/test-cases/$'a\tb "\n.qsnap'
  cp $SNAPSHOTS/test-cases/flow.qsnap "$odd"
  echo garbage > $SNAPSHOTS/test-cases/garbage.qsnap
  git -c filter.qsnap.clean= add -A
  git update-index --chmod=+x $SNAPSHOTS/test-cases/flow.qsnap
  git -c filter.qsnap.clean= commit -qm more
  echo staged > file; git add file
  (mkdir -p deep && cd deep && expect_exit 0 git qsnap renormalize)
  [ "$(git ls-files -s $SNAPSHOTS/test-cases/flow.qsnap | cut -d' ' -f1)" = 100755 ]
  [ "$(git cat-file blob ":$SNAPSHOTS/test-cases/garbage.qsnap")" = garbage ]
  git cat-file blob ":$odd" | zstd -dcq >/dev/null
  git ls-files -z -s | grep -zq "$(git ls-files -s $SNAPSHOTS/test-cases/flow.qsnap | cut -d' ' -f2)"
  [ "$(git diff --cached --name-only | grep -c .)" = 4 ]
}

@test "renormalize works with a split index, in a sha256 repository, and keeps a sparse checkout sparse" {
  with_filter
  git update-index --split-index
  expect_exit 0 git qsnap renormalize
  git commit -qm stored
  git reset -q --hard HEAD~1
  git sparse-checkout set --no-cone '/*' '!/.queue-snapshots/test-cases/other.qsnap'
  [ ! -e $SNAPSHOTS/test-cases/other.qsnap ]
  expect_exit 0 git qsnap renormalize
  [ -z "$(git status --porcelain | grep '^.[DM]')" ]
  git ls-files -t | grep -q '^S .*other.qsnap'
  git init -q -b main --object-format=sha256 "$WORLD/sha256"
  cp -r $SNAPSHOTS "$WORLD/sha256"; cd "$WORLD/sha256"; with_filter
  git -c filter.qsnap.clean= add -A; git commit -qm packed
  expect_exit 0 git qsnap renormalize
  git fsck --strict
}

@test "renormalize is refused while a snapshot is not merged" {
  git checkout -qb side
  serve bullmq6-after.rdb
  git qsnap save flow >/dev/null; git commit -qam side
  git checkout -q main
  git qsnap save flow -m "ours" >/dev/null; git commit -qam ours
  git merge side >/dev/null 2>&1 || true
  expect_exit 6 git qsnap renormalize
  expect_output "Git has not finished merging .queue-snapshots/test-cases/flow.qsnap"
}

@test "renormalize runs no filter, not even of files that changed a moment ago" {
  # Whoever writes the index looks again at files that are as new as the index, through their filter.
  mark=$WORLD/ran
  git config filter.evil.clean "touch $mark; cat"
  git config filter.eviltwo.process "touch $mark"
  git config filter.eviltwo.required true
  echo one > one; echo two > two
  printf 'one filter=evil\ntwo filter=eviltwo\n' > .git/info/attributes
  git -c filter.evil.clean= -c filter.eviltwo.process= -c filter.eviltwo.required=false add -A
  touch -d '2030-01-01' one two  # never older than the index
  git -c filter.evil.clean= -c filter.eviltwo.process= -c filter.eviltwo.required=false add -A
  git -c filter.eviltwo.process= -c filter.eviltwo.required=false update-index --refresh >/dev/null || true
  rm -f "$mark"
  expect_exit 0 git qsnap renormalize
  expect_output "staged 2 snapshots"
  [ ! -e "$mark" ]
  git config 'filter.a=b.clean' "touch $mark"
  git reset -q --soft HEAD
  git -c filter.evil.clean= -c filter.eviltwo.process= -c filter.eviltwo.required=false read-tree HEAD
  expect_exit 6 git qsnap renormalize
  expect_output "filter.a=b is configured, a filter that could run"
}
