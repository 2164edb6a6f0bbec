#!/usr/bin/env bats
# git qsnap conflicts, resolve, unresolve and mergetool: what a merge could not decide, and how it ends.
load helpers

# The repository that most tests begin with is made once, and copied.
setup_file() {
  setup_world
  git qsnap init >/dev/null
  git qsnap install >/dev/null
  make_two_branches
  cp -a "$WORLD/repo" "$BATS_FILE_TMPDIR/two-branches"
  cd /
  BATS_TEST_COMPLETED=1 teardown_world
  unset QSNAP_REDIS_URL
}
setup() {
  setup_world
  git qsnap init >/dev/null
  git qsnap install >/dev/null
}
teardown() { teardown_world; }

FILE=.queue-snapshots/test-cases/flow.qsnap

redis() { redis-cli -s "$SOCKET_live" "$@" >/dev/null; }
completed() {
  redis LREM bull:email:wait 0 "$1"
  redis ZADD bull:email:completed 1790000000000 "$1"
  redis HSET "bull:email:$1" finishedOn 1790000000000 processedOn 1789999999000 returnvalue '"ok"'
}
failed() {
  redis LREM bull:email:wait 0 "$1"
  redis ZADD bull:email:failed 1790000000500 "$1"
  redis HSET "bull:email:$1" finishedOn 1790000000500 processedOn 1789999999000 failedReason boom
}
keep() { git qsnap save flow --refresh >/dev/null && git add -A && git commit -qm "$1"; }

# Job 40 completes here and fails there, job 41 gets another payload on each side, job 42 is removed here and changed
# there; job 43 changes there alone.
make_two_branches() {
  serve bullmq6-before.rdb
  keep base
  git branch other
  completed 40
  redis HSET bull:email:41 data '{"to":"ours"}'
  redis LREM bull:email:wait 0 42; redis DEL bull:email:42
  keep ours
  git checkout -q other
  serve bullmq6-before.rdb
  failed 40
  redis HSET bull:email:41 data '{"to":"theirs"}'
  redis HSET bull:email:42 data '{"to":"changed"}'
  redis HSET bull:email:43 data '{"only":"theirs"}'
  keep theirs
  git checkout -q main
}
two_branches() { find . -mindepth 1 -delete && cp -a "$BATS_FILE_TMPDIR/two-branches/." . && git update-index -q --refresh; }
conflicted() { two_branches; ! git merge -q other >/dev/null 2>&1; }

# state ID: where the work tree's snapshot has a job; payload ID: its payload
job() { zstd -dc "$FILE" | jq -c --arg id "$1" '.jobs[] | select(.queue == "bullmq:bull:email" and .volatile.id == $id)'; }
state() { job "$1" | jq -r .state; }
payload() { job "$1" | jq -c .payload; }
valid_json() {  # valid_json SCHEMA: $output
  git qsnap schema "$1" > "$WORLD/schema.json"
  printf '%s' "$output" > "$WORLD/out.json"
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" "$WORLD/schema.json" "$WORLD/out.json"
}

@test "conflicts shows each conflict in queue words, with a schema, and exits 5; 0 when there are none" {
  expect_exit 0 git qsnap conflicts
  expect_output "no snapshot is in conflict"
  conflicted
  expect_exit 5 git qsnap conflicts
  expect_output "test-cases/flow: 3 conflicts"
  expect_output "job 40 (send) in email completed: moved to different places"
  expect_output "job 41 (send) in email waiting: payload.to changed differently"
  expect_output "job 42 (send) in email waiting: removed on one side, changed on the other"
  expect_output "changed: payload.to"
  expect_exit 5 git qsnap conflicts flow --json
  valid_json conflicts
  [ "$(jq -c '[.snapshots[0].conflicts[] | [.number, .kind, .id]]' <<< "$output")" = \
    '[[1,"moved","40"],[2,"changed","41"],[3,"removed-changed","42"]]' ]
  expect_exit 2 git qsnap conflicts other
}

