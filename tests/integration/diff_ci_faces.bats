#!/usr/bin/env bats
# What CI reads of a comparison: Markdown, a comment, annotations, JUnit, TAP. What a snapshot says stays text in all.
load helpers
setup() { setup_world; git qsnap init >/dev/null; }
teardown() { teardown_world; }

# check FACE: $output is what tests/tools/check_ci_faces.py demands of it; prints what it counted into $counted.
check() {
  printf '%s\n' "$output" > face.out
  counted=$(/usr/bin/python3 "$QSNAP_SOURCE/tests/tools/check_ci_faces.py" "$1" face.out)
}

# snapshot NAME: the state on standard input, as merge-driver/cases writes one.
snapshot() {
  cat > state.json
  mkdir -p $SNAPSHOTS/test-cases
  "$QSNAP_BIN/../tests/case_document" pack state.json "$SNAPSHOTS/test-cases/$1.qsnap"
}

# state TO JOBS: a state whose first JOBS jobs are in the state TO, each with an own name.
state() {
  /usr/bin/python3 - "$1" "$2" <<'PYTHON'
import json, sys
to, count = sys.argv[1], int(sys.argv[2])
queue = {"framework": "bullmq", "meta": {}, "paused": False, "version": "6.7.0", "volatile": {"id_counter": count}}
queues = sorted(f"bullmq:bull:q{n}" for n in range(5))
jobs = sorted(({"delay_ms": 0, "enc": "json", "name": f"job{n:06}", "opts": {}, "payload": {"n": n},
                "queue": queues[n % 5], "state": to, "volatile": {"created_at_ms": 1767225600000 + n, "id": str(n)}}
               for n in range(count)), key=lambda job: job["queue"])
print(json.dumps({"metadata": {"frameworks": [{"name": "bullmq", "namespace": "bull", "version": "6.7.0"}]},
                  "queues": [dict(queue, queue=name, counts={to: sum(job["queue"] == name for job in jobs)}) for name in queues],
                  "jobs": jobs}))
PYTHON
}

# hostile MARK: a state in which every text wants out of the report, and MARK is in each payload.
hostile() {
  /usr/bin/python3 - "$1" <<'PYTHON'
import json, sys
texts = ["```\n## x", "~~~~", "</code></pre><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "@everyone #123 GH-1",
         "[x](http://evil.example)", "http://evil.example www.evil.example", "a|b\\|c", "`", "``|``", " ", "\\", "<!-- -->",
         "--> <b>", "]]>", "&lt;b&gt; &#64;", "%0A::error::x", "\r\n::warning::x", "\x1b[31m\x07\x00\x9b", "\u202egpj\u2066\u200b",
         "# SKIP", "  ...", "- a: &x", "\uffff\ufffe", "$`x`$ :tada: **b** _i_ ~~s~~", "/close", "日本語 🚀", "x" * 5000]
queue = {"framework": "bullmq", "meta": {}, "paused": False, "version": "6.7.0", "volatile": {"id_counter": 1}}
name = lambda text: "bullmq:bull:" + text.replace("%", "%25").replace(":", "%3A")
jobs = [{"delay_ms": 0, "enc": "json", "error": text + sys.argv[1], "id": "x" + text, "name": text, "opts": {},
         "payload": {text: text + sys.argv[1]}, "queue": name(text), "state": "failed",
         "volatile": {"created_at_ms": 1767225600000}} for text in texts]
jobs.sort(key=lambda job: job["queue"].encode())
print(json.dumps({"metadata": {"frameworks": [{"name": "bullmq", "namespace": "bull", "version": "6.7.0"}]},
                  "queues": [dict(queue, queue=job["queue"], counts={"failed": 1}) for job in jobs], "jobs": jobs}))
PYTHON
}

@test "whatever a snapshot says is text in Markdown, in a comment, in JUnit, TAP and annotations" {
  hostile before | snapshot before
  hostile after | snapshot after
  cp $SNAPSHOTS/test-cases/after.qsnap "@me [x](y) \`|<b>.qsnap"
  for after in after "./@me [x](y) \`|<b>.qsnap"; do
    expect_exit 1 git qsnap diff before "$after" --format=markdown
    check markdown
    expect_exit 1 git qsnap diff before "$after" --format=github-comment --comment-key='a --> <b>'
    check comment
    expect_exit 1 git qsnap diff before "$after" --format=junit
    check junit
    expect_exit 1 git qsnap diff before "$after" --format=tap
    check tap
    expect_exit 1 git qsnap diff before "$after" --format=github
    check github
  done
}

