#!/usr/bin/env bats
# git qsnap assert: what a test calls. Modes, waiting, what is written and what is not.
load helpers

setup() {
  setup_world
  git qsnap init >/dev/null
  start_redis live
  export QSNAP_REDIS_URL=$REDIS_live
  PENDING=$(git rev-parse --absolute-git-dir)/qsnap/pending
}
teardown() { teardown_world; }

# enqueue QUEUE NUMBER [MEMBERS]: a job of Sidekiq, as its client makes it.
enqueue() {
  redis-cli -s "$SOCKET_live" sadd queues "$1" >/dev/null
  redis-cli -s "$SOCKET_live" lpush "queue:$1" \
    "{\"class\":\"Receipt\",\"args\":[$2${3:-}],\"jid\":\"$(printf '%024x' "$2")\",\"queue\":\"$1\",\"retry\":true,\"created_at\":1700000000.5,\"enqueued_at\":1700000000.5}" >/dev/null
}

# now_expected NAME: the live state is what NAME says from now on.
now_expected() { git qsnap assert "$1" --update=all >/dev/null; }

@test "a first run fails, and its state is pending and not in the tree" {
  enqueue mail 1; enqueue mail 2; enqueue video 3
  tree=$(folder_state .queue-snapshots)
  expect_exit 1 git qsnap assert checkout --test 'checkout sends mail'
  expect_output "test-cases/checkout has no snapshot yet; the live state has 3 jobs in 2 queues"
  expect_output "mail            waiting 2"  # what is in it, to know what to accept
  expect_output "git qsnap accept test-cases/checkout"
  [ "$tree" = "$(folder_state .queue-snapshots)" ]
  [ -z "$(git status --porcelain | grep -v '^?? .queue-snapshots/$')" ]
  [ "$(jq -r '.name, .kind, .test, .summary' "$PENDING/test-cases/checkout.json")" = "$(printf '%s\n' test-cases/checkout new 'checkout sends mail' 'new: 3 jobs in 2 queues')" ]
}

@test "an equal state passes with one line, and takes away what was pending" {
  enqueue mail 1
  expect_exit 1 git qsnap assert checkout
  git qsnap save checkout >/dev/null
  expect_exit 0 git qsnap assert checkout
  [ "$output" = "test-cases/checkout as expected: 1 job in 1 queue" ]
  [ ! -e "$PENDING/test-cases/checkout.json" ]
}

@test "a different state fails with the difference, and is pending beside the snapshot's root" {
  enqueue mail 1
  now_expected checkout
  enqueue mail 2
  before=$(sha256sum $SNAPSHOTS/test-cases/checkout.qsnap)
  expect_exit 1 git qsnap assert checkout
  expect_output "test-cases/checkout is not as expected: 1 job added"
  expect_output "waiting 1 → 2"
  [ "$before" = "$(sha256sum $SNAPSHOTS/test-cases/checkout.qsnap)" ]
  [ "$(jq -r .kind "$PENDING/test-cases/checkout.json")" = changed ]
}

@test "new writes what is missing and nothing else; all writes both" {
  enqueue mail 1
  expect_exit 0 git qsnap assert checkout --update=new
  expect_output "test-cases/checkout written: 1 job in 1 queue"
  expect_exit 0 git qsnap assert checkout --update=new
  enqueue mail 2
  expect_exit 1 git qsnap assert checkout --update=new
  [ -e "$PENDING/test-cases/checkout.json" ]
  expect_exit 0 git qsnap assert checkout -u
  expect_output "test-cases/checkout rewritten: 2 jobs in 1 queue"
  [ ! -e "$PENDING/test-cases/checkout.json" ]
  expect_exit 0 git qsnap assert checkout
  expect_exit 2 git qsnap assert checkout --update=always
  expect_output "pending, new, all or none"
}

