#!/usr/bin/env bats
# git qsnap ci-verify: what CI has to find in the snapshots of a commit.
load helpers

setup() {
  setup_world
  git qsnap init >/dev/null
  cp "$QSNAP_SOURCE/merge-driver/gitattributes" .gitattributes
  use_clean_filter
  serve bullmq6-before.rdb
  git qsnap save flow >/dev/null
  git add -A
  git commit -qm good
}
teardown() { teardown_world; }

flow=.queue-snapshots/test-cases/flow.qsnap

@test "a good commit is exit 0: in the work tree, bare, shallow, and in a subfolder" {
  expect_exit 0 git qsnap ci-verify
  expect_output "1 snapshot in HEAD: ok"
  git clone -q --bare . "$WORLD/bare"
  git commit -q --allow-empty -m more
  git clone -q --depth 1 "file://$PWD" "$WORLD/shallow"
  for folder in "$WORLD/bare" "$WORLD/shallow" "$WORLD/shallow/.queue-snapshots"; do
    cd "$folder"
    expect_exit 0 git qsnap ci-verify HEAD --base main
  done
}

@test "broken, packed and not canonical snapshots are findings, each with its path" {
  git config --unset filter.qsnap.clean
  git qsnap save packed --refresh >/dev/null
  cp $SNAPSHOTS/test-cases/packed.qsnap $SNAPSHOTS/test-cases/cut.qsnap
  truncate -s -7 $SNAPSHOTS/test-cases/cut.qsnap
  # One byte of a stored snapshot's text: the digest of its chunk does not fit.
  git cat-file blob "HEAD:$flow" | sed 's/"name":"/"mane":"/' > $SNAPSHOTS/test-cases/edited.qsnap
  echo "no snapshot" > $SNAPSHOTS/test-cases/text.qsnap
  ln -s /etc/passwd $SNAPSHOTS/test-cases/link.qsnap
  git add $SNAPSHOTS/test-cases/{packed,cut,edited,text,link}.qsnap; git commit -qm bad
  expect_exit 1 git qsnap ci-verify
  expect_output "packed.qsnap: is packed"
  expect_output "cut.qsnap: is truncated or damaged"
  expect_output "text.qsnap: is not a git-qsnap snapshot"
  expect_output "link.qsnap: is not a regular file"
  expect_output "edited.qsnap: "
  refute_output "flow.qsnap"
  expect_exit 0 git qsnap ci-verify HEAD~1
}

@test "a pointer where the attributes do not say LFS is a finding, and so is the contrary" {
  mkdir -p $SNAPSHOTS/lfs
  echo '/.queue-snapshots/lfs/**/*.qsnap filter=lfs' >> .gitattributes
  cp $flow $SNAPSHOTS/lfs/raw.qsnap
  printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12\n' 1 > $SNAPSHOTS/lfs/pointer.qsnap
  cp $SNAPSHOTS/lfs/pointer.qsnap $SNAPSHOTS/test-cases/pointer.qsnap
  git add -A; git commit -qm lfs
  expect_exit 1 git qsnap ci-verify
  expect_output "lfs/raw.qsnap: its attributes say filter=lfs"
  expect_output "test-cases/pointer.qsnap: is a Git LFS pointer"
  refute_output "lfs/pointer.qsnap"
}

@test "attributes by which a checkout would change a snapshot's bytes are a finding" {
  local attribute
  for attribute in ident working-tree-encoding=UTF-16; do
    echo "*.qsnap $attribute" > $SNAPSHOTS/.gitattributes
    git add $SNAPSHOTS/.gitattributes; git commit -qm "$attribute"
    expect_exit 1 git qsnap ci-verify
    expect_output "flow.qsnap: its attributes say ident or working-tree-encoding"
  done
}

@test "the target has to have the attributes; what the machine or info/attributes say does not count" {
  git checkout -q --orphan old; git rm -rfq .; git commit -q --allow-empty -m old
  git checkout -q main
  cp "$QSNAP_SOURCE/merge-driver/gitattributes" .git/info/attributes
  expect_exit 1 git qsnap ci-verify HEAD --base old
  expect_output ".gitattributes: old has no lines of git qsnap in it"
  echo '*.qsnap binary' >> .gitattributes
  git commit -qam overruled
  expect_exit 1 git qsnap ci-verify
  expect_output "other lines overrule those of git qsnap: a snapshot has merge=unset, diff=unset, text unset"
}

@test "a clone without the contents is told as one, and not as a target without attributes" {
  git config uploadpack.allowFilter true
  git clone -q --filter=blob:none --no-checkout "file://$PWD" "$WORLD/partial"
  cd "$WORLD/partial"
  expect_exit 1 git qsnap ci-verify
  expect_output ".gitattributes: this repository does not have its content in HEAD"
  refute_output "has no lines of git qsnap"
}

@test "the folder of the repository may have any name" {
  git clone -q . "$WORLD/a"$'\n''b "q" \'
  cd "$WORLD/a"$'\n''b "q" \'
  expect_exit 0 git qsnap ci-verify
}

@test "a config.yaml that does not parse is a finding" {
  echo 'captur: {}' >> $SNAPSHOTS/config.yaml
  git commit -qam config
  expect_exit 1 git qsnap ci-verify
  expect_output "config.yaml"
  expect_output "captur"
}

@test "--format=github escapes what would end an annotation or begin another one" {
  evil=$'::error::x%0A,y\n::warning::z'
  echo garbage > "$SNAPSHOTS/test-cases/${evil//\//}.qsnap"
  git add -A; git commit -qm evil
  expect_exit 1 git qsnap ci-verify --format=github
  [ "${#lines[@]}" = 2 ]
  [[ ${lines[0]} == "::error file=.queue-snapshots/test-cases/%3A%3Aerror%3A%3Ax%250A%2Cy"*"title=git qsnap::is not a git-qsnap snapshot"* ]]
  [[ ${lines[1]} == "2 snapshots in HEAD: 1 finding" ]]
}

@test "no such revision or base is exit 2; a commit without snapshots is fine" {
  expect_exit 2 git qsnap ci-verify nothing
  expect_output "no revision nothing"
  expect_exit 2 git qsnap ci-verify HEAD --base origin/main
  expect_output "git fetch"
  expect_exit 2 git qsnap ci-verify --format=xml
  git checkout -q --orphan empty; git rm -rfq .; git commit -q --allow-empty -m empty
  expect_exit 0 git qsnap ci-verify
}

@test "the example jobs for GitHub and GitLab call ci-verify, and are YAML" {
  for file in "$QSNAP_SOURCE"/ci/{github,gitlab}/queue-snapshots.yml; do
    /usr/bin/python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' "$file"
    grep -q 'git qsnap ci-verify' "$file"
  done
}

@test "ci-verify runs nothing that the repository says" {
  mark=$WORLD/ran
  git config filter.qsnap.clean "touch $mark"
  git config filter.lfs.smudge "touch $mark"
  git config core.fsmonitor "touch $mark"
  git config diff.qsnap.textconv "touch $mark"
  mkdir -p .git/hooks
  printf '#!/bin/sh\ntouch %s\n' "$mark" > .git/hooks/post-index-change; chmod +x .git/hooks/post-index-change
  expect_exit 0 git qsnap ci-verify
  expect_exit 0 git qsnap gc
  expect_exit 0 git qsnap renormalize
  [ ! -e "$mark" ]
}
