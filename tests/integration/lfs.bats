# Large snapshots in Git LFS, with the real git-lfs and without it. The threshold is a tiny one, so that a few jobs are
# a large snapshot.
load helpers

setup() {
  setup_world
  export GIT_CONFIG_GLOBAL=$HOME/.gitconfig  # where `git lfs install` writes
  # A PATH without git-lfs: everything else that the tests need.
  FULL_PATH=$PATH
  BARE_PATH=$WORLD/programs
  mkdir "$BARE_PATH"
  local program
  for program in bash sh git redis-cli redis-server sed cat cmp cp cut rm mkdir grep sha256sum jq; do
    ln -s "$(command -v "$program")" "$BARE_PATH/$program"
  done
  BARE_PATH=$QSNAP_BIN:$BARE_PATH
  start_redis live
  export QSNAP_REDIS_URL=$REDIS_live
  git qsnap init >/dev/null
  printf 'lfs:\n  threshold: 1 KiB\n' >> $SNAPSHOTS/config.yaml
  BIG=$SNAPSHOTS/lfs/test-cases/big.qsnap
}
teardown() { PATH=$FULL_PATH; teardown_world; }

redis() { redis-cli -s "$SOCKET_live" "$@" >/dev/null; }
job() {  # job CLASS NUMBER: with what no compressor makes smaller. No program is started: there are many
  RANDOM=$2
  printf '{"class":"%s","args":["%x%x%x%x%x%x%x%x%x%x%x%x%x%x%x%x"],"retry":true,"queue":"mail","jid":"%024d","created_at":1763000000}' \
    "$1" $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM "$2"
}
state() {  # state JOBS [CLASS OF ONE MORE]: so many jobs in the queue
  local number more=${2:-}
  {
    printf 'flushall\nsadd queues mail\n'
    for ((number = 1; number <= $1; ++number)); do printf "lpush queue:mail '"; job W $number; printf "'\n"; done
    if [ -n "$more" ]; then printf "lpush queue:mail '"; job "$more" "$(printf %d "'$more")"; printf "'\n"; fi
  } | redis
}
save() { git qsnap save "$@" >/dev/null; }
oid_of() { sed -n 's/^oid sha256://p' "$1"; }
object_of() { local oid; oid=$(oid_of "$1"); echo ".git/lfs/objects/${oid:0:2}/${oid:2:2}/$oid"; }
expect_object() { [ "$(sha256sum < "$(object_of "$1")" | cut -d' ' -f1)" = "$(oid_of "$1")" ]; }
jobs_of() { git qsnap show "$1" --json | jq .jobs_total; }
names_of() { git qsnap show "$1" --full --json | jq -r '[.jobs[].name] | unique | join(" ")'; }

# The README's words, in this order.
set_up() {
  git lfs install >/dev/null
  git qsnap install >/dev/null
}
publish() {  # a remote as a folder, and the first push
  git init -q --bare -b main "$WORLD/remote.git"
  git remote add origin "$WORLD/remote.git"
  git push -q -u origin main
}

@test "save puts a large snapshot into LFS, and what shrinks comes back below half of the threshold" {
  state 40
  expect_exit 0 git qsnap save big
  expect_output "lfs/test-cases/big.qsnap (in Git LFS:"
  git lfs pointer --check --file "$BIG"
  expect_object "$BIG"
  [ ! -e $SNAPSHOTS/test-cases/big.qsnap ]
  [ "$(git qsnap list --json | jq -r '.snapshots[].name')" = test-cases/big ]
  expect_exit 0 git qsnap verify big
  [ "$(git lfs pointer --file "$(object_of "$BIG")" 2>/dev/null)" = "$(cat "$BIG")" ]
  printf 'version: 1\nlfs:\n  threshold: 6 KiB\n' > $SNAPSHOTS/config.yaml
  state 41
  save big && [ -f "$BIG" ]
  state 2
  expect_exit 0 git qsnap save big --json
  [ "$(jq -r .storage <<< "$output")" = git ]
  [ -f $SNAPSHOTS/test-cases/big.qsnap ] && [ ! -e "$BIG" ]
}

@test "git add takes the pointer, with git-lfs and without it, and git status is clean" {
  state 40
  save big
  set_up
  git add -A && git commit -qm big
  [ -z "$(git status --porcelain)" ]
  git cat-file blob "HEAD:$BIG" | cmp - "$BIG"
  git lfs ls-files | grep -q "$BIG"
  git lfs fsck
  PATH=$BARE_PATH
  ! command -v git-lfs
  git config --global --remove-section filter.lfs
  state 41
  save big
  git add -A && git commit -qm "without git-lfs"
  [ -z "$(git status --porcelain)" ]
  git cat-file blob "HEAD:$BIG" | cmp - "$BIG"
  [ "$(names_of "HEAD~1:big")" = W ]
  expect_exit 1 git qsnap diff HEAD~1 HEAD
  expect_output "1 added"
}