@test "a merge, a cherry-pick and a rebase can be given up at once when everything has been resolved" {
  conflicted
  git qsnap resolve flow --theirs
  git merge --abort
  [ -z "$(git status --short)" ]
  ! git cherry-pick other >/dev/null 2>&1
  git qsnap resolve flow --ours
  git qsnap unresolve flow
  git qsnap resolve flow --base
  git cherry-pick --abort
  [ -z "$(git status --short)" ]
  ! git rebase -q other >/dev/null 2>&1
  git qsnap resolve flow --newest
  git rebase --abort
  [ -z "$(git status --short)" ]
  [ "$(git symbolic-ref --short HEAD)" = main ]
}

@test "resolve takes one side of everything, the commit goes on, and Git has what the work tree has" {
  conflicted
  expect_exit 0 git qsnap resolve flow --theirs --json
  valid_json resolve
  [ "$(jq -c '.snapshots[0] | [.resolved, .decided, .left, .staged]' <<< "$output")" = '[true,3,0,true]' ]
  [ "$(state 40)" = failed ]
  [ "$(job 40 | jq -c '[.error, has("return_value")]')" = '["boom",false]' ]  # all of the attempt is one side's
  [ "$(payload 41)" = '{"to":"theirs"}' ]
  [ "$(payload 42)" = '{"to":"changed"}' ]
  [ "$(payload 43)" = '{"only":"theirs"}' ]
  git qsnap fsck
  [ "$(git status --short)" = "M  $FILE" ]
  git commit -qm merged
  [ -z "$(git status --short)" ]
  [ "$(git rev-list --parents -1 HEAD | wc -w)" = 3 ]
  expect_exit 2 git qsnap resolve flow --ours
  expect_output "is not in conflict"
}

@test "resolve --ours, --base and --newest" {
  conflicted
  git qsnap resolve flow --ours
  [ "$(state 40)" = completed ] && [ "$(payload 41)" = '{"to":"ours"}' ] && [ -z "$(job 42)" ]
  git qsnap unresolve flow
  git qsnap resolve flow --newest
  [ "$(state 40)" = failed ] && [ "$(payload 41)" = '{"to":"theirs"}' ]
  git qsnap unresolve flow
  git qsnap resolve flow --base
  [ "$(state 40)" = waiting ] && [ "$(payload 41 | jq -r .to)" = user900993@example.com ]
  [ "$(job 40 | jq '.volatile | has("finished_at_ms")')" = false ]
  [ "$(payload 42 | jq -r .to)" = user891141@example.com ]
  [ "$(payload 43)" = '{"only":"theirs"}' ]
  git qsnap fsck
}

@test "a part of the conflicts is decided, the rest stays in the file, and the next command goes on from there" {
  conflicted
  serve bullmq6-before.rdb
  expect_exit 5 git qsnap resolve flow --job 40 --take theirs --job 41 --field payload.to --take ours
  expect_output "2 decided, 1 left"
  [ "$(git status --short)" = "UU $FILE" ]
  [ "$(zstd -dc $FILE | jq -c '[.conflicts[].id]')" = '["42"]' ]
  expect_exit 5 git qsnap verify flow
  expect_exit 5 git qsnap conflicts
  expect_output "1 conflict, 2 decided already"
  expect_exit 0 git qsnap resolve flow --conflict 3 --take base
  [ "$(state 40)" = failed ] && [ "$(payload 41)" = '{"to":"ours"}' ]
  [ "$(payload 42 | jq -r .to)" = user891141@example.com ]
  git qsnap fsck
  git commit -qm merged
}

@test "what resolve cannot understand is a usage error, and nothing changes" {
  conflicted
  sha256sum $FILE > "$WORLD/before"
  expect_exit 2 git qsnap resolve flow
  expect_output "how shall test-cases/flow be resolved?"
  expect_exit 2 git qsnap resolve flow --ours --theirs
  expect_exit 2 git qsnap resolve flow --job 40
  expect_exit 2 git qsnap resolve flow --take ours
  expect_exit 2 git qsnap resolve flow --job 40 --take neither
  expect_exit 2 git qsnap resolve flow --job 99 --take ours
  expect_output "no conflict about 99"
  expect_exit 2 git qsnap resolve flow --conflict 4 --take ours
  expect_exit 2 git qsnap resolve flow -i
  expect_output "needs a terminal"
  expect_exit 2 git qsnap resolve other --ours
  expect_exit 2 git qsnap unresolve other
  sha256sum -c --quiet "$WORLD/before"
  [ "$(git status --short)" = "UU $FILE" ]
}

