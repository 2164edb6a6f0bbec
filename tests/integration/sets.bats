#!/usr/bin/env bats
# Branch-specific sets. The table of which set a command works in is a unit test (tests/unit/app/set_choice_test.cpp).
load helpers
setup() { setup_world; git qsnap init >/dev/null; rules; }
teardown() { teardown_world; }

rules() {
  cat >> $SNAPSHOTS/config.yaml <<'YAML'
sets:
  - branches: "feature/*"
    parent: "release/*"
  - branches: "release/*"
YAML
  git add -A && git commit -qm rules
}

own() { printf '%s' "$SNAPSHOTS/sets/$1/test-cases/$2.qsnap"; }

# put NAME STATE [OPTION…]: a snapshot with one of two states.
put() { git qsnap import "$QSNAP_SOURCE/tests/fixtures/$2.rdb" "$1" --captured-at 2026-01-02T03:04:05Z "${@:3}"; }

@test "a set holds only what differs, and each list says whose a snapshot is" {
  put flow bullmq6-before >/dev/null
  put other bullmq6-before >/dev/null
  git add -A && git commit -qm main
  git checkout -qb release/2.0
  expect_exit 0 put flow bullmq6-before
  expect_output "git-qsnap: set release/2.0, then default (branch release/2.0)"
  expect_output "same meaning as in default, kept"
  [ ! -e $SNAPSHOTS/sets ]
  expect_exit 0 put flow bullmq6-after
  [ -e "$(own release%2F2.0 flow)" ]
  git add -A && git commit -qm release
  git checkout -qb feature/x
  expect_exit 0 git qsnap list
  expect_output "git-qsnap: set feature/x, then release/2.0, then default (branch feature/x)"
  [[ $output =~ test-cases/flow\ +from\ release/2.0 ]]
  [[ $output =~ test-cases/other\ +from\ default ]]
  put flow bullmq6-before >/dev/null
  [ -e "$(own feature%2Fx flow)" ]
  expect_exit 0 git qsnap show flow
  expect_output "set          feature/x"
  # Equal to the parent's again: the set's own goes.
  expect_exit 0 put flow bullmq6-after
  expect_output "test-cases/flow: as in release/2.0, so the set has none of its own any more"
  [ ! -e "$(own feature%2Fx flow)" ]
  expect_exit 0 git qsnap list --all
  expect_output "sets/release%2F2.0/test-cases/flow"
  expect_exit 0 git qsnap list --json  # and nothing on standard error
  jq -e '.snapshots[0] | .set == "release/2.0" and .owner == "inherited"' <<< "$output"
  expect_exit 2 git qsnap show unknown --json
  jq -e '.hints[-1] == "set feature/x, then release/2.0, then default (branch feature/x)"' <<< "$output"
}

@test "set list, show, diff, create, rename and drop" {
  put flow bullmq6-before >/dev/null
  git add -A && git commit -qm main
  expect_exit 0 git qsnap set list
  expect_output "no sets but the default one"
  git checkout -qb feature/x
  put flow bullmq6-after >/dev/null
  put mine bullmq6-after >/dev/null
  expect_exit 0 git qsnap set list
  [[ $output =~ \*\ feature/x\ +2\ own\ +has\ its\ branch\;\ then\ default ]]
  expect_exit 0 git qsnap set show
  [[ $output =~ test-cases/flow\ +overrides\ +that\ of\ default ]]
  [[ $output =~ test-cases/mine\ +added\ +no\ ancestor\ has\ it ]]
  expect_exit 1 git qsnap set diff --stat
  expect_output "test-cases/flow"
  expect_output "test-cases/mine"
  expect_exit 1 git qsnap set diff feature/x default --format=json
  expect_exit 0 git qsnap set create feature/pinned --parent feature/x -m "on top of x"
  expect_output "created set feature/pinned, which inherits from feature/x"
  expect_exit 6 git qsnap set create feature/pinned
  expect_exit 6 git qsnap set create feature/Pinned
  expect_exit 2 git qsnap set create feature/..
  expect_exit 0 git qsnap set list --branch feature/pinned
  expect_output "then feature/x, then default (the set says so)"
  git branch -qm feature/y
  expect_exit 0 git qsnap list
  expect_output "the branch feature/y was called feature/x"
  expect_output "git qsnap set rename feature/x feature/y"
  mkdir $SNAPSHOTS/sets/broken && echo '{' > $SNAPSHOTS/sets/broken/set.json
  expect_exit 5 git qsnap set rename feature/x feature/y
  [ ! -e "$SNAPSHOTS/sets/feature%2Fy" ]
  rm -r $SNAPSHOTS/sets/broken
  expect_exit 0 git qsnap set rename feature/x feature/y
  expect_output "feature/pinned inherits from feature/y now"
  expect_exit 2 git qsnap set rename feature/x feature/z
  expect_exit 6 git qsnap set drop feature/y --yes
  expect_output "HEAD does not have 2 files of the set feature/y as it is here"
  git add -A && git commit -qm sets
  git qsnap tag mine --add note >/dev/null 2>&1  # the same state, and still nobody else has it
  expect_exit 6 git qsnap set drop feature/y --yes
  expect_output "1 file of the set feature/y as it is here: sets/feature%2Fy/test-cases/mine.qsnap"
  git checkout -q $SNAPSHOTS
  echo removed > "$SNAPSHOTS/sets/feature%2Fy/test-cases/other.removed"
  expect_exit 6 git qsnap set drop feature/y --yes
  expect_output "test-cases/other.removed"
  rm "$SNAPSHOTS/sets/feature%2Fy/test-cases/other.removed"
  expect_exit 6 git qsnap set drop feature/y </dev/null
  expect_output "hint: --yes drops it without a question"
  expect_exit 0 git qsnap set drop feature/y --yes
  expect_output "sets/feature%2Fy/test-cases/flow.qsnap"
  [ ! -e "$SNAPSHOTS/sets/feature%2Fy" ]
  [ -e "$SNAPSHOTS/sets/feature%2Fpinned/set.json" ]
  expect_exit 2 git qsnap set drop feature/y --yes
  expect_exit 0 git qsnap list
  expect_output "from default"
}