@test "attributes: the lines of lfs/ come after those of the others, and info/attributes has no filter" {
  git qsnap install >/dev/null
  expect_exit 0 git check-attr filter merge diff text -- "$BIG" $SNAPSHOTS/test-cases/big.qsnap
  expect_output "$BIG: filter: lfs"
  expect_output "$BIG: merge: qsnap"
  expect_output "$BIG: text: unset"
  expect_output "$SNAPSHOTS/test-cases/big.qsnap: filter: qsnap"
  ! grep -q filter= .git/info/attributes
  git lfs track | grep -q '.queue-snapshots/lfs'
}

@test "the block of an earlier version is replaced, also one that came with a branch" {
  earlier='# >>> qsnap (managed) v1
/.queue-snapshots/**/*.qsnap -ident !working-tree-encoding -text filter=qsnap merge=qsnap diff=qsnap linguist-generated
/.queue-snapshots/config.yaml text eol=lf
# <<< qsnap'
  printf '*.png binary\n%s\n*.jpg binary\n' "$earlier" > .gitattributes
  git add -A && git commit -qm earlier
  expect_exit 0 git qsnap install
  expect_output "upgraded"
  expect_output "commit .gitattributes"
  [ "$(git check-attr filter -- "$BIG")" = "$BIG: filter: lfs" ]
  [ "$(head -1 .gitattributes) $(tail -1 .gitattributes)" = "*.png binary *.jpg binary" ]
  printf '%s\n# mine\n' "${earlier/linguist-generated/linguist-generated mine}" > .gitattributes
  expect_exit 1 git qsnap install
  grep -q 'generated mine' .gitattributes
}

@test "a second machine: git clone and git lfs pull by the README's words" {
  set_up
  state 40
  save big
  git add -A && git commit -qm big
  publish
  oid=$(oid_of "$BIG")
  [ -f "$WORLD/remote.git/lfs/objects/${oid:0:2}/${oid:2:2}/$oid" ]
  export HOME=$WORLD/elsewhere GIT_CONFIG_GLOBAL=$WORLD/elsewhere/.gitconfig
  mkdir "$HOME" && cd "$HOME"
  git lfs install >/dev/null
  git clone -q "$WORLD/remote.git" "$WORLD/clone"
  cd "$WORLD/clone"
  git lfs pull
  git qsnap install >/dev/null
  [ "$(sha256sum < "$BIG" | cut -d' ' -f1)" = "$oid" ]
  expect_exit 0 git qsnap verify big
  expect_exit 0 git qsnap lfs status --verify
  expect_output "object here, the snapshot itself in the work tree"
  [ -z "$(git status --porcelain)" ]
}

@test "a clone without git-lfs: pointers stay, and every command says what to do" {
  set_up
  state 40
  save big
  git add -A && git commit -qm big
  publish
  export HOME=$WORLD/elsewhere GIT_CONFIG_GLOBAL=$WORLD/elsewhere/.gitconfig
  mkdir "$HOME"
  PATH=$BARE_PATH
  git clone -q "$WORLD/remote.git" "$WORLD/clone"
  cd "$WORLD/clone"
  expect_exit 2 git qsnap show big
  expect_output "the object of test-cases/big is not here"
  expect_output "git qsnap lfs fetch"
  expect_exit 2 git qsnap lfs fetch
  expect_output "git-lfs, which brings them, is not on the PATH"
  git config alias.lfs '!echo run by the repository'
  expect_exit 2 git qsnap lfs agent "$WORLD"
  expect_output "git-lfs is not on the PATH"
  refute_output "run by the repository"
  expect_exit 1 git qsnap lfs status
  expect_output "git-lfs: not found"
  expect_output "object missing"
  git qsnap install >/dev/null
  expect_exit 1 git qsnap status
  expect_output "git-lfs is not on the PATH"
  expect_output "git qsnap lfs fetch"
  expect_exit 0 git qsnap list
}

