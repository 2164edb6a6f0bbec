#!/usr/bin/env bats
# What install writes, where, and what git makes of it. The way back is uninstall.bats.
load helpers
setup() { setup_world; }
teardown() { teardown_world; }

attributes() { git check-attr merge diff text filter -- "$@" | sed 's/.*: \(.*\): /\1 /' | sort -u | tr '\n' ' '; }
ALL='diff qsnap filter qsnap merge qsnap text unset '

@test "install writes one file and one include, two attribute blocks, three hooks and a manifest" {
  git qsnap init
  expect_exit 0 git qsnap install
  expect_output "git add .gitattributes"
  [ "$(git config --get merge.qsnap.driver)" = \
    "git-qsnap-driver merge --base %O --ours %A --theirs %B --marker %L --path %P --lb %S --lo %X --lt %Y" ]
  [ "$(git config --get merge.qsnap.recursive)" = qsnap-virtual ]
  [ "$(git config --show-origin --get filter.qsnap.clean)" = "file:.git/qsnap.gitconfig	git-qsnap-driver clean -- %f" ]
  [ -z "$(git config --get filter.qsnap.smudge)$(git config --get filter.qsnap.required)" ]
  git config --get diff.qsnap.xfuncname
  [ "$(attributes $SNAPSHOTS/x.qsnap $SNAPSHOTS/test-cases/a/b/c.qsnap)" = "$ALL" ]
  [ "$(git check-attr filter -- sub/$SNAPSHOTS/x.qsnap other.qsnap | grep -c unspecified)" = 2 ]
  [ "$(git check-attr eol -- $SNAPSHOTS/config.yaml)" = "$SNAPSHOTS/config.yaml: eol: lf" ]
  [ "$(grep -c filter .git/info/attributes)" = 0 ]
  [ -x .git/hooks/pre-commit ] && [ -x .git/hooks/pre-merge-commit ] && [ -x .git/hooks/pre-push ]
  [ ! -e .git/hooks/prepare-commit-msg ]
  jq -e '.qsnap_install == 1' .git/qsnap/install.json
}

@test "on a file system without case, snapshots are snapshots in every spelling" {
  git config core.ignoreCase true
  git qsnap install
  [ "$(attributes .Queue-Snapshots/A/X.QSNAP)" = "$ALL" ]
}

@test "installing twice changes nothing" {
  git qsnap install
  before=$(folder_state .)
  expect_exit 0 git qsnap install
  expect_output "was installed already"
  [ "$before" = "$(folder_state .)" ]
}

@test "dry-run and print write nothing; print gives texts that git reads" {
  before=$(folder_state .)
  expect_exit 0 git qsnap install --dry-run
  expect_output "would be installed"
  expect_output ".git/qsnap.gitconfig"
  git qsnap install --print > "$WORLD/printed"
  [ "$before" = "$(folder_state .)" ]
  sed -n '/^# .git\/qsnap.gitconfig/,/^# .git\/config/p' "$WORLD/printed" > "$WORLD/fragment"
  [ "$(git config --file "$WORLD/fragment" --get diff.qsnap.textconv)" = git-qsnap-driver ]
  expect_exit 2 git qsnap install --print --json
}

@test "an installed repository: a real add, diff and merge go through the driver" {
  git qsnap init && git qsnap install
  git qsnap import "$QSNAP_SOURCE/tests/fixtures/bullmq6-before.rdb" flow
  git add -A && git commit -qm before
  git cat-file blob HEAD:$SNAPSHOTS/test-cases/flow.qsnap > "$WORLD/blob"
  [ "$(stat -c %s "$WORLD/blob")" -gt "$(stat -c %s $SNAPSHOTS/test-cases/flow.qsnap)" ]
  git qsnap import "$QSNAP_SOURCE/tests/fixtures/bullmq6-after.rdb" flow
  expect_exit 0 git diff
  expect_output '"job bullmq:bull:'
  refute_output "Binary files"
  [ -z "$(git status --porcelain | grep -v '^ M')" ]
}

