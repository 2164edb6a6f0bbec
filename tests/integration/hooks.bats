#!/usr/bin/env bats
# Git's hooks with the real git: what each checks or tells, beside the hooks of others, and without git-qsnap.
# Redis is needed for none of it: snapshots come from fixtures by `git qsnap import`.
load helpers

FILE=.queue-snapshots/test-cases/flow.qsnap
RDB=$QSNAP_SOURCE/tests/fixtures

setup() {
  setup_world
  unset QSNAP_REDIS_URL
  git qsnap init >/dev/null
  git add -A
  git commit -qm "tree"
  local hook
  for hook in pre-commit pre-merge-commit prepare-commit-msg pre-push post-checkout post-merge; do use_hook $hook; done
}
teardown() { teardown_world; }

# use_hook NAME [FILE]: the hook as git-hooks has it.
use_hook() { install -m 755 "$QSNAP_SOURCE/git-hooks/${2:-$1}" ".git/hooks/$1"; }

# snapshot NAME FIXTURE: without a Redis; the time is the same, so the bytes are.
snapshot() { git qsnap import "$RDB/$2.rdb" "$1" --captured-at 2026-01-02T03:04:05Z >/dev/null 2>&1; }

# secret_snapshot NAME: one that holds a password.
secret_snapshot() {
  serve plain.rdb
  redis-cli -s "$SOCKET_live" hset user:1 password 'hunter2-canary' >/dev/null
  git qsnap save "$1" >/dev/null 2>&1
}

# conflicted [FILE]: six records and one conflict, made from chunks as tests/unit/codec/container_support.hpp makes them.
conflicted() { mkdir -p "$(dirname "$FILE")" && cp "$RDB/conflicted.qsnap" "${1:-$FILE}"; }
commits() { git rev-list --count HEAD; }

@test "a sound snapshot is committed without a word, also as the first commit" {
  snapshot flow bullmq6-before
  git add -A
  expect_exit 0 git commit -qm flow
  [ -z "$output" ]
  git checkout -q --orphan fresh
  expect_exit 0 git commit -qm "first of its branch"
  [ -z "$output" ]
}

@test "a conflicted snapshot is refused by commit, commit -a and a partial commit, with the index that is to be committed" {
  snapshot flow bullmq6-before
  git add -A && git commit -qm flow
  conflicted
  expect_exit 1 git commit -qam conflicted
  expect_output "git-qsnap: this commit is refused"
  expect_output "refused: $FILE: has conflicts that nobody has resolved"
  expect_output "hint: conflicts: git qsnap conflicts shows them, git qsnap resolve NAME decides them"
  echo text > other
  git add other
  expect_exit 1 git commit -qm partial -- $FILE
  expect_output "has conflicts"
  expect_exit 0 git commit -qm "the other file alone" -- other   # next-index-PID.lock has only that
  git add $FILE
  snapshot flow bullmq6-before   # the work tree is sound again, what is staged is not
  expect_exit 1 git commit -qm staged
  expect_output "has conflicts"
  [ "$(commits)" = 3 ]
  expect_exit 0 git commit -q --no-verify -m "all the same"
}

@test "a broken snapshot, a link and another file under the suffix are refused, a pointer of LFS is not" {
  mkdir -p .queue-snapshots/test-cases
  snapshot flow bullmq6-before
  printf 'x' | dd of=$FILE bs=1 seek=5000 conv=notrunc status=none
  ln -s /etc/passwd .queue-snapshots/link.qsnap
  echo "no snapshot" > .queue-snapshots/test-cases/text.qsnap
  printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12\n' 7 > .queue-snapshots/test-cases/big.qsnap
  git add -A
  expect_exit 1 git commit -qm broken
  expect_output "refused: $FILE: "
  expect_output "refused: .queue-snapshots/link.qsnap: is not a regular file"
  expect_output "refused: .queue-snapshots/test-cases/text.qsnap: is not a git-qsnap snapshot"
  expect_output "git restore --staged FILE leaves the file out"
  expect_output "warning: .queue-snapshots/test-cases/big.qsnap: could not be checked: its object of Git LFS is not in this clone"
  run git qsnap hook pre-commit --json
  [ "$status" = 5 ]
}

