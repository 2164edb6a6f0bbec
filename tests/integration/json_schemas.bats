#!/usr/bin/env bats
# Every JSON that the tool prints is what schemas/v1 says.
load helpers
setup() { setup_world; }
teardown() { teardown_world; }

# valid SCHEMA: $output is a valid document of that schema.
valid() {
  printf '%s' "$output" > out.json
  git qsnap schema "$1" > schema.json
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" schema.json out.json
}

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
  expect_exit 0 git qsnap load flow --dry-run --replace --active=requeue --json; valid load
  expect_exit 0 git qsnap verify flow --json; valid verify
  git add -A && git commit -qm first
  expect_exit 0 git qsnap stats --json; valid stats
  expect_exit 0 git qsnap stats flow --history 3 --json; valid stats
  expect_exit 0 git qsnap stats live --json; valid stats
  expect_exit 0 git qsnap log flow --json; valid log
  job=$(git qsnap show flow --queue email --state waiting --json | jq -r '.jobs[0].id')
  expect_exit 0 git qsnap blame flow --queue email --job "$job" --json; valid blame
  expect_exit 1 git qsnap ci-verify --json; valid ci-verify
  expect_exit 0 git qsnap renormalize --dry-run --json; valid renormalize
  expect_exit 0 git qsnap gc --dry-run --json; valid gc
  expect_exit 0 git qsnap gc --json; valid gc
  serve bullmq6-after.rdb
  expect_exit 1 git qsnap diff flow live --json --show-ignored; valid diff
  expect_exit 1 git qsnap verify flow --json; valid verify
  git qsnap save flow >/dev/null && rm $SNAPSHOTS/test-cases/forced.qsnap && git qsnap save new >/dev/null
  head -c 1000 $SNAPSHOTS/test-cases/new.qsnap >$SNAPSHOTS/test-cases/dumped.qsnap
  output=$(git qsnap diff --json 2>/dev/null) || true; valid diff-set
  [ "$(jq -r '[.snapshots[].status] | sort | join(" ")' out.json)" = "added compared removed unreadable" ]
  git qsnap diff --format=ndjson --show-ignored >lines 2>/dev/null || true
  while IFS= read -r output; do valid diff-line; done < <(sort -u -t, -k2,2 lines)  # one of each type
  expect_exit 0 git qsnap load flow --replace --yes --json; valid load
}

@test "an error with --json is one JSON document on standard error" {
  git qsnap init >/dev/null
  run bash -c 'git qsnap show nothing --json 2>&1 >/dev/null'
  valid error
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
}

@test "valid examples are valid, and invalid ones are not" {
  schemas=$(git qsnap schema)
  [ "$(wc -l <<< "$schemas")" -ge 11 ]
  for schema in $schemas; do
    git qsnap schema "$schema" > schema.json
    [ -n "$(ls "$QSNAP_SOURCE/schemas/v1/examples/valid/$schema")" ] && [ -n "$(ls "$QSNAP_SOURCE/schemas/v1/examples/invalid/$schema")" ]
    for example in "$QSNAP_SOURCE"/schemas/v1/examples/valid/"$schema"/*; do
      /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" schema.json "$example"
    done
    for example in "$QSNAP_SOURCE"/schemas/v1/examples/invalid/"$schema"/*; do
      run /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" schema.json "$example"
      [ "$status" = 1 ] || { echo "$example is valid: $output" >&2; false; }
    done
  done
}
