#!/usr/bin/env bats
# git qsnap log and git qsnap blame: what commits did to a snapshot, and to one job of it.
load helpers

setup() {
  setup_world
  git qsnap init >/dev/null
  start_redis live
  export QSNAP_REDIS_URL=$REDIS_live
  redis HSET bull:mail:meta version bullmq:6.7.0 opts.maxLenEvents 10000
}
teardown() { teardown_world; }

redis() { redis-cli -s "$SOCKET_live" "$@" >/dev/null; }

# put ID STATE [PAYLOAD]: a job of the queue mail.
put() {
  redis HSET "bull:mail:$1" name "send-$1" data "${3:-{\"n\":$1\}}" opts '{}' timestamp "179000000000$1" delay 0 priority 0
  if [ "$2" = wait ]; then redis LPUSH bull:mail:wait "$1"; else redis ZADD "bull:mail:$2" "179000000100$1" "$1"; fi
}

# keep MESSAGE: saves "flow" and commits it.
keep() {
  git qsnap save flow >/dev/null
  git add -A
  git commit -qm "$1"
}

# The history of most tests: two jobs, one of them fails, its payload is put right, it goes.
history() {
  put 1 wait; put 2 wait; keep first
  redis LREM bull:mail:wait 0 1
  redis ZADD bull:mail:failed 1790000002000 1
  redis HSET bull:mail:1 failedReason "gateway timeout" atm 1
  keep second
  redis HSET bull:mail:1 data '{"n":100}'
  keep third
  redis ZREM bull:mail:failed 1
  redis DEL bull:mail:1
  put 3 wait
  keep fourth
}

@test "log tells the jobs of each version and what changed against the one before" {
  history
  expect_exit 0 git qsnap log flow
  [ "$(wc -l <<< "$output")" = 8 ]
  expect_output "fourth"
  expect_output "2 waiting (+1)"
  expect_output "0 failed (-1)"
  expect_output "1 failed (+1), 1 waiting (-1)"
  expect_output "new: 2 waiting"
  [[ ${lines[0]} == "$(git rev-parse --short HEAD)  2026-01-02 03:04  Test  fourth" ]]
}

@test "log -n limits, and says how many older ones there are" {
  history
  expect_exit 0 git qsnap log flow -n 1
  expect_output "3 versions older"
  refute_output "second"
  expect_exit 0 git qsnap log flow -n 1 --json
  [ "$(jq '.more, (.versions | length)' <<< "$output" | paste -sd,)" = 3,1 ]
  [ "$(jq -c '.versions[0].queues["bullmq:bull:mail"]' <<< "$output")" = '{"before":{"failed":1,"waiting":1},"after":{"waiting":2}}' ]
}

@test "log follows renames, and tells other forms, deletions and versions that cannot be read" {
  put 1 wait; keep first
  git mv $SNAPSHOTS/test-cases/flow.qsnap $SNAPSHOTS/test-cases/moved.qsnap
  git commit -qm "moved"
  expect_exit 0 git qsnap log moved
  expect_output "renamed from .queue-snapshots/test-cases/flow.qsnap"
  expect_output "the same document as before"
  expect_output "new: 1 waiting"
  truncate -s -1 $SNAPSHOTS/test-cases/moved.qsnap
  git commit -qam "cut"
  git rm -q $SNAPSHOTS/test-cases/moved.qsnap
  git commit -qm "gone"
  expect_exit 0 git qsnap log moved
  expect_output "is truncated or damaged"
  expect_output "  deleted"
  expect_exit 0 git qsnap log moved --json
  [ "$(jq -r '[.versions[].change] | join(",")' <<< "$output")" = deleted,unknown,same-document,created ]
}

@test "log shows a merge that made a version of its own, and no other merge" {
  put 1 wait; keep first
  git checkout -qb side; put 2 wait; keep side
  git checkout -q main; echo x > other; git add other; git commit -qm other
  git merge -q side -m "plain merge"
  git checkout -qb left; put 3 wait; keep left
  git checkout -q main; put 4 wait; git qsnap save flow >/dev/null; git commit -qam right
  git merge left >/dev/null 2>&1 || true
  put 5 wait
  git qsnap save flow >/dev/null; git add -A; git commit -qm "made by hand"
  expect_exit 0 git qsnap log flow
  expect_output "made by hand"
  refute_output "plain merge"
  [ "$(grep -c '  Test  ' <<< "$output")" = 5 ]
  expect_exit 0 git qsnap blame flow --job 3
  expect_output "  left"
  expect_output "added to waiting"
}

@test "log and blame of what no commit has, and without a commit, are exit 2" {
  expect_exit 2 git qsnap log flow
  expect_output "no commit yet"
  git commit -q --allow-empty -m empty
  expect_exit 2 git qsnap log flow
  expect_output "no commit of this branch has a snapshot test-cases/flow"
  expect_exit 2 git qsnap blame flow --job 1
  expect_exit 2 git qsnap log ../../etc/passwd
}

