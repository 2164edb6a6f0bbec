#!/usr/bin/env bats
# git qsnap history prune, archive, restore, compact, stats.
load helpers

setup() {
  setup_world
  git qsnap init >/dev/null
  git config gc.auto 0
  git add -A; git commit -qm tree
  serve bullmq6-before.rdb
}
teardown() { teardown_world; }

capture() {  # capture N [OPTIONS…]: so many different states, in series prod
  local i count=$1
  shift
  for i in $(seq "$count"); do
    redis-cli -s "$SOCKET_live" HSET bull:email:meta "opts.maxLenEvents" "$RANDOM$i" >/dev/null
    git qsnap save history/prod/ "$@" >/dev/null 2>&1
  done
}
names() { git qsnap history stats --json | jq -r '.series[].entries[].name' | sort; }
valid() { /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" "$QSNAP_SOURCE/schemas/v1/$1.schema.json" <(printf '%s' "$output"); }

@test "prune tells every decision, asks, drops, and says how to undo it" {
  capture 3
  capture 1 --tag v1
  capture 2
  all=$(names)
  expect_exit 6 git qsnap history prune --yes
  expect_output "nothing says what is to be kept"
  expect_output "keep:"
  expect_exit 0 git qsnap history prune --dry-run --keep-last 2
  expect_output "6 entries: 3 stay, 3 go"
  expect_output "last 2 of 2"
  expect_output "tagged v1"
  expect_output "older than all that the rules keep"
  expect_exit 6 git qsnap history prune --keep-last 2
  expect_output "--dry-run, then say --yes"
  [ "$(names)" = "$all" ]
  expect_exit 0 git qsnap history prune --dry-run --keep-last 2 --json; valid history-prune
  printf 'version: 1\nkeep:\n  last: 2\n' > $SNAPSHOTS/config.yaml
  expect_exit 2 git qsnap history prune --series other --yes
  expect_output "git qsnap history list"
  expect_exit 0 git qsnap history prune --yes
  expect_output "dropped 3 entries"
  expect_output "took 3 files out of the work tree"
  [ "$(names | wc -l)" = 3 ]
  [ "$(find $SNAPSHOTS/history -name '*.json' | wc -l)" = 3 ]
  undo=$(grep -o 'git update-ref .*' <<< "$output")
  expect_exit 0 git qsnap history prune --yes --json; valid history-prune
  [ "$(jq .dropped <<< "$output")" = 0 ]
  $undo
  expect_exit 128 $undo  # where something was saved since, it refuses
  [ "$(names)" = "$all" ]
  git fsck --strict
}

@test "archive to a folder, read there by every command, and back" {
  capture 3
  mkdir "$WORLD/vault"
  expect_exit 2 git qsnap history archive --to "$WORLD/none" --keep-last 1 --yes
  expect_output "mkdir -p"
  expect_exit 6 git qsnap history archive --to .queue-snapshots --keep-last 1 --yes
  [ "$(names | wc -l)" = 3 ]
  expect_exit 0 git qsnap history archive --to "$WORLD/vault" --keep-last 1 --dry-run
  expect_output "2 entries would go to"
  [ -z "$(ls "$WORLD/vault")" ]
  expect_exit 0 git qsnap history archive --to "$WORLD/vault" --keep-last 1 --yes
  expect_output "archived 2 entries"
  expect_output "all read back and equal"
  [ "$(names | wc -l)" = 1 ]
  file=$(find "$WORLD/vault" -name '*.qsnap' | sort | head -1)
  expect_exit 0 git qsnap show "$file"
  expect_exit 0 git qsnap diff "$file" "$file"
  expect_exit 0 git qsnap history archive --to "$WORLD/vault" --keep-last 1 --yes --json; valid history-archive
  expect_exit 0 git qsnap history restore --from "$WORLD/vault"
  expect_output "restored 2 entries"
  [ "$(names | wc -l)" = 3 ]
  expect_exit 0 git qsnap history restore --from "$WORLD/vault" --json; valid history-restore
  [ "$(names | wc -l)" = 3 ]
}

@test "archive to a remote, and back into another clone" {
  capture 3
  git init -q --bare -b main "$WORLD/remote.git"
  git remote add origin ../remote.git
  git push -q origin main
  expect_exit 0 git qsnap history archive --to origin --keep-last 1 --yes --json; valid history-archive
  ref=$(jq -r .archive_ref <<< "$output")
  [ "$(jq .verified <<< "$output")" = 2 ]
  git -C "$WORLD/remote.git" rev-parse -q --verify "$ref"
  git clone -q "$WORLD/remote.git" "$WORLD/clone"
  cd "$WORLD/clone"
  expect_exit 0 git qsnap history restore --from origin
  expect_output "restored 2 entries"
  [ "$(names | wc -l)" = 2 ]
  expect_exit 2 git qsnap history restore --from "$WORLD/nowhere.git/"
}

@test "an archive in a place that is full, or is not to be written to, drops nothing" {
  capture 2
  mkdir "$WORLD/vault"
  echo "in the way" > "$WORLD/vault/history"
  expect_exit 6 git qsnap history archive --to "$WORLD/vault" --keep-last 1 --yes
  [ "$(names | wc -l)" = 2 ]
  git remote add gone "$WORLD/gone.git"
  expect_exit 2 git qsnap history archive --to gone --keep-last 1 --yes
  [ "$(names | wc -l)" = 2 ]
  [ "$(git for-each-ref --format='%(refname)' refs/qsnap)" = refs/qsnap/history/default ]
}

@test "what is saved with a tag beside a prune stays" {
  capture 4
  for i in 1 2 3; do
    git qsnap save history/prod/ --tag "t$i" >"$WORLD/saved$i" 2>&1 3>&- &
  done
  for i in 1 2 3; do
    git qsnap history prune --keep-last 1 --yes >/dev/null
  done
  wait
  git qsnap history prune --keep-last 1 --yes >/dev/null
  [ "$(git qsnap history prune --keep-last 1 --dry-run --json | jq '[.series[].entries[].reasons[] | select(startswith("tagged t"))] | length')" = 3 ]
  git fsck --strict
}

@test "stats tell what each capture takes, and compact makes it less" {
  capture 4
  git qsnap save history/ >/dev/null 2>&1
  expect_exit 0 git qsnap history stats
  expect_output "5 states of them not packed yet"
  expect_output "history/prod/"
  expect_exit 0 git qsnap history stats --json; valid history-stats
  expect_exit 0 git qsnap history stats history
  refute_output "history/prod/"
  expect_exit 2 git qsnap history stats other
  expect_exit 0 git qsnap history compact --dry-run --json; valid history-compact
  expect_exit 0 git qsnap history compact --json; valid history-compact
  [ "$(jq '.after_bytes * 2 < .before_bytes' <<< "$output")" = true ]
  expect_exit 0 git qsnap history stats
  refute_output "not packed yet"
  git qsnap history prune --keep-last 1 --yes >/dev/null
  expect_exit 0 git qsnap history compact
  [ "$(git count-objects -v | sed -n 's/^count: //p')" -lt 20 ]
  git fsck --strict
}