@test "a flag beats QSNAP_UPDATE, that beats config.yaml, and that beats CI" {
  enqueue mail 1
  mode() { "$@" git qsnap assert checkout --json "${flags[@]}" 2>/dev/null | jq -r '"\(.mode) by \(.mode_reason)"'; }
  flags=()
  [ "$(mode env)" = "pending by default" ]
  [ "$(mode env CI=true)" = "none by CI is set" ]
  [ "$(mode env CI=false)" = "pending by default" ]
  [ "$(mode env JENKINS_URL=http://ci.example)" = "none by JENKINS_URL is set" ]
  printf 'version: 1\nassert: {update: pending}\n' > $SNAPSHOTS/config.yaml
  [ "$(mode env CI=true)" = "pending by config.yaml" ]
  [ "$(mode env CI=true QSNAP_UPDATE=none)" = "none by QSNAP_UPDATE" ]
  flags=(--update=pending)
  [ "$(mode env CI=true QSNAP_UPDATE=none)" = "pending by --update" ]
  flags=(--ci)
  [ "$(mode env QSNAP_UPDATE=all)" = "none by --ci" ]
  QSNAP_UPDATE=yes expect_exit 2 git qsnap assert checkout
  expect_output 'QSNAP_UPDATE is "yes"'
}

# writes COMMAND…: the system calls by which it writes, or makes or removes something, below the current folder.
writes() {
  strace -f -y -qq -e trace=open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,chmod,fchmodat,utimensat \
    -o "$WORLD/trace" "$@" >"$WORLD/out" 2>&1 || true
  grep -E 'O_WRONLY|O_RDWR|O_CREAT|mkdir|rename|unlink|link|chmod|utimens' "$WORLD/trace" | sed 's/AT_FDCWD<[^>]*>, "\//"\//' | grep -F "$PWD" || true
}

@test "with --ci and without a place for it, nothing is opened for writing below the work tree" {
  enqueue mail 1
  [[ $(writes git qsnap assert known --update=new) == *known.qsnap* ]]  # they are seen
  enqueue mail 2
  for name in unknown known; do
    everything=$(folder_state .)
    [ -z "$(writes git qsnap assert "$name" --ci)" ]
    grep -q "nothing was written (mode none: --ci)" "$WORLD/out"
    [ "$everything" = "$(folder_state .)" ]
  done
}

@test "in a work tree and a git dir that cannot be written, --ci fails for the difference alone" {
  [ "$(id -u)" = 0 ] || skip "needs root for a read-only bind mount"
  enqueue mail 1
  now_expected known
  read_only() { unshare -m sh -c 'mount --bind . . && mount -o remount,ro,bind . && cd "$PWD" && exec "$@"' sh "$@"; }
  expect_exit 0 read_only git qsnap assert known --ci
  [ "$output" = "test-cases/known as expected: 1 job in 1 queue" ]
  enqueue mail 2
  expect_exit 1 read_only git qsnap assert known --ci
  expect_output "1 job added"
  expect_exit 1 read_only git qsnap assert unknown --ci
  expect_exit 1 read_only git qsnap assert known --update=pending  # the difference is told, whatever else fails
  expect_output "1 job added"
  expect_output "the new state is not kept"
}

@test "what CI saw is kept where QSNAP_PENDING_DIR or RUNNER_TEMP says" {
  enqueue mail 1
  CI=1 QSNAP_PENDING_DIR=$WORLD/artifact expect_exit 1 git qsnap assert checkout
  expect_output "git qsnap apply $WORLD/artifact"
  [ -s "$WORLD/artifact/test-cases/checkout.json" ]
  GITHUB_ACTIONS=true RUNNER_TEMP=$WORLD/temp expect_exit 1 git qsnap assert checkout
  [ -s "$WORLD/temp/qsnap-pending/test-cases/checkout.json" ]
  [ ! -e "$PENDING" ]
}

@test "--within waits for what comes a little later, and no longer" {
  enqueue mail 1; enqueue mail 2
  now_expected checkout
  redis-cli -s "$SOCKET_live" lpop queue:mail >/dev/null
  (sleep 0.4; enqueue mail 2) 3>&- &
  expect_exit 0 git qsnap assert checkout --within 20s
  [[ $output =~ "as expected after "[0-9.]+m?"s ("[0-9]+" looks): 2 jobs in 1 queue" ]]
  wait
  enqueue mail 3
  expect_exit 1 git qsnap assert checkout --within 300ms --json
  [ "$(jq '.captures > 2 and .waited_ms >= 300' <<< "$output")" = true ]
  [ "$(jq -r '.diff.changes[].kind' <<< "$output")" = added ]  # the last difference
}

