#!/usr/bin/env bats
# A branch with a set of its own, from its first save to the day on which the set is part of main: the real git, with
# the driver and the hooks of `git qsnap install`, and a real Redis.
load helpers

setup() {
  setup_world
  unset QSNAP_BRANCH QSNAP_SET
  git qsnap init >/dev/null
  printf 'version: 1\nsets:\n  - branches: "feature/*"\n    parent: "release/*"\n  - branches: "release/*"\n' >.queue-snapshots/config.yaml
  git qsnap install --hooks=pre-commit,pre-merge-commit,post-merge >/dev/null
  start_redis live
  export QSNAP_REDIS_URL=$REDIS_live
  enqueue mail 1 first
  enqueue mail 2 second
  git qsnap save baselines/prod >/dev/null
  git qsnap save flow >/dev/null
  commit "baseline and test case"
}
teardown() { teardown_world; }

FLOW=.queue-snapshots/test-cases/flow.qsnap
OWN=.queue-snapshots/sets/feature%2Fx/test-cases/flow.qsnap

commit() { git add -A && git commit -qm "$1" >/dev/null; }
# job NUMBER WORD: a job of Sidekiq, as its client makes it.
job() { printf '{"class":"Receipt","args":["%s"],"jid":"%024x","queue":"mail","retry":true,"created_at":1700000000.5,"enqueued_at":1700000000.5}' "$2" "$1"; }
enqueue() {
  redis-cli -s "$SOCKET_live" sadd queues "$1" >/dev/null
  redis-cli -s "$SOCKET_live" lpush "queue:$1" "$(job "$2" "$3")" >/dev/null
}
# says NUMBER WORD: the job has another argument now. The list begins with the newest one.
says() { redis-cli -s "$SOCKET_live" lset queue:mail "-$1" "$(job "$1" "$2")" >/dev/null; }
# arguments: of the jobs of the test case, sorted.
arguments() { git qsnap show flow --full --json 2>/dev/null | jq -r '.jobs[].payload[0]' | sort | paste -sd' '; }

# branch_saves: the branch has its own version of the test case.
branch_saves() {
  git checkout -q -b feature/x
  says 1 theirs
  enqueue mail 3 third
  git qsnap save flow >/dev/null 2>&1
  commit "the branch saves its own version"
}

@test "a branch saves its own version, is merged, and promote makes it main's" {
  branch_saves
  [ -f $OWN ]
  git diff --quiet main -- $FLOW
  expect_exit 0 git qsnap verify flow
  expect_output "set feature/x"
  git checkout -q main
  expect_exit 1 git qsnap verify flow
  echo work >file && commit "work on main"
  expect_exit 0 git merge -q --no-edit feature/x
  expect_output "git-qsnap: set feature/x came in: git qsnap set promote feature/x"
  expect_exit 0 git qsnap set promote feature/x --dry-run
  expect_output "nothing was changed"
  [ -z "$(git status --short)" ]
  expect_exit 0 git qsnap set promote feature/x
  expect_output "set feature/x into default"
  expect_output "taken"
  expect_output "set feature/x is empty now, and gone"
  expect_output "git add -A .queue-snapshots && git commit"
  [ ! -e .queue-snapshots/sets ]
  expect_exit 0 git qsnap verify flow
  expect_exit 0 commit "the set is part of main"
  [ -z "$(git status --short)" ]
  expect_exit 2 git qsnap set promote feature/x
  expect_output "there is no set feature/x"
}

@test "a branch that is merged into another feature branch, or is still at work, is not offered" {
  branch_saves
  git checkout -q -b feature/y main
  echo work >file && commit "work"
  expect_exit 0 git merge -q --no-edit feature/x
  refute_output "promote"
  git checkout -q feature/x
  git branch -q early
  echo more >more && commit "the branch goes on"
  git checkout -q main
  echo work >file && commit "work"
  expect_exit 0 git merge -q --no-edit early
  refute_output "promote"
}

@test "main has changed the same job: promote is in conflict, resolve decides, and promote ends it" {
  branch_saves
  git checkout -q main
  redis-cli -s "$SOCKET_live" lpop queue:mail >/dev/null   # the third job is the branch's
  says 1 ours
  says 2 main
  git qsnap save flow >/dev/null
  commit "main changes the same job"
  git merge -q --no-edit feature/x >/dev/null
  expect_exit 1 git qsnap set promote feature/x
  expect_output "1 conflict, changed in both since"
  expect_output "git qsnap resolve test-cases/flow -i"
  [ -f $OWN ]
  git status --short | grep -q "^UU $FLOW"
  expect_exit 5 git qsnap conflicts
  expect_output "ours"
  expect_output "theirs"
  expect_exit 5 git qsnap verify flow
  expect_exit 1 git qsnap set promote feature/x
  expect_output "was in conflict before"
  expect_exit 0 git qsnap resolve flow --theirs
  expect_exit 0 git qsnap unresolve flow
  expect_exit 5 git qsnap conflicts
  expect_exit 0 git qsnap resolve flow --theirs
  expect_exit 0 git qsnap set promote feature/x
  expect_output "as it was resolved"
  [ ! -e .queue-snapshots/sets ]
  [ "$(arguments)" = "main theirs third" ]
  expect_exit 0 commit "promoted"
  [ -z "$(git status --short)" ]
  expect_exit 0 git qsnap why flow
  expect_output "feature/x (theirs) into default"
}