@test "everything works in a clone after one install, and the committed block is left alone" {
  git qsnap init && git qsnap install && git add -A && git commit -qm init
  git clone -q . ../clone && cd ../clone
  before=$(folder_state .)
  expect_exit 0 git qsnap install
  expect_output "kept      .gitattributes"
  expect_exit 0 git qsnap doctor
  git qsnap uninstall
  [ "$before" = "$(folder_state .)" ]
}

@test "hooks are chosen by name, left out, or unknown" {
  expect_exit 0 git qsnap install --no-hooks
  [ -z "$(find .git/hooks -type f ! -name '*.sample')" ]
  expect_exit 0 git qsnap install --hooks=pre-push,pre-commit
  [ -x .git/hooks/pre-push ] && [ ! -e .git/hooks/pre-merge-commit ]
  expect_exit 2 git qsnap install --hooks=pre-lunch
  expect_output "prepare-commit-msg"
  expect_exit 2 git qsnap install --global --hooks=pre-commit
}

@test "two scopes at once are refused by the command line" {
  expect_exit 2 git qsnap install --local --global
}

@test "a linked work tree shares everything but its .gitattributes" {
  git commit -q --allow-empty -m root
  git worktree add -q ../linked
  cd ../linked
  expect_exit 0 git qsnap install
  [ -f "$WORLD/repo/.git/qsnap.gitconfig" ] && [ -f .gitattributes ] && [ ! -e "$WORLD/repo/.gitattributes" ]
  [ "$(attributes $SNAPSHOTS/x.qsnap)" = "$ALL" ]
  cd "$WORLD/repo"
  [ "$(git check-attr merge -- $SNAPSHOTS/x.qsnap)" = "$SNAPSHOTS/x.qsnap: merge: qsnap" ]
}

@test "one work tree alone, with extensions.worktreeConfig" {
  git commit -q --allow-empty -m root
  expect_exit 6 git qsnap install --worktree
  expect_output "extensions.worktreeConfig"
  git config extensions.worktreeConfig true
  git worktree add -q ../linked && cd ../linked
  expect_exit 0 git qsnap install --worktree
  git config --get merge.qsnap.driver
  cd "$WORLD/repo"
  [ -z "$(git config --get merge.qsnap.driver)" ]
  [ ! -e .git/info/attributes ]
}

@test "what the main work tree has of its own stays when the repository's installation goes" {
  git commit -q --allow-empty -m root
  git config extensions.worktreeConfig true
  git qsnap install --worktree > /dev/null
  expect_exit 0 git qsnap uninstall
  [ "$(git config --get merge.qsnap.recursive)" = qsnap-virtual ]
  git qsnap install > /dev/null
  expect_exit 0 git qsnap uninstall --worktree
  [ "$(git config --get merge.qsnap.recursive)" = qsnap-virtual ]
  expect_exit 0 git qsnap uninstall
  [ -z "$(git config --get merge.qsnap.recursive)" ]
  [ -z "$(find .git -name '*qsnap*')" ]
}

@test "a bare repository gets configuration and attributes" {
  git init -q --bare "$WORLD/bare.git" && cd "$WORLD/bare.git"
  expect_exit 0 git qsnap install
  expect_output "bare"
  [ "$(git config --get merge.qsnap.recursive)" = qsnap-virtual ]
  [ "$(git check-attr merge -- $SNAPSHOTS/a/x.qsnap)" = "$SNAPSHOTS/a/x.qsnap: merge: qsnap" ]
  [ ! -e .gitattributes ] && [ -z "$(find hooks -type f ! -name '*.sample')" ]
}

@test "a submodule is a repository of its own" {
  git init -q "$WORLD/part" && git -C "$WORLD/part" commit -q --allow-empty -m part
  git -c protocol.file.allow=always submodule --quiet add "$WORLD/part" part
  cd part
  expect_exit 0 git qsnap install
  [ -f "$WORLD/repo/.git/modules/part/qsnap.gitconfig" ] && [ -f .gitattributes ] && [ ! -e ../.gitattributes ]
  [ "$(attributes $SNAPSHOTS/x.qsnap)" = "$ALL" ]
}

