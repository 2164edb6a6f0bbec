#!/usr/bin/env bats
# status and doctor: what stands between Git and the snapshots; and the line that says so once a day.
load helpers
setup() {
  setup_world
  git qsnap init > /dev/null
}
teardown() { teardown_world; }

ready() {  # installed, with one snapshot committed
  git qsnap install > /dev/null
  git qsnap import "$QSNAP_SOURCE/tests/fixtures/bullmq6-before.rdb" flow > /dev/null
  git add -A && git commit -qm flow
}

check() { jq -r --arg id "$1" '.checks[] | select(.id == $id) | .state' <<< "$output" | sort -u; }  # check ID: its state

@test "status of a repository where nothing is installed, and of one where all is well" {
  expect_exit 1 git qsnap status
  expect_output "not installed"
  expect_output "git qsnap install"
  ready
  expect_exit 0 git qsnap status
  [ "$output" = $'installed (local)\ntracked: 1 snapshot (1 stored)\nhooks: pre-commit, pre-merge-commit, pre-push' ]
  expect_exit 0 git qsnap doctor
  expect_output "ok     Git finds $QSNAP_BIN/git-qsnap-driver"
}

@test "outside of a repository" {
  cd "$WORLD"
  expect_exit 2 git-qsnap status
  expect_exit 2 git-qsnap doctor
  expect_exit 2 git-qsnap install
  expect_exit 2 git-qsnap uninstall
}

@test "a trial in a scratch repository adds, compares and merges; nothing of it stays" {
  ready
  mkdir "$WORLD/tmp"
  before=$(folder_state .)
  TMPDIR=$WORLD/tmp expect_exit 0 git qsnap doctor --probe
  expect_output "git add kept a snapshot in its stored form"
  expect_output "git diff showed the change of a job as text"
  expect_output "git merge"
  [ -z "$(ls "$WORLD/tmp")" ] && [ "$before" = "$(folder_state .)" ]
  TMPDIR=$PWD/$SNAPSHOTS expect_exit 6 git qsnap doctor --probe
}

