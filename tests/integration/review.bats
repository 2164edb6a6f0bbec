#!/usr/bin/env bats
# Approval: what is pending, and accept, reject, undo, review and apply.
load helpers

setup() {
  setup_world
  unset CI CONTINUOUS_INTEGRATION GITHUB_ACTIONS GITLAB_CI JENKINS_URL TEAMCITY_VERSION TF_BUILD BUILDKITE GO_SERVER_URL
  unset QSNAP_UPDATE QSNAP_PENDING_DIR QSNAP_RUN_ID QSNAP_RUNS_DIR RUNNER_TEMP
  git qsnap init >/dev/null
  start_redis live
  export QSNAP_REDIS_URL=$REDIS_live
  PENDING=$(git rev-parse --absolute-git-dir)/qsnap/pending
}
teardown() { teardown_world; }

TREE=.queue-snapshots/test-cases

# enqueue QUEUE NUMBER: a job of Sidekiq, as its client makes it.
enqueue() {
  redis-cli -s "$SOCKET_live" sadd queues "$1" >/dev/null
  redis-cli -s "$SOCKET_live" lpush "queue:$1" \
    "{\"class\":\"Receipt\",\"args\":[$2],\"jid\":\"$(printf '%024x' "$2")\",\"queue\":\"$1\",\"retry\":true,\"created_at\":1700000000.5,\"enqueued_at\":1700000000.5}" >/dev/null
}
# fails NAME…: assertions that make states pending.
fails() {
  local name
  for name in "$@"; do expect_exit 1 git qsnap assert "$name" --test "the test of $name"; done
}
pending_names() { git qsnap pending --json | jq -r '.pending[].name' | paste -sd' '; }
# typed ANSWERS COMMAND…: on a terminal, with the answers typed in; its exit code.
typed() {
  local answers=$1
  shift
  run bash -c "printf '%b' '$answers' | script -qec '$*' /dev/null"
  output=${output//$'\r'/}
}
# interrupted COMMAND…: on a terminal, with Ctrl-C once it asks; its exit code.
interrupted() {
  /usr/bin/python3 - "$@" <<'END'
import os, pty, signal, sys
signal.alarm(60)  # better a failure than waiting for ever
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b""
while b"[q]uit" not in seen:
    seen += os.read(terminal, 4096)
os.write(terminal, b"\x03")
try:
    while os.read(terminal, 4096):
        pass
except OSError:  # the terminal is closed
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
END
}
valid() {  # valid SCHEMA: $output
  git qsnap schema "$1" > "$WORLD/schema.json"
  printf '%s' "$output" > "$WORLD/out.json"
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" "$WORLD/schema.json" "$WORLD/out.json"
}

@test "pending lists each state with its test, shows differences, and has JSON" {
  expect_exit 0 git qsnap pending --exit-code
  [ "$output" = "nothing is pending" ]
  enqueue mail 1
  git qsnap assert known --update=all >/dev/null
  enqueue mail 2
  fails known fresh
  expect_exit 0 git qsnap pending
  expect_output "+ test-cases/fresh  new: 2 jobs in 1 queue"
  expect_output "~ test-cases/known  changed: 1 job added"
  expect_output "test the test of known, 20"
  expect_output "2 pending: 1 new, 1 changed"
  expect_exit 1 git qsnap pending --exit-code
  expect_exit 0 git qsnap pending known --diff
  expect_output "test-cases/known → pending"
  expect_output "mail"
  refute_output "fresh"
  expect_exit 0 git qsnap pending --diff --json
  valid pending-list
  [ "$(jq -c '[.pending[] | [.name, .kind, .stale, .diff.schema]]' <<< "$output")" = \
    '[["test-cases/fresh","new",false,null],["test-cases/known","changed",false,"qsnap.diff/1"]]' ]
  for file in "$PENDING"/test-cases/*.json; do
    output=$(cat "$file"); valid pending
  done
}

@test "accept makes the state the snapshot, and the assertion holds; undo brings file and entry back byte for byte" {
  enqueue mail 1
  fails flow
  expect_exit 0 git qsnap accept flow --dry-run
  expect_output "test-cases/flow: would be a new snapshot"
  [ ! -e $TREE/flow.qsnap ]
  expect_exit 0 git qsnap accept flow --json
  valid decision
  [ "$(jq -r '.decided[0].result' <<< "$output")" = written ]
  [ -z "$(pending_names)" ]
  expect_exit 0 git qsnap assert flow
  before=$(sha256sum < $TREE/flow.qsnap)
  enqueue mail 2
  fails flow
  entry=$(cat "$PENDING/test-cases/flow.json")
  expect_exit 0 git qsnap accept flow
  expect_output "test-cases/flow: accepted, the snapshot is replaced"
  [ "$(sha256sum < $TREE/flow.qsnap)" != "$before" ]
  expect_exit 0 git qsnap accept --undo
  expect_output "test-cases/flow: taken back, pending again"
  [ "$(sha256sum < $TREE/flow.qsnap)" = "$before" ]
  [ "$(cat "$PENDING/test-cases/flow.json")" = "$entry" ]
  expect_exit 6 git qsnap accept --undo  # of the first accept: the later state is pending
  expect_output "has another pending state since that decision"
  expect_exit 0 git qsnap reject flow
  expect_exit 0 git qsnap accept --undo
  [ ! -e $TREE/flow.qsnap ]
  expect_exit 2 git qsnap accept --undo
  expect_output "there is no accept to take back"
}

@test "reject drops the state and leaves the tree, and can be taken back" {
  enqueue mail 1
  fails one two
  tree=$(folder_state .queue-snapshots)
  expect_exit 0 git qsnap reject --all
  expect_output "test-cases/two: rejected"
  [ -z "$(pending_names)" ]
  expect_exit 0 git qsnap reject --undo
  [ "$(pending_names)" = "test-cases/one test-cases/two" ]
  [ "$(folder_state .queue-snapshots)" = "$tree" ]
  expect_exit 0 git qsnap accept --all
  expect_exit 0 git qsnap accept --all
  expect_output "nothing is pending"
}

@test "names, patterns and ends of names; what fits nothing decides nothing" {
  enqueue mail 1
  fails mail-a mail-b test-cases/a/deep test-cases/b/deep test-cases/c/other
  expect_exit 2 git qsnap accept mail-a nothing
  expect_output 'nothing is pending for "nothing"'
  expect_exit 2 git qsnap accept deep
  expect_output "test-cases/b/deep"
  expect_exit 2 git qsnap accept
  expect_exit 2 git qsnap accept --all mail-a
  [ "$(pending_names | wc -w)" = 5 ]
  expect_exit 0 git qsnap accept 'mail-*'
  [ "$(pending_names)" = "test-cases/a/deep test-cases/b/deep test-cases/c/other" ]
  expect_exit 0 git qsnap reject other a/deep
  [ "$(pending_names)" = "test-cases/b/deep" ]
}

@test "an accept does not undo what came into the tree meanwhile" {
  enqueue mail 1
  git qsnap assert flow --update=all >/dev/null
  enqueue mail 2
  fails flow other
  cp -r "$PENDING" "$WORLD/kept"
  enqueue mail 3
  git qsnap save flow >/dev/null
  meanwhile=$(sha256sum < $TREE/flow.qsnap)
  expect_exit 0 git qsnap pending
  expect_output "the snapshot has changed since"
  expect_exit 6 git qsnap accept --all
  expect_output "test-cases/other: accepted"
  expect_output "the snapshot test-cases/flow has changed since"
  expect_output "git qsnap accept --force test-cases/flow"
  [ "$(sha256sum < $TREE/flow.qsnap)" = "$meanwhile" ]
  [ "$(pending_names)" = test-cases/flow ]
  expect_exit 0 git qsnap accept flow --force
  [ "$(sha256sum < $TREE/flow.qsnap)" != "$meanwhile" ]
  # An accept of what the tree says by now is done without a word of force, and an undo over later work is refused.
  cp -r "$WORLD/kept/." "$PENDING"
  expect_exit 0 git qsnap accept flow
  expect_output "the snapshot says so already"
  git qsnap save flow >/dev/null
  expect_exit 6 git qsnap accept --undo
  expect_output "has changed since that decision"
}

@test "a proposal to delete is accepted and taken back, and Git is left to the user" {
  enqueue mail 1
  git qsnap assert old --update=all >/dev/null
  git qsnap assert kept --update=all >/dev/null
  git add -A; git commit -qm snapshots
  QSNAP_RUN_ID=r1 git qsnap assert kept >/dev/null
  expect_exit 0 git qsnap obsolete --run r1 --complete --propose
  expect_exit 0 git qsnap pending --diff
  expect_output "- test-cases/old  obsolete"
  expect_exit 0 git qsnap accept old
  expect_output "git add -u"
  [ ! -e $TREE/old.qsnap ]
  [ "$(git status --short)" = " D .queue-snapshots/test-cases/old.qsnap" ]
  expect_exit 0 git qsnap accept --undo
  [ -z "$(git status --short)" ]
  [ "$(pending_names)" = test-cases/old ]
}

@test "secrets that config.yaml refuses are not accepted" {
  sed -i 's/^scan:.*//; s/^  secrets:.*//' .queue-snapshots/config.yaml
  printf '\nscan:\n  secrets: refuse\n' >> .queue-snapshots/config.yaml
  enqueue mail '"AKIAIOSFODNN7EXAMPLE"' 2>/dev/null || true
  redis-cli -s "$SOCKET_live" lpush queue:mail '{"class":"R","args":[{"password":"hunter2hunter2"}],"jid":"000000000000000000000001","queue":"mail","retry":true,"created_at":1700000000.5,"enqueued_at":1700000000.5}' >/dev/null
  redis-cli -s "$SOCKET_live" sadd queues mail >/dev/null
  fails flow
  expect_exit 6 git qsnap accept flow
  expect_output "holds secrets"
  refute_output "hunter2hunter2"
  [ ! -e $TREE/flow.qsnap ]
}

@test "review: accept, reject, skip, undo, views and all the rest, on a terminal" {
  enqueue mail 1
  git qsnap assert b --update=all >/dev/null
  enqueue mail 2
  fails a b c d
  typed 'a\nr\nu\nd\no\nn\n?\nr\ns\nq\n' git qsnap review
  [ "$status" = 0 ]
  expect_output "1 of 4  [a]ccept"
  expect_output "+ test-cases/a  new: 2 jobs in 1 queue"
  expect_output "test-cases/b → pending"
  expect_output "accept all that are left"
  expect_output "1 accepted, 1 rejected, 1 skipped, 1 left"
  [ "$(pending_names)" = "test-cases/c test-cases/d" ]
  [ -e $TREE/a.qsnap ] && [ ! -e $TREE/c.qsnap ]
  typed 'A\nn\nA\ny\n' git qsnap review
  expect_output "accept 2 that are left? [y/N]"
  expect_output "2 accepted, 0 rejected, 0 skipped"
  [ -z "$(pending_names)" ] && [ -e $TREE/d.qsnap ]
  expect_exit 0 git qsnap accept --undo  # of the whole second review
  [ "$(pending_names)" = "test-cases/c test-cases/d" ]
  expect_exit 0 git qsnap accept --undo  # of the first one
  [ "$(pending_names)" = "test-cases/a test-cases/c test-cases/d" ]
  typed 's\n' git qsnap review  # the input ends
  expect_output "0 accepted, 0 rejected, 1 skipped, 2 left"
}

@test "review takes everything back that u is typed for, and Ctrl-C ends it" {
  enqueue mail 1
  fails a b
  typed 'a\na\n' git qsnap review
  git qsnap accept --undo >/dev/null
  typed 'a\nu\nu\nreject\nu\nq\n' git qsnap review
  expect_output "this is the first one"
  expect_output "0 accepted, 0 rejected, 0 skipped, 2 left"
  [ "$(pending_names)" = "test-cases/a test-cases/b" ]
  expect_exit 2 git qsnap accept --undo
  expect_exit 130 interrupted git-qsnap review
  [ "$(pending_names)" = "test-cases/a test-cases/b" ]
}

@test "review without a terminal lists everything, decides nothing, and exits with 2" {
  expect_exit 0 git qsnap review
  enqueue mail 1
  fails a
  expect_exit 2 git qsnap review
  expect_output "+ test-cases/a"
  expect_output "git qsnap accept NAME"
  [ "$(pending_names)" = test-cases/a ]
}

@test "a state's texts cannot command the terminal" {
  enqueue mail 1
  expect_exit 1 git qsnap assert a --test $'evil \033]0;title\007 test'
  expect_exit 0 git qsnap pending --diff
  expect_output 'evil \x1b]0;title\x07 test'
}

@test "apply brings home what CI found: a folder, a zip, deep inside, beside other files" {
  enqueue mail 1
  export QSNAP_PENDING_DIR=$WORLD/artifact/reports/pending
  CI=1 fails a test-cases/b/c
  [ -z "$(find .queue-snapshots -name '*.qsnap')" ]
  unset QSNAP_PENDING_DIR
  echo '{"tests":[]}' > "$WORLD/artifact/report.json"
  echo '{' > "$WORLD/artifact/broken.json"
  expect_exit 0 git qsnap apply "$WORLD/artifact" --json
  valid decision
  [ "$(jq -c '[.decided[] | [.name, .result]]' <<< "$output")" = '[["test-cases/a","pending"],["test-cases/b/c","pending"]]' ]
  expect_exit 0 git qsnap apply "$WORLD/artifact"
  expect_output "test-cases/a: pending already"
  git qsnap reject --all >/dev/null
  (cd "$WORLD/artifact" && /usr/bin/python3 -m zipfile -c ../artifact.zip .)
  expect_exit 0 git qsnap apply "$WORLD/artifact.zip" --accept
  expect_output "test-cases/b/c: accepted, a new snapshot"
  expect_exit 0 git qsnap assert a
  expect_exit 2 git qsnap apply "$WORLD/nothing.zip"
  expect_exit 5 git qsnap apply "$WORLD/artifact/report.json"
  expect_output "neither a folder nor a zip"
  mkdir "$WORLD/empty"
  expect_exit 0 git qsnap apply "$WORLD/empty"
  expect_output "no pending state among 0 files"
}

@test "apply: the later state counts, --force lets the artifact win, --as takes a single file" {
  enqueue mail 1
  QSNAP_PENDING_DIR=$WORLD/artifact fails a
  enqueue mail 2
  fails a
  expect_exit 0 git qsnap apply "$WORLD/artifact"
  expect_output "left: a later state is pending here"
  expect_exit 0 git qsnap pending
  expect_output "2 jobs"
  expect_exit 0 git qsnap apply "$WORLD/artifact" --force
  expect_exit 0 git qsnap pending
  expect_output "1 job in"
  cp "$WORLD"/artifact/test-cases/a.*.qsnap "$WORLD/sent.qsnap"
  expect_exit 2 git qsnap apply "$WORLD/sent.qsnap"
  expect_exit 2 git qsnap apply "$WORLD/artifact" --as x
  expect_exit 0 git qsnap apply "$WORLD/sent.qsnap" --as sent
  expect_exit 0 git qsnap accept sent a
  expect_exit 0 git qsnap diff sent a
}

# evil_zip FILE: what a hostile CI run could hand over, made of the entry and the state of an honest one.
evil_zip() {
  /usr/bin/python3 - "$PENDING/test-cases" "$1" <<'END'
import json, pathlib, sys, zipfile
folder, target = pathlib.Path(sys.argv[1]), sys.argv[2]
entry = json.loads((folder / "good.json").read_text())
state = next(folder.glob("good.*.qsnap"))
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zip:
    def put(path, base, **changes):
        zip.writestr(path + ".json", json.dumps({**entry, **changes}))
        zip.writestr(f"{path.rsplit('/', 1)[0]}/{base}.{entry['content_sha256'][:16]}.qsnap", state.read_bytes())
    put("../../../tmp/traversal", "fine", name="test-cases/fine")  # a path is only where it lay
    put("b/name", "x", name="../../../../tmp/x")
    put("c/absolute", "x", name="/tmp/x")
    zip.writestr("d/digest.json", json.dumps({**entry, "name": "test-cases/digest"}))
    zip.writestr(f"d/digest.{entry['content_sha256'][:16]}.qsnap", state.read_bytes() + b"x")
    zip.writestr("e/alone.json", json.dumps({**entry, "name": "test-cases/alone"}))
    zip.writestr("f/bomb.json", json.dumps({**entry, "name": "test-cases/bomb"}))
    zip.writestr(f"f/bomb.{entry['content_sha256'][:16]}.qsnap", b"\0" * 50_000_000)
    zip.writestr("g/huge.json", b'{"schema":"qsnap.pending-entry/1"' + b" " * 10_000_000)
    link = zipfile.ZipInfo("h/link.json"); link.external_attr = 0xA1FF0000
    zip.writestr(link, "/etc/passwd")
END
}

@test "apply trusts nothing in an artifact: names, digests, sizes, links and paths" {
  enqueue mail 1
  fails good
  evil_zip "$WORLD/evil.zip"
  git qsnap reject --all >/dev/null
  expect_exit 5 git qsnap apply "$WORLD/evil.zip"
  expect_output "test-cases/fine: pending"
  expect_output 'b/name.json: is no pending entry: its "name" is missing or wrong'
  expect_output "its SHA-256 differs"
  expect_output "is no snapshot"
  expect_output "is not in the artifact"
  [ "$(pending_names)" = test-cases/fine ]
  [ ! -e /tmp/traversal.json ] && [ ! -e /tmp/x.qsnap ]
  head -c 2000 "$WORLD/evil.zip" > "$WORLD/cut.zip"
  expect_exit 5 git qsnap apply "$WORLD/cut.zip"
  git qsnap reject --all >/dev/null
  mkdir "$WORLD/folder"
  ln -s "$PENDING" "$WORLD/folder/link"
  fails good
  expect_exit 0 git qsnap apply "$WORLD/folder" --dir "$WORLD/empty" || { mkdir "$WORLD/empty"; expect_exit 0 git qsnap apply "$WORLD/folder" --dir "$WORLD/empty"; }
  expect_output "no pending state among 0 files"
}
