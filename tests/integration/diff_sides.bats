#!/usr/bin/env bats
# What can be compared with what: revisions, ranges, names, files, standard input, two servers; and where reports go.
load helpers
setup() { setup_world; git qsnap init >/dev/null; serve bullmq6-before.rdb; }
teardown() { teardown_world; }

# three_commits: one → two has each kind of difference; two → three has none in meaning. The work tree is three's.
three_commits() {
  git qsnap save flow >/dev/null && git qsnap save same >/dev/null && git qsnap save baselines/old >/dev/null
  git qsnap save gone --queue email >/dev/null
  git add -A && git commit -qm one && git tag one
  serve bullmq6-after.rdb
  git qsnap save flow >/dev/null && git qsnap save fresh >/dev/null && rm $SNAPSHOTS/test-cases/gone.qsnap
  git mv $SNAPSHOTS/baselines/old.qsnap $SNAPSHOTS/baselines/new.qsnap
  git add -A && git commit -qm two && git tag two
  git qsnap save flow --refresh -m "captured anew" >/dev/null
  git add -A && git commit -qm three && git tag three
}

# listed: "NAME STATUS" of the diff-set in $output.
listed() { jq -r '.snapshots[] | "\(.name) \(.status)"' <<<"$output"; }
one_to_two='baselines/new compared
test-cases/flow compared
test-cases/fresh added
test-cases/gone removed'

@test "a range tells every snapshot that differs, and what became of it" {
  three_commits
  expect_exit 1 git qsnap diff one..two --json
  [ "$(listed)" = "$one_to_two" ]
  [ "$(jq -r '.range, .unchanged' <<<"$output" | xargs)" = "one..two 1" ]
  [ "$(jq -r '.snapshots[0] | .equal, .notes[0]' <<<"$output" | xargs)" = "true renamed from baselines/old" ]
  [ "$(jq '.snapshots[1].changes | length' <<<"$output")" = 19 ]
  [ "$(jq -c '.snapshots[2].queues["bullmq:bull:newsletter"]' <<<"$output")" = '{"before":{},"after":{"waiting":6}}' ]
  same_set=$output
  expect_exit 1 git qsnap diff one two --json  # two revisions are a range
  [ "$output" = "$same_set" ]
  expect_exit 1 git qsnap diff one..two
  expect_output "waiting → completed"
  expect_output "renamed from baselines/old"
}

@test "a range without a difference in meaning is exit 0, also where bytes differ" {
  three_commits
  expect_exit 0 git qsnap diff two..three --json
  [ "$(jq -c '[.equal, .unchanged, .snapshots]' <<<"$output")" = '[true,4,[]]' ]
  expect_exit 0 git qsnap diff three..three
  expect_exit 1 git qsnap diff three..one --name-only
  [ "$output" = $'test-cases/flow\ntest-cases/fresh\ntest-cases/gone' ]
}

@test "three dots begin where the two parted" {
  three_commits
  git checkout -q -b topic two
  git rm -q $SNAPSHOTS/test-cases/same.qsnap && git commit -qm topic
  expect_exit 1 git qsnap diff three..topic --name-only
  expect_exit 1 git qsnap diff three...topic --name-only
  [ "$output" = "test-cases/same" ]
  git checkout -q --orphan lone && git commit -qm lone
  expect_exit 2 git qsnap diff three...lone
  expect_output "no common ancestor"
  expect_output "three..lone"
  expect_output "--unshallow"
}

@test "names behind a range or a revision choose among the snapshots" {
  three_commits
  expect_exit 1 git qsnap diff one..two fresh gone --json
  [ "$(listed)" = $'test-cases/fresh added\ntest-cases/gone removed' ]
  expect_exit 1 git qsnap diff one flow --json
  [ "$(listed)" = "test-cases/flow compared" ]
  expect_exit 2 git qsnap diff one..two nothing
  expect_output "no snapshot test-cases/nothing on either side of one..two"
}

@test "a bare repository, and a folder below the top, give the same answer" {
  three_commits
  expect_exit 1 git qsnap diff one..two --json
  here=$output
  mkdir -p deep/er && cd deep/er
  expect_exit 1 git qsnap diff one..two --json
  [ "$output" = "$here" ]
  git clone -q --bare ../.. "$WORLD/bare.git" && cd "$WORLD/bare.git"
  expect_exit 1 git qsnap diff one..two --json
  [ "$output" = "$here" ]
  expect_exit 6 git qsnap diff
  expect_output "git qsnap diff REV..REV"
}

