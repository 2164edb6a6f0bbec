#!/usr/bin/env bats
# git qsnap lfs agent, and git-qsnap-lfs under the real git-lfs: two machines (two HOMEs) that share a folder.
load helpers

setup() {
  setup_world
  command -v git-lfs
  export GIT_CONFIG_GLOBAL=$WORLD/gitconfig
  git lfs install >/dev/null
  git config lfs.locksverify false
  SHARE=$WORLD/share
  mkdir "$SHARE"
  git init -q --bare -b main "$WORLD/forge.git"
  git remote add origin "$WORLD/forge.git"
  printf '*.qsnap filter=lfs -text\n*.bin filter=lfs -text\n' >.gitattributes
  cp "$QSNAP_SOURCE/tests/golden/format-v1/small.packed.qsnap" a.qsnap
}
teardown() { chmod -R u+w "$WORLD"; teardown_world; }

commit() { git add -A; git commit -qm "$1"; }
push() { git push -q origin main; }
id_of() { sha256sum "$1" | cut -d' ' -f1; }
manifest() { echo "$SHARE/qsnap-lfs/v1/manifests/${1:0:2}/$1"; }
other_machine() {  # clones as docs/lfs.md says
  export HOME=$WORLD/other GIT_CONFIG_GLOBAL=$WORLD/other/gitconfig
  mkdir -p "$HOME"
  git lfs install --skip-repo >/dev/null
  cd "$WORLD" || return 1
  GIT_LFS_SKIP_SMUDGE=1 git clone -q forge.git clone
  cd clone || return 1
}

@test "a snapshot goes to the folder, another file to the forge, and a second machine gets both" {
  expect_exit 0 git qsnap lfs agent "$SHARE"
  expect_output "agent configured for file://$WORLD/forge.git"
  head -c 2000 /dev/urandom >other.bin
  commit first
  push
  [ -f "$(manifest "$(id_of a.qsnap)")" ]
  [ "$(find "$WORLD/forge.git/lfs/objects" -type f -exec basename {} \;)" = "$(id_of other.bin)" ]
  cp a.qsnap other.bin "$WORLD"
  other_machine
  head -c 7 a.qsnap | grep -q version
  expect_exit 0 git qsnap lfs agent "$SHARE"
  git lfs pull
  cmp a.qsnap "$WORLD/a.qsnap"
  cmp other.bin "$WORLD/other.bin"
  git lfs fsck
}

@test "a second version sends the chunks that are new, and what is there is not sent again" {
  git qsnap lfs agent "$SHARE" >/dev/null
  commit first
  push
  before=$(find "$SHARE" -path '*chunks*' -type f | sort)
  cp "$QSNAP_SOURCE/tests/golden/format-v1/small.stored.qsnap" a.qsnap
  commit second
  GIT_TRACE=1 expect_exit 0 push
  expect_output "bytes sent"
  [ -n "$before" ] && [ "$(find "$SHARE" -path '*chunks*' -type f | wc -l)" -gt "$(wc -l <<<"$before")" ]
  GIT_TRACE=1 expect_exit 0 git lfs push --all origin
  expect_output "git-qsnap-lfs: 0 bytes sent"
}

@test "a store whose folder is gone, is read-only, has lost or damaged chunks: told by git-lfs, and a retry completes" {
  git qsnap lfs agent "$SHARE" >/dev/null
  commit first
  mv "$SHARE" "$SHARE.off"; mkdir "$SHARE"
  expect_exit 1 push
  expect_output "is it mounted?"
  rmdir "$SHARE"; mv "$SHARE.off" "$SHARE"
  push
  chunk=$(find "$SHARE/qsnap-lfs/v1/chunks" -type f -size -2 | head -n 1)
  cp "$chunk" "$WORLD/chunk"
  other_machine
  git qsnap lfs agent "$SHARE" >/dev/null
  rm "$chunk"
  expect_exit 2 git lfs pull
  expect_output "names it"
  tr '\000-\377' '\001-\377\000' <"$WORLD/chunk" >"$chunk"
  expect_exit 2 git lfs pull
  expect_output "is damaged"
  expect_output "QSNAP_LFS_VERIFY=1"
  [ -z "$(find .git/lfs/objects -type f)" ]
  cd "$WORLD/repo"
  QSNAP_LFS_VERIFY=1 git lfs push --all origin
  cmp "$chunk" "$WORLD/chunk"
  cd "$WORLD/clone"
  git lfs pull
  cmp a.qsnap "$WORLD/repo/a.qsnap"
}

@test "an object that nobody pushed is named with what to do" {
  commit first
  git -c core.hooksPath=/dev/null push -q origin main
  other_machine
  git qsnap lfs agent "$SHARE" >/dev/null
  expect_exit 2 git lfs pull
  expect_output "has no object"
  expect_output "git lfs push --all REMOTE"
}

@test "the same over rsync and a remote shell" {
  # shellcheck disable=SC2016
  printf '#!/bin/sh\nwhile [ "${1#-}" != "$1" ]; do [ "$1" != -l ] || shift; shift; done\n[ "$1" = host ] || exit 255\nshift\nexec sh -c "$*"\n' >"$WORLD/rsh"
  chmod +x "$WORLD/rsh"
  expect_exit 0 git qsnap lfs agent "me@host:$SHARE" --rsh "$WORLD/rsh"
  commit first
  push
  [ -f "$(manifest "$(id_of a.qsnap)")" ]
  other_machine
  git qsnap lfs agent "me@nowhere:$SHARE" --rsh "$WORLD/rsh" >/dev/null
  expect_exit 2 git lfs pull
  expect_output "does ssh reach it without a password?"
  git qsnap lfs agent "me@host:$SHARE" --rsh "$WORLD/rsh" >/dev/null
  git lfs pull
  cmp a.qsnap "$WORLD/repo/a.qsnap"
  expect_exit 2 git qsnap lfs agent "-oProxyCommand=touch $WORLD/mark:/x"
}

