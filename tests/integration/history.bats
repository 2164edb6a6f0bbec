#!/usr/bin/env bats
# Dated captures: git qsnap save history/, points of history, git qsnap history list, show, push and pull.
load helpers
setup() { setup_world; git qsnap init >/dev/null; serve bullmq6-after.rdb; }
teardown() { teardown_world; }

# names_of [SERIES]: of all captures that are listed, the newest first.
names_of() { git qsnap history list "$@" --json | jq -r '.listed[].name'; }

# clones NAME…: of a bare repository with the tree of this one, each beside it.
clones() {
  git add -A && git commit -qm tree
  git clone -q --bare . "$WORLD/remote.git"
  local clone
  for clone in "$@"; do git clone -q "$WORLD/remote.git" "$WORLD/$clone"; done
}

# saves COUNT SERIES: in the current folder.
saves() {
  local i
  for i in $(seq "$1"); do git qsnap save "history/$2/" >/dev/null || return 1; done
}

@test "every save is a new entry, whose index is in the tree and whose state is in the ref" {
  expect_exit 0 git qsnap save history/ -m first --tag v1
  expect_output "refs/qsnap/history/default"
  expect_exit 0 git qsnap save --history --json
  local name file
  name=$(jq -r .name <<< "$output")
  file=$(jq -r .path <<< "$output")
  [[ $name =~ ^history/[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{6}\.[0-9]{3}Z-[0-9a-f]{8}$ ]]
  [ "$file" = "$PWD/$SNAPSHOTS/$name.json" ]
  [ "$(jq -r .name "$file")" = "$name" ]
  git cat-file -e "$(jq -r .payload "$file")"
  expect_exit 0 git qsnap save --history=prod
  expect_exit 0 git qsnap save history/prod/
  [ "$(names_of | wc -l)" = 4 ]
  [ "$(names_of prod | wc -l)" = 2 ]
  [ "$(names_of history | wc -l)" = 2 ]
  expect_exit 0 git qsnap history list --tag v1 --since yesterday
  expect_output "[v1]  first"
  expect_output "1 of 4 entries"
  [ -z "$(find $SNAPSHOTS -name '*.qsnap')" ]
  expect_exit 0 git qsnap verify "$name"
  expect_exit 0 git fsck --strict
  expect_exit 0 git qsnap save history/before-migration
  [ -e $SNAPSHOTS/history/before-migration.qsnap ]
}

@test "what cannot be a series, and no name at all, is a usage error" {
  expect_exit 2 git qsnap save
  expect_output "under which name?"
  expect_exit 2 git qsnap save x --history
  expect_exit 2 git qsnap save history/2026-11-21/
  expect_output "date"
  expect_exit 2 git qsnap save history/a/b/c/
  expect_exit 2 git qsnap history list 'x y'
  expect_exit 2 git qsnap history list --since soon
  expect_exit 2 git qsnap history show flow
  expect_exit 2 git qsnap history show prod@latest
  redis-cli -s "$SOCKET_live" flushall >/dev/null
  expect_exit 6 git qsnap save history/
  expect_exit 0 git qsnap save history/ --allow-empty
}

@test "points are sides of show, diff, load and verify" {
  git qsnap save history/prod/ >/dev/null
  redis-cli -s "$SOCKET_live" set another key >/dev/null
  git qsnap save history/prod/ >/dev/null
  expect_exit 1 git qsnap diff 'prod@{1}' prod@latest
  expect_output "another"
  expect_exit 0 git qsnap diff prod@latest live
  expect_exit 1 git qsnap diff history/prod@{1} live
  expect_exit 0 git qsnap show "prod@{$(date -u -d '+1 hour' '+%Y-%m-%d %H:%M')}"
  expect_exit 2 git qsnap show 'prod@{2 days ago}'
  expect_exit 2 git qsnap show 'prod@{2}'
  expect_exit 2 git qsnap show 'prod@{two}'
  expect_exit 0 git qsnap load 'prod@{1}' --replace --yes
  expect_exit 1 git qsnap diff prod@latest live
  expect_exit 0 git qsnap history show 'prod@{1}' --json
  [ "$(jq -r '.jobs | length > 0' <<< "$output")" = true ]
  expect_exit 2 git qsnap show 'HEAD@{0}:none'  # a revision with a name behind it is one still
  refute_output "history"
}

@test "in a set the entries are the set's, and with store: tree they are files" {
  expect_exit 0 git qsnap save history/ --set feature/x
  [ "$(find $SNAPSHOTS/sets/feature%2Fx/history -name '*.json' | wc -l)" = 1 ]
  [ "$(names_of | wc -l)" = 0 ]
  [ "$(git qsnap history list --set feature/x --json 2>/dev/null | jq .entries)" = 1 ]
  expect_exit 0 git qsnap show history@latest --set feature/x
  expect_exit 2 git qsnap show history@latest
  printf 'version: 1\nhistory: {store: tree}\n' > $SNAPSHOTS/config.yaml
  expect_exit 0 git qsnap save history/prod/ --json
  [[ $(jq -r .path <<< "$output") == *.qsnap ]]
  expect_exit 0 git qsnap show "$(jq -r .name <<< "$output")"
  [ "$(git qsnap history list --json | jq -r '.listed[].home')" = tree ]
}

@test "a clone knows of captures by the index, and a pull brings them" {
  saves 2 prod
  clones a
  cd "$WORLD/a"
  expect_exit 0 git qsnap history list
  expect_output "the states of 2 are not here: git qsnap history pull"
  expect_exit 2 git qsnap show "$(names_of | head -1)"
  (cd "$WORLD/repo" && git remote add origin "$WORLD/remote.git" && git qsnap history push) >/dev/null
  expect_exit 0 git qsnap history pull
  expect_output "2 entries new here"
  expect_exit 0 git qsnap show prod@latest
  expect_exit 0 git qsnap history pull
  expect_output "0 entries new here"
  expect_exit 0 git qsnap history push --all
  expect_output "origin has all of it"
  git remote remove origin
  expect_exit 2 git qsnap history pull
  expect_output "no remote"
  expect_exit 2 git qsnap history pull "$WORLD/nothing"
  expect_exit 0 git qsnap history pull "$WORLD/remote.git"
  # The password in a URL is neither shown nor part of a ref's name.
  git config "url.$WORLD/.insteadOf" https://ada:geheim@example.com/
  expect_exit 0 git qsnap history push https://ada:geheim@example.com/remote.git
  expect_output "https://example.com/remote.git has all of it"
  refute_output geheim
  ! git for-each-ref | grep -q geheim
  # Where the repository came from somebody else, as a folder, what is fetched must not go to a branch.
  local main
  main=$(git rev-parse HEAD)
  git symbolic-ref refs/qsnap/remotes/evil/history/default "$(git symbolic-ref HEAD)"
  git remote add evil "$WORLD/remote.git"
  expect_exit 6 git qsnap history pull evil
  expect_output "is a symbolic ref"
  [ "$(git rev-parse HEAD)" = "$main" ]
}

@test "two clones that save and push at once lose nothing, and what one drops goes from both" {
  clones a b
  (cd "$WORLD/a" && for i in 1 2 3; do saves 1 a && git qsnap history push >/dev/null || exit 1; done) &
  local one=$!
  (cd "$WORLD/b" && for i in 1 2 3; do saves 1 b && git qsnap history push >/dev/null || exit 1; done)
  wait "$one"
  git -C "$WORLD/b" qsnap history pull >/dev/null  # what came last from the other one
  cd "$WORLD/a"
  git qsnap history pull >/dev/null
  [ "$(names_of | wc -l)" = 6 ]
  git qsnap tag "$(names_of b | tail -1)" --add keep >/dev/null
  git qsnap history prune --keep-last 1 --yes >/dev/null
  [ "$(names_of | wc -l)" = 3 ]
  expect_exit 0 git qsnap history push
  cd "$WORLD/b"
  expect_exit 0 git qsnap history pull
  expect_output "3 dropped"
  [ "$(names_of)" = "$(cd "$WORLD/a" && names_of)" ]
  saves 1 b
  expect_exit 0 git qsnap history push
  [ "$(names_of | wc -l)" = 4 ]
  expect_exit 0 git -C "$WORLD/remote.git" fsck --strict
}

@test "saves of four processes at once are all kept" {
  local process
  local -a processes=()
  for process in 1 2 3 4; do
    saves 5 "p$process" 3>&- &
    processes+=($!)
  done
  for process in "${processes[@]}"; do wait "$process"; done
  [ "$(names_of | wc -l)" = 20 ]
  [ "$(find $SNAPSHOTS/history -name '*.json' | wc -l)" = 20 ]
  expect_exit 0 git fsck --strict
}

@test "a lock that a killed save left is taken over; one of somebody else is waited for, and named" {
  saves 1 prod
  local lock=.git/refs/qsnap/history/default.lock
  : > $lock
  printf refs/qsnap/history/default > .git/qsnap/history.lock
  expect_exit 0 git qsnap save history/prod/
  [ ! -e $lock ]
  [ "$(names_of | wc -l)" = 2 ]
}
