#!/usr/bin/env bats
# git qsnap merge: branches with snapshots, in a clone where nothing is installed.
load helpers
setup() { setup_world; }
teardown() { teardown_world; }

FLOW=$SNAPSHOTS/test-cases/flow.qsnap

# commit CASE SIDE [NAME]: that side of a case of merge-driver/cases as test-cases/NAME (flow).
commit() {
  mkdir -p $SNAPSHOTS/test-cases
  "$QSNAP_BIN/../tests/case_document" pack "$QSNAP_SOURCE/merge-driver/cases/$1/$2.json" "$SNAPSHOTS/test-cases/${3:-flow}.qsnap"
  git add -A && git commit -qm "$1 $2"
}

# branches CASE: main has ours, other has theirs.
branches() {
  commit "$1" base
  git checkout -qb other && commit "$1" theirs
  git checkout -q main && commit "$1" ours
}

expected() { "$QSNAP_BIN/../tests/case_document" pack "$QSNAP_SOURCE/merge-driver/cases/$1/expected.json" "$WORLD/expected.qsnap"; }

@test "a branch merges by meaning, and becomes the commit that git merge makes" {
  branches moved-and-edited
  expect_exit 1 git merge other  # without a driver
  git merge --abort
  expect_exit 0 git qsnap merge other
  expect_output "other: merged"
  expected moved-and-edited
  cmp "$WORLD/expected.qsnap" $FLOW
  [ -z "$(git status --porcelain --untracked-files=no)" ]
  [ "$(git log -1 --format=%s)" = "Merge branch 'other'" ]
  [ "$(git rev-list --parents -1 HEAD | wc -w)" = 3 ]
  expect_exit 0 git qsnap merge other
  expect_output "nothing to merge"
  [ -z "$(git config --get-regexp 'qsnap')" ]
}

@test "--dry-run changes nothing and tells what would conflict" {
  branches one-member-of-a-payload
  before=$(git rev-parse HEAD; git status --porcelain; cksum $FLOW)
  expect_exit 1 git qsnap merge --dry-run other --json
  jq -e '.clean == false and .heads[0].outcome == "conflicts" and .heads[0].conflicts == [".queue-snapshots/test-cases/flow.qsnap"] and (has("commit") | not)' <<< "$output"
  printf '%s' "$output" > "$WORLD/out.json"
  git qsnap schema merge > "$WORLD/schema.json"
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" "$WORLD/schema.json" "$WORLD/out.json"
  [ "$before" = "$(git rev-parse HEAD; git status --porcelain; cksum $FLOW)" ]
}

@test "conflicts are left as git merge leaves them, in a snapshot that carries them" {
  branches one-member-of-a-payload
  expect_exit 1 git qsnap merge other
  expect_output "other: in conflict"
  expect_output "test-cases/flow.qsnap"
  git rev-parse -q --verify MERGE_HEAD
  [ "$(git ls-files -u | wc -l)" = 3 ]
  expected one-member-of-a-payload
  cmp "$WORLD/expected.qsnap" $FLOW
  expect_exit 6 git qsnap merge other
  expect_output "a merge is not finished yet"
  git merge --abort
}

@test "several branches, one after the other, which an octopus merge cannot" {
  commit moved-and-edited base
  git branch second
  git checkout -qb first && commit moved-and-edited theirs
  git checkout -q second && commit tags-and-description base another
  git checkout -q main && commit moved-and-edited ours
  expect_exit 2 git merge first second
  git reset -q --hard
  expect_exit 0 git qsnap merge first second
  expected moved-and-edited
  cmp "$WORLD/expected.qsnap" $FLOW
  [ -f $SNAPSHOTS/test-cases/another.qsnap ]
}

@test "the branches behind one with conflicts are left alone" {
  branches one-member-of-a-payload
  git checkout -qb third main~1 && commit moved-and-edited base another
  git checkout -q main
  expect_exit 1 git qsnap merge other third --json
  [ "$(jq -r '[.heads[].outcome] | join(" ")' <<< "$output")" = "conflicts not-looked-at" ]
  [ "$(git rev-parse MERGE_HEAD)" = "$(git rev-parse other)" ]
}

@test "nothing that the repository configures is run" {
  printf '*.txt merge=evil\n*.dat filter=evil\n' > .gitattributes
  echo a > a.txt && git add -A && git commit -qm attributes
  commit moved-and-edited base
  git checkout -qb other && echo theirs > a.txt && commit moved-and-edited theirs
  git checkout -q main && echo ours > a.txt && commit moved-and-edited ours
  evil="touch $WORLD/ran; false"
  git config merge.evil.driver "$evil"
  git config merge.qsnap.driver "$evil"
  git config filter.evil.smudge "$evil"
  git config filter.evil.clean "$evil"
  git config filter.qsnap.clean "$evil"
  git config commit.gpgSign true
  git config gpg.program "$WORLD/evil"
  printf '#!/bin/sh\n%s\n' "$evil" | tee "$WORLD/evil" .git/hooks/pre-merge-commit > .git/hooks/post-merge
  chmod +x "$WORLD/evil" .git/hooks/pre-merge-commit .git/hooks/post-merge
  printf '/.queue-snapshots/**/*.qsnap merge=qsnap filter=qsnap\n' > .git/info/attributes
  expect_exit 1 git qsnap merge other
  expect_output "a.txt"
  refute_output "flow.qsnap"
  [ ! -e "$WORLD/ran" ]
  git merge --abort
  run git merge other
  [ -e "$WORLD/ran" ]  # it would have been
}

@test "a file that goes through a filter of somebody else's is not ours to merge" {
  printf '*.dat filter=other\n' > .gitattributes
  commit moved-and-edited base
  git checkout -qb other && echo theirs > a.dat && commit moved-and-edited theirs
  git checkout -q main && commit moved-and-edited ours
  before=$(git rev-parse HEAD)
  expect_exit 6 git qsnap merge other
  expect_output "a.dat goes through the filter other"
  [ "$before" = "$(git rev-parse HEAD)" ]
}

@test "git's own refusals come through, and names that are options are no names" {
  branches moved-and-edited
  echo changed > $FLOW
  expect_exit 2 git qsnap merge other
  expect_output "would be overwritten by merge"
  expect_exit 2 git qsnap merge nothing
  expect_output "there is no commit nothing"
  expect_exit 2 git qsnap merge -- --help
}
