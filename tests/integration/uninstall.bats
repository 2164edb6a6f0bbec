#!/usr/bin/env bats
# uninstall is the exact inverse of install: every byte, mode and folder.
load helpers
setup() { setup_world; }
teardown() { teardown_world; }

state() { folder_state "${1:-$WORLD/repo}"; }

# round_trip OPTIONS…: install, uninstall, uninstall leave the whole world as it was.
round_trip() {
  local before
  before=$(state "$WORLD")
  expect_exit 0 git qsnap install "$@"
  [ "$before" != "$(state "$WORLD")" ]
  expect_exit 0 git qsnap install "$@"
  expect_exit 0 git qsnap uninstall
  diff <(echo "$before") <(state "$WORLD")
  expect_exit 0 git qsnap uninstall
  expect_output "nothing was installed"
  diff <(echo "$before") <(state "$WORLD")
}

@test "the comparison itself sees a byte, a mode, a folder and a link" {
  before=$(state)
  echo >> .git/description && [ "$before" != "$(state)" ]
  before=$(state) && chmod 600 .git/description && [ "$before" != "$(state)" ]
  before=$(state) && mkdir .git/x && [ "$before" != "$(state)" ]
  before=$(state) && ln -s y .git/z && [ "$before" != "$(state)" ]
  [ "$(state)" = "$(state)" ]
}

@test "a new repository" { round_trip; }

@test "a repository without templates, so without info and hooks" {
  rm -rf .git/info .git/hooks .git/branches
  round_trip
}

@test "files that were there, with odd ends and modes" {
  printf '*.png binary' > .gitattributes && chmod 664 .gitattributes
  mkdir -p .git/info && printf '*.txt text\r\n' > .git/info/attributes && chmod 600 .git/info/attributes
  printf '# a comment\n[include]\n\tpath = other.inc ; mine\n[user]\n\tname = "x"' >> .git/config && chmod 640 .git/config
  round_trip
}

@test "empty files that were there stay" {
  touch .gitattributes && mkdir -p .git/info && : > .git/info/attributes
  round_trip
}

@test "existing hooks in sh and in python" {
  printf '#!/bin/sh\necho sh-hook >> "$WORLD/ran"\n' > .git/hooks/pre-commit
  printf '#!/usr/bin/python3\nprint("python-hook")\n' > .git/hooks/pre-push
  chmod 755 .git/hooks/pre-commit && chmod 700 .git/hooks/pre-push
  round_trip
}

@test "a hook that is a link" {
  mkdir tools && printf '#!/bin/sh\nexit 0\n' > tools/check && chmod +x tools/check
  ln -s ../../tools/check .git/hooks/pre-commit
  round_trip
}

@test "core.hooksPath inside of the work tree, and that of the user" {
  mkdir .husky && printf '#!/bin/sh\nexit 0\n' > .husky/pre-commit && chmod +x .husky/pre-commit
  git config core.hooksPath .husky
  round_trip
  git config --unset core.hooksPath
  printf '[core]\n\thooksPath = %s\n' "$HOME/hooks" > "$HOME/gitconfig"
  mkdir "$HOME/hooks"
  export GIT_CONFIG_GLOBAL=$HOME/gitconfig
  round_trip
}

@test "a linked work tree" {
  git commit -q --allow-empty -m root && git worktree add -q ../linked && cd ../linked
  round_trip
}

@test "a bare repository" {
  git init -q --bare "$WORLD/bare.git" && cd "$WORLD/bare.git"
  round_trip
}

@test "one work tree alone" {
  git commit -q --allow-empty -m root && git config extensions.worktreeConfig true
  git worktree add -q ../linked && cd ../linked
  before=$(state "$WORLD")
  git qsnap install --worktree && git qsnap uninstall --worktree
  diff <(echo "$before") <(state "$WORLD")
}

@test "installed in two work trees, taken back in both" {
  git commit -q --allow-empty -m root && git worktree add -q ../linked
  before=$(state "$WORLD")
  git qsnap install
  (cd ../linked && git qsnap install)
  expect_exit 0 git qsnap uninstall
  expect_output "the work tree linked stays"
  (cd ../linked && git qsnap uninstall)
  diff <(echo "$before") <(state "$WORLD")
}

@test "lines that others added meanwhile stay, and nothing else" {
  printf '*.png binary' > .gitattributes
  git qsnap install
  echo '*.jpg binary' >> .gitattributes
  git config branch.main.remote origin
  git config --add include.path other.inc
  expect_exit 0 git qsnap uninstall
  [ "$(cat .gitattributes)" = $'*.png binary\n*.jpg binary' ]
  [ "$(git config --get branch.main.remote)" = origin ] && [ "$(git config --get-all include.path)" = other.inc ]
  [ ! -e .git/qsnap.gitconfig ] && [ ! -e .git/qsnap ]
}

