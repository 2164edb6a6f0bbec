# What Git keeps of a snapshot: the clean filter and the long-running filter process, with the real git.
load helpers

# Two packed snapshots as `save` writes them, and the stored form of each, made once.
setup_file() {
  setup_world
  serve bullmq6-before.rdb
  git qsnap init
  git qsnap save one
  serve bullmq6-after.rdb
  git qsnap save two
  for name in one two; do
    cp "$SNAPSHOTS/test-cases/$name.qsnap" "$BATS_FILE_TMPDIR/$name.packed"
    git-qsnap-driver clean < "$BATS_FILE_TMPDIR/$name.packed" > "$BATS_FILE_TMPDIR/$name.stored"
  done
  cd "$BATS_FILE_TMPDIR" || return 1
  BATS_TEST_COMPLETED=1 teardown_world
}

setup() {
  setup_world
  ONE=$BATS_FILE_TMPDIR/one TWO=$BATS_FILE_TMPDIR/two
  A=$SNAPSHOTS/test-cases/a.qsnap
  mkdir -p "$SNAPSHOTS/test-cases"
  printf '/.queue-snapshots/**/*.qsnap -text filter=qsnap\n' > .gitattributes
}

teardown() { teardown_world; }

installed() { git config --file "$QSNAP_SOURCE/merge-driver/qsnap.gitconfig" --get "$1"; }
use_filter_process() { git config filter.qsnap.process "$(installed filter.qsnap.process)"; }

put() { cp "$1" "${2:-$A}"; }
commit_all() { git add -A && git commit -q -m "${1:-change}"; }

expect_clean() {
  expect_exit 0 git status --porcelain
  [ -z "$output" ] || { echo "not clean: $output" >&2; return 1; }
}

expect_blob() {  # expect_blob FILE [PATH]: the index has these bytes at the path
  git cat-file blob ":${2:-$A}" | cmp - "$1"
}

@test "the stored form is what the format says, and the same document" {
  local golden=$QSNAP_SOURCE/tests/golden/format-v1
  git-qsnap-driver clean < "$golden/small.packed.qsnap" | cmp - "$golden/small.stored.qsnap"
  cmp <(zstd -dcq < "$ONE.packed") <(zstd -dcq < "$ONE.stored")
  git-qsnap-driver clean -- any/path < "$ONE.stored" | cmp - "$ONE.stored"
  expect_exit 1 cmp -s "$ONE.packed" "$ONE.stored"
}

@test "status stays clean after add, touch, checkout and back, with the filter process" {
  use_filter_process
  git commit -q --allow-empty -m empty
  git checkout -q -b with
  put "$ONE.packed"
  commit_all
  expect_blob "$ONE.stored"
  cmp "$A" "$ONE.packed"
  expect_clean
  touch "$A"
  expect_clean
  git checkout -q main
  [ ! -e "$A" ]
  git checkout -q with
  cmp "$A" "$ONE.stored"
  expect_clean
  touch "$A"
  expect_clean
}

@test "the other encoding of what is staged looks modified by its length alone: no diff, and add settles it" {
  use_filter_process
  put "$ONE.packed"
  commit_all
  put "$ONE.stored"
  expect_exit 0 git status --porcelain
  expect_output " M $A"
  expect_exit 0 git diff --exit-code
  [ -z "$output" ]
  git add -A
  expect_clean
}

@test "status stays clean with the filter for single files" {
  use_clean_filter
  put "$ONE.packed"
  commit_all
  expect_blob "$ONE.stored"
  expect_clean
  touch "$A"
  expect_clean
  git rm -q --cached "$A"
  git reset -q
  expect_clean
}

@test "stash and pop give back what was there" {
  use_filter_process
  put "$ONE.packed"
  commit_all
  put "$TWO.packed"
  git stash -q
  cmp "$A" "$ONE.stored"
  expect_clean
  git stash pop -q
  git add -A
  expect_blob "$TWO.stored"
  git commit -q -m two
  expect_clean
}

@test "rebase and merge of branches with packed and stored work trees end clean" {
  use_filter_process
  put "$ONE.packed"
  commit_all base
  git checkout -q -b topic
  put "$TWO.packed"
  commit_all "two on topic"
  git checkout -q main
  put "$ONE.packed" "$SNAPSHOTS/test-cases/b.qsnap"
  commit_all "b on main"
  git checkout -q topic
  git rebase -q main
  expect_clean
  expect_blob "$TWO.stored"
  git checkout -q -b other main
  put "$TWO.packed" "$SNAPSHOTS/test-cases/b.qsnap"
  commit_all "b is two"
  git merge -q -m merge topic
  expect_clean
  expect_blob "$TWO.stored" "$SNAPSHOTS/test-cases/b.qsnap"
  git revert --no-edit -m 1 HEAD >/dev/null
  expect_clean
  expect_blob "$ONE.stored"
}