@test "for all repositories of a user, once" {
  unset GIT_CONFIG_GLOBAL
  printf '[user]\n\tname = Test' > "$HOME/.gitconfig"
  before=$(folder_state "$HOME")
  repository=$(folder_state .)
  expect_exit 0 git qsnap install --global
  [ "$(git config --get include.path)" = '~/.config/git/qsnap.gitconfig' ]
  [ "$(attributes $SNAPSHOTS/a/x.qsnap)" = "$ALL" ]
  [ "$repository" = "$(folder_state .)" ]
  expect_exit 0 git qsnap status
  expect_output "installed (global)"
  expect_exit 0 git qsnap uninstall --global
  [ "$before" = "$(folder_state "$HOME")" ]
}

@test "a user's configuration behind a link is written where the link leads" {
  unset GIT_CONFIG_GLOBAL
  mkdir "$HOME/dotfiles" && echo '# mine' > "$HOME/dotfiles/gitconfig" && ln -s dotfiles/gitconfig "$HOME/.gitconfig"
  expect_exit 0 git qsnap install --global
  [ -L "$HOME/.gitconfig" ] && grep -q qsnap "$HOME/dotfiles/gitconfig"
}

@test "for a machine, in a file of one's own" {
  mkdir "$WORLD/etc" && export GIT_CONFIG_SYSTEM=$WORLD/etc/gitconfig && unset GIT_CONFIG_NOSYSTEM
  expect_exit 0 git qsnap install --system
  [ "$(git config --show-scope --get merge.qsnap.recursive)" = "system	qsnap-virtual" ]
  expect_exit 0 git qsnap uninstall --system
  [ -z "$(ls "$WORLD/etc")" ]
}