@test "what was edited inside of our parts stays and is told, also by the exit code" {
  git qsnap install --no-hooks
  sed -i '/\/lfs\//d; s/^.*\.qsnap .*/\/.queue-snapshots\/x.qsnap -merge/' .gitattributes
  echo '# my note' >> .git/qsnap.gitconfig
  expect_exit 1 git qsnap uninstall
  expect_output "edited    .gitattributes"
  expect_output "edited    .git/qsnap.gitconfig"
  [ "$(cat .gitattributes)" = '/.queue-snapshots/x.qsnap -merge' ]
  grep -q 'my note' .git/qsnap.gitconfig
  [ -z "$(git config --get merge.qsnap.driver)" ]
}

@test "an edited hook stays and is told" {
  git qsnap install --hooks=pre-commit
  echo '# mine' >> .git/hooks/pre-commit
  expect_exit 1 git qsnap uninstall
  expect_output "hook pre-commit"
  grep -q '# mine' .git/hooks/pre-commit
}

@test "an install leaves an edited part alone, and says so" {
  git qsnap install
  echo '# my note' >> .git/qsnap.gitconfig
  expect_exit 1 git qsnap install
  expect_output "edited    .git/qsnap.gitconfig"
  grep -q 'my note' .git/qsnap.gitconfig
}

@test "without its manifest, what is in the git dir is known by its text" {
  git qsnap install --no-hooks
  rm -r .git/qsnap
  expect_exit 0 git qsnap uninstall
  [ ! -e .git/qsnap.gitconfig ] && [ ! -s .git/info/attributes ] && [ "$(grep -c qsnap .git/config)" = 0 ]
}

@test "a dry run removes nothing" {
  git qsnap install
  before=$(state)
  expect_exit 0 git qsnap uninstall --dry-run
  expect_output "would be removed"
  [ "$before" = "$(state)" ]
}

@test "a manifest can name no file outside, and a damaged one is refused" {
  git qsnap install --no-hooks
  echo precious > "$WORLD/outside"
  jq -c '.folders = ["../../../home", "/", ".."] | .files[0].file = "../../outside"' .git/qsnap/install.json > m
  mv m .git/qsnap/install.json
  expect_exit 5 git qsnap uninstall
  expect_output "manifest"
  [ "$(cat "$WORLD/outside")" = precious ] && [ -f .git/qsnap.gitconfig ]
  echo '{"qsnap_install":2}' > .git/qsnap/install.json
  expect_exit 5 git qsnap uninstall
  expect_output "later git-qsnap"
}

# earlier_manifest: the manifest as if another text had been installed.
earlier_manifest() {
  /usr/bin/python3 - <<'END'
import hashlib, json
path = ".git/qsnap/install.json"
manifest = json.load(open(path))
for file in manifest["files"]:
    lines = file["piece"].replace(" linguist-generated", "").splitlines(True)
    file["piece"] = "".join(line for line in lines if "name = queue" not in line)
    file["sha256"] = hashlib.sha256(file["piece"].encode()).hexdigest()
json.dump(manifest, open(path, "w"), separators=(",", ":"))
END
}

@test "parts of an earlier version are replaced by an install, and go with an uninstall" {
  printf '*.png binary' > .gitattributes
  before=$(state)
  git qsnap install
  # What an earlier version could have written: other texts, and a manifest that knows them.
  sed -i 's/ linguist-generated//' .gitattributes .git/info/attributes
  sed -i '/name = queue/d' .git/qsnap.gitconfig
  earlier_manifest
  earlier=$(state) && cp -a . ../earlier
  expect_exit 0 git qsnap install
  expect_output "upgraded  .git/qsnap.gitconfig"
  expect_output "upgraded  .gitattributes"
  grep -q linguist-generated .gitattributes
  expect_exit 0 git qsnap uninstall
  diff <(echo "$before") <(state)
  git qsnap install && earlier_manifest  # as if an install was killed before it wrote the manifest
  expect_exit 0 git qsnap install
  expect_exit 0 git qsnap uninstall
  diff <(echo "$before") <(state)
  cd ../earlier && [ "$earlier" = "$(state .)" ]
  expect_exit 0 git qsnap uninstall
  diff <(echo "$before") <(state .)
}

@test "snapshots stay as they are, and uninstall says which way git status is clean again" {
  git qsnap init && git qsnap install
  git qsnap import "$QSNAP_SOURCE/tests/fixtures/plain.rdb" x && git add -A && git commit -qm x
  expect_exit 0 git qsnap uninstall
  expect_output "git checkout -- .queue-snapshots"
  touch $SNAPSHOTS/test-cases/x.qsnap
  [ "$(git status --porcelain $SNAPSHOTS)" = " M $SNAPSHOTS/test-cases/x.qsnap" ]
  git checkout -q -- $SNAPSHOTS
  [ -z "$(git status --porcelain $SNAPSHOTS)" ]
  expect_exit 0 git qsnap show x
}
