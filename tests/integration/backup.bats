#!/usr/bin/env bats
# git qsnap backup and restore-from: what went in comes out, and what is damaged, hostile or too large does not.
load helpers

setup() {
  setup_world
  unset QSNAP_BRANCH QSNAP_SET
  git qsnap init >/dev/null
  snapshot flow bullmq6-before
  snapshot baselines/prod bullmq6-after
  git add -A && git commit -qm tree
  mkdir -p .queue-snapshots/sets/feature%2Fx/test-cases .queue-snapshots/albums
  echo '{}' >.queue-snapshots/albums/release.json
  cp .queue-snapshots/baselines/prod.qsnap .queue-snapshots/sets/feature%2Fx/test-cases/flow.qsnap
  snapshot pending sidekiq6   # nobody has committed this one
  BACKUP=$WORLD/state.backup
  export TMPDIR=$WORLD/tmp
  mkdir "$TMPDIR"
}
teardown() { teardown_world; }

snapshot() { git qsnap import "$QSNAP_SOURCE/tests/fixtures/$2.rdb" "$1" --captured-at 2026-01-02T03:04:05Z >/dev/null 2>&1; }
tree() { folder_state .queue-snapshots; }
wipe() { git update-ref -d refs/qsnap/history/default 2>/dev/null || true; rm -rf .queue-snapshots; }
# nothing_left: neither temporary folders nor unfinished files, and the repository is as it was.
nothing_left() { [ -z "$(ls -A "$TMPDIR")" ] && [ -z "$(find "$WORLD" -name '.qsnap-tmp-*')" ] && [ -z "$(git for-each-ref refs/qsnap/backup)" ]; }

@test "a backup that is restored after everything is gone is equal, in the same repository and in an empty one" {
  serve plain.rdb
  git qsnap save history/ >/dev/null 2>&1
  git qsnap save history/ >/dev/null 2>&1
  history=$(git rev-parse 'refs/qsnap/history/default^{tree}')
  before=$(tree)
  objects=$(git count-objects)
  expect_exit 0 git qsnap backup "$BACKUP"
  expect_output "4 snapshots"
  expect_output "refs/qsnap/history/default: 2 captures"
  expect_output "read back and checked"
  [ "$objects" = "$(git count-objects)" ]
  [ "$(stat -c %a "$BACKUP")" = 600 ]
  nothing_left
  wipe
  expect_exit 0 git qsnap restore-from "$BACKUP" --dry-run
  expect_output "nothing was changed"
  expect_output "refs/qsnap/history/default: 2 captures, 2 were not here"
  [ ! -e .queue-snapshots ]
  expect_exit 0 git qsnap restore-from "$BACKUP"
  [ "$before" = "$(tree)" ]
  [ "$history" = "$(git rev-parse 'refs/qsnap/history/default^{tree}')" ]
  expect_exit 0 git qsnap restore-from "$BACKUP"
  expect_output "as in the backup"
  expect_output "2 captures, 0 were not here"
  git init -q "$WORLD/empty" && cd "$WORLD/empty"
  expect_exit 0 git qsnap restore-from "$BACKUP" --json
  jq -e '.schema == "qsnap.restore-from/1" and .refs[0].added == 2' <<<"$output"
  [ "$before" = "$(tree)" ]
  git fsck --strict
  nothing_left
}

@test "no capture that is here goes away by a restore, and what was dropped here stays so, and is told" {
  rm -r .queue-snapshots/albums  # no album
  serve plain.rdb
  git qsnap save history/ >/dev/null 2>&1
  git qsnap save history/ >/dev/null 2>&1
  local ref=refs/qsnap/history/default both
  both=$(git rev-parse $ref)
  git qsnap backup "$BACKUP" >/dev/null
  git qsnap history prune --keep-last 1 --yes >/dev/null
  git qsnap backup "$BACKUP-of-one" >/dev/null
  for trial in --dry-run ""; do
    expect_exit 0 git qsnap restore-from "$BACKUP" $trial
    expect_output "$ref: 2 captures, 0 were not here; 1 were dropped and stay so"
    [ "$(git qsnap history list --json | jq .entries)" = 1 ]
  done
  git update-ref $ref "$both"
  git symbolic-ref refs/qsnap/history/evil $ref
  expect_exit 0 git qsnap backup "$BACKUP-of-both"
  refute_output evil
  expect_exit 0 git qsnap restore-from "$BACKUP-of-one"
  [ "$(git qsnap history list --json | jq .entries)" = 2 ]
}