@test "--stable wants it to stay so" {
  now_expected_state() { enqueue mail 1; now_expected checkout; }
  now_expected_state
  (for i in 2 3 4 5 6 7 8; do sleep 0.15; enqueue mail $i; done) 3>&- &
  expect_exit 1 git qsnap assert checkout --within 700ms --stable 600ms
  wait
  expect_output "is not as expected"
}

@test "without a snapshot, --within waits until nothing changes any more" {
  enqueue mail 1
  (for i in 2 3 4; do sleep 0.1; enqueue mail $i; done) 3>&- &
  expect_exit 1 git qsnap assert checkout --within 20s --stable 400ms
  wait
  expect_output "the live state has 4 jobs in 1 queue"
}

@test "a queue that is not there any more is a difference, and one that is not there yet is waited for" {
  enqueue mail 1
  expect_exit 0 git qsnap assert checkout --queue mail -u
  redis-cli -s "$SOCKET_live" flushall >/dev/null
  expect_exit 1 git qsnap assert checkout
  expect_output "removed from waiting"
  (sleep 0.3; enqueue mail 1) 3>&- &
  expect_exit 0 git qsnap assert checkout --within 20s
  wait
  expect_exit 2 git qsnap assert checkout --within soon
  expect_output "--within"
}

@test "a difference is cut after 40 lines, and --full is not" {
  for queue in a b c; do
    redis-cli -s "$SOCKET_live" sadd queues $queue >/dev/null
    for n in {10..29}; do printf 'rpush queue:%s {"class":"Job%d","args":[],"jid":"0000000000000000000%s00%d","queue":"%s"}\n' $queue $n $queue $n $queue; done
  done | sed "s/{/'{/; s/\$/'/" | redis-cli -s "$SOCKET_live" >/dev/null
  now_expected checkout
  redis-cli -s "$SOCKET_live" del queue:a queue:b queue:c >/dev/null
  expect_exit 1 git qsnap assert checkout
  expect_output "more lines (--full shows all)"
  [ "$(grep -c '  - job' <<< "$output")" -lt 45 ]
  expect_exit 1 git qsnap assert checkout --full
  [ "$(grep -c '  - job' <<< "$output")" = 60 ]
}

@test "Ctrl-C ends the waiting" {
  enqueue mail 1
  now_expected checkout
  enqueue mail 2
  git-qsnap assert checkout --within 60s >out 2>&1 3>&- & pid=$!
  until [ "$(redis-cli -s "$SOCKET_live" info clients | grep -c 'connected_clients:[2-9]')" = 1 ]; do :; done  # it is at work
  kill -INT $pid
  wait $pid && false || [ $? = 130 ]
  [ ! -e "$PENDING/test-cases/checkout.json" ]
}

@test "an empty state is expected by nobody who does not say so" {
  for update in pending new all; do
    expect_exit 6 git qsnap assert nothing --update=$update
    expect_output "there is nothing in"
    expect_output "--allow-empty"
  done
  [ ! -e "$PENDING" ]
  expect_exit 1 git qsnap assert nothing --ci
  expect_exit 0 git qsnap assert nothing --update=new --allow-empty
  expect_exit 0 git qsnap assert nothing
  enqueue mail 1
  now_expected checkout
  redis-cli -s "$SOCKET_live" flushall >/dev/null
  expect_exit 1 git qsnap assert checkout -u
  expect_output "the live state is empty, so it is not kept"
  expect_exit 0 git qsnap show checkout --json
  [ "$(jq .jobs <<< "$output" 2>/dev/null || true)" != 0 ]
}