@test "the trial fails where the driver is not on the PATH, or is none" {
  ready
  mkdir "$WORLD/alone" && cp "$QSNAP_BIN/git-qsnap" "$WORLD/alone"
  PATH=$WORLD/alone:${PATH#"$QSNAP_BIN:"} expect_exit 1 git qsnap doctor --probe
  expect_output "git-qsnap-driver is not on the PATH"
  expect_output "not ok git diff did not show a snapshot as text"
  ln -s /bin/true "$WORLD/alone/git-qsnap-driver"
  PATH=$WORLD/alone:${PATH#"$QSNAP_BIN:"} expect_exit 1 git qsnap doctor --probe
  expect_output "where \"git-qsnap-driver"
}

@test "without the driver on the PATH: git says what happens, as doctor does" {
  ready
  git qsnap import "$QSNAP_SOURCE/tests/fixtures/bullmq6-after.rdb" flow > /dev/null
  echo text > other && git add other
  export PATH=${PATH#"$QSNAP_BIN:"}
  expect_exit 128 git diff
  expect_output "git-qsnap-driver"
  expect_exit 0 git commit -qam packed
  [ -z "$(git status --porcelain)" ]
}

@test "values of the repository are compared as text, and never run" {
  ready
  git config merge.qsnap.driver "touch $WORLD/ran; git-qsnap-driver merge"
  git config filter.qsnap.smudge "touch $WORLD/ran"
  git config alias.qsnap-driver "!touch $WORLD/ran"
  git config core.fsmonitor "touch $WORLD/ran"
  git config core.pager "touch $WORLD/ran"
  expect_exit 1 git qsnap doctor --probe
  expect_output "merge.qsnap.driver is \"touch"
  expect_output ".git/config (local)"
  expect_output "filter.qsnap.smudge"
  expect_exit 1 git qsnap status
  [ ! -e "$WORLD/ran" ]
}

@test "nothing is run but git and the driver, whatever the repository says" {
  ready
  git config core.fsmonitor "touch $WORLD/ran" && git config diff.external "touch $WORLD/ran"
  git config filter.qsnap.process "touch $WORLD/ran" && git config diff.qsnap.textconv "touch $WORLD/ran"
  git config gpg.program "touch $WORLD/ran" && git config core.sshCommand "touch $WORLD/ran"
  printf '#!/bin/sh\ntouch "$WORLD/ran"\n' | tee .git/hooks/post-checkout > .git/hooks/reference-transaction
  chmod +x .git/hooks/post-checkout .git/hooks/reference-transaction
  for words in status doctor "doctor --fix" install "uninstall --dry-run" uninstall; do
    strace -f -qq -e trace=execve -o "$WORLD/trace" git-qsnap $words > /dev/null || true
    sed -n 's/.*execve("\([^"]*\)".* = 0$/\1/p' "$WORLD/trace" | sed 's|.*/||' | sort -u > "$WORLD/started"
    [ -z "$(grep -vx 'git\|git-qsnap\|git-qsnap-driver' "$WORLD/started")" ] && grep -qx git "$WORLD/started"
  done
  [ ! -e "$WORLD/ran" ]
}

@test "what changes our commands is found: command, cache, required" {
  ready
  for key in diff.qsnap.command diff.qsnap.cachetextconv filter.qsnap.required; do
    git config $key true
    expect_exit 1 git qsnap status
    expect_output "git config --local --unset $key"
    git config --unset $key
  done
  expect_exit 0 git qsnap status
}

@test "a nested .gitattributes with binary is found for clones, and where it takes the filter" {
  ready
  echo '*.qsnap binary' > $SNAPSHOTS/.gitattributes
  expect_exit 1 git qsnap doctor --json
  [ "$(check attributes)" = ok ] && [ "$(check attributes-in-clones)" = bad ]
  expect_output "look into $SNAPSHOTS/.gitattributes"
  echo '*.qsnap -filter' > $SNAPSHOTS/test-cases/.gitattributes
  expect_exit 1 git qsnap status
  expect_output "the attribute filter of $SNAPSHOTS/test-cases/"
  expect_output "look into $SNAPSHOTS/test-cases/.gitattributes"
}

@test "attributes that change the bytes of a snapshot are overruled, and found where they are not" {
  echo '*.qsnap ident working-tree-encoding=UTF-16' > .gitattributes
  ready
  expect_exit 0 git qsnap doctor
  local attribute
  for attribute in ident working-tree-encoding=UTF-16; do
    echo "*.qsnap $attribute" > $SNAPSHOTS/.gitattributes
    expect_exit 1 git qsnap doctor --json
    [ "$(check attributes)" = ok ] && [ "$(check attributes-in-clones)" = bad ]
    expect_output "the attribute ${attribute%=*} of"
    cp .git/info/attributes "$WORLD/info"
    echo "*.qsnap $attribute" >> .git/info/attributes
    expect_exit 1 git qsnap status
    cp "$WORLD/info" .git/info/attributes
  done
}

@test "a line in info/attributes that takes the driver is found" {
  ready
  echo '*.qsnap -merge' >> .git/info/attributes
  expect_exit 1 git qsnap status
  expect_output "the attribute merge of"
  expect_output "info/attributes"
}

@test "snapshots that came in without the filter are found, and --fix stages their stored form" {
  git qsnap import "$QSNAP_SOURCE/tests/fixtures/bullmq6-before.rdb" flow > /dev/null
  git add -A && git commit -qm packed
  git qsnap install > /dev/null
  expect_exit 1 git qsnap status
  expect_output "1 packed"
  expect_output "git qsnap renormalize"
  expect_exit 0 git qsnap doctor --fix
  expect_output "commit them"
  git commit -qm stored
  expect_exit 0 git qsnap status
  expect_output "1 stored"
}

@test "--fix installs what is missing, and only that" {
  ready
  rm .git/qsnap.gitconfig .gitattributes
  expect_exit 1 git qsnap doctor
  expect_exit 0 git qsnap doctor --fix
  expect_output "mended: .git/qsnap.gitconfig written"
  [ -z "$(git status --porcelain)" ]
  rm .git/hooks/pre-push
  expect_exit 1 git qsnap status
  expect_output "the hook pre-push was installed"
  expect_exit 0 git qsnap doctor --fix
  [ -x .git/hooks/pre-push ]
}

@test "cached text of snapshots is found, and dropped" {
  ready
  git update-ref refs/notes/textconv/qsnap HEAD
  expect_exit 0 git qsnap doctor
  expect_output "note   Git keeps text"
  expect_exit 0 git qsnap doctor --fix
  [ -z "$(git for-each-ref refs/notes)" ]
}

@test "a broken snapshot, one in LFS, and one with control characters in its name" {
  ready
  echo broken > $SNAPSHOTS/test-cases/broken.qsnap
  printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12\n' 0 > $SNAPSHOTS/test-cases/big.qsnap
  cp $SNAPSHOTS/test-cases/broken.qsnap $'.queue-snapshots/test-cases/a\e[31m\nb.qsnap'
  git add -A
  expect_exit 1 git qsnap doctor
  expect_output "1 in LFS, 2 broken"
  expect_output "Git LFS is not set up"
  refute_output $'\e'
}

@test "a repository that libgit2 cannot open, an ignored link, a commit without the block" {
  ready
  git rm -q --cached .gitattributes && git commit -qm "without attributes"
  expect_exit 0 git qsnap doctor
  expect_output "note   the block in .gitattributes is not committed"
  git init -q --object-format=sha256 "$WORLD/sha256" && cd "$WORLD/sha256" && git qsnap install > /dev/null
  expect_exit 1 git qsnap doctor
  expect_output "save, load and diff cannot open this repository"
}

@test "GIT_DIR and an index of a hook do not lead the trial astray" {
  ready
  before=$(sha256sum .git/index .git/HEAD .git/config)
  GIT_DIR=$PWD/.git GIT_INDEX_FILE=$PWD/.git/index GIT_WORK_TREE=$PWD expect_exit 0 git-qsnap doctor --probe
  [ "$before" = "$(sha256sum .git/index .git/HEAD .git/config)" ]
}

@test "in a bare repository" {
  ready
  git clone -q --bare . ../bare.git && cd ../bare.git
  expect_exit 1 git qsnap doctor
  git qsnap install > /dev/null
  expect_exit 0 git qsnap doctor
}

@test "the JSON of install, status, doctor and uninstall is valid" {
  for words in "install" "status" "doctor --probe" "uninstall --dry-run" "uninstall"; do
    run git qsnap $words --json
    printf '%s' "$output" > "$WORLD/out.json"
    git qsnap schema "${words%% *}" > "$WORLD/schema.json"
    /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" "$WORLD/schema.json" "$WORLD/out.json"
  done
}

@test "once a day, one line says that nothing is installed" {
  unset QSNAP_NO_NAG
  expect_exit 0 git qsnap list
  expect_output "git-qsnap: Git is not set up"
  [ "$(grep -c . <<< "$output")" = 2 ]
  expect_exit 0 git qsnap list
  refute_output "not set up"
  echo 2020-01-01 > .git/qsnap/nagged
  expect_exit 0 git qsnap import "$QSNAP_SOURCE/tests/fixtures/plain.rdb" x
  expect_output "full size: git qsnap install"
}

@test "the line is not said where it would disturb, or cannot be remembered" {
  unset QSNAP_NO_NAG
  expect_exit 0 git qsnap list --json
  refute_output "not set up"
  QSNAP_NO_NAG=1 expect_exit 0 git qsnap list
  refute_output "not set up"
  run git qsnap status
  refute_output "git-qsnap:"
  [ ! -e .git/qsnap ]
  ln -s "$WORLD/elsewhere" .git/qsnap
  expect_exit 0 git qsnap list
  refute_output "not set up"
  [ ! -e "$WORLD/elsewhere" ] && rm .git/qsnap
  git qsnap install > /dev/null
  expect_exit 0 git qsnap list
  refute_output "not set up"
}

@test "the line knows an installation for the user, and a linked work tree" {
  unset QSNAP_NO_NAG
  git add -A && git commit -qm init && git worktree add -q ../linked && cd ../linked
  expect_exit 0 git qsnap list
  expect_output "not set up"
  [ -f "$WORLD/repo/.git/qsnap/nagged" ] && rm "$WORLD/repo/.git/qsnap/nagged"
  unset GIT_CONFIG_GLOBAL && git qsnap install --global > /dev/null
  expect_exit 0 git qsnap list
  refute_output "not set up"
}