@test "the agent is for one endpoint of one clone, and is taken away again" {
  before=$(git config --local -l | sort)
  git remote rename origin first
  git remote add second https://forge.example/b.git
  expect_exit 2 git qsnap lfs agent "$SHARE"
  expect_output "git-lfs knows no endpoint here"
  git config remote.lfsdefault first
  git qsnap lfs agent "$SHARE" >/dev/null
  expect_exit 2 git qsnap lfs agent "$SHARE/it's here" --remote second
  expect_output "there is no folder"
  mkdir "$SHARE/it's here"
  expect_exit 0 git qsnap lfs agent "$SHARE/it's here" --remote second
  expect_output "no longer for file://$WORLD/forge.git"
  [ "$(git config lfs.https://forge.example/b.git/info/lfs.standalonetransferagent)" = qsnap ]
  expect_exit 1 git config "lfs.file://$WORLD/forge.git.standalonetransferagent"
  eval "set -- $(git config lfs.customtransfer.qsnap.args)"
  [ "$3" = "$SHARE/it's here" ]
  expect_exit 0 git qsnap lfs agent --remove
  expect_output "agent removed"
  git remote remove second
  git config --unset remote.lfsdefault
  git remote rename first origin
  [ "$(git config --local -l | sort)" = "$before" ]
  expect_exit 0 git qsnap lfs agent --remove
  expect_output "no agent"
  expect_exit 2 git qsnap lfs agent
  expect_exit 2 git qsnap lfs agent "$WORLD/nothing"
  expect_exit 2 git qsnap lfs agent "$SHARE" --remote nothing
  expect_exit 2 git qsnap lfs agent "$SHARE" --url 'https://x/y z'
  ln -s /dev/null .lfsconfig
  expect_exit 6 git qsnap lfs agent "$SHARE"
  expect_output ".lfsconfig is a symbolic link"
}

@test "the agent of a URL with a password is set up, and used, without it" {
  git remote set-url origin https://me:sesame@127.0.0.1:1/a.git
  expect_exit 0 git qsnap lfs agent "$SHARE"
  expect_output "agent configured for https://127.0.0.1:1/a.git/info/lfs"
  refute_output sesame
  ! git config --local -l | grep -v ^remote | grep sesame
  commit first
  git lfs push --all origin
  [ -f "$(manifest "$(id_of a.qsnap)")" ]
  git qsnap init >/dev/null
  expect_exit 0 git qsnap lfs status
  expect_output "objects are at: https://127.0.0.1:1/a.git/info/lfs"
  expect_output "moved by: the transfer agent qsnap (git-qsnap-lfs)"
  refute_output sesame
}

@test "lfs gc takes out what no object has, and asks before it takes objects" {
  git qsnap lfs agent "$SHARE" >/dev/null
  commit first
  push
  expect_exit 0 git qsnap lfs gc "$SHARE" --grace 0h
  expect_output "nothing to do"
  git commit -q --amend -m other --allow-empty
  git rm -q a.qsnap; git commit -q --amend -m none; git push -qf origin main
  expect_exit 0 git qsnap lfs gc "$SHARE" --drop-unnamed
  expect_output "nothing to do"
  expect_exit 6 git qsnap lfs gc "$SHARE" --drop-unnamed --grace 0h
  expect_exit 0 git qsnap lfs gc "$SHARE" --drop-unnamed --grace 0h --dry-run
  expect_output "1 object that no reference here names"
  expect_exit 0 git qsnap lfs gc "$SHARE" --drop-unnamed --grace 0h --yes
  expect_output "removed: "
  [ -z "$(find "$SHARE/qsnap-lfs/v1/chunks" "$SHARE/qsnap-lfs/v1/manifests" -type f)" ]
  git clone -q --depth 1 "file://$WORLD/forge.git" "$WORLD/shallow"
  expect_exit 6 git -C "$WORLD/shallow" qsnap lfs gc "$SHARE" --drop-unnamed --dry-run
  expect_output "this clone is shallow"
  expect_exit 2 git qsnap lfs gc "$SHARE" --grace soon
  expect_exit 2 git qsnap lfs gc "$WORLD"
}

@test "requests that are none are answered, and the agent goes on" {
  git qsnap lfs agent "$SHARE" >/dev/null
  run git-qsnap-lfs agent --store "$SHARE" <<<$'rubbish\n{"event":"download","oid":"../x"}\n{"event":"init","remote":"origin"}\n\377\n{"event":"download","oid":"'"$(printf '%064d' 1)"$'","size":1}\n{"event":"terminate"}'
  [ "$status" = 0 ]
  [ "${#lines[@]}" = 6 ]
  grep -v '^git-qsnap-lfs:' <<<"$output" | while read -r line; do jq -e . <<<"$line" >/dev/null; done
  [ "${lines[2]}" = '{}' ]
  expect_output "has no object"
}