@test "files that are others here are left and listed; --replace keeps the old ones" {
  git qsnap backup "$BACKUP" >/dev/null
  snapshot flow sidekiq6
  echo "# mine" >>.queue-snapshots/config.yaml
  mine=$(tree)
  expect_exit 1 git qsnap restore-from "$BACKUP"
  expect_output "differs  .queue-snapshots/test-cases/flow.qsnap"
  expect_output "2 files left as they are here: --replace"
  [ "$mine" = "$(tree)" ]
  cp .queue-snapshots/test-cases/flow.qsnap "$WORLD/old"
  expect_exit 0 git qsnap restore-from "$BACKUP" --replace
  expect_output "what was replaced is in "
  cmp "$WORLD/old" .git/qsnap/backups/*-restore/.queue-snapshots/test-cases/flow.qsnap
  ! grep -q mine .queue-snapshots/config.yaml
}

@test "a flipped byte, a cut end and another bundle are refused, and nothing is written" {
  git qsnap backup "$BACKUP" >/dev/null
  wipe
  bytes=$(stat -c %s "$BACKUP")
  for at in 3 $((bytes / 3)) $((bytes / 2)) $((bytes - 5)); do
    cp "$BACKUP" "$WORLD/flipped"
    printf '\377' | dd of="$WORLD/flipped" bs=1 seek="$at" conv=notrunc status=none
    if cmp -s "$BACKUP" "$WORLD/flipped"; then printf '\001' | dd of="$WORLD/flipped" bs=1 seek="$at" conv=notrunc status=none; fi
    expect_exit 5 git qsnap restore-from "$WORLD/flipped"
  done
  for length in 0 10 $((bytes / 2)) $((bytes - 1)); do
    head -c "$length" "$BACKUP" >"$WORLD/cut"
    expect_exit 5 git qsnap restore-from "$WORLD/cut"
    expect_output "is no backup of git-qsnap"
  done
  git bundle create -q "$WORLD/other" main
  expect_exit 5 git qsnap restore-from "$WORLD/other"
  [ ! -e .queue-snapshots ]
  nothing_left
}

# hostile MODE PATH: a bundle like ours, with one more entry in its tree.
hostile() {
  local blob tree commit
  blob=$(echo text | git hash-object -w --stdin)
  # mktree checks nothing of names, unlike the index.
  tree=$(/usr/bin/python3 - "$1" "$2" "$blob" <<'END'
import subprocess, sys
mode, path, blob = sys.argv[1:]
entry_mode, oid = mode, blob
for name in reversed(path.split("/")):
    raw = f"{entry_mode} ".encode() + name.encode() + b"\0" + bytes.fromhex(oid)
    oid = subprocess.run(["git", "hash-object", "-w", "-t", "tree", "--stdin", "--literally"], input=raw, capture_output=True, check=True).stdout.decode().strip()
    entry_mode = "40000"
print(oid)
END
)
  commit=$(git commit-tree "$tree" -m "git-qsnap backup 1")
  git update-ref refs/qsnap/backup/x "$commit"
  git bundle create -q "$WORLD/hostile" refs/qsnap/backup/x
  git update-ref -d refs/qsnap/backup/x
}

@test "paths that lead elsewhere, links and what is named like Git's own are refused" {
  hostile 100644 .queue-snapshots/note
  expect_exit 0 git qsnap restore-from "$WORLD/hostile"
  rm .queue-snapshots/note
  before=$(tree)
  for path in ../escaped .queue-snapshots/../../escaped .git/hooks/post-merge .queue-snapshots/.git/config \
    .queue-snapshots/.GIT/config elsewhere lfs-objects/short; do
    hostile 100644 "$path"
    expect_exit 6 git qsnap restore-from "$WORLD/hostile"
    expect_output "is a path that no backup has"
  done
  hostile 120000 .queue-snapshots/link
  expect_exit 6 git qsnap restore-from "$WORLD/hostile"
  expect_output "is no regular file"
  [ "$before" = "$(tree)" ]
  [ ! -e "$WORLD/escaped" ] && [ ! -e ../escaped ]
  git qsnap backup "$BACKUP" >/dev/null   # a link in the work tree is not followed
  wipe
  mkdir "$WORLD/outside" && ln -s "$WORLD/outside" .queue-snapshots
  expect_exit 6 git qsnap restore-from "$BACKUP"
  [ -z "$(ls -A "$WORLD/outside")" ]
}

@test "a file that is there is not written over, a damaged snapshot is told, a link is left out" {
  echo mine >"$BACKUP"
  expect_exit 6 git qsnap backup "$BACKUP"
  [ "$(cat "$BACKUP")" = mine ]
  rm "$BACKUP"
  printf 'xx' | dd of=.queue-snapshots/test-cases/flow.qsnap bs=1 seek=3000 conv=notrunc status=none
  ln -s /etc/passwd .queue-snapshots/test-cases/link.qsnap
  expect_exit 5 git qsnap backup "$BACKUP" --json
  jq -e '.damaged == [".queue-snapshots/test-cases/flow.qsnap"] and .left_out == [".queue-snapshots/test-cases/link.qsnap"]' <<<"$output"
  before=$(sha256sum <.queue-snapshots/test-cases/flow.qsnap)
  wipe
  expect_exit 0 git qsnap restore-from "$BACKUP"
  expect_output "was so when it was backed up"
  [ "$before" = "$(sha256sum <.queue-snapshots/test-cases/flow.qsnap)" ]
}

@test "objects of Git LFS go with it; one that is not here is told, and --without-lfs leaves them out" {
  mkdir -p .queue-snapshots/lfs/test-cases
  id=$(sha256sum .queue-snapshots/test-cases/pending.qsnap | cut -d' ' -f1)
  size=$(stat -c %s .queue-snapshots/test-cases/pending.qsnap)
  object=.git/lfs/objects/${id:0:2}/${id:2:2}/$id
  mkdir -p "$(dirname "$object")" && mv .queue-snapshots/test-cases/pending.qsnap "$object"
  printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %s\n' "$id" "$size" >.queue-snapshots/lfs/test-cases/pending.qsnap
  expect_exit 0 git qsnap backup "$BACKUP"
  expect_output "1 object of Git LFS"
  mv "$object" "$WORLD/object"
  expect_exit 6 git qsnap backup "$WORLD/second"
  expect_output "lfs/test-cases/pending.qsnap"
  [ ! -e "$WORLD/second" ]
  expect_exit 0 git qsnap backup "$WORLD/second" --without-lfs
  expect_output "its object of Git LFS is not in the backup"
  wipe
  expect_exit 0 git qsnap restore-from "$BACKUP"
  cmp "$WORLD/object" "$object"
  expect_exit 0 git qsnap show pending
}

@test "a full disk ends it with what is wrong, and nothing is left" {
  command -v unshare >/dev/null && unshare -rm true 2>/dev/null || skip "no user namespaces"
  expect_exit 7 unshare -rm bash -c 'mkdir -p "$0" && mount -t tmpfs -o size=64k none "$0" && cd "$1" && git-qsnap backup "$0/x" 2>&1; code=$?; [ -z "$(ls -A "$0")" ] || exit 99; exit $code' "$WORLD/small" "$PWD"
  expect_output "No space left"
  nothing_left
}