@test "a secret is refused with its place and never its value; allow, warn and ignore of config.yaml say otherwise" {
  secret_snapshot flow
  git add -A
  expect_exit 1 git commit -qm secret
  expect_output "refused: $FILE: keys[key=\"user:1\"].items[*][*]: looks like a secret"
  expect_output "hint: secrets: git qsnap save NAME --redact"
  refute_output "hunter2"
  expect_exit 6 git qsnap hook pre-commit --json
  refute_output "hunter2"
  printf 'version: 1\nscan: {secrets: warn}\n' > .queue-snapshots/config.yaml
  expect_exit 6 git qsnap hook pre-commit   # that is not staged
  git add -A
  expect_exit 0 git qsnap hook pre-commit
  expect_output "warning: $FILE: keys"
  printf 'version: 1\nscan:\n  allow: ["keys[key=\\"user:1\\"].items[*][*]"]\n' > .queue-snapshots/config.yaml
  git add -A
  expect_exit 0 git qsnap hook pre-commit
  [ -z "$output" ]
  printf 'version: 1\nscan: {secrets: ignore}\n' > .queue-snapshots/config.yaml
  git add -A
  expect_exit 0 git commit -qm allowed
  [ -z "$output" ]
}

@test "tokens of redaction are no secrets" {
  serve plain.rdb
  redis-cli -s "$SOCKET_live" hset user:1 password 'hunter2-canary' mail ada@example.org >/dev/null
  git qsnap save flow --redact >/dev/null 2>&1
  git add -A
  expect_exit 0 git commit -qm redacted
  [ -z "$output" ]
}

@test "a config.yaml that is no config stops a commit of snapshots, and no other" {
  snapshot flow bullmq6-before
  echo "version: 9" > .queue-snapshots/config.yaml
  git add -A
  expect_exit 1 git commit -qm config
  expect_output ".queue-snapshots/config.yaml:1: version 9 is not understood"
  git rm -q --cached $FILE
  expect_exit 0 git commit -qm "no snapshot in it"
}

@test "a large snapshot, and a packed one beside the filter, are hints and no reason to refuse" {
  git config filter.qsnap.clean "git-qsnap-driver clean"
  echo '/.queue-snapshots/**/*.qsnap filter=qsnap' > .gitattributes
  snapshot flow bullmq6-before
  blob=$(git hash-object -w --no-filters $FILE)
  git update-index --add --cacheinfo "100644,$blob,$FILE"
  expect_exit 0 git qsnap hook pre-commit
  expect_output "warning: $FILE: is staged packed, though the filter is configured"
  expect_output "git qsnap renormalize"
  git config --unset filter.qsnap.clean
  serve plain.rdb
  redis-cli -s "$SOCKET_live" eval 'for i = 1, 34 do redis.call("set", "big:" .. i, string.rep("x", 1024 * 1024)) end' 0 >/dev/null
  git qsnap save large >/dev/null 2>&1
  git add -A
  expect_exit 0 git qsnap hook pre-commit
  expect_output "large.qsnap: is large: "
  expect_output "git qsnap lfs migrate"
}

@test "a clean merge runs the check, too, and post-merge tells what it brought" {
  git checkout -qb side
  snapshot flow bullmq6-before
  git add -A && git commit -qm flow
  git checkout -q main
  echo x > file && git add file && git commit -qm file
  expect_exit 0 git merge -q side -m merged
  expect_output "git-qsnap: 1 snapshot changed: test-cases/flow (added)"
  git checkout -q side
  conflicted
  git add -A && git commit -q --no-verify -m conflicted
  git checkout -q main
  expect_exit 1 git merge -q side -m again
  expect_output "git-qsnap: this merge is refused"
  expect_output "refused: $FILE: has conflicts"
  git merge --abort
}