@test "without a word it is HEAD and the work tree; a revision takes HEAD's place; a name narrows it" {
  git qsnap save flow >/dev/null && git qsnap save gone >/dev/null
  git add -A && git commit -qm one
  expect_exit 0 git qsnap diff
  serve bullmq6-after.rdb
  git qsnap save flow >/dev/null && git qsnap save fresh >/dev/null && rm $SNAPSHOTS/test-cases/gone.qsnap
  expect_exit 1 git qsnap diff --json
  [ "$(listed)" = $'test-cases/flow compared\ntest-cases/fresh added\ntest-cases/gone removed' ]
  [ "$(jq -r .range <<<"$output")" = "HEAD → work tree" ]
  expect_exit 1 git qsnap diff flow --json
  [ "$(jq -r '.schema, .before, .after' <<<"$output" | xargs)" = "qsnap.diff/1 HEAD:test-cases/flow test-cases/flow" ]
  expect_exit 1 git qsnap diff gone --json
  [ "$(listed)" = "test-cases/gone removed" ]
  expect_exit 1 git qsnap diff fresh --json
  [ "$(listed)" = "test-cases/fresh added" ]
  git add -A && git commit -qm two
  expect_exit 0 git qsnap diff --quiet
  expect_exit 1 git qsnap diff HEAD~1 --quiet
  [ -z "$output" ]
  git tag flow HEAD~1  # a snapshot and a revision of one name: the snapshot
  expect_exit 0 git qsnap diff flow --quiet
  expect_exit 1 git qsnap diff refs/tags/flow --quiet
}

@test "a word that is neither snapshot nor revision is exit 2, and so is one side alone" {
  git commit -q --allow-empty -m one
  expect_exit 2 git qsnap diff nothing
  expect_output "neither a snapshot nor a revision"
  expect_exit 2 git qsnap diff HEAD~9 flow
  expect_output '"HEAD~9" is neither'
  expect_exit 2 git qsnap diff no..HEAD
  expect_output "no revision no"
  expect_exit 2 git qsnap diff live
  expect_exit 2 git qsnap diff ./x.qsnap
  expect_exit 2 git qsnap diff --format=prose
  expect_output "side-by-side"
  expect_exit 2 git qsnap diff --stat --format=html
}