@test "resolve works from what Git has kept: garbage, or no file at all, does not matter" {
  conflicted
  echo garbage > $FILE
  expect_exit 0 git qsnap resolve flow --theirs
  [ "$(state 40)" = failed ]
  git qsnap unresolve flow
  rm $FILE
  expect_exit 5 git qsnap conflicts
  expect_exit 0 git qsnap resolve flow --ours
  [ "$(state 40)" = completed ]
  git qsnap fsck
}

@test "unresolve brings the conflict back, also in the middle of a rebase, and not after the commit" {
  conflicted
  git qsnap resolve flow --theirs
  expect_exit 0 git qsnap unresolve flow --json
  valid_json unresolve
  [ "$(git status --short)" = "UU $FILE" ]
  [ "$(zstd -dc $FILE | jq '.conflicts | length')" = 3 ]
  git qsnap resolve flow --theirs
  git commit -qm merged
  expect_exit 2 git qsnap unresolve flow
  expect_output "its merge is committed"
  git reset -q --hard HEAD~1
  ! git rebase -q other >/dev/null 2>&1
  git qsnap resolve flow --ours
  git qsnap unresolve flow
  [ "$(git status --short)" = "UU $FILE" ]
}

@test "a conflicted file that was added by accident is found by verify, the hook and ci-verify, and resolved" {
  conflicted
  serve bullmq6-before.rdb
  git add -A
  [ "$(git status --short)" = "M  $FILE" ]
  expect_exit 5 git qsnap conflicts
  expect_output "3 conflicts (staged or committed with them)"
  expect_exit 5 git qsnap verify flow
  expect_exit 1 git commit -qm accident
  expect_output "has conflicts that nobody has resolved"
  expect_exit 0 git qsnap resolve flow --theirs
  [ "$(state 40)" = failed ]
  git commit -qm fine
  git qsnap ci-verify
}

@test "conflicts that were committed are resolved from their list, as far as it goes" {
  conflicted
  git add -A
  git commit -qm accident --no-verify
  rm .git/index; git reset -q  # nothing knows the versions any more
  expect_exit 1 git qsnap ci-verify
  expect_output "has conflicts that nobody has resolved"
  expect_exit 5 git qsnap conflicts
  expect_exit 6 git qsnap resolve flow --theirs
  expect_output "git checkout REVISION -- FILE"
  expect_exit 5 git qsnap resolve flow --job 41 --take theirs --job 42 --take base
  expect_output "2 decided, 1 left"
  expect_exit 5 git qsnap conflicts
  expect_output "test-cases/flow: 1 conflict "
  expect_exit 0 git qsnap resolve flow --ours
  [ "$(state 40)" = completed ] && [ "$(payload 41)" = '{"to":"theirs"}' ]
  [ "$(payload 42 | jq -r .to)" = user891141@example.com ]
  git qsnap fsck
  [ "$(git status --short)" = "M  $FILE" ]
}

@test "in a rebase the sides are called upstream and your commit, and git rebase --continue goes on" {
  two_branches
  ! git rebase -q other >/dev/null 2>&1
  expect_exit 5 git qsnap conflicts
  expect_output "upstream    failed"
  expect_output "your commit completed"
  refute_output "      theirs"
  expect_output "resolve test-cases/flow -i | --ours (upstream) | --theirs (your commit) | --base | --newest"
  run typed 'q\n' git qsnap resolve flow -i
  expect_output "(theirs) into "
  expect_output "[o]urs (upstream) [t]heirs (your commit) [b]ase"
  git qsnap resolve flow --theirs
  [ "$(state 40)" = completed ]
  GIT_EDITOR=true git rebase --continue
  [ -z "$(git status --short)" ]
  [ "$(git rev-parse HEAD~1)" = "$(git rev-parse other)" ]
}

@test "cherry-pick and stash pop go on after resolve, too" {
  two_branches
  ! git cherry-pick other >/dev/null 2>&1
  git qsnap resolve flow --theirs
  GIT_EDITOR=true git cherry-pick --continue
  [ "$(state 40)" = failed ]
  git reset -q --hard HEAD~1
  git checkout -q other~1
  cp $FILE "$WORLD/base.qsnap"
  git checkout -q main
  git show other:$FILE > "$WORLD/theirs.qsnap"
  git checkout -q other~1
  cp "$WORLD/theirs.qsnap" $FILE
  git stash -q
  git checkout -q main
  ! git stash pop >/dev/null 2>&1
  git qsnap resolve flow --ours
  [ "$(state 40)" = completed ]
}