@test "a packed snapshot that was committed without the filter does not look modified with it" {
  put "$ONE.packed"
  commit_all "without the filter"
  expect_blob "$ONE.packed"
  use_filter_process
  touch "$A"
  expect_clean
  git add -A
  expect_blob "$ONE.packed"
  git -C "$SNAPSHOTS" add test-cases/a.qsnap
  git --literal-pathspecs add "$A"
  expect_blob "$ONE.packed"
  git checkout -q -b topic
  put "$TWO.packed"
  commit_all "the next one"
  expect_blob "$TWO.stored"
  expect_clean
  git checkout -q main  # back to the packed blob, while the index on disk has the stored one
  cmp "$A" "$ONE.packed"
  expect_clean
  touch "$A"
  expect_clean
  git config --unset filter.qsnap.process
  use_clean_filter
  touch "$A"
  expect_clean
}

@test "a clone gets the filter later, and nothing is dirty before or after" {
  use_filter_process
  put "$ONE.packed"
  commit_all
  git clone -q . "$WORLD/clone"
  cd "$WORLD/clone"
  cmp "$A" "$ONE.stored"
  expect_clean
  use_filter_process
  touch "$A"
  expect_clean
  put "$TWO.packed"
  git commit -q -a -m two
  expect_blob "$TWO.stored"
  expect_clean
}

@test "what is no sound snapshot goes in as it is, and git says nothing" {
  head -c 1000 "$ONE.packed" > truncated
  { cat "$ONE.packed"; echo; } > longer
  printf 'not a snapshot\n' > garbage
  : > empty
  printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12\n' 0 > pointer
  head -c 3000000 /dev/zero > zeros
  { head -c 28 "$ONE.packed"; head -c 3000000 /dev/zero; } > header
  local kind way
  for way in use_clean_filter use_filter_process; do
    $way
    for kind in truncated longer garbage empty pointer zeros header; do
      mv "$kind" "$SNAPSHOTS/$kind.qsnap"
      expect_exit 0 git add "$SNAPSHOTS/$kind.qsnap"
      [ -z "$output" ]
      expect_blob "$SNAPSHOTS/$kind.qsnap" "$SNAPSHOTS/$kind.qsnap"
      git rm -q --cached "$SNAPSHOTS/$kind.qsnap"
      mv "$SNAPSHOTS/$kind.qsnap" "$kind"
    done
  done
}

@test "a file that is too long to be looked at goes in as it is, and git says nothing" {
  use_filter_process
  { head -c 28 "$ONE.packed"; head -c 50000000 /dev/zero; } > "$A"
  put "$TWO.packed" "$SNAPSHOTS/test-cases/b.qsnap"
  expect_exit 0 git -c core.compression=0 -c core.bigFileThreshold=1g add -A
  [ -z "$output" ]
  [ "$(git cat-file -s ":$A")" = 50000028 ]
  expect_blob "$TWO.stored" "$SNAPSHOTS/test-cases/b.qsnap"
}

@test "the filter copies what is no snapshot without holding it" {
  local most_kib=60000
  if nm "$(command -v git-qsnap-driver)" | grep -q __asan_init; then most_kib=unlimited; fi  # it reserves terabytes
  (ulimit -v "$most_kib" && head -c 200000000 /dev/zero | git-qsnap-driver clean) | cmp - <(head -c 200000000 /dev/zero)
}

@test "300 files with names of all sorts go through one filter process" {
  local i names=("with space" "quo\"te" "apo'strophe" $'new\nline' "-dash" "[a]*?" "ümlaut" ":(glob)x" $'tab\tend ')
  for ((i = 0; i < 291; i++)); do names+=("plain-$i"); done
  for i in "${names[@]}"; do cp "$ONE.packed" "$SNAPSHOTS/test-cases/$i.qsnap"; done
  git add -A && git commit -q -m "without the filter"
  for i in "${names[@]:0:9}"; do cp "$TWO.packed" "$SNAPSHOTS/$i.qsnap"; done
  use_filter_process
  touch "$SNAPSHOTS"/test-cases/*
  GIT_TRACE=$WORLD/trace git add -A
  [ "$(grep -c 'run_command: .*git-qsnap-driver' "$WORLD/trace")" = 1 ]
  [ "$(git ls-files -s "$SNAPSHOTS/test-cases" | cut -d' ' -f2 | sort | uniq -c | sed 's/^ *//')" = \
    "300 $(git hash-object --no-filters "$ONE.packed")" ]
  for i in "${names[@]:0:9}"; do expect_blob "$TWO.stored" "$SNAPSHOTS/$i.qsnap"; done
  git commit -q -m two
  expect_clean
}