@test "lfs fetch brings what is missing or damaged, also of another revision, and reads what came" {
  set_up
  state 40
  save big
  git add -A && git commit -qm first
  old=$(object_of "$BIG")
  state 41
  save big
  git add -A && git commit -qm second
  publish
  new=$(object_of "$BIG")
  expect_exit 0 git qsnap lfs fetch
  expect_output "1 object of the work tree was here already"
  rm "$old"
  # A copy: git-lfs has made one file with two names of this object and that of a remote on the same disk.
  cp "$new" damaged && printf 'x' | dd of=damaged bs=1 seek=100 conv=notrunc status=none  # of the right length
  mv -f damaged "$new"
  expect_exit 0 git qsnap lfs status
  expect_exit 1 git qsnap lfs status --verify
  expect_output "object damaged"
  expect_exit 0 git qsnap lfs fetch big
  expect_output "fetched test-cases/big"
  expect_object "$BIG"
  expect_exit 2 git qsnap show HEAD~1:big
  expect_exit 0 git qsnap lfs fetch --revision HEAD~1 --json
  [ "$(jq -r '.objects[].outcome' <<< "$output")" = fetched ]
  expect_exit 0 git qsnap show HEAD~1:big
  expect_exit 2 git qsnap lfs fetch nothing
  rm "$new"
  rm -r "$WORLD/remote.git/lfs"
  expect_exit 1 git qsnap lfs fetch
  expect_output "missing test-cases/big"
  [ ! -e "$new" ]
}

@test "lfs migrate moves snapshots to LFS and back; names, meanings and history go on" {
  set_up
  state 40
  sed -i '/^lfs:/,$d' $SNAPSHOTS/config.yaml
  save big
  save small
  git add -A && git commit -qm "in Git"
  printf 'lfs:\n  threshold: 1 KiB\n' >> $SNAPSHOTS/config.yaml
  expect_exit 0 git qsnap lfs status
  expect_output "2 snapshots in Git above the threshold"
  expect_exit 0 git qsnap lfs migrate --all-above --dry-run
  expect_output "would move test-cases/big"
  [ ! -e "$BIG" ]
  expect_exit 0 git qsnap lfs migrate big
  expect_output "moved test-cases/big to Git LFS"
  expect_output "git lfs migrate"
  expect_object "$BIG"
  git add -A && git commit -qm "in LFS"
  [ -z "$(git status --porcelain)" ]
  expect_exit 0 git qsnap diff HEAD~1
  expect_exit 0 git qsnap log big
  expect_output "in LFS"
  expect_output "in Git"
  expect_exit 0 git qsnap lfs migrate --back big
  [ -f $SNAPSHOTS/test-cases/big.qsnap ] && [ ! -e "$BIG" ]
  expect_exit 0 git qsnap diff HEAD
  expect_exit 0 git qsnap lfs migrate --back big
  expect_output "is in Git already"
  expect_exit 2 git qsnap lfs migrate
  expect_exit 2 git qsnap lfs migrate nothing
}

@test "two branches with a snapshot in LFS merge to a pointer; a conflict is resolved to one" {
  set_up
  state 40
  save big
  git add -A && git commit -qm base
  git checkout -qb theirs
  state 40 B && save big && git commit -qam theirs
  git checkout -q main
  state 40 A && save big && git commit -qam ours
  expect_exit 0 git merge -q theirs -m merged
  git cat-file blob "HEAD:$BIG" > pointer
  expect_object pointer && rm pointer
  [ "$(names_of big)" = "A B W" ]
  [ -z "$(git status --porcelain)" ]
  git checkout -qb deleted HEAD~1
  git qsnap lfs migrate --back big >/dev/null && git checkout -q HEAD -- . && rm -f $SNAPSHOTS/test-cases/big.qsnap
  git reset -q --hard && git checkout -q main
  redis lrem queue:mail 1 "$(job A 65)"
  redis zadd retry 1763000100 "$(job A 65)"
  save big && git commit -qam retried
  git checkout -qb died HEAD~1
  redis zrem retry "$(job A 65)"
  redis zadd dead 1763000100 "$(job A 65)"
  save big && git commit -qam died
  expect_exit 1 git merge -q main
  expect_exit 5 git qsnap conflicts
  expect_exit 0 git qsnap resolve big --theirs
  git cat-file blob ":$BIG" | cmp - "$BIG"
  expect_object "$BIG"
  git commit -qm resolved
  [ -z "$(git status --porcelain)" ]
}

@test "one branch moves a snapshot to LFS and another one changes it: what is kept stands in one place" {
  set_up
  sed -i 's/threshold: .*/threshold: off/' $SNAPSHOTS/config.yaml
  state 40
  save big
  git add -A && git commit -qm base
  git checkout -qb theirs
  state 40 B && save big && git commit -qam theirs
  git checkout -q main
  git qsnap lfs migrate big >/dev/null && git add -A && git commit -qm moved
  expect_exit 1 git merge -q theirs
  expect_exit 6 git qsnap show big
  expect_output "stands in Git and in Git LFS"
  expect_exit 1 git qsnap diff "$SNAPSHOTS/test-cases/big.qsnap" "$BIG"  # as its hint says
  expect_exit 0 git qsnap resolve big --keep
  git commit -qm merged
  [ -z "$(git status --porcelain)" ]
  [ "$(git ls-tree -r --name-only HEAD | grep -c big.qsnap)" = 1 ]
  [ "$(names_of big)" = "B W" ]
}