@test "a file that one side deleted is kept or deleted" {
  serve bullmq6-before.rdb
  keep base
  git branch other
  git rm -q $FILE; git commit -qm deleted
  git checkout -q other
  failed 40; keep changed
  git checkout -q main
  ! git merge -q other >/dev/null 2>&1
  expect_exit 5 git qsnap conflicts
  expect_output "deleted by ours, changed by theirs"
  expect_exit 5 git qsnap conflicts --json
  valid_json conflicts
  expect_exit 2 git qsnap resolve flow
  expect_output "--keep, or --delete"
  expect_exit 0 git qsnap resolve flow --keep
  [ "$(git status --short)" = "A  $FILE" ] && [ "$(state 40)" = failed ]
  git qsnap unresolve flow
  [ "$(git status --short)" = "DU $FILE" ]
  expect_exit 0 git qsnap resolve flow --delete
  [ ! -e $FILE ] && [ -z "$(git status --short)" ]
  git commit -qm merged
}

@test "without the driver a merge that has no conflicts is finished by resolve alone" {
  serve bullmq6-before.rdb
  keep base
  git branch other
  completed 40; keep ours
  git checkout -q other
  serve bullmq6-before.rdb
  failed 41; keep theirs
  git checkout -q main
  git config merge.qsnap.driver false
  ! git merge -q other >/dev/null 2>&1
  expect_exit 5 git qsnap conflicts
  expect_output "nothing is left to decide"
  expect_exit 0 git qsnap resolve flow
  [ "$(state 40)" = completed ] && [ "$(state 41)" = failed ]
  git commit -qm merged
}

@test "decisions are remembered when asked, and used again when asked" {
  conflicted
  git qsnap resolve flow --job 40 --take theirs --job 41 --take ours --remember || [ $? = 5 ]
  git merge --abort
  ! git merge -q other >/dev/null 2>&1
  expect_exit 5 git qsnap resolve flow --remembered
  expect_output "2 decided, 1 left"
  expect_exit 0 git qsnap resolve flow --ours
  [ "$(state 40)" = failed ] && [ "$(payload 41)" = '{"to":"ours"}' ] && [ -z "$(job 42)" ]
}

typed() {  # typed ANSWERS COMMAND…: on a terminal, with the answers typed in
  local answers=$1
  shift
  printf '%b' "$answers" | script -qec "$*" /dev/null
}

@test "resolve -i asks about one conflict at a time, with undo" {
  conflicted
  run typed 'o\nu\nt\n?\nb\no\n' git qsnap resolve flow -i
  expect_output "test-cases/flow: other (theirs) into "
  expect_output "1 of 3"
  expect_output "go back to the one before"
  expect_output "resolved"
  [ "$(state 40)" = failed ] && [ "$(payload 41 | jq -r .to)" = user900993@example.com ] && [ -z "$(job 42)" ]
  git qsnap unresolve flow
  run typed 's\nt\nq\n' git qsnap resolve flow -i
  expect_output "1 decided, 2 left"
  run typed 'n\nn\n' git qsnap resolve flow -i
  expect_output "2 of 2"
  [ "$(state 40)" = failed ] && [ "$(payload 41)" = '{"to":"theirs"}' ] && [ "$(payload 42)" = '{"to":"changed"}' ]
}

@test "git mergetool: the prompt on a terminal, and the file stays as it is without one" {
  conflicted
  sha256sum $FILE > "$WORLD/before"
  run git mergetool --no-prompt --tool=qsnap < /dev/null
  [ "$status" != 0 ]
  sha256sum -c --quiet "$WORLD/before"
  run typed 't\nt\nt\n' git mergetool --no-prompt --tool=qsnap
  [ "$(git status --short -uno)" = "M  $FILE" ]
  [ "$(state 40)" = failed ] && [ "$(payload 41)" = '{"to":"theirs"}' ]
  git qsnap fsck
}