@test "what is asserted in a set waits for that set, wherever it is accepted" {
  serve bullmq6-before.rdb
  git qsnap save flow >/dev/null
  git add -A && git commit -qm main
  git checkout -qb feature/x
  serve bullmq6-after.rdb
  expect_exit 1 git qsnap assert flow
  expect_exit 0 git qsnap pending
  expect_output "sets/feature%2Fx/test-cases/flow"
  git checkout -q main
  expect_exit 0 git qsnap accept flow
  [ -e "$(own feature%2Fx flow)" ]
  git diff --quiet
  git checkout -q feature/x
  expect_exit 0 git qsnap verify flow
  expect_exit 0 git qsnap log flow --set default
  expect_exit 0 git qsnap accept --undo
  [ ! -e "$(own feature%2Fx flow)" ]
  expect_exit 1 git qsnap assert flow --set default
  expect_exit 2 git qsnap accept flow  # whose?
  expect_output "sets/feature%2Fx/test-cases/flow"
  expect_exit 0 git qsnap accept test-cases/flow --dry-run
  expect_exit 0 git qsnap reject test-cases/flow
  [ ! -e "$SNAPSHOTS/sets/feature%2Fx/test-cases/flow.removed" ]
}

@test "commands that go by files know the set's file, and those for all snapshots all sets" {
  put flow bullmq6-before >/dev/null
  git add -A && git commit -qm main
  git checkout -qb feature/x
  put flow bullmq6-after >/dev/null
  put mine bullmq6-after >/dev/null
  git add -A && git commit -qm feature
  put mine bullmq6-before >/dev/null
  expect_exit 1 git qsnap diff mine --name-only
  expect_exit 0 git qsnap diff flow
  expect_exit 1 git qsnap diff HEAD mine --name-only
  expect_output "sets/feature%2Fx/test-cases/mine"
  expect_exit 1 git qsnap diff --name-only
  expect_output "sets/feature%2Fx/test-cases/mine"
  refute_output "test-cases/flow"
  expect_exit 1 git qsnap diff test-cases/flow sets/feature%2Fx/test-cases/flow --set default --stat
  expect_exit 0 git qsnap log flow
  expect_output "feature"
  refute_output "main  "
  expect_exit 0 git qsnap stats
  expect_output "sets/feature%2Fx/test-cases/mine"
  expect_exit 0 git qsnap fsck
  expect_output "sets/feature%2Fx/test-cases/flow"
  printf x >> "$(own feature%2Fx flow)"
  expect_exit 5 git qsnap fsck
  expect_exit 0 git qsnap fsck flow --set default
}

@test "an inherited snapshot that nobody asserts any more is removed from the set alone" {
  put flow bullmq6-before >/dev/null
  put gone bullmq6-before >/dev/null
  git checkout -qb feature/x
  serve bullmq6-before.rdb
  QSNAP_RUN_ID=r git qsnap assert flow >/dev/null 2>&1
  expect_exit 0 git qsnap obsolete --run r --complete --propose
  expect_exit 0 git qsnap accept gone
  [ -e "$SNAPSHOTS/test-cases/gone.qsnap" ]
  [ -e "$SNAPSHOTS/sets/feature%2Fx/test-cases/gone.removed" ]
  expect_exit 0 git qsnap list
  [[ $output =~ test-cases/gone\ +removed\ +not\ part\ of\ this\ set ]]
  expect_exit 2 git qsnap show gone
  expect_exit 0 git qsnap show gone --set default
  expect_exit 0 git qsnap set show
  [[ $output =~ test-cases/gone\ +removed\ +that\ of\ default ]]
}

@test "a name means the set's snapshot where that is in conflict, and a set's name is harmless in a hint" {
  put flow bullmq6-before >/dev/null
  git add -A && git commit -qm main
  git checkout -qb feature/x
  put flow bullmq6-after >/dev/null
  git add -A && git commit -qm ours
  git checkout -qb other main
  put flow plain --set feature/x >/dev/null
  git add -A && git commit -qm theirs
  git checkout -q feature/x
  expect_exit 1 git merge other
  git qsnap album create all >/dev/null && git qsnap album add all flow >/dev/null
  git qsnap album show all --json 2>/dev/null | jq -e '.members[0].state == "conflicted"'
  git qsnap album show all --set default --json | jq -e '.members[0].state == "present"'
  expect_exit 5 git qsnap conflicts flow
  expect_output "sets/feature%2Fx/test-cases/flow"
  echo "<<<<<<< no config" > ../config && cp $SNAPSHOTS/config.yaml ../kept && cp ../config $SNAPSHOTS/config.yaml
  expect_exit 5 git qsnap conflicts sets/feature%2Fx/test-cases/flow
  cp ../kept $SNAPSHOTS/config.yaml
  expect_exit 0 git qsnap resolve flow --ours
  expect_exit 0 git qsnap unresolve flow
  expect_exit 0 git qsnap resolve test-cases/flow --ours
  git commit -qm merged
  expect_exit 0 git qsnap set create '$(touch evil)'
  expect_exit 2 git qsnap set promote nothing
  expect_output "git qsnap set promote '\$(touch evil)'"
}