@test "a plain git add ends a promote, too, and a reset takes it back" {
  branch_saves
  git checkout -q main
  says 1 ours
  git qsnap save flow >/dev/null
  commit "main changes the same job"
  git merge -q --no-edit feature/x >/dev/null
  expect_exit 1 git qsnap set promote feature/x
  git reset -q --hard
  expect_exit 1 git qsnap set promote feature/x
  expect_output "1 conflict"
  git checkout -q --theirs -- $FLOW && git add $FLOW
  expect_exit 0 git qsnap set promote feature/x
  [ ! -e .queue-snapshots/sets ]
}

@test "what lies in Git LFS is promoted, and in conflict, as everything else" {
  printf 'lfs:\n  threshold: 1\n' >>.queue-snapshots/config.yaml
  git qsnap install --hooks=pre-commit,pre-merge-commit,post-merge >/dev/null
  says 2 large
  git qsnap save flow >/dev/null
  [ ! -e $FLOW ]
  commit "large"
  branch_saves
  git checkout -q main
  redis-cli -s "$SOCKET_live" lpop queue:mail >/dev/null
  says 1 ours
  git qsnap save flow >/dev/null
  commit "main changes the same job"
  git merge -q --no-edit feature/x >/dev/null
  expect_exit 1 git qsnap set promote feature/x
  git status --short | grep -q '^UU .queue-snapshots/lfs/test-cases/flow.qsnap'
  expect_exit 5 git qsnap conflicts flow
  expect_output "theirs"
  expect_exit 0 git qsnap resolve flow --theirs
  expect_exit 0 git qsnap set promote feature/x
  expect_output "as it was resolved"
  [ "$(arguments)" = "large theirs third" ]
  [ "$(find .queue-snapshots -name 'flow.qsnap')" = .queue-snapshots/lfs/test-cases/flow.qsnap ]
  grep -q '^oid sha256:' .queue-snapshots/lfs/test-cases/flow.qsnap
  expect_exit 0 commit "promoted"
  expect_exit 0 git qsnap fsck
}

@test "a mark that the target contradicts is told, with the commands that decide" {
  git checkout -q -b feature/x
  mkdir -p .queue-snapshots/sets/feature%2Fx/test-cases
  echo removed >.queue-snapshots/sets/feature%2Fx/test-cases/flow.removed
  commit "the branch has no flow"
  git checkout -q main
  says 1 ours
  git qsnap save flow >/dev/null
  commit "main changes it"
  git merge -q --no-edit feature/x >/dev/null
  expect_exit 1 git qsnap set promote feature/x
  expect_output "git rm .queue-snapshots/sets/feature%2Fx/test-cases/flow.removed keeps test-cases/flow; git rm $FLOW removes it"
  git rm -q .queue-snapshots/sets/feature%2Fx/test-cases/flow.removed
  [ -e $FLOW ]
}

@test "from a feature to its release line, and from there to main" {
  git checkout -q -b release/2.0
  says 2 release
  git qsnap save flow >/dev/null 2>&1
  commit "the release line has its own"
  branch_saves
  git checkout -q release/2.0
  git merge -q --no-edit --no-ff feature/x >"$WORLD/said" 2>&1
  grep -q "set feature/x came in" "$WORLD/said"
  expect_exit 0 git qsnap set promote feature/x --json
  git qsnap schema set-promote >"$WORLD/schema.json"
  tail -1 <<<"$output" >"$WORLD/out.json"
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" "$WORLD/schema.json" "$WORLD/out.json"
  [ "$(jq -r .target "$WORLD/out.json")" = release/2.0 ]
  [ "$(arguments)" = "release theirs third" ]
  commit "promoted into the release line"
  git checkout -q main
  [ "$(arguments)" = "first second" ]
  git merge -q --no-edit --no-ff release/2.0 >"$WORLD/said" 2>&1
  grep -q "set release/2.0 came in: git qsnap set promote release/2.0" "$WORLD/said"
  expect_exit 1 grep "set feature/x" "$WORLD/said"
  expect_exit 0 git qsnap set promote release/2.0
  [ "$(arguments)" = "release theirs third" ]
  [ ! -e .queue-snapshots/sets ]
}
