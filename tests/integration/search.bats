#!/usr/bin/env bats
# git qsnap search and git qsnap grep: what is found, and that the index is disposable.
load helpers

setup() {
  setup_world
  git qsnap init >/dev/null
}
teardown() { teardown_world; }

# bring NAME FIXTURE [OPTION…]: a snapshot without a Redis.
bring() {
  local name=$1 fixture=$2
  shift 2
  git qsnap import "$QSNAP_SOURCE/tests/fixtures/$fixture.rdb" "$name" "$@" >/dev/null
}

INDEX=.git/qsnap/search

@test "words are found in labels first, then in records; nothing is exit 1" {
  bring before bullmq6-before
  bring labelled plain --description "the welcome flow" --tag nightly
  expect_exit 0 git qsnap search welcome
  [[ ${lines[0]} == "test-cases/labelled  "*nightly ]]
  expect_output "description: the «welcome» flow"
  expect_output "test-cases/before"
  expect_output "  job 12  send  bullmq:bull:email active"
  expect_output "    payload.body: "
  [ "$(grep -c '«welcome»' <<< "$output")" = 7 ]
  expect_output "more (--all lists all)"
  expect_exit 0 git qsnap search welcome tag:nightly
  refute_output "test-cases/before"
  expect_exit 0 git qsnap search tag:nightly
  expect_output "test-cases/labelled"
  expect_exit 1 git qsnap search surely-nowhere
  expect_output "nothing found in 2 snapshots"
  expect_exit 2 git qsnap search
  expect_exit 2 git qsnap search name:
  expect_exit 2 git qsnap search welcome --in nowhere
  expect_output "there is nothing in nowhere"
}

@test "fields, phrases and beginnings; --all finds what show counts" {
  bring before bullmq6-before
  wanted=$(git qsnap show before --queue images --state failed --json | jq '.jobs | length')
  expect_exit 0 git qsnap search queue:images state:failed --all --json
  [ "$(jq '[.snapshots[].records[]] | length' <<< "$output")" = "$wanted" ]
  [ "$(jq -r '[.snapshots[].records[].state] | unique | join(" ")' <<< "$output")" = failed ]
  expect_exit 0 git qsnap search 'queue:ima*' state:failed --json
  [ "$(jq '.snapshots[0] | (.records | length) + .more' <<< "$output")" = "$wanted" ]
  expect_exit 1 git qsnap search state:fail
  expect_exit 0 git qsnap search 'welc*' --limit 1
  expect_output "«welc»ome"
  expect_exit 1 git qsnap search welc
}