@test "log works in a bare repository, in one with sha256 ids, and in a subfolder" {
  put 1 wait; keep first
  git clone -q --bare . "$WORLD/bare"
  (cd "$WORLD/bare" && git qsnap log flow | grep -q "new: 1 waiting")
  mkdir sub && (cd sub && git qsnap log flow | grep -q "new: 1 waiting")
  git init -q -b main --object-format=sha256 "$WORLD/sha256"
  cp -r $SNAPSHOTS "$WORLD/sha256"
  cd "$WORLD/sha256" && git add -A && git commit -qm first
  expect_exit 0 git qsnap log flow
  expect_output "new: 1 waiting"
}

@test "control characters in subjects and names of authors do not reach the terminal" {
  put 1 wait; git qsnap save flow >/dev/null; git add -A
  GIT_AUTHOR_NAME=$'evil\e[2J' git commit -qm $'subject \e[31m red'
  expect_exit 0 git qsnap log flow
  [[ $output != *$'\e'* ]]
  expect_output 'evil\x1b[2J'
}

@test "blame names the commit that brought a job to its state, and the steps before" {
  history
  git checkout -q HEAD~1
  expect_exit 0 git qsnap blame flow --job 1
  [[ ${lines[0]} == "job 1 (send-1): failed in mail since $(git rev-parse --short HEAD~1)" ]]
  expect_output "payload changed (failed)"
  expect_output "payload.n 1 → 100"
  expect_output "waiting → failed: gateway timeout"
  expect_output "added to waiting"
  expect_exit 0 git qsnap blame flow --job send-1 --json
  [ "$(jq -r '[.steps[].change.kind] | join(",")' <<< "$output")" = payload_changed,moved,added ]
  [ "$(jq -r .since <<< "$output")" = "$(git rev-parse HEAD~1)" ]
}

@test "blame finds a job that is gone, and the commit that removed it" {
  history
  expect_exit 0 git qsnap blame flow --job 1
  expect_output "job 1 (send-1): was failed in mail"
  [[ ${lines[1]} == *"fourth" ]]
  expect_output "removed from failed"
}

@test "blame follows a job that has another id in every version by its meaning" {
  put 1 wait '{"order":77}'; keep first
  redis FLUSHALL
  redis HSET bull:mail:meta version bullmq:6.7.0 opts.maxLenEvents 10000
  put 8 failed '{"order":77}'
  redis HSET bull:mail:8 name send-1
  keep second
  expect_exit 0 git qsnap blame flow --job 8
  expect_output "waiting → failed"
  expect_output "added to waiting"
}

@test "a job that may be several is exit 2 with the candidates; --queue and the id choose" {
  put 1 wait; put 2 wait
  redis HSET bull:mail:2 name send-1
  redis HSET bull:post:meta version bullmq:6.7.0 opts.maxLenEvents 10000
  redis HSET bull:post:1 name other data '{}' opts '{}' timestamp 1790000000009 delay 0 priority 0
  redis LPUSH bull:post:wait 1
  keep first
  expect_exit 2 git qsnap blame flow --job send-1
  expect_output "--job 2 --queue bullmq:bull:mail"
  expect_exit 2 git qsnap blame flow --job 1
  expect_exit 0 git qsnap blame flow --job 1 --queue post
  expect_output "job 1 (other): waiting in post"
  expect_exit 2 git qsnap blame flow --job nobody
  expect_output "no committed version of test-cases/flow has a job nobody"
}

@test "neither log nor blame runs what a repository configures" {
  history
  mark=$WORLD/ran
  git config diff.external "touch $mark"
  git config log.showSignature true
  git config gpg.program "$WORLD/evil"
  git config core.pager "touch $mark"
  git config core.fsmonitor "touch $mark"
  git config diff.evil.textconv "touch $mark"
  git config filter.evil.smudge "touch $mark"
  echo '*.qsnap diff=evil filter=evil' > .gitattributes
  printf '#!/bin/sh\ntouch %s\n' "$mark" > "$WORLD/evil"; chmod +x "$WORLD/evil"
  git qsnap log flow >/dev/null
  git qsnap blame flow --job 2 >/dev/null
  [ ! -e "$mark" ]
}

@test "no setting of the user takes anything from a log" {
  history
  expected=$(git qsnap log flow --json)
  git config log.showRoot false
  git config log.mailmap false
  git config diff.relative true
  git config diff.noprefix true
  git config log.diffMerges off
  cd .queue-snapshots
  [ "$(git qsnap log flow --json)" = "$expected" ]
}

@test "in a partial clone, what Git does not have is told, and nothing is fetched" {
  history
  git config uploadpack.allowFilter true
  git clone -q --filter=blob:none "file://$PWD" "$WORLD/partial"
  cd "$WORLD/partial"
  git config remote.origin.uploadpack "touch $WORLD/fetched; git-upload-pack"
  expect_exit 0 git qsnap log flow
  expect_output "2 waiting"
  expect_output "this repository does not have its content"
  expect_exit 0 git qsnap blame flow --job 2
  expect_output "cannot be read"
  expect_exit 0 git qsnap gc
  expect_exit 1 git qsnap ci-verify
  [ ! -e "$WORLD/fetched" ]
}