@test "git goes on without a filter that is missing, fails or dies, and the work tree stays clean" {
  cat > "$WORLD/dies-at-the-first-file" <<'END'
#!/bin/bash
printf '0015git-filter-server000dversion=200000015capability=clean\n0000'
head -c 200 >/dev/null
END
  chmod +x "$WORLD/dies-at-the-first-file"
  local process program
  process=$(installed filter.qsnap.process)
  put "$ONE.packed"
  put "$TWO.packed" "$SNAPSHOTS/b.qsnap"
  for program in no-such-program false "sh -c 'kill -9 \$\$'" "$WORLD/dies-at-the-first-file"; do
    git config filter.qsnap.process "${process//git-qsnap-driver/$program}"
    rm -f .git/index
    expect_exit 0 git add -A
    expect_blob "$ONE.packed"
    expect_blob "$TWO.packed" "$SNAPSHOTS/b.qsnap"
    touch "$A"
    expect_exit 0 git status
  done
  git commit -q -m "both without a filter"
  use_filter_process
  touch "$A" "$SNAPSHOTS/b.qsnap"
  expect_clean
}

@test "SHA-256 repositories, split indexes and linked work trees are no different" {
  rm -rf .git
  git init -q -b main --object-format=sha256
  put "$ONE.packed"
  commit_all "without the filter"
  use_filter_process
  touch "$A"
  expect_clean
  git update-index --split-index
  put "$TWO.packed" "$SNAPSHOTS/b.qsnap"
  git add -A
  expect_blob "$ONE.packed"
  expect_blob "$TWO.stored" "$SNAPSHOTS/b.qsnap"
  touch "$A"
  git commit -q -m two
  expect_clean
  git worktree add -q "$WORLD/linked"
  cd "$WORLD/linked"
  touch "$A" "$SNAPSHOTS/b.qsnap"
  expect_clean
}

@test "a commit of some files alone keeps the others as they were" {
  use_filter_process
  put "$ONE.packed"
  put "$ONE.packed" "$SNAPSHOTS/b.qsnap"
  commit_all
  put "$TWO.packed"
  put "$TWO.packed" "$SNAPSHOTS/b.qsnap"
  git add "$SNAPSHOTS/b.qsnap"
  git commit -q -m "a alone" "$A"
  git cat-file blob "HEAD:$A" | cmp - "$TWO.stored"
  git cat-file blob "HEAD:$SNAPSHOTS/b.qsnap" | cmp - "$ONE.stored"
  expect_blob "$TWO.stored" "$SNAPSHOTS/b.qsnap"
  git commit -q -m "and b"
  expect_clean
}

@test "a clone without git-qsnap checks out, commits, merges and reads" {
  use_filter_process
  put "$ONE.packed"
  echo text > other
  commit_all
  PATH=${PATH#"$QSNAP_BIN:"}
  git clone -q . "$WORLD/clone"
  cd "$WORLD/clone"
  expect_clean
  zstd -dcq "$A" | jq -e '.qsnap == 1' >/dev/null
  git checkout -q -b topic
  echo changed > other
  git commit -q -a -m other
  git checkout -q main
  echo new > new
  commit_all new
  git merge -q -m merge topic
  expect_clean
  touch "$A"
  expect_clean
  put "$TWO.packed"
  git commit -q -a -m "packed, for want of a filter"
  expect_clean
  expect_blob "$TWO.packed"
}

@test "the command line that Git does not write is answered with 129, and standard output stays empty" {
  local line
  for line in "" "nonsense" "textconv" "clean a b" "filter-process x"; do
    # shellcheck disable=SC2086
    expect_exit 129 git-qsnap-driver $line
    expect_output "usage: git-qsnap-driver"
    [ -z "$(git-qsnap-driver $line 2>/dev/null || true)" ]
  done
  expect_exit 0 git-qsnap-driver --version
  expect_output "git-qsnap-driver "
}
