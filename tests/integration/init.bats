#!/usr/bin/env bats
load helpers
setup() { setup_world; }
teardown() { teardown_world; }

@test "init makes the tree, and a second init changes nothing" {
  expect_exit 0 git qsnap init
  [ -f $SNAPSHOTS/config.yaml ] && [ -d $SNAPSHOTS/baselines ] && [ -d $SNAPSHOTS/test-cases ] && [ -d $SNAPSHOTS/history ]
  git add -A && git commit -qm init
  expect_exit 0 git qsnap init
  [ -z "$(git status --porcelain)" ]
}

@test "init works from a subfolder and makes the tree at the root" {
  mkdir -p deep/er && cd deep/er
  expect_exit 0 git qsnap init
  [ -d "$WORLD/repo/$SNAPSHOTS" ] && [ ! -e $SNAPSHOTS ]
}

@test "init outside of a repository says so and hints at git init" {
  cd "$WORLD"
  expect_exit 2 git-qsnap init
  expect_output "hint: "
  expect_output "git init"
}

@test "a command without a tree hints at init" {
  expect_exit 2 git qsnap list
  expect_output "git qsnap init"
}