@test "a comment fits for 10, 1,000 and 100,000 changes, and says what it left out" {
  for jobs in 10 1000 100000; do
    state waiting $jobs | snapshot before
    state failed $jobs | snapshot after
    expect_exit 1 git qsnap diff before after --format=github-comment
    check comment
    expect_output "$jobs changes: $jobs moved."
  done
  expect_output "… and 19980 more changes"
  expect_output "Shortened to fit: the report has every change."
}

@test "verify is a test: it passes or fails as one" {
  serve bullmq6-before.rdb
  git qsnap save flow >/dev/null
  expect_exit 0 git qsnap verify flow --format=junit
  check junit
  [ "$counted" = "1 tests, 0 failed" ]
  expect_exit 0 git qsnap verify flow --format=tap
  [ "$output" = $'TAP version 14\n1..1\nok 1 - test-cases/flow' ]
  expect_exit 0 git qsnap verify flow --format=github
  [ -z "$output" ]
  serve bullmq6-after.rdb
  for face in junit tap; do
    expect_exit 1 git qsnap verify flow --format=$face
    check $face
    [ "$counted" = "1 tests, 1 failed" ]
    expect_output "flow"
    expect_output "live"
  done
  expect_exit 1 git qsnap verify flow --format=github
  check github
  expect_output "file=.queue-snapshots/test-cases/flow.qsnap,line=1,title=test-cases/flow"
}

@test "the pull request of a range: every snapshot that differs, one test for the others" {
  serve bullmq6-before.rdb
  git qsnap save flow >/dev/null
  cp $SNAPSHOTS/test-cases/flow.qsnap $SNAPSHOTS/test-cases/same.qsnap
  state waiting 7 | snapshot old
  git add -A; git commit -qm first
  serve bullmq6-after.rdb
  git qsnap save flow --refresh >/dev/null
  rm $SNAPSHOTS/test-cases/old.qsnap
  hostile new | snapshot new
  printf 'broken' > $SNAPSHOTS/test-cases/bad.qsnap
  git add -A; git commit -qm second
  range() { git qsnap diff HEAD~1..HEAD "$@" 2>"$WORLD/errors"; }
  expect_exit 5 range --format=github-comment
  check comment
  expect_output "queue snapshots: 1 unreadable, 1 changed, 1 new, 1 removed, 1 unchanged"
  expect_exit 5 range --format=junit
  check junit
  [ "$counted" = "5 tests, 4 failed" ]
  expect_exit 5 range --format=tap
  check tap
  [ "$counted" = "5 tests, 4 failed" ]
  export GITHUB_STEP_SUMMARY=$WORLD/summary.md
  expect_exit 5 range --format=github
  check github
  output=$(cat "$GITHUB_STEP_SUMMARY")
  check markdown
}

# step FILE JOB: the commands of the example job's last step with commands, as the runner gets them.
step() {
  /usr/bin/python3 - "$QSNAP_SOURCE/ci/$1" "$2" <<'PYTHON' > step.sh
import sys, yaml
with open(sys.argv[1], encoding="utf-8") as file:
    document = yaml.safe_load(file)
steps = document["jobs"][sys.argv[2]]["steps"] if "jobs" in document else [{"run": document[sys.argv[2]]["script"][0]}]
print([step["run"] for step in steps if "run" in step][-1])
PYTHON
  shellcheck -s bash step.sh
}

# stub NAME: a program that is the standard input, before all others on the PATH; $CALLS is where it may leave words.
stub() {
  mkdir -p "$WORLD/stubs"
  { echo '#!/bin/bash'; cat; } > "$WORLD/stubs/$1"
  chmod +x "$WORLD/stubs/$1"
  export PATH=$WORLD/stubs:$PATH CALLS=$WORLD/calls
  : > "$CALLS"
}

@test "the example for GitHub edits its own comment, adds one where there is none, and believes no artifact" {
  step github/queue-snapshots-comment.yml comment
  stub gh <<'STUB'
case "$*" in
  *"/pulls/"*) echo "$HEAD_NOW" ;;
  *--paginate*) cat "$CALLS.comments" ;;
  *) echo "$2 $3 $4" >> "$CALLS" ;;