@test "a branch is told of in one line, files and a new work tree are not; a rebase goes through" {
  git checkout -qb side
  for name in a b c d e f; do snapshot $name bullmq6-before; done
  git add -A && git commit -qm six
  expect_exit 0 git checkout -q main
  expect_output "git-qsnap: 6 snapshots changed: test-cases/a (removed), test-cases/b (removed)"
  expect_output "(removed), and 1 more"
  [ "${#lines[@]}" = 1 ]
  expect_exit 0 git checkout side -- .queue-snapshots
  refute_output "snapshots changed"
  git reset -q --hard
  expect_exit 0 git worktree add -q "$WORLD/linked" side
  [ -z "$output" ]
  git worktree remove --force "$WORLD/linked"
  expect_exit 0 git merge -q --ff-only side
  expect_output "6 snapshots changed: test-cases/a (added)"
  git reset -q --hard HEAD~1
  echo x > file && git add file && git commit -qm file
  git checkout -q side
  expect_exit 0 git rebase -q main
  [ "$(git rev-list --count main..side)" = 1 ]
}

@test "the summary of a commit is opt-in, in comments, and only for a message that is being written" {
  snapshot flow bullmq6-before
  git add -A
  GIT_EDITOR="cat" run git commit -q
  refute_output "Queues:"
  git config qsnap.commitSummary true
  GIT_EDITOR="cat" run git commit -q
  expect_output "# Queues:"
  expect_output "test-cases/flow: new, 123 jobs"
  GIT_EDITOR="echo subject >" git commit -q
  [ "$(git log -1 --format=%B)" = subject ]
  snapshot flow bullmq6-after
  git add -A
  GIT_EDITOR="cat" run git commit -q
  expect_output "test-cases/flow: "
  expect_output "email: "
  expect_output "now completed"
  git config core.commentChar ';'
  GIT_EDITOR="cat" run git commit -q
  expect_output "; Queues:"
  git config core.commentChar auto
  GIT_EDITOR="cat" run git commit -q
  refute_output "Queues:"
  git config --unset core.commentChar
  git config commit.cleanup whitespace   # comments stay in the message then
  GIT_EDITOR="cat" run git commit -q
  refute_output "Queues:"
  git reset -q --soft HEAD~1
  git config --unset commit.cleanup
  git commit -qm given
  [ "$(git log -1 --format=%B)" = given ]
  GIT_EDITOR="cat" run git commit -q --amend
  refute_output "Queues:"
}

@test "pre-push refuses what is new to the remote: a new branch, a force push, a tag; not a deletion" {
  git init -q --bare "$WORLD/remote.git"
  git remote add origin "$WORLD/remote.git"
  expect_exit 0 git push -q origin main
  [ -z "$output" ]
  git checkout -qb side
  conflicted
  git add -A && git commit -q --no-verify -m conflicted
  snapshot flow bullmq6-before
  git add -A && git commit -qm "sound again, above"
  expect_exit 1 git push -q origin side
  expect_output "git-qsnap: this push is refused"
  expect_output "refused: $FILE: has conflicts that nobody has resolved (commit $(git rev-parse HEAD~1 | cut -c1-10))"
  git tag -a -m tag v1
  expect_exit 1 git push -q origin v1
  expect_exit 1 git push -q "$WORLD/remote.git" side    # a URL has no refs here that tell what it holds
  expect_exit 0 git push -q origin main
  git checkout -q main
  echo x > file && git add file && git commit -qm file
  git push -q origin main
  git reset -q --hard HEAD~1
  git merge -q --no-verify -m merge side
  expect_exit 1 git push -q --force origin main
  expect_exit 0 git push -q --no-verify origin side
  expect_exit 0 git push -q --force origin main   # side's history is on the remote now
  expect_exit 0 git push -q origin :side
}