@test "the driver is found on the PATH, unless it is pinned; a path with blanks and quotes works" {
  git qsnap install
  [ "$(grep -c "$QSNAP_BIN" .git/qsnap.gitconfig)" = 0 ]
  git qsnap uninstall
  odd="$WORLD/a \"b\" 'c'"
  mkdir "$odd" && cp "$QSNAP_BIN/git-qsnap" "$QSNAP_BIN/git-qsnap-driver" "$odd"
  expect_exit 0 "$odd/git-qsnap" install --pin-path --no-hooks
  git qsnap init && git qsnap import "$QSNAP_SOURCE/tests/fixtures/plain.rdb" x
  PATH=${PATH#"$QSNAP_BIN:"} git add -A
  PATH=${PATH#"$QSNAP_BIN:"} expect_exit 0 git diff --cached
  expect_output '"key '
  PATH=${PATH#"$QSNAP_BIN:"} expect_exit 0 "$odd/git-qsnap" doctor
  expect_output "pins $odd/git-qsnap-driver"
  rm "$odd/git-qsnap-driver"
  expect_exit 1 "$odd/git-qsnap" status
  expect_output "which cannot be run"
}

@test "a link in the place of an attributes file is refused, and nothing is written" {
  for file in .gitattributes .git/info/attributes; do
    rm -f "$file" && mkdir -p "$(dirname "$file")" && touch "$WORLD/outside" && ln -s "$WORLD/outside" "$file"
    expect_exit 6 git qsnap install
    expect_output "is not a regular file"
    [ ! -s "$WORLD/outside" ] && [ ! -e .git/qsnap.gitconfig ]
    rm "$file"
  done
  mkdir "$WORLD/elsewhere" && ln -s "$WORLD/elsewhere" .git/qsnap
  expect_exit 6 git qsnap install
  [ -z "$(ls "$WORLD/elsewhere")" ]
}

@test "a configuration that names another work tree leads nowhere" {
  mkdir "$WORLD/other"
  git config core.worktree "$WORLD/other"
  expect_exit 2 git qsnap install
  expect_output "not inside of the work tree"
  git config core.worktree "$WORLD"
  expect_exit 0 git qsnap install
  [ ! -e "$WORLD/.gitattributes" ] && [ ! -e "$WORLD/other/.gitattributes" ] && [ ! -e .gitattributes ]
}

@test "a configuration that another git is writing is left alone" {
  touch .git/config.lock
  expect_exit 7 git qsnap install
  expect_output "config.lock"
  rm .git/config.lock
  expect_exit 0 git qsnap install
}

@test "exotic repositories: sha256, split index, sparse index, partial clone, autocrlf" {
  git init -q --object-format=sha256 "$WORLD/sha256" && cd "$WORLD/sha256"
  expect_exit 0 git qsnap install
  [ "$(attributes $SNAPSHOTS/x.qsnap)" = "$ALL" ]

  cd "$WORLD/repo" && git qsnap init && git qsnap install
  git qsnap import "$QSNAP_SOURCE/tests/fixtures/bullmq6-before.rdb" flow
  git update-index --split-index && git config core.autocrlf true
  git add -A && git commit -qm flow
  expect_exit 0 git qsnap status
  expect_output "1 stored"
  git checkout -q -b side && rm -r $SNAPSHOTS && git checkout -q -- . && [ -z "$(git status --porcelain)" ]
  zstd -dcq $SNAPSHOTS/test-cases/flow.qsnap | jq -e .qsnap > /dev/null

  git config uploadpack.allowFilter true
  git clone -q --filter=blob:none "file://$WORLD/repo" "$WORLD/partial" && cd "$WORLD/partial"
  git sparse-checkout set --cone --sparse-index lib
  expect_exit 0 git qsnap install
  [ -f .gitattributes ] && [ ! -e $SNAPSHOTS ]
  [ "$(attributes $SNAPSHOTS/x.qsnap)" = "$ALL" ]
}

@test "a branch without .gitattributes has the driver nevertheless" {
  git qsnap init && git add -A && git commit -qm old && git branch old
  git qsnap install && git add -A && git commit -qm attributes
  git checkout -q old
  [ ! -e .gitattributes ]
  [ "$(git check-attr merge diff -- $SNAPSHOTS/x.qsnap | grep -c ': qsnap$')" = 2 ]
}

@test "init offers to install, and says nothing where that is done" {
  expect_exit 0 git qsnap init
  expect_output "next: git qsnap install"
  git qsnap install
  expect_exit 0 git qsnap init
  refute_output "next:"
}

@test "on a terminal, init asks" {
  cat > "$WORLD/ask.py" <<'END'
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execvp("git-qsnap", ["git-qsnap", "init"])
said, asked = b"", False
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    said += piece
    if b"[y/N]" in said and not asked:
        asked = True
        os.write(terminal, sys.argv[1].encode() + b"\n")
print(said.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
END
  expect_exit 0 /usr/bin/python3 "$WORLD/ask.py" n
  expect_output "next: git qsnap install"
  [ ! -e .git/qsnap.gitconfig ]
  expect_exit 0 /usr/bin/python3 "$WORLD/ask.py" y
  expect_output "written   hook pre-push"
  [ -f .git/qsnap.gitconfig ]
  expect_exit 0 /usr/bin/python3 "$WORLD/ask.py" y
  refute_output "[y/N]"
}

@test "a merge onto a branch that is older than .gitattributes goes through the driver" {
  git qsnap init
  git qsnap import "$QSNAP_SOURCE/tests/fixtures/bullmq6-before.rdb" flow && git add -A && git commit -qm base
  git checkout -qb theirs
  git qsnap install --no-hooks
  git qsnap import "$QSNAP_SOURCE/tests/fixtures/bullmq6-after.rdb" flow && git add -A && git commit -qm theirs
  git checkout -q main
  git qsnap import "$QSNAP_SOURCE/tests/fixtures/plain.rdb" flow && git add -A && git commit -qm ours
  [ ! -e .gitattributes ]
  run git merge theirs
  refute_output "Cannot merge binary files"
  expect_output "git-qsnap-driver"
  rm .git/info/attributes && git merge --abort
  run git merge theirs
  expect_output "Cannot merge binary files"
}