@test "a state with a secret does not get into the tree, and when it is pending it is said" {
  enqueue mail 1 ',{"password":"hunter2-and-more"}'
  for update in new all; do
    expect_exit 6 git qsnap assert checkout --update=$update
    expect_output 'payload[*].password looks like a secret'
    refute_output hunter2
  done
  [ ! -e $SNAPSHOTS/test-cases/checkout.qsnap ]
  expect_exit 1 git qsnap assert checkout
  expect_output 'payload[*].password looks like a secret'
  printf 'version: 1\nscan: {secrets: warn}\n' > $SNAPSHOTS/config.yaml
  expect_exit 0 git qsnap assert checkout --update=new
  expect_output "warning"
  printf 'version: 1\n' > $SNAPSHOTS/config.yaml
  QSNAP_REDACT_KEY=0123456789abcdef0123456789abcdef expect_exit 0 git qsnap assert hidden --update=new --redact
  refute_output "secret"
}

@test "a snapshot that nobody will read is warned about" {
  printf 'version: 1\nassert: {max_size: 100}\n' > $SNAPSHOTS/config.yaml
  enqueue mail 1
  expect_exit 0 git qsnap assert checkout -u
  expect_output "assert.max_size is 100 B"
}

@test "a broken or a conflicted snapshot is exit 5, and stays" {
  enqueue mail 1
  now_expected checkout
  head -c 200 $SNAPSHOTS/test-cases/checkout.qsnap > half && mv half $SNAPSHOTS/test-cases/checkout.qsnap
  before=$(sha256sum $SNAPSHOTS/test-cases/checkout.qsnap)
  expect_exit 5 git qsnap assert checkout -u
  expect_output "git qsnap fsck test-cases/checkout"
  cp "$QSNAP_SOURCE/tests/fixtures/conflicted.qsnap" $SNAPSHOTS/test-cases/conflicted.qsnap
  expect_exit 5 git qsnap assert conflicted -u
  expect_output "git qsnap resolve"
  [ "$before" = "$(sha256sum $SNAPSHOTS/test-cases/checkout.qsnap)" ]
}

@test "workers with a prefix each share one snapshot" {
  for ns in w1 w2; do
    redis-cli -s "$SOCKET_live" hset $ns:mail:meta version bullmq:5.0.0 opts.maxLenEvents 10000 >/dev/null
    redis-cli -s "$SOCKET_live" hset $ns:mail:1 name send data '{"n":1}' opts '{"attempts":1}' timestamp 1700000000000 delay 0 priority 0 >/dev/null
    redis-cli -s "$SOCKET_live" lpush $ns:mail:wait 1 >/dev/null
    redis-cli -s "$SOCKET_live" set $ns:mail:id 1 >/dev/null
  done
  expect_exit 0 git qsnap assert checkout --rename-prefix w1=bull -u
  expect_exit 0 git qsnap assert checkout --rename-prefix w2=bull
  git qsnap show checkout | grep -q 'bullmq:bull:mail'
  redis-cli -s "$SOCKET_live" lpush w2:mail:wait 2 >/dev/null
  redis-cli -s "$SOCKET_live" hset w2:mail:2 name send data '{"n":2}' opts '{"attempts":1}' timestamp 1700000000000 delay 0 priority 0 >/dev/null
  expect_exit 0 git qsnap assert checkout --rename-prefix w1=bull
  expect_exit 1 git qsnap assert checkout --rename-prefix w2=bull
  expect_exit 1 git qsnap assert checkout --rename-prefix w3=bull  # a worker that enqueued nothing
  expect_output "removed from waiting"
}

@test "contracts hold with a snapshot and without one" {
  enqueue mail 1; enqueue mail 2
  printf 'version: 1\ncontract:\n  - name: two mails\n    count: {queue: mail}\n    equals: 2\n  - name: dlq empty\n    empty: {queue: dlq}\n' > contract.yaml
  expect_exit 0 git qsnap assert --contract contract.yaml
  expect_output "contract kept: 2 jobs in 1 queue, 2 invariants hold"
  now_expected checkout
  enqueue mail 3
  expect_exit 1 git qsnap assert --contract contract.yaml
  expect_output "broken: two mails"
  expect_output "contract.yaml:3"
  expect_exit 1 git qsnap assert checkout -u --contract contract.yaml  # what breaks it is not to be expected
  expect_exit 1 git qsnap assert checkout
  expect_exit 1 git qsnap assert --contract contract.yaml --format=junit
  expect_output '<failure type="contract"'
  expect_exit 2 git qsnap assert
  expect_output "--contract FILE"
  expect_exit 2 git qsnap assert checkout --prefix "$UNSET_BY_MISTAKE"
  expect_output "--prefix must not be empty"
}