@test "pre-push only warns of what the remote has already" {
  git init -q --bare "$WORLD/remote.git"
  git remote add origin "$WORLD/remote.git"
  conflicted
  git add -A && git commit -q --no-verify -m conflicted
  git push -q --no-verify origin main
  snapshot flow bullmq6-before
  git add -A && git commit -qm "sound"
  git push -q origin main
  git checkout -q HEAD~1 -- .queue-snapshots
  git commit -q --no-verify -m "back to the conflicted one"
  expect_exit 0 git push -q origin main
  expect_output "warning: $FILE: has conflicts"
  expect_output "the remote has it already"
}

@test "pre-push sees what a merge brings itself, what a later commit removed, and names with line ends" {
  git init -q --bare "$WORLD/remote.git"
  git remote add origin "$WORLD/remote.git"
  git push -q origin main
  conflicted
  conflicted $'.queue-snapshots/test-cases/a\nb.qsnap'
  git add -A && git commit -q --no-verify -m conflicted
  git rm -q -r .queue-snapshots/test-cases && git commit -qm removed
  expect_exit 1 git push -q origin main
  expect_output 'a\nb.qsnap: has conflicts'
  git reset -q --hard HEAD~2
  git checkout -qb one && git commit -q --allow-empty -m one
  git checkout -q main && git commit -q --allow-empty -m two
  git merge -q --no-ff --no-commit one
  conflicted
  git add -A && git commit -q --no-verify -m "evil merge"
  expect_exit 1 git push -q origin main
  expect_output "refused: $FILE: has conflicts"
}