@test "a driver, filter or monitor that the repository configures is not run by conflicts, resolve and unresolve" {
  conflicted
  for setting in merge.qsnap.driver filter.qsnap.clean filter.qsnap.smudge filter.qsnap.process core.fsmonitor \
    diff.qsnap.textconv diff.qsnap.command; do
    git config "$setting" "touch $WORLD/evil-$setting; false"
  done
  git qsnap conflicts || true
  git qsnap resolve flow --job 40 --take ours || true
  git qsnap resolve flow --theirs
  git qsnap unresolve flow
  git qsnap resolve flow --ours
  [ -z "$(find "$WORLD" -maxdepth 1 -name 'evil-*')" ]
}

@test "a file in Git LFS: the versions are read from its objects, and the index gets a pointer" {
  command -v git-lfs
  git config filter.lfs.clean 'git-lfs clean -- %f'
  git config filter.lfs.smudge 'git-lfs smudge -- %f'
  echo "$FILE filter=lfs merge=qsnap diff=qsnap -text" >> .git/info/attributes
  make_two_branches
  run git merge -q other
  [ "$status" = 1 ]
  git cat-file blob ":2:$FILE" | grep -q '^oid sha256:'
  expect_exit 5 git qsnap conflicts
  expect_output "3 conflicts"
  expect_exit 0 git qsnap resolve flow --theirs
  git cat-file blob ":$FILE" | grep -q '^oid sha256:'
  [ "$(git cat-file blob ":$FILE" | sed -n 's/oid sha256://p')" = "$(sha256sum < $FILE | cut -d' ' -f1)" ]
  [ "$(state 40)" = failed ]
  [ "$(git status --short)" = "M  $FILE" ]
}

# Two more snapshots in conflict beside flow.
three_in_conflict() {
  two_branches
  for name in a b; do cp "$FILE" .queue-snapshots/test-cases/$name.qsnap; done
  git add -A && git commit -qm more
  git checkout -q other
  for name in a b; do cp "$FILE" .queue-snapshots/test-cases/$name.qsnap; done
  git add -A && git commit -qm more
  git checkout -q main
  ! git merge -q other >/dev/null 2>&1
}

@test "several snapshots are resolved by name or all at once, and what is left is said" {
  three_in_conflict
  expect_exit 0 git qsnap resolve flow --ours
  expect_output "test-cases/flow: resolved, and staged"
  expect_output "2 more in conflict: git qsnap conflicts"
  refute_output "git commit"
  expect_exit 0 git qsnap conflicts flow
  expect_output "test-cases/flow is not in conflict; 2 others are in conflict: git qsnap conflicts"
  expect_exit 2 git qsnap conflicts nosuch
  expect_output "there is no snapshot test-cases/nosuch"
  expect_exit 2 git qsnap resolve
  expect_output "give names of snapshots, or --all"
  expect_exit 2 git qsnap resolve a b --conflict 1 --take ours
  expect_exit 0 git qsnap resolve a b --theirs --json
  valid_json resolve
  [ "$(jq -c '[[.snapshots[] | [.name, .resolved]], .others]' <<< "$output")" = \
    '[[["test-cases/a",true],["test-cases/b",true]],0]' ]
  expect_exit 0 git qsnap resolve --all
  expect_output "no snapshot is in conflict"
  git commit -qm merged
}

@test "where nothing is left to decide, that is said once, and resolve --all finishes it" {
  git qsnap uninstall >/dev/null
  serve bullmq6-before.rdb
  keep base
  cp "$FILE" .queue-snapshots/test-cases/second.qsnap; git add -A; git commit -qm second
  git branch other
  completed 40; keep ours
  cp "$FILE" .queue-snapshots/test-cases/second.qsnap; git commit -qam ours
  git checkout -q other
  serve bullmq6-before.rdb
  failed 43; keep theirs
  cp "$FILE" .queue-snapshots/test-cases/second.qsnap; git commit -qam theirs
  git checkout -q main
  ! git merge -q other >/dev/null 2>&1
  expect_exit 5 git qsnap conflicts
  expect_output "2 snapshots have nothing left to decide: git qsnap resolve --all finishes them"
  expect_output "git merge --abort && git qsnap merge BRANCH"
  expect_exit 0 git qsnap resolve --all
  expect_output "git commit, or git rebase --continue, goes on"
  [ "$(state 40) $(state 43)" = "completed failed" ]
  git commit -qm merged
}