@test "what cannot be read is told, everything else is still compared, and the end is exit 5" {
  three_commits
  head -c 1000 $SNAPSHOTS/test-cases/same.qsnap >cut && mv cut $SNAPSHOTS/test-cases/same.qsnap
  ln -s /etc/passwd $SNAPSHOTS/test-cases/linked.qsnap
  printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12345\n' 7 >$SNAPSHOTS/test-cases/large.qsnap
  git add -A && git commit -qm four
  rm $SNAPSHOTS/test-cases/fresh.qsnap
  expect_exit 5 git qsnap diff one..HEAD --name-only
  expect_output "test-cases/flow"
  expect_output "3 of 7 snapshots that differ could not be compared"
  git qsnap diff one..HEAD --json >out.json 2>/dev/null || true
  [ "$(jq -r '.snapshots[] | select(.status == "unreadable") | .trouble' out.json)" = "HEAD:test-cases/large: is in Git LFS, and object $(printf %064d 7) is not in this clone
HEAD:test-cases/linked: is not a regular file
HEAD:test-cases/same: is truncated or damaged" ]
  git qsnap diff one --json >out.json 2>/dev/null || true
  [ "$(jq -r '.snapshots[] | select(.status == "unreadable") | .name' out.json | xargs)" = "test-cases/large test-cases/same" ]
  rm $SNAPSHOTS/test-cases/flow.qsnap && ln -s /etc/passwd $SNAPSHOTS/test-cases/flow.qsnap
  git qsnap diff one --json >out.json 2>/dev/null || true
  [ "$(jq -r '.snapshots[] | select(.name == "test-cases/flow") | .status' out.json)" = unreadable ]
}

@test "an LFS pointer whose object is here is read by it" {
  git qsnap save flow >/dev/null && git add -A && git commit -qm one
  file=$SNAPSHOTS/test-cases/flow.qsnap id=$(sha256sum <$SNAPSHOTS/test-cases/flow.qsnap | cut -c1-64)
  mkdir -p ".git/lfs/objects/${id:0:2}/${id:2:2}" && cp $file ".git/lfs/objects/${id:0:2}/${id:2:2}/$id"
  printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %s\n' "$id" "$(stat -c %s $file)" >$file
  git add -A && git commit -qm two
  expect_exit 0 git qsnap diff HEAD~1..HEAD --json
  [ "$(jq -c '[.unchanged, .snapshots]' <<<"$output")" = '[1,[]]' ]
}

@test "equal blobs are not opened" {
  three_commits
  git rm -q $SNAPSHOTS/test-cases/flow.qsnap $SNAPSHOTS/test-cases/fresh.qsnap $SNAPSHOTS/baselines/new.qsnap
  head -c 1000 $SNAPSHOTS/test-cases/same.qsnap >cut && mv cut $SNAPSHOTS/test-cases/same.qsnap
  git add -A && git commit -qm broken && git commit -q --allow-empty -m "nothing new"
  expect_exit 0 git qsnap diff HEAD~1..HEAD --json
  [ "$(jq .unchanged <<<"$output")" = 1 ]
  expect_exit 0 git qsnap diff --json  # in the work tree neither: the file's bytes are the blob's
  [ "$(jq .unchanged <<<"$output")" = 1 ]
}

@test "a side is standard input: packed or stored, and what is none of these is said" {
  git qsnap save flow >/dev/null
  serve bullmq6-after.rdb
  expect_exit 1 bash -c "git qsnap diff - live --quiet <$SNAPSHOTS/test-cases/flow.qsnap"
  expect_exit 0 bash -c "git qsnap diff flow - <$SNAPSHOTS/test-cases/flow.qsnap"
  expect_exit 0 bash -c "git-qsnap-driver clean -- x <$SNAPSHOTS/test-cases/flow.qsnap | git qsnap diff flow -"
  expect_exit 5 bash -c 'printf "version https://git-lfs.github.com/spec/v1\n" | git qsnap diff flow -'
  expect_output "standard input: is a Git LFS pointer"
  expect_exit 5 bash -c 'git qsnap diff flow - </dev/null'
  expect_exit 2 git qsnap diff - -
}

@test "two servers are compared, each by its own URL, and no password is shown or taken from the command line" {
  start_redis other bullmq6-after.rdb --requirepass s3cret
  with_password=unix://:s3cret@${REDIS_other#unix://}
  export QSNAP_REDIS_URL_B=$with_password
  expect_exit 1 git qsnap diff --redis-a "$REDIS_live" --redis-b --json
  [ "$(jq '.changes | length' <<<"$output")" = 19 ]
  refute_output s3cret
  expect_exit 1 git qsnap diff --redis-a "$REDIS_live" --queue payments --stat
  refute_output s3cret
  refute_output email
  expect_exit 0 git qsnap diff --redis-a "$REDIS_live" --prefix bull:newsletter
  expect_exit 2 git qsnap diff --redis-a "$REDIS_live" --redis-b "$with_password"
  refute_output s3cret
  expect_output QSNAP_REDIS_URL_B
  unset QSNAP_REDIS_URL_B
  expect_exit 3 git qsnap diff --redis-a "$REDIS_live" --redis-b "$REDIS_other"
  expect_exit 2 git qsnap diff --redis-a "$REDIS_live"
  expect_exit 2 git qsnap diff --redis-a "$REDIS_live" --redis-b "$REDIS_live" flow
  expect_exit 2 git qsnap diff --redis-a "$REDIS_live" --redis-b "$REDIS_live" --redis "$REDIS_live"
  expect_exit 2 git qsnap diff HEAD --prefix bull:newsletter  # the scope of no server
  expect_output "for --redis-a and --redis-b"
}

@test "one comparison gives several reports; files are replaced as a whole" {
  git qsnap save flow >/dev/null
  serve bullmq6-after.rdb
  echo old >out.txt
  expect_exit 1 git qsnap diff flow live -o out.txt --report html=out.html --report junit=out.xml --report json=out.json
  [ -z "$output" ]
  grep -q "waiting → completed" out.txt
  ! grep -q $'\e' out.txt
  grep -q "<!DOCTYPE html>" out.html && grep -q "<testsuites" out.xml && jq -e '.changes[0].from.index' out.json >/dev/null
  expect_exit 1 git qsnap diff flow live --name-only --report ndjson=>(cat >piped.ndjson)
  [ "$output" = test-cases/flow ]
  ln -s "$WORLD/elsewhere" link.txt
  expect_exit 6 git qsnap diff flow live -o link.txt
  [ ! -e "$WORLD/elsewhere" ]
  expect_exit 7 git qsnap diff flow live -o no/such/folder.txt
  expect_exit 2 git qsnap diff flow live --report html
  expect_exit 2 git qsnap diff flow live -o same.txt --report html=./same.txt
  expect_output "two reports go to"
  [ ! -e same.txt ]
  expect_exit 2 git qsnap diff flow live --report html=-
  expect_exit 1 git qsnap diff flow live --name-only -o -
  [ "$output" = test-cases/flow ] && [ ! -e ./- ]
  expect_exit 1 git qsnap diff flow live -o /dev/null --report html=/dev/null
  [ -c /dev/null ]
}

@test "--format=github annotates, and appends a summary that stays below what GitHub takes" {
  git qsnap save flow >/dev/null
  serve bullmq6-after.rdb
  echo "from before" >summary.md
  GITHUB_STEP_SUMMARY=$PWD/summary.md expect_exit 1 git qsnap verify flow --format=github
  expect_output "::error file=.queue-snapshots/test-cases/flow.qsnap"
  [ "$(head -1 summary.md)" = "from before" ]
  grep -q "test-cases/flow" summary.md
  head -c 1048000 /dev/zero >summary.md
  GITHUB_STEP_SUMMARY=$PWD/summary.md expect_exit 1 git qsnap verify flow --format=github
  [ "$(stat -c %s summary.md)" = 1048000 ]
}

@test "a rule that matched nothing is exit 2 with --strict, behind the report, and counts over the whole range" {
  three_commits
  expect_exit 2 git qsnap diff one:flow flow --name-only --ignore jobs.payload.nothing --strict
  expect_output "test-cases/flow"
  expect_output "matched nothing: jobs.payload.nothing"
  expect_exit 2 git qsnap diff one..two --name-only --ignore jobs.payload.nothing --strict
  expect_exit 1 git qsnap diff one..two --name-only --ignore jobs.return_value --strict
}

@test "what a rule left out is told in every report, of a snapshot that is equal by it, too" {
  three_commits
  all=(--ignore jobs --ignore queues --ignore keys)
  for format in text stat html markdown github-comment junit tap github; do
    expect_exit 0 git qsnap diff one..two flow "${all[@]}" --format=$format
    expect_output ignored
    expect_output jobs
  done
  expect_exit 0 git qsnap diff one:flow two:flow "${all[@]}" --stat --ignore jobs.payload.nothing
  expect_output ignored
  expect_output "jobs.payload.nothing matched nothing"
}

# on_terminal COMMAND…: on a pseudo-terminal, into $output, without carriage returns.
on_terminal() {
  run /usr/bin/python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$@"
  output=${output//$'\r'/}
}

@test "on a terminal a pager is asked: the user's, never the repository's, and the exit code is ours" {
  git qsnap save flow >/dev/null
  serve bullmq6-after.rdb
  git config core.pager 'sed s/^/repository:/'
  git config --file "$WORLD/user" core.pager 'sed s/^/user:/'
  GIT_PAGER='sed s/^/mine:/' on_terminal git-qsnap diff flow live --name-only
  [ "$status" = 1 ] && [ "$output" = "mine:test-cases/flow" ]
  GIT_CONFIG_GLOBAL=$WORLD/user PAGER=false on_terminal git-qsnap diff flow live --name-only
  [ "$status" = 1 ] && [ "$output" = "user:test-cases/flow" ]
  PAGER='sed s/^/page:/' on_terminal git-qsnap diff flow live --name-only
  [ "$status" = 1 ] && [ "$output" = "page:test-cases/flow" ]
  for pager in cat "" no-such-program; do
    PAGER=$pager on_terminal git-qsnap diff flow live --name-only
    [ "$status" = 1 ] && [ "$output" = "test-cases/flow" ]
  done
  PAGER='sed s/^/page:/' on_terminal git-qsnap diff flow live --name-only --no-pager
  [ "$output" = "test-cases/flow" ]
  PAGER='sed s/^/page:/' on_terminal git --no-pager qsnap diff flow live --name-only
  [ "$output" = "test-cases/flow" ]
  PAGER='echo "LESS=$LESS"; head -1' on_terminal git-qsnap diff flow live --full --color=never
  [ "$status" = 1 ] && [ "$output" = $'LESS=FRX\nflow → live' ]  # left early, which is no failure
  GIT_PAGER='sed s/^/page:/' run git qsnap diff flow live --name-only
  [ "$output" = "test-cases/flow" ]
}