@test "a shallow clone can push" {
  snapshot flow bullmq6-before
  git add -A && git commit -qm flow
  git init -q --bare "$WORLD/remote.git"
  git push -q "$WORLD/remote.git" main
  git clone -q --depth 1 "file://$WORLD/remote.git" "$WORLD/shallow" -b main
  cd "$WORLD/shallow"
  cp "$WORLD"/repo/.git/hooks/* .git/hooks/
  snapshot flow bullmq6-after
  git add -A
  expect_exit 0 git commit -qm after
  expect_exit 0 git push -q origin main
  [ -z "$output" ]
}

@test "without git-qsnap on the PATH everything goes through, with one line where a check is missing" {
  conflicted
  git add -A
  mkdir "$WORLD/bin"
  local tool
  for tool in git sh cat; do ln -s "$(command -v $tool)" "$WORLD/bin/$tool"; done
  PATH=$WORLD/bin expect_exit 0 git commit -qm conflicted
  [ "$output" = "git-qsnap is not on the PATH: staged snapshots go into this commit unchecked" ]
  echo x > file
  git add file
  PATH=$WORLD/bin expect_exit 0 git commit -qm "no snapshot"
  [ -z "$output" ]
  git init -q --bare "$WORLD/remote.git"
  PATH=$WORLD/bin expect_exit 0 git push -q "$WORLD/remote.git" main
  [ "$output" = "git-qsnap is not on the PATH: snapshots are pushed unchecked" ]
  PATH=$WORLD/bin expect_exit 0 git checkout -q HEAD~1
  [ -z "$output" ]
}

# chained NAME: the dispatcher as it is installed where a hook of somebody else was, with ours last.
chained() {
  use_hook "$1" dispatcher
  mkdir -p ".git/hooks/$1.d"
  install -m 755 "$QSNAP_SOURCE/git-hooks/$1" ".git/hooks/$1.d/90-qsnap"
}

@test "hooks of others run before ours, in order, with arguments and standard input; the first that fails stops it" {
  chained pre-push
  mkdir scripts
  printf '#!/usr/bin/python3\nimport sys\nprint("python", sys.argv[1], sys.stdin.read().count("refs/heads"))\n' > scripts/check.py
  chmod +x scripts/check.py
  ln -s ../../../scripts/check.py .git/hooks/pre-push.d/50-previous
  printf '#!/bin/sh\necho "sh $1 $(cat | cut -d" " -f1)"\n[ ! -e stop ]\n' > .git/hooks/pre-push.d/60-more
  printf '#!/bin/sh\necho "not executable"\n' > .git/hooks/pre-push.d/70-off
  chmod +x .git/hooks/pre-push.d/60-more
  git init -q --bare "$WORLD/remote.git"
  git remote add origin "$WORLD/remote.git"
  conflicted
  git add -A && git commit -q --no-verify -m conflicted
  expect_exit 1 git push -q origin main
  [ "${lines[0]}" = "python origin 2" ]
  [ "${lines[1]}" = "sh origin refs/heads/main" ]
  expect_output "refused: $FILE: has conflicts"   # ours was told the same
  refute_output "not executable"
  touch stop
  expect_exit 1 git push -q origin main
  refute_output "has conflicts"
  rm -r .git/hooks/pre-push.d/[56]*
  expect_exit 1 git push -q origin main
  expect_output "has conflicts"
}

@test "install puts ours behind hooks in sh, python and by a link, and uninstall puts them back to the byte" {
  rm .git/hooks/*
  mkdir scripts
  printf '#!/bin/sh\necho "linked $*"\n' > scripts/check
  printf '#!/usr/bin/python3\nimport sys\nprint("python", len(sys.stdin.readlines()))\n' > .git/hooks/pre-push
  printf '#!/bin/sh\necho "merge"\n' > .git/hooks/pre-merge-commit
  chmod 755 scripts/check .git/hooks/pre-push
  chmod 700 .git/hooks/pre-merge-commit
  ln -s ../../scripts/check .git/hooks/pre-commit
  tar -cf "$WORLD/before.tar" --sort=name --mtime=@0 .git/hooks
  expect_exit 0 git qsnap install --hooks pre-commit,pre-push,pre-merge-commit
  expect_exit 0 git qsnap install --hooks pre-commit,pre-push,pre-merge-commit
  conflicted
  git add $FILE
  expect_exit 1 git commit -qm conflicted
  [ "${lines[0]}" = "linked " ]
  expect_output "refused: $FILE: has conflicts"
  git commit -q --no-verify -m conflicted
  git init -q --bare "$WORLD/remote.git"
  expect_exit 1 git push -q "$WORLD/remote.git" main
  [ "${lines[0]}" = "python 1" ]
  expect_output "refused: $FILE: has conflicts"
  git qsnap uninstall
  tar -cf "$WORLD/after.tar" --sort=name --mtime=@0 .git/hooks
  cmp "$WORLD/before.tar" "$WORLD/after.tar"
}

@test "a folder for the hooks of all repositories is refused, with the line to add" {
  rm .git/hooks/*
  mkdir "$WORLD/shared"
  printf '[core]\n\thooksPath = %s\n' "$WORLD/shared" > "$WORLD/gitconfig"
  GIT_CONFIG_GLOBAL=$WORLD/gitconfig run git qsnap install --hooks pre-commit
  expect_output "core.hooksPath is $WORLD/shared (global)"
  expect_output "add this line to $WORLD/shared/pre-commit yourself: git qsnap hook pre-commit"
  [ -z "$(ls "$WORLD/shared" .git/hooks | grep -v :)" ]
}

@test "nothing that the repository configures is run while a push, a commit or a checkout is looked at" {
  local trap_line="touch $WORLD/evil-ran" key
  conflicted
  git add -A && git commit -q --no-verify -m conflicted
  git push -q --no-verify . HEAD:refs/remotes/origin/old
  snapshot flow bullmq6-before
  git add -A && git commit -q --no-verify -m sound
  git checkout -q --no-overlay HEAD~1 -- $FILE && git commit -q --no-verify -m back
  for key in core.fsmonitor core.pager diff.external diff.qsnap.textconv diff.qsnap.command filter.qsnap.clean \
    filter.qsnap.smudge filter.qsnap.process gpg.program pager.log pager.rev-list; do
    git config "$key" "$trap_line"
  done
  git config log.showSignature true
  git config log.follow true
  git config log.mailmap true
  git config qsnap.commitSummary true
  echo '*.qsnap diff=qsnap filter=qsnap' > .git/info/attributes
  echo "refs/heads/main $(git rev-parse HEAD) refs/heads/main $(printf '%040d' 0)" > "$WORLD/input"
  expect_exit 0 git-qsnap hook pre-push origin url < "$WORLD/input"
  expect_output "the remote has it already"
  expect_exit 0 git-qsnap hook post-checkout "$(git rev-parse HEAD~1)" "$(git rev-parse HEAD)" 1
  expect_output "1 snapshot changed"
  git update-ref HEAD HEAD~1
  expect_exit 5 git-qsnap hook pre-commit
  : > "$WORLD/message"
  expect_exit 0 git-qsnap hook prepare-commit-msg "$WORLD/message"
  grep -q 'test-cases/flow' "$WORLD/message"
  [ ! -e "$WORLD/evil-ran" ]
}

@test "what a partial clone misses is told, and not fetched by whatever the repository names" {
  conflicted
  git add -A && git commit -q --no-verify -m conflicted
  local blob
  blob=$(git rev-parse "HEAD:$FILE")
  rm -f ".git/objects/${blob:0:2}/${blob:2}"
  git config core.repositoryFormatVersion 1
  git config extensions.partialClone evil
  git config remote.evil.promisor true
  git config remote.evil.url ssh://nowhere/x
  git config protocol.ssh.allow always
  git config core.sshCommand "touch $WORLD/evil-ran; false"
  echo "refs/heads/main $(git rev-parse HEAD) refs/heads/main $(printf '%040d' 0)" > "$WORLD/input"
  expect_exit 0 git-qsnap hook pre-push origin url < "$WORLD/input"
  expect_output "warning: $FILE: could not be checked: its content is not in this clone"
  [ ! -e "$WORLD/evil-ran" ]
  git cat-file blob "$blob" 2>/dev/null || true
  [ -e "$WORLD/evil-ran" ]   # git by itself does
}

@test "a chained hook passes the exit code on, and works under the name that another manager gives it" {
  chained pre-commit
  printf '#!/bin/sh\nexit 7\n' > .git/hooks/pre-commit.d/50-previous
  chmod +x .git/hooks/pre-commit.d/50-previous
  run .git/hooks/pre-commit
  [ "$status" = 7 ]
  mv .git/hooks/pre-commit .git/hooks/pre-commit.legacy
  run .git/hooks/pre-commit.legacy
  [ "$status" = 7 ]
}

@test "in a linked work tree the hooks check what is staged there" {
  git worktree add -q "$WORLD/linked"
  cd "$WORLD/linked"
  conflicted
  git add -A
  expect_exit 1 git commit -qm conflicted
  expect_output "has conflicts"
}

@test "names in messages cannot command the terminal" {
  conflicted $'.queue-snapshots/test-cases/\e[31mred.qsnap'
  git add -A
  expect_exit 1 git commit -qm evil
  expect_output 'test-cases/\x1b[31mred.qsnap: has conflicts'
}

@test "an unknown hook and wrong arguments are usage errors" {
  expect_exit 2 git qsnap hook commit-msg
  expect_output "there is no hook commit-msg"
  expect_exit 2 git qsnap hook post-checkout HEAD HEAD 1
  expect_exit 2 git qsnap hook post-merge
  expect_exit 2 git qsnap hook prepare-commit-msg
  expect_exit 2 bash -c 'echo nonsense | git qsnap hook pre-push'
}

@test "every JSON of a hook is valid" {
  git qsnap schema hook > "$WORLD/schema.json"
  snapshot flow bullmq6-before
  conflicted .queue-snapshots/test-cases/other.qsnap
  git add -A && git commit -q --no-verify -m both
  git reset -q --soft HEAD~1
  expect_exit 5 git qsnap hook pre-commit --json
  printf '%s' "$output" > "$WORLD/out.json"
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" "$WORLD/schema.json" "$WORLD/out.json"
  expect_exit 0 git qsnap hook post-checkout "$(git rev-parse HEAD)" "$(git rev-parse ORIG_HEAD)" 1 --json
  printf '%s' "$output" > "$WORLD/out.json"
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" "$WORLD/schema.json" "$WORLD/out.json"
  [ "$(jq -r '.changes | length' "$WORLD/out.json")" = 2 ]
}
