#!/usr/bin/env bats
# Planted secrets ("canaries") wherever one can stand: with redaction on, none of them gets anywhere.
load helpers
setup() {
  setup_world
  git qsnap init >/dev/null
  export TMPDIR=$WORLD/tmp
  mkdir "$TMPDIR"
  start_redis live ""
  export QSNAP_REDIS_URL=$REDIS_live
  count=$(/usr/bin/python3 "$QSNAP_SOURCE/tests/tools/plant_canaries.py" "$SOCKET_live" "$WORLD/canaries")
  [ "$count" -ge 50 ]
}
teardown() { teardown_world; }

# leaks FILE…: how many of the canaries stand in these files (folders as a whole), and which.
leaks() {
  LC_ALL=C grep -rahoFf "$WORLD/canaries" "$@" | sort -u > "$WORLD/leaked" || true
  cat "$WORLD/leaked" >&2
  wc -l < "$WORLD/leaked"
}

# everything that a command leaves behind: the repository with documents unpacked, temporary files, output
all_leaks() {
  mkdir -p "$WORLD/unpacked"
  local file
  find "$WORLD/repo" -name '*.qsnap' > "$WORLD/files"
  while read -r file; do zstd -dcq "$file" > "$WORLD/unpacked/${file//\//_}"; done < "$WORLD/files"
  leaks "$WORLD/repo" "$TMPDIR" "$WORLD/unpacked" "$WORLD/out"
}

turn_on() { printf 'version: 1\nredact: {names: default}\n' > .queue-snapshots/config.yaml; }

@test "control: without redaction the canaries are found, in the document and in what is printed" {
  git qsnap save plain > "$WORLD/out" 2>&1
  [ "$(all_leaks)" -ge 50 ]
  git qsnap show plain --full > "$WORLD/out"
  [ "$(leaks "$WORLD/out")" -ge 20 ]
}

@test "with --redact: zero hits in the repository, in temporary files and in everything that is printed" {
  {
    git qsnap save vault --redact
    git qsnap save vault --redact --json --refresh
    git qsnap save vault   # once redacted, always redacted
    git qsnap list
    git qsnap list --json
    git qsnap show vault --full
    git qsnap show vault --full --json
    git qsnap fsck
  } > "$WORLD/out" 2>&1
  git add -A && git commit -qm snapshots
  git cat-file --batch-all-objects --batch > "$WORLD/objects"
  grep -q 'redacted.*with key' "$WORLD/out"
  zstd -dcq .queue-snapshots/test-cases/vault.qsnap | grep -q '"redaction_key":"[0-9a-f]\{8\}"'
  [ "$(all_leaks)" = 0 ]
  [ "$(leaks "$WORLD/objects")" = 0 ]
}

@test "with --redact: commands that fail, that differ and that compare leak nothing either" {
  turn_on
  git qsnap save vault > "$WORLD/out" 2>&1
  redis-cli -s "$SOCKET_live" lpush bull:vault:wait canary99 > /dev/null
  redis-cli -s "$SOCKET_live" del bull:vault:1 session:canary50@mail.example.org app:stream > /dev/null
  {
    expect_exit 1 git qsnap verify vault --full; echo "$output"
    expect_exit 1 git qsnap diff vault live --json; echo "$output"
    git qsnap save with-damage
    expect_exit 5 git qsnap fsck with-damage; echo "$output"
    mkdir .queue-snapshots/test-cases/in-the-way.qsnap
    run git qsnap save in-the-way; [ "$status" != 0 ]; echo "$output"
    rmdir .queue-snapshots/test-cases/in-the-way.qsnap
    printf 'version: 1\nredact: {strict: true}\n' > .queue-snapshots/config.yaml
    expect_exit 6 git qsnap save strict; echo "$output"
    expect_output "has a payload that is not JSON"
    printf 'version: 1\nredact: {names: default}\n' > .queue-snapshots/config.yaml
    expect_exit 6 git qsnap save narrow --prefix session:canary50@mail.example.org; echo "$output"
    expect_exit 2 git qsnap show vault --queue canary39; echo "$output"
  } >> "$WORLD/out" 2>&1
  [ "$(all_leaks)" = 0 ]
}