@test "list marks snapshots in conflict, and ci-verify names each once" {
  conflicted
  expect_exit 0 git qsnap list
  expect_output "(in conflict)"
  expect_exit 0 git qsnap list --json
  valid_json list
  [ "$(jq -c '[.snapshots[] | .in_conflict]' <<< "$output")" = '[true]' ]
  git add -A
  git commit -q --no-verify -m "with conflicts"
  run git qsnap ci-verify --base HEAD~1
  [ "$(grep -c "conflicts that nobody has resolved" <<< "$output")" = 1 ]
  expect_output "git qsnap conflicts"
  refute_output "git qsnap fsck"
}

@test "resolve --whole takes a version as it is, where nothing else does" {
  conflicted
  expect_exit 2 git qsnap resolve flow --whole
  expect_exit 0 git qsnap resolve flow --whole --theirs
  cmp "$FILE" <(git show other:"$FILE")
  git merge --abort
  [ -z "$(git status --short)" ]
}

@test "with a broken version there still is --whole, and a journal that cannot be written is told of" {
  conflicted
  rm .git/qsnap/merge-log.jsonl
  mkdir .git/qsnap/merge-log.jsonl
  expect_exit 0 git qsnap resolve flow --ours --json
  valid_json resolve
  expect_output '"journal_problem"'
  git qsnap unresolve flow
  garbage=$(printf 'no snapshot' | git hash-object -w --stdin)
  printf '100644 %s 3\t%s\n' "$garbage" "$FILE" | git update-index --index-info
  expect_exit 5 git qsnap resolve --all --ours
  expect_output "git qsnap resolve test-cases/flow --whole --ours"
  expect_exit 5 git qsnap resolve flow --whole --theirs
  expect_exit 0 git qsnap resolve flow --whole --ours
  expect_output "git qsnap why will not tell of it"
  cmp "$FILE" <(git show main:"$FILE")
  git qsnap fsck flow
}

@test "a file that the two sides renamed to different names is one conflict, and one name is kept" {
  serve bullmq6-before.rdb
  keep base
  git branch other
  git mv "$FILE" .queue-snapshots/test-cases/ours-name.qsnap; git commit -qm ours
  git checkout -q other
  git mv "$FILE" .queue-snapshots/test-cases/their-name.qsnap; git commit -qm theirs
  git checkout -q main
  for kept in ours-name their-name; do
    ! git merge -q other >/dev/null 2>&1
    expect_exit 5 git qsnap conflicts
    [ "$(grep -c test-cases <<< "$output")" = 2 ]
    expect_output "test-cases/flow: renamed to test-cases/ours-name by ours, test-cases/their-name by theirs: keep one"
    expect_output "git qsnap resolve test-cases/flow --ours (test-cases/ours-name) | --theirs (test-cases/their-name)"
    expect_exit 5 git qsnap conflicts ours-name --json
    valid_json conflicts
    expect_exit 2 git qsnap resolve flow --keep
    if [ "$kept" = ours-name ]; then git qsnap resolve --all --ours; else git qsnap resolve their-name --theirs; fi
    [ "$(git ls-files -- '*.qsnap')" = ".queue-snapshots/test-cases/$kept.qsnap" ]
    [ "$(find .queue-snapshots/test-cases -name '*.qsnap')" = ".queue-snapshots/test-cases/$kept.qsnap" ]
    git merge --abort
    [ -z "$(git status --short)" ]
  done
}

@test "why tells how a conflict was resolved, and nothing of trials" {
  two_branches
  expect_exit 2 git qsnap why flow
  ! git qsnap merge --dry-run other >/dev/null
  expect_exit 2 git qsnap why flow
  ! git merge -q other >/dev/null 2>&1
  git qsnap resolve flow --conflict 1 --take theirs || true
  git qsnap resolve flow --ours
  expect_exit 0 git qsnap why flow
  [[ $(sed -n 2p <<< "$output") == *" resolved" ]]
  expect_output "     2  took ours"
  expect_output "took theirs: job bullmq:bull:email completed"
  expect_output "3 conflicts"
  refute_output "volatile from"
  expect_exit 0 git qsnap why flow --json
  valid_json why
  [ "$(jq -c '[.merges[].outcome]' <<< "$output")" = '["resolved","conflict"]' ]
}