esac
STUB
  export REPOSITORY=me/shop HEAD_SHA=abc HEAD_NOW=abc RUN_URL=https://example.com/1
  marker='<!-- git-qsnap:pr-comment v1 key= -->'
  mkdir report
  printf 7 > report/pull-request
  printf 1 > report/status
  comment() { printf '%s\n### x\n' "$marker" > report/comment.md; }
  # One of a forger's, one for another key, and ours on the second page.
  printf '[{"id":1,"user":{"login":"evil"},"body":"%s"},
    {"id":2,"user":{"login":"github-actions[bot]"},"body":"<!-- git-qsnap:pr-comment v1 key=b -->"}]
    [{"id":3,"user":{"login":"github-actions[bot]"},"body":"%s\\r\\n### old"}]' "$marker" "$marker" > "$CALLS.comments"
  comment
  expect_exit 0 bash -eo pipefail step.sh
  [ "$(cat "$CALLS")" = "--method PATCH repos/me/shop/issues/comments/3" ]
  jq -e '.body | contains("### x") and contains("https://example.com/1")' body.json
  echo '[]' > "$CALLS.comments"; comment
  expect_exit 0 bash -eo pipefail step.sh
  [ "$(tail -n 1 "$CALLS")" = "--method POST repos/me/shop/issues/7/comments" ]
  : > "$CALLS"
  printf 0 > report/status; comment
  expect_exit 0 bash -eo pipefail step.sh
  printf 1 > report/status; comment
  HEAD_NOW=def expect_exit 0 bash -eo pipefail step.sh
  printf '7/../8' > report/pull-request; comment
  expect_exit 1 bash -eo pipefail step.sh
  printf 7 > report/pull-request; printf 'no marker\n' > report/comment.md
  expect_exit 1 bash -eo pipefail step.sh
  head -c 70000 /dev/zero | tr '\0' x > report/long; comment; cat report/long >> report/comment.md
  expect_exit 1 bash -eo pipefail step.sh
  [ ! -s "$CALLS" ]
}

@test "the examples for reports compare with the target, and the one for GitLab keeps one note" {
  serve bullmq6-before.rdb
  git qsnap save flow >/dev/null
  git add -A; git commit -qm first
  git clone -q . "$WORLD/clone" && cd "$WORLD/clone"
  git checkout -qb change
  serve bullmq6-after.rdb
  git qsnap save flow --refresh >/dev/null
  git add -A; git commit -qm second
  step github/queue-snapshots-report.yml report
  TARGET=main NUMBER=7 expect_exit 0 bash -eo pipefail step.sh
  expect_output "::error file=.queue-snapshots/test-cases/flow.qsnap"
  [ "$(cat report/status report/pull-request)" = 17 ]
  grep -q '<details' report/comment.md; grep -q '<html' report/report.html; grep -q '<testsuites' report/junit.xml
  step gitlab/queue-snapshots-report.yml queue-snapshots-report
  stub curl <<'STUB'
cat >> "$CALLS.config"
case "$*" in
  *token*|*secret*) echo "the token is an argument" >> "$CALLS" ;;
  */user) echo '{"id":5}' ;;
  *"page=1") cat "$CALLS.notes" ;;
  *"page="*) echo '[]' ;;
  *) echo "${*: -1}" >> "$CALLS"; echo '{}' ;;
esac
STUB
  export TARGET=main CI_API_V4_URL=https://gitlab.example.com/api/v4 CI_PROJECT_ID=3 CI_MERGE_REQUEST_IID=9
  expect_exit 0 bash -eo pipefail step.sh
  [ ! -s "$CALLS" ]
  export QSNAP_NOTE_TOKEN=secret
  printf '[{"id":1,"author":{"id":6},"body":"%s"}]' '<!-- git-qsnap:pr-comment v1 key= -->' > "$CALLS.notes"
  expect_exit 0 bash -eo pipefail step.sh
  sed -i 's/"id":6/"id":5/' "$CALLS.notes"
  expect_exit 0 bash -eo pipefail step.sh
  notes=https://gitlab.example.com/api/v4/projects/3/merge_requests/9/notes
  [ "$(cat "$CALLS")" = "$notes"$'\n'"$notes/1" ]
  grep -q 'PRIVATE-TOKEN: secret' "$CALLS.config"
}
