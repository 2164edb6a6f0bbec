#!/usr/bin/env bats
# The HTML report as a reader gets it: sound for a parser, and in a browser where there is one.
load helpers

setup() { setup_world; }
teardown() { teardown_world; }

page() { "$QSNAP_BIN/../tests/report_page" "$@"; }
check_html() { python3 "$QSNAP_SOURCE/tests/tools/check_html.py" "$@"; }
browse() { python3 "$QSNAP_SOURCE/tests/tools/browse_html.py" "$@"; }

needs_a_browser() {
  local program
  for program in chromium chromium-browser google-chrome; do
    if command -v "$program" >/dev/null; then return; fi
  done
  skip "no Chromium is installed"
}

@test "pages of all sorts are sound: nesting, ids, headings, contrast, policy; and have nothing in them but ours" {
  local kind
  for kind in rich range equal hostile; do
    page "$kind" > "$WORLD/$kind.html"
    echo "$kind" >&2
    check_html "$WORLD/$kind.html"
  done
}

@test "the check of pages sees what it has to see" {
  page rich > "$WORLD/good.html"
  check_html "$WORLD/good.html"
  spoil() {
    sed "$1" "$WORLD/good.html" > "$WORLD/bad.html"
    ! cmp -s "$WORLD/good.html" "$WORLD/bad.html"
    expect_exit 1 check_html "$WORLD/bad.html"
    expect_output "$2"
  }
  spoil 's|<main>|<main><img src=x onerror=alert(1)>|' '<img> is not an element of a report'
  spoil 's|<main>|<main onclick="alert(1)">|' '<main onclick> is not an attribute of a report'
  spoil 's|</main>||' 'closes main'
  spoil 's|href="#changes"|href="https://example.com/"|' 'a link out of the page'
  spoil 's|id="changes"|id="filter"|' 'the id filter is there twice'
  spoil 's|--soft: #59636e|--soft: #b0b0b0|' 'soft on back has a contrast of'
  spoil 's|"use strict";|"use strict"; fetch("x");|' 'the policy is'
}

@test "a comparison of real snapshots, hostile ones among them, as --format=html and as one more report" {
  serve bullmq6-before.rdb
  git qsnap init >/dev/null
  git qsnap save flow >/dev/null
  local evil='</script><script>canary=1</script><img src=x onerror=canary=1>'
  redis-cli -s "$SOCKET_live" hset "bull:$evil:meta" opts.maxLenEvents 10000 version "bullmq:6.7.0" >/dev/null
  redis-cli -s "$SOCKET_live" hset "bull:$evil:1" name "$evil" data "{\"a\":\"$evil\"}" opts '{}' timestamp 1790000000000 \
    delay 0 priority 0 failedReason "$evil" >/dev/null
  redis-cli -s "$SOCKET_live" lpush "bull:$evil:wait" 1 >/dev/null
  redis-cli -s "$SOCKET_live" set "$evil" "$evil" >/dev/null
  expect_exit 1 git qsnap diff flow live --format=html -o "$WORLD/diff.html" --report html="$WORLD/again.html"
  [ -z "$output" ]
  check_html "$WORLD/diff.html"
  cmp "$WORLD/diff.html" "$WORLD/again.html"
  run cat "$WORLD/diff.html"
  expect_output '&lt;/script&gt;&lt;script&gt;canary=1'
  expect_output 'git qsnap save flow'
  refute_output '<img'
  # What it carries is what --json prints, but for the length of the listing.
  check_html "$WORLD/diff.html" --json > out.json
  git qsnap schema diff > schema.json
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" schema.json out.json
  [ "$(jq -r '.changes[] | select(.subject == "job") | .id' out.json)" = 1 ]
  # verify writes it, too.
  expect_exit 1 git qsnap verify flow --report html="$WORLD/verify.html"
  check_html "$WORLD/verify.html"
}

@test "in a browser the filter works, nothing is fetched, and no text of a snapshot comes to life" {
  needs_a_browser
  page range > "$WORLD/range.html"
  browse "$WORLD/range.html" 'SmtpError: 421' 3
  page hostile > "$WORLD/hostile.html"
  browse "$WORLD/hostile.html" 'canary=11' 30
}
