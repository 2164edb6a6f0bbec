#!/usr/bin/env bats
# git qsnap ci-merge: what a forge has to be given, because it knows no merge drivers.
load helpers
setup() { setup_world; }
teardown() { teardown_world; }

FLOW=$SNAPSHOTS/test-cases/flow.qsnap

commit() {
  mkdir -p $SNAPSHOTS/test-cases
  "$QSNAP_BIN/../tests/case_document" pack "$QSNAP_SOURCE/merge-driver/cases/$1/$2.json" $FLOW
  git add -A && git commit -qm "$1 $2"
}

# request CASE: a pull request: the branch "request" has ours, main has theirs. HEAD is the request.
request() {
  commit "$1" base
  git branch request && commit "$1" theirs
  git checkout -q request && commit "$1" ours
}

@test "a merge without any driver gives the identical tree afterwards" {
  request moved-and-edited
  before=$(git rev-parse HEAD; git status --porcelain; cksum $FLOW)
  expect_exit 0 git qsnap ci-merge --base main --json
  [ "$before" = "$(git rev-parse HEAD; git status --porcelain; cksum $FLOW)" ]
  printf '%s' "$output" > "$WORLD/out.json"
  git qsnap schema ci-merge > "$WORLD/schema.json"
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" "$WORLD/schema.json" "$WORLD/out.json"
  commit=$(jq -er .commit "$WORLD/out.json")
  [ "$(git rev-parse "$commit^1" "$commit^2")" = "$(git rev-parse request main)" ]
  # The forge: a bare clone without drivers, and a merge commit, a fast forward, or a squash.
  git init -q --bare "$WORLD/forge.git"
  git push -q "$WORLD/forge.git" main "$commit:refs/heads/request"
  merged=$(git -C "$WORLD/forge.git" merge-tree --write-tree main request)
  [ "$merged" = "$(git rev-parse "$commit^{tree}")" ]
  git cat-file blob "$commit:$FLOW" > "$WORLD/merged.qsnap"
  "$QSNAP_BIN/../tests/case_document" pack "$QSNAP_SOURCE/merge-driver/cases/moved-and-edited/expected.json" "$WORLD/expected.qsnap"
  cmp "$WORLD/expected.qsnap" "$WORLD/merged.qsnap"
}

@test "without ci-merge, the same forge has a conflict" {
  request moved-and-edited
  git init -q --bare "$WORLD/forge.git"
  git push -q "$WORLD/forge.git" main request
  expect_exit 1 git -C "$WORLD/forge.git" merge-tree --write-tree main request
}

@test "conflicts: the paths, exit 1, and no commit" {
  request one-member-of-a-payload
  expect_exit 1 git qsnap ci-merge --base main
  expect_output "conflict: $FLOW"
  expect_exit 1 git qsnap ci-merge --base main --json
  jq -e '(has("commit") | not) and (.conflicts | length == 1)' <<< "$output"
}

@test "nothing to merge is no error and no commit" {
  request moved-and-edited
  expect_exit 0 git qsnap ci-merge --base main~1 --json
  [ "$(jq -r .commit <<< "$output")" = "$(git rev-parse HEAD)" ]
}

@test "a bare clone is enough" {
  request moved-and-edited
  git clone -q --bare . "$WORLD/bare.git"
  cd "$WORLD/bare.git"
  expect_exit 0 git qsnap ci-merge --base main --json
  git cat-file -e "$(jq -er .commit <<< "$output")"
}

@test "an unknown base and a missing identity are told" {
  request moved-and-edited
  expect_exit 2 git qsnap ci-merge --base origin/nothing
  expect_output "there is no commit origin/nothing"
  unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
  git config user.useConfigOnly true
  expect_exit 2 git qsnap ci-merge --base main
  expect_output "git commit-tree failed"
}