@test "JUnit, TAP and annotations know a missing snapshot from a different one" {
  enqueue mail 1
  expect_exit 1 git qsnap assert checkout --format=junit
  expect_output '<failure type="missing"'
  now_expected checkout
  expect_exit 0 git qsnap assert checkout --report tap=report.tap
  grep -q '^ok 1 - test-cases/checkout' report.tap
  enqueue mail 2
  expect_exit 1 git qsnap assert checkout --report junit=report.xml --report html=report.html --format=github
  expect_output "::warning file=.queue-snapshots/test-cases/checkout.qsnap"
  grep -q '<failure type="mismatch"' report.xml
}

@test "rules of the command line and of config.yaml leave out what does not matter, and say when they do not" {
  enqueue mail 1 ',"a"'
  now_expected checkout
  redis-cli -s "$SOCKET_live" del queue:mail >/dev/null
  enqueue mail 1 ',"b"'
  expect_exit 1 git qsnap assert checkout
  expect_exit 0 git qsnap assert checkout --ignore 'jobs.payload[1]'
  expect_exit 1 git qsnap assert checkout --ignore 'jobs.payload.nothing'
  expect_output "the rule jobs.payload.nothing matched nothing"
}

@test "a run knows what was asserted, and a run that cannot be written is a warning" {
  enqueue mail 1
  now_expected checkout
  QSNAP_RUN_ID=r1 QSNAP_RUNS_DIR=$WORLD/runs expect_exit 0 git qsnap assert checkout
  QSNAP_RUN_ID=r1 QSNAP_RUNS_DIR=$WORLD/runs expect_exit 1 git qsnap assert other
  [ "$(cat "$WORLD"/runs/r1/*.jsonl | jq -r '"\(.event) \(.name) \(.held)"' | sort)" = "$(printf '%s\n' 'asserted test-cases/checkout true' 'asserted test-cases/other false')" ]
  QSNAP_RUN_ID=r1 QSNAP_RUNS_DIR=/proc/nowhere expect_exit 0 git qsnap assert checkout
  expect_output "warning: the run does not know of it"
  QSNAP_RUN_ID=../r1 expect_exit 2 git qsnap assert checkout
}

@test "of eight processes that assert eight states under one new name, one writes it and the others differ" {
  local worker status written=0 pids=()
  for worker in 1 2 3 4 5 6 7 8; do
    redis-cli -s "$SOCKET_live" -n "$worker" rpush "queue:of-$worker" "{\"class\":\"C$worker\",\"args\":[],\"jid\":\"$worker\"}" >/dev/null
  done
  for worker in 1 2 3 4 5 6 7 8; do
    git qsnap assert shared --update=new --redis "$QSNAP_REDIS_URL?db=$worker" >/dev/null 2>&1 &
    pids+=($!)
  done
  for worker in "${pids[@]}"; do
    status=0
    wait "$worker" || status=$?
    if [ "$status" = 0 ]; then written=$((written + 1)); else [ "$status" = 1 ]; fi
  done
  [ "$written" = 1 ]
}

@test "pending states cannot lie among the snapshots" {
  export QSNAP_PENDING_DIR=.queue-snapshots
  enqueue mail 1
  expect_exit 2 git qsnap assert new-one
  expect_output 'pending states cannot lie among the snapshots'
}

@test "a repository whose config.yaml lets CI write is told of" {
  printf 'version: 1\nassert: {update: all}\n' > .queue-snapshots/config.yaml
  enqueue mail 1
  CI=1 expect_exit 0 git qsnap assert by-config
  expect_output 'although CI is set'
}