@test "hooks: a conflict and a secret behind a pointer are seen, and a push without its objects is told" {
  set_up
  state 40
  redis lpush queue:mail "$(job AKIAIOSFODNN7EXAMPLE 99)"
  save big
  git add -A
  expect_exit 1 git commit -m secret
  expect_output "looks like a secret"
  state 40
  save big
  git add -A
  git commit -qm big
  git init -q --bare "$WORLD/remote.git"
  git remote add origin "$WORLD/remote.git"
  mv .git/lfs/objects "$WORLD/objects"
  expect_exit 0 git qsnap hook pre-push origin "$WORLD/remote.git" <<< "refs/heads/main $(git rev-parse HEAD) refs/heads/main $(printf %040d 0)"
  expect_output "its object of Git LFS is not in this clone"
  ! git push -q origin main  # git-lfs refuses that itself
  rm -rf .git/lfs/objects && mv "$WORLD/objects" .git/lfs/objects
  rm -rf .git/hooks/pre-push .git/hooks/pre-push.d
  git qsnap install >/dev/null
  run git push -q origin main
  expect_output "git-lfs has no pre-push hook here"
  expect_exit 1 git qsnap doctor
  expect_output "git lfs update --force, then git qsnap install"
  git lfs update --force >/dev/null && git qsnap install >/dev/null
  git lfs push --all origin
  oid=$(oid_of "$BIG")
  [ -f "$WORLD/remote.git/lfs/objects/${oid:0:2}/${oid:2:2}/$oid" ]
}

@test "what is raw below lfs/, and what is a pointer elsewhere, is found" {
  git qsnap install >/dev/null
  state 40
  save big
  oid=$(oid_of "$BIG")
  cp "$BIG" $SNAPSHOTS/test-cases/outside.qsnap
  mkdir -p $SNAPSHOTS/lfs/test-cases
  cp ".git/lfs/objects/${oid:0:2}/${oid:2:2}/$oid" $SNAPSHOTS/lfs/test-cases/raw.qsnap
  cp $SNAPSHOTS/lfs/test-cases/raw.qsnap $SNAPSHOTS/test-cases/raw.qsnap
  git add -A && git commit -qm mixed --no-verify
  expect_exit 1 git qsnap ci-verify
  expect_output "lfs/test-cases/raw.qsnap: its attributes say filter=lfs, but it is no Git LFS pointer"
  expect_output "test-cases/raw.qsnap: stands in Git and in Git LFS"
  expect_output "test-cases/outside.qsnap: is a Git LFS pointer, but its attributes do not say filter=lfs"
  expect_exit 1 git qsnap doctor
  expect_output "Git has the snapshot itself: .queue-snapshots/lfs/test-cases/raw.qsnap"
  expect_output "outside of lfs/"
  expect_output "nothing is read under its name: .queue-snapshots/test-cases/raw.qsnap"
}

@test "a full disk: the old snapshot stays, and nothing half-done is left" {
  [ "$(id -u)" = 0 ] || skip "only root mounts a small disk"
  mkdir "$WORLD/disk"
  mount -t tmpfs -o size=64k tmpfs "$WORLD/disk" || skip "no tmpfs can be mounted here"
  git config lfs.storage "$WORLD/disk/lfs"
  state 40
  save big
  before=$(cat "$BIG")
  dd if=/dev/zero of="$WORLD/disk/rest" bs=1k status=none 2>/dev/null || true
  state 60
  run git qsnap save big
  left=$(find "$WORLD/disk/lfs/tmp" -type f)
  umount "$WORLD/disk"
  [ "$status" = 7 ]
  expect_output "No space left on device"
  [ "$(cat "$BIG")" = "$before" ]
  [ -z "$left" ]
}

@test "a pointer that is damaged, or names what cannot be, is refused and followed nowhere" {
  state 40
  save big
  for bad in 'oid sha256:../../../../etc/passwd' 'oid sha1:0000' "oid sha256:$(printf %064d 0)x"; do
    printf 'version https://git-lfs.github.com/spec/v1\n%s\nsize 5\n' "$bad" > "$BIG"
    expect_exit 5 git qsnap show big
    expect_exit 1 git qsnap lfs status
    expect_output "damaged Git LFS pointer"
  done
  state 41
  expect_exit 0 git qsnap save big
  expect_object "$BIG"
}
