#!/usr/bin/env bats
# What a merge makes of three states: merge-driver/cases, by git qsnap merge-files.
load helpers
setup() { setup_world; }
teardown() { teardown_world; }

# pack CASE SIDE FILE: that side of a case as a snapshot.
pack() { "$QSNAP_BIN/../tests/case_document" pack "$QSNAP_SOURCE/merge-driver/cases/$1/$2.json" "$3"; }

# sides CASE: base.qsnap, ours.qsnap, theirs.qsnap
sides() {
  local side
  for side in base ours theirs; do pack "$1" $side $side.qsnap; done
}

@test "every case comes out as it says" {
  expect_exit 0 "$QSNAP_SOURCE/merge-driver/cases/run"
  expect_output ", 0 failed"
}

@test "a case that comes out in another way is told" {
  cp -r "$QSNAP_SOURCE/merge-driver/cases" cases
  cp cases/moved-and-edited/ours.json cases/moved-and-edited/expected.json
  expect_exit 1 cases/run
  expect_output "moved-and-edited:"
  expect_output ", 1 failed"
}

@test "merge-files needs no repository, takes its output for one of the three, and needs neither filter nor driver" {
  mkdir "$WORLD/elsewhere" && cd "$WORLD/elsewhere"
  sides moved-and-edited
  pack moved-and-edited expected expected.qsnap
  expect_exit 0 git qsnap merge-files base.qsnap ours.qsnap theirs.qsnap -o ours.qsnap
  expect_output "ours.qsnap: merged"
  cmp expected.qsnap ours.qsnap
}

@test "conflicts: exit 1, named, and the output carries them" {
  sides one-member-of-a-payload
  expect_exit 1 git qsnap merge-files base.qsnap ours.qsnap theirs.qsnap -o merged.qsnap --json
  jq -e '.merged == false and .conflicts[0].path == ".payload.to" and .conflicts[0].theirs == "y@example.org"' <<< "$output"
  git qsnap schema merge-files > schema.json
  printf '%s' "$output" > out.json
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" schema.json out.json
  zstd -dcqf merged.qsnap | jq -e '.conflicts | length == 1'
  expect_exit 5 git qsnap merge-files base.qsnap merged.qsnap theirs.qsnap -o again.qsnap
  expect_output "merged.qsnap has conflicts of an earlier merge"
  [ ! -e again.qsnap ]
}

@test "an output is untouched when a side is no snapshot, is missing or is empty" {
  sides moved-and-edited
  echo before > merged
  echo garbage > garbage
  : > empty
  for side in garbage empty; do
    expect_exit 5 git qsnap merge-files base.qsnap ours.qsnap $side -o merged
    expect_exit 5 git qsnap merge-files base.qsnap $side theirs.qsnap -o merged
  done
  expect_exit 5 git qsnap merge-files garbage ours.qsnap theirs.qsnap -o merged
  expect_exit 2 git qsnap merge-files nothing ours.qsnap theirs.qsnap -o merged
  expect_output "there is no file nothing"
  [ "$(cat merged)" = before ]
}

@test "the rules are those of config.yaml here, and of no other" {
  sides rule-max
  expect_exit 1 git qsnap merge-files base.qsnap ours.qsnap theirs.qsnap -o merged.qsnap
  git qsnap init >/dev/null
  cp "$QSNAP_SOURCE/merge-driver/cases/rule-max/config.yaml" $SNAPSHOTS/config.yaml
  expect_exit 0 git qsnap merge-files base.qsnap ours.qsnap theirs.qsnap -o merged.qsnap
  echo 'merge: 7' > $SNAPSHOTS/config.yaml
  expect_exit 2 git qsnap merge-files base.qsnap ours.qsnap theirs.qsnap -o merged.qsnap
}