@test "what is spooled is not to be read in the file, not even while it is there" {
  # More than a capture keeps in memory.
  head -c 17000000 /dev/zero | tr '\0' . | redis-cli -s "$SOCKET_live" -x set filler > /dev/null
  traced() { strace -f -y -s 20000000 -e trace=write,writev,pwrite64,pwritev,pwritev2 -o "$WORLD/trace.$1" "${@:2}"; }
  traced redacted git qsnap save vault --redact > "$WORLD/out" 2>&1
  traced plain git qsnap show live --full > "$WORLD/shown"
  grep -c 'pwrite64.*tmp' "$WORLD/trace.redacted"
  grep -v 'socket:\|UNIX' "$WORLD/trace.redacted" > "$WORLD/files.redacted"
  [ "$(leaks "$WORLD/files.redacted" "$WORLD/out")" = 0 ]
  grep 'pwrite64' "$WORLD/trace.plain" > "$WORLD/spooled.plain"   # encrypted whether or not anything is redacted
  [ -s "$WORLD/spooled.plain" ]
  [ "$(leaks "$WORLD/spooled.plain")" = 0 ]
  grep 'write(1' "$WORLD/trace.plain" > "$WORLD/shown.plain"      # the trace does show what is written in the clear
  [ "$(leaks "$WORLD/shown.plain")" -ge 10 ]
}

@test "a redacted snapshot is sound, loads, and is equal to what was loaded" {
  start_redis copy ""
  git qsnap save vault --redact
  expect_exit 0 git qsnap verify vault
  expect_exit 0 git qsnap fsck vault
  expect_exit 0 git qsnap load vault --exact --into "$REDIS_copy"
  expect_exit 0 git qsnap verify vault --redis "$REDIS_copy"
  git qsnap save copy --redact --redis "$REDIS_copy"
  expect_exit 0 git qsnap fsck copy
  expect_exit 0 git qsnap diff vault copy
  [ "$(git qsnap show vault --json | jq -r .fingerprint)" = "$(git qsnap show copy --json | jq -r .fingerprint)" ]
  redis-cli -s "$SOCKET_copy" save > /dev/null
  [ "$(leaks "$WORLD/servers/copy")" = 0 ]
}

@test "an imported dump is redacted like a capture" {
  redis-cli -s "$SOCKET_live" save > /dev/null
  git qsnap save vault --redact
  git qsnap import "$WORLD/servers/live/state.rdb" dumped --redact > "$WORLD/out" 2>&1
  expect_exit 0 git qsnap diff vault dumped
  [ "$(all_leaks)" = 0 ]
}

@test "load --replace keeps no backup with secrets, unless somebody says so" {
  turn_on
  git qsnap save vault
  expect_exit 6 git qsnap load vault --replace --yes
  expect_output "--no-backup"
  expect_output "--unredacted-backup"
  redis-cli -s "$SOCKET_live" exists bull:vault:1 | grep -q 1
  : > "$WORLD/out"
  [ "$(all_leaks)" = 0 ]
  expect_exit 0 git qsnap load vault --replace --yes --unredacted-backup
  [ "$(all_leaks)" -ge 50 ]   # the control: there they are
  rm -r .git/qsnap/backups "$WORLD/unpacked"
  expect_exit 0 git qsnap load vault --replace --yes --no-backup
  [ "$(all_leaks)" = 0 ]
}

@test "the key is made once, said aloud once, and private" {
  expect_exit 0 git qsnap save vault --redact
  expect_output "made a key for redaction"
  [ "$(stat -c %a "$XDG_CONFIG_HOME/qsnap/redact.key")" = 600 ]
  expect_exit 0 git qsnap save vault --redact --refresh
  refute_output "made a key"
  chmod 644 "$XDG_CONFIG_HOME/qsnap/redact.key"
  expect_exit 6 git qsnap save vault --redact
  expect_output "readable by others"
  QSNAP_REDACT_KEY=short expect_exit 2 git qsnap save vault --redact
  expect_output "too short"
  refute_output "short: the"
}

@test "snapshots of different keys compare with redacted values as equal, and that is said" {
  QSNAP_REDACT_KEY=one-key-that-is-long-enough git qsnap save vault --redact
  QSNAP_REDACT_KEY=one-key-that-is-long-enough expect_exit 0 git qsnap verify vault
  refute_output "different keys"
  export QSNAP_REDACT_KEY=another-key-that-is-long-enough
  git qsnap save other --redact
  expect_exit 0 git qsnap diff vault other
  expect_output "redacted under different keys"
  expect_exit 0 git qsnap diff vault other --json
  jq -e '.notes == ["redacted under different keys: redacted values count as equal"]' <<< "$output"
  git qsnap save plain
  run git qsnap diff vault plain
  [ "$status" = 1 ]
  expect_output "only vault is redacted"
}
