#!/usr/bin/env bats
# Every JSON that the tool prints is what schemas/v1 says.
load helpers
setup() { setup_world; told=(); }
teardown() { teardown_world; }

# valid SCHEMA: $output is to be a valid document of that schema. It is in out.json, and looked at by all_valid: one
# Python for all of them.
valid() {
  mkdir -p ../told
  git qsnap schema "$1" > "../told/$1.schema.json"
  told+=("../told/$1.schema.json" "../told/${#told[@]}.$1.json")
  printf '%s' "$output" | tee "${told[-1]}" > out.json
}

all_valid() { validate "${told[@]}"; }

validate() { /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" "$@"; }

@test "the JSON of every command is valid" {
  expect_exit 0 git qsnap init --json; valid init
  serve bullmq6-before.rdb
  expect_exit 0 git qsnap save flow --json; valid save
  expect_exit 0 git qsnap save flow --json; valid save
  expect_exit 0 git qsnap import "$QSNAP_SOURCE/tests/fixtures/rdb/v9-by-hand.rdb" dumped --json; valid import
  expect_exit 0 git qsnap list --json; valid list
  expect_exit 0 git qsnap show flow --json; valid show
  expect_exit 0 git qsnap show flow --full --json; valid show
  expect_exit 0 git qsnap show flow --queue email --state waiting --json; valid show
  expect_exit 0 git qsnap fsck --json; valid fsck
  expect_exit 0 git qsnap fsck --fix flow --json; valid fsck
  expect_exit 0 git qsnap detect --json; valid detect
  expect_exit 0 git qsnap save forced --framework sidekiq=none --json; valid save
  expect_exit 0 git qsnap show forced --json; valid show
  expect_exit 0 git qsnap list --json; valid list
  QSNAP_RUN_ID=r git qsnap verify flow >/dev/null
  expect_exit 0 git qsnap obsolete --run r --json; valid obsolete
  expect_exit 0 git qsnap obsolete --runs --json; valid runs
  expect_exit 0 git qsnap load flow --dry-run --replace --active=requeue --json; valid load
  expect_exit 0 git qsnap verify flow --json; valid verify
  expect_exit 0 git qsnap assert flow --json; valid assert
  expect_exit 1 git qsnap assert unheard-of --update=pending --json; valid assert
  expect_exit 0 git qsnap tag flow --add tried --json; valid tag
  expect_exit 0 git qsnap album create mail --tag tried --json; valid album-change
  expect_exit 0 git qsnap album add mail flow dumped --note first --json; valid album-change
  expect_exit 0 git qsnap album show mail --json; valid album-view
  expect_exit 0 git qsnap album list --json; valid album-list
  output=$(cat $SNAPSHOTS/albums/mail.json); valid album
  expect_exit 0 git qsnap set create other --json; valid set-change
  output=$(cat $SNAPSHOTS/sets/other/set.json); valid set-file
  expect_exit 0 git qsnap save flow --set other -m mine --json 2>/dev/null; output=$(sed '/^git-qsnap: /d' <<< "$output"); valid save
  output=$(git qsnap list --set other --json 2>/dev/null); valid list
  output=$(git qsnap verify flow --set other --json 2>/dev/null); valid verify
  output=$(git qsnap assert flow --set other --json 2>/dev/null); valid assert
  output=$(git qsnap show flow --set other --json 2>/dev/null); valid show
  expect_exit 0 git qsnap set list --json; valid set-list
  expect_exit 0 git qsnap set show other --json; valid set-show
  expect_exit 0 git qsnap set rename other another --json; valid set-change
  expect_exit 0 git qsnap set drop another --yes --force --json; valid set-change
  git add -A && git commit -qm first
  expect_exit 0 git qsnap stats --json; valid stats
  expect_exit 0 git qsnap stats flow --history 3 --json; valid stats
  expect_exit 0 git qsnap stats live --json; valid stats
  expect_exit 0 git qsnap log flow --json; valid log
  job=$(git qsnap show flow --queue email --state waiting --json | jq -r '.jobs[0].id')
  expect_exit 0 git qsnap blame flow --queue email --job "$job" --json; valid blame
  expect_exit 0 git qsnap save history/prod/ -m dated --json; valid save
  output=$(cat $SNAPSHOTS/history/prod/*/*.json); valid history-entry
  expect_exit 0 git qsnap history list --json; valid history-list
  git init -q --bare ../remote.git
  expect_exit 0 git qsnap history push ../remote.git --json; valid history-exchange
  expect_exit 0 git qsnap history pull ../remote.git --json; valid history-exchange
  git qsnap save history/prod/ >/dev/null
  mkdir ../vault
  expect_exit 0 git qsnap history prune --keep-last 1 --dry-run --json; valid history-prune
  expect_exit 0 git qsnap history archive --to ../vault --keep-last 1 --yes --json; valid history-archive
  expect_exit 0 git qsnap history restore --from ../vault --json; valid history-restore
  expect_exit 0 git qsnap history compact --json; valid history-compact
  expect_exit 0 git qsnap history stats --json; valid history-stats
  expect_exit 0 git qsnap search email --json; valid search
  expect_exit 0 git qsnap grep 'queue: .*email' --json; valid grep
  expect_exit 1 git qsnap ci-verify --json; valid ci-verify
  expect_exit 0 git qsnap renormalize --dry-run --json; valid renormalize
  expect_exit 0 git qsnap gc --dry-run --json; valid gc
  expect_exit 0 git qsnap lfs migrate flow --json; valid lfs-migrate
  expect_exit 0 git qsnap lfs fetch --json; valid lfs-fetch
  expect_exit 0 git qsnap lfs agent "$WORLD" --url https://forge.example/x --json; valid lfs-agent
  expect_exit 0 git qsnap lfs agent --remove --json; valid lfs-agent
  expect_exit 0 git qsnap lfs gc "$WORLD" --json; valid lfs-gc
  run git qsnap lfs status --json; valid lfs-status
  expect_exit 0 git qsnap lfs migrate flow --back --json; valid lfs-migrate
  expect_exit 0 git qsnap gc --json; valid gc
  expect_exit 0 git qsnap backup ../state.backup --json; valid backup
  expect_exit 0 git qsnap restore-from ../state.backup --json; valid restore-from
  serve bullmq6-after.rdb
  expect_exit 1 git qsnap diff flow live --json --show-ignored; valid diff
  expect_exit 1 git qsnap verify flow --json; valid verify
  printf 'version: 1\ncontract:\n  - {name: nothing failed, empty: {state: failed}}\n' >contract.yaml
  expect_exit 1 git qsnap assert flow --update=pending --contract contract.yaml --json; valid assert
  git qsnap save flow >/dev/null && rm $SNAPSHOTS/test-cases/forced.qsnap && git qsnap save new >/dev/null
  head -c 1000 $SNAPSHOTS/test-cases/new.qsnap >$SNAPSHOTS/test-cases/dumped.qsnap
  output=$(git qsnap diff --json 2>/dev/null) || true; valid diff-set
  [ "$(jq -r '[.snapshots[].status] | sort | join(" ")' out.json)" = "added compared removed unreadable" ]
  git qsnap diff --format=ndjson --show-ignored >lines 2>/dev/null || true
  while IFS= read -r output; do valid diff-line; done < <(sort -u -t, -k2,2 lines)  # one of each type
  expect_exit 0 git qsnap load flow --replace --yes --json; valid load
  all_valid
}

@test "an error with --json is one JSON document on standard error" {
  git qsnap init >/dev/null
  run bash -c 'git qsnap show nothing --json 2>&1 >/dev/null'
  valid error
  all_valid
  [ "$(jq .exit_code out.json)" = 2 ]
}

@test "the document of every fixture is valid" {
  git qsnap init >/dev/null
  for fixture in bullmq6-before sidekiq6 plain; do
    serve $fixture.rdb
    git qsnap save "$fixture" >/dev/null
    output=$(zstd -dcq $SNAPSHOTS/test-cases/$fixture.qsnap)
    valid document
  done
  all_valid
}

@test "valid examples are valid, and invalid ones are not" {
  schemas=$(git qsnap schema)
  [ "$(wc -l <<< "$schemas")" -ge 11 ]
  good=() bad=()
  for schema in $schemas; do
    git qsnap schema "$schema" > "../$schema.json"
    for example in "$QSNAP_SOURCE"/schemas/v1/examples/valid/"$schema"/*; do good+=("../$schema.json" "$example"); done
    for example in "$QSNAP_SOURCE"/schemas/v1/examples/invalid/"$schema"/*; do bad+=("../$schema.json" "$example"); done
  done
  validate "${good[@]}"  # a schema without an example of a kind is told: its pattern is no file
  validate --invalid "${bad[@]}"
}