@test "the index may be gone, garbage, cut off or not writable: what is found stays the same" {
  bring before bullmq6-before
  bring after bullmq6-after
  git qsnap search 'welc*' state:waiting --all > ../wanted
  [ -s ../wanted ]
  [ "$(stat -c %a $INDEX)" = 700 ]
  [ "$(stat -c %a $INDEX/*.words | sort -u)" = 600 ]
  again() { git qsnap search 'welc*' state:waiting --all | diff ../wanted -; }
  again
  for file in "$INDEX"/*.words; do truncate -s 100 "$file"; done; again
  again
  for file in "$INDEX"/*.words; do head -c 5000 /dev/urandom > "$file"; done; again
  ln -s /etc/passwd $INDEX/x.words; again
  rm -r $INDEX; again
  rm -r $INDEX; touch $INDEX; again
  [ "$(stat -c %s $INDEX)" = 0 ]
  rm $INDEX; mkdir "$WORLD/elsewhere"; ln -s "$WORLD/elsewhere" $INDEX; again
  git qsnap search 'welc*' state:waiting --all --rebuild | diff ../wanted -
}

@test "an album that is broken is named, and the others are searched" {
  bring cart plain
  for album in good bad; do
    git qsnap album create $album -m "an excellent $album one" >/dev/null
    git qsnap album add $album cart >/dev/null
  done
  echo '{' > $SNAPSHOTS/albums/bad.json
  expect_exit 0 git qsnap search excellent
  expect_output "album good: an «excellent» good one"
  expect_output "not searched: album bad: "
}

@test "what is new, changed, gone or broken is seen, and processes at once do not mind each other" {
  bring before bullmq6-before
  for i in 1 2 3 4; do git qsnap search welcome --all > "../out.$i" & done
  wait
  for i in 2 3 4; do cmp ../out.1 "../out.$i"; done
  cp $SNAPSHOTS/test-cases/before.qsnap $SNAPSHOTS/test-cases/copy.qsnap
  mkdir -p $SNAPSHOTS/sets/feature%2Fx/test-cases
  cp $SNAPSHOTS/test-cases/before.qsnap $SNAPSHOTS/sets/feature%2Fx/test-cases/
  expect_exit 0 git qsnap search welcome
  expect_output "test-cases/copy"
  expect_output "set feature/x"
  expect_exit 0 git qsnap search welcome in:feature/x --json
  [ "$(jq -r '.snapshots | map(.set) | join(" ")' <<< "$output")" = feature/x ]
  rm $SNAPSHOTS/test-cases/copy.qsnap
  bring before plain
  head -c 3000 $SNAPSHOTS/sets/feature%2Fx/test-cases/before.qsnap > $SNAPSHOTS/test-cases/broken.qsnap
  expect_exit 0 git qsnap search welcome
  refute_output "test-cases/copy"
  expect_output "not searched: test-cases/broken: "
  [ "$(grep -c '^test-cases/' <<< "$output")" = 2 ]
}

@test "no control character of a snapshot reaches the terminal, by search or by grep" {
  start_redis live
  redis-cli -s "$SOCKET_live" SET $'odd\e]0;evil\a' $'needle \e[31m red' >/dev/null
  QSNAP_REDIS_URL=$REDIS_live git qsnap save odd --description $'needle \e[2J' >/dev/null
  expect_exit 0 git qsnap search needle
  [[ $output != *$'\e'* && $output == *'\x1b'* ]]
  git add -A; git commit -qm odd
  expect_exit 0 git qsnap grep needle
  [[ $output != *$'\e'* && $output == *'\x1b'* ]]
}

@test "grep tells which version has it, since when and until when" {
  bring flow bullmq6-before; git add -A; git commit -qm first
  bring flow bullmq6-after; git add -A; git commit -qm second
  git mv $SNAPSHOTS/test-cases/flow.qsnap $SNAPSHOTS/test-cases/moved.qsnap; git commit -qm third
  first=$(git rev-parse --short HEAD~2) second=$(git rev-parse --short HEAD~1) third=$(git rev-parse --short HEAD)
  expect_exit 0 git qsnap grep 'state: failed' -l
  [[ ${lines[0]} == "test-cases/flow  since $second "*", until $third "* ]]
  [[ ${lines[1]} == "test-cases/moved  since $third "*", still there" ]]
  [[ ${lines[2]} == "test-cases/flow  since $first "*", until $second "* ]]
  expect_exit 0 git qsnap grep 'state: failed' HEAD~2 -l
  [ "${#lines[@]}" = 1 ]
  [[ ${lines[0]} == *"still there" ]]
  expect_exit 0 git qsnap grep 'state: failed' HEAD~2..HEAD -l
  [ "${#lines[@]}" = 2 ]
  expect_exit 0 git qsnap grep -F 'template: welcome' HEAD~2 --queue email --json
  all=$(git qsnap show HEAD~2:flow --queue email --full | grep -c 'payload.template.*welcome')
  [ "$(jq '.versions[0] | (.records | length) + .more' <<< "$output")" = "$all" ]
  git clone -q --bare . ../bare
  (cd ../bare && git qsnap grep 'state: failed' -l | grep -q moved)
}

@test "grep takes texts, cases and states; a pattern that is none, or hostile, is exit 2" {
  bring flow bullmq6-before; git add -A; git commit -qm first
  expect_exit 1 git qsnap grep 'template: WELCOME'
  expect_output "nothing found in 1 version"
  expect_exit 0 git qsnap grep -i 'template: WELCOME'
  expect_output "payload.template: «welcome»"
  expect_exit 1 git qsnap grep -F 'template: wel.*'
  expect_exit 0 git qsnap grep -E 'template: wel.*' --all --state waiting
  [ "$(grep -c '^  job' <<< "$output")" = "$(grep -c 'failed$\|waiting$' <<< "$output")" ]
  refute_output " more ("
  expect_exit 2 git qsnap grep '('
  expect_exit 2 git qsnap grep '^(\w+.?)+(?<!.)$'
  expect_output "asks for too much"
  expect_exit 2 git qsnap grep x nosuchrev
  expect_exit 2 git qsnap grep x --upload-pack=evil
}

@test "grep without a commit, and of a file that is broken, says so" {
  expect_exit 1 git qsnap grep x
  bring flow bullmq6-before
  head -c 3000 $SNAPSHOTS/test-cases/flow.qsnap > $SNAPSHOTS/test-cases/broken.qsnap
  git add -A; git commit -qm first
  expect_exit 0 git qsnap grep 'state: failed'
  expect_output "not searched: test-cases/broken: "
}

@test "Ctrl-C ends a grep whose pattern takes its time for each of many lines" {
  start_redis live
  seq -f '{"class":"R","args":["aaaaaaaaaaaaaaaaaaaaa!"],"jid":"%024.0f"}' 4000 |
    sed 's/"/\\"/g; s/.*/lpush queue:mail "&"/' | redis-cli -s "$SOCKET_live" >/dev/null
  QSNAP_REDIS_URL=$REDIS_live git qsnap save slow >/dev/null
  git add -A; git commit -qm slow
  # Left alone it is at it for minutes; -k would end it with 137.
  run timeout -k 20 -s INT 0.5 git-qsnap grep '(a+)+$'
  [ "$status" = 124 ]
  expect_output "interrupted"
}
