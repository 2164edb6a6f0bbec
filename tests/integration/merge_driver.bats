# The merge driver in the hands of the real git, set up by `git qsnap install`: every operation of Git that merges.
load helpers

# Packed snapshots as `save` writes them, made once: base has four jobs, the others what their names say.
setup_file() {
  setup_world
  start_redis live
  export QSNAP_REDIS_URL=$REDIS_live
  git qsnap init
  state base
  state a push A
  state b push B
  state c push C
  state retried move retry
  state died move dead
  state edited edit_and_push 20 A
  state edited-else edit_and_push 21 B
  IDS=9 state anew-a push A
  IDS=8 state anew-b push B
  git init -q -b main "$BATS_FILE_TMPDIR/template" && cd "$BATS_FILE_TMPDIR/template"
  git qsnap init
  git qsnap install --no-hooks
  cd "$BATS_FILE_TMPDIR" || return 1
  BATS_TEST_COMPLETED=1 teardown_world
}

redis() { redis-cli -s "$SOCKET_live" "$@" >/dev/null; }
job() {  # job NAME NUMBER ARGUMENT
  printf '{"class":"%s","args":[%s],"retry":true,"queue":"mail","jid":"%s%023d","created_at":176300000%s.%s}' \
    "$1" "$3" "${IDS:-0}" "$2" "${IDS:-0}" "$2"
}
push() { redis lpush queue:mail "$(job "$1" "$(printf %d "'$1")" 0)"; }
move() {
  redis lrem queue:mail 1 "$(job W1 1 1)"
  redis zadd "$1" 1763000100 "$(job W1 1 1)"
}
edit() {
  redis lrem queue:mail 1 "$(job W3 3 3)"
  redis lpush queue:mail "$(job W3 3 "$1")"
}
edit_and_push() { edit "$1" && push "$2"; }
state() {  # state NAME [CHANGE…]: base, with this change
  local name=$1
  shift
  redis flushall
  redis sadd queues mail
  for number in 1 2 3; do redis lpush queue:mail "$(job "W$number" "$number" "$number")"; done
  # Enough for Git to know a renamed file again.
  redis lpush queue:mail "$(job W4 4 "\"$(printf 'x%.0s' {1..4000})\"")"
  "${@:-true}"
  git qsnap save "$name" --refresh
  cp "$SNAPSHOTS/test-cases/$name.qsnap" "$BATS_FILE_TMPDIR"
}

setup() {
  setup_world
  A=$SNAPSHOTS/test-cases/a.qsnap
  JOURNAL=.git/qsnap/merge-log.jsonl
  cp -a "$BATS_FILE_TMPDIR/template/." .
}

teardown() { teardown_world; }

put() {  # put STATE [PATH]
  mkdir -p "$(dirname "${2:-$A}")"
  cp "$BATS_FILE_TMPDIR/$1.qsnap" "${2:-$A}"
}
commit() { put "$1" "${2:-}" && git add -A && git commit -qm "$1"; }
diverge() {  # diverge OURS THEIRS: two branches from base; main is ours
  commit base
  git checkout -qb theirs && commit "$2"
  git checkout -q main && commit "$1"
}
three_files() {  # what Git hands to a driver, as O, ours and theirs
  git cat-file blob "main~1:$A" > O
  git cat-file blob "main:$A" > ours
  git cat-file blob "theirs:$A" > theirs
}
jobs_of() { zstd -dcq | jq -r '.jobs[] | "\(.name):\(.state)"' | sort | tr '\n' ' '; }
expect_jobs() {  # expect_jobs "LIST" [FILE]
  local jobs
  jobs=$(jobs_of < "${2:-$A}")
  [ "$jobs" = "$1 " ] || { echo "expected the jobs: $1, got: $jobs" >&2; return 1; }
}
expect_ours() {  # the work tree has our side
  git cat-file blob "HEAD:$A" > "$WORLD/ours"
  git-qsnap-driver clean < "$A" | cmp - "$WORLD/ours"
}
BOTH='A:waiting B:waiting W1:waiting W2:waiting W3:waiting W4:waiting'
expect_settled() {  # nothing left to commit; the index has the stored form of what lies there, and it is sound
  [ -z "$(git status --porcelain)" ] || { git status >&2; return 1; }
  git cat-file blob ":$A" | cmp - "$A"
  git cat-file blob ":$A" > "$WORLD/blob"
  git-qsnap-driver clean < "$A" | cmp - "$WORLD/blob"
  git qsnap fsck a
  [ -z "$(find . -name '.qsnap-tmp-*' -o -name '.merge_file_*')" ]
}
expect_conflict() {  # the file carries conflicts, and Git knows of the conflict, too
  [ "$(git ls-files -u -- "$A" | wc -l)" -ge 2 ] || { git status >&2; return 1; }
  zstd -dcq < "$A" | jq -e '.conflicts | length > 0' >/dev/null
}
conflicts() { zstd -dcq < "$A" | jq -c '.conflicts[] | [.kind, .path, .name]'; }
last() { tail -n 1 "$JOURNAL" | jq -r "$1"; }

@test "merge: what both branches added is there, in the form that Git keeps, and nothing is left to do" {
  diverge a b
  expect_exit 0 git merge -q theirs -m merged
  [ "$output" = "Auto-merging $A" ]
  expect_jobs "$BOTH"
  expect_settled
  [ "$(last .outcome)" = merged ]
  [ "$(last .theirs)" = theirs ]
}

@test "merge --squash and --no-commit" {
  diverge a b
  expect_exit 0 git merge -q --squash theirs
  expect_jobs "$BOTH"
  git commit -qm squashed
  expect_settled
  git reset -q --hard HEAD~1
  expect_exit 0 git merge -q --no-commit theirs
  expect_jobs "$BOTH"
  git commit -qm merged
  expect_settled
}

@test "rebase, rebase --apply and cherry-pick put one's commit upon the other branch" {
  diverge a b
  git checkout -qb by-rebase theirs
  expect_exit 0 git rebase -q main
  expect_jobs "$BOTH"
  expect_settled
  git checkout -qb by-apply theirs
  expect_exit 0 git rebase -q --apply main
  expect_jobs "$BOTH"
  git checkout -qb by-pick main
  expect_exit 0 git cherry-pick theirs
  expect_jobs "$BOTH"
  expect_settled
}

@test "revert takes away what one commit did, and keeps what came later" {
  diverge a b
  git merge -q theirs -m merged
  expect_exit 0 git revert --no-edit main~1
  expect_jobs 'B:waiting W1:waiting W2:waiting W3:waiting W4:waiting'
  expect_settled
}

@test "stash pop and checkout -m bring uncommitted work along" {
  diverge a b
  git checkout -q theirs
  git checkout -qb work main~1
  put a
  git stash -q
  git reset -q --hard theirs
  expect_exit 0 git stash pop -q
  expect_jobs "$BOTH"
  git checkout -q -f main~1
  put a
  expect_exit 0 git checkout -q -m theirs
  expect_jobs "$BOTH"
}

@test "am -3 and apply --3way" {
  diverge a b
  git format-patch -q --binary --full-index -o "$WORLD/patches" theirs~1..theirs
  expect_exit 0 git am -q -3 "$WORLD"/patches/*
  expect_jobs "$BOTH"
  expect_settled
  git reset -q --hard HEAD~1
  git diff --no-textconv --binary --full-index theirs~1 theirs > "$WORLD/patch"
  expect_exit 0 git apply --3way "$WORLD/patch"
  expect_jobs "$BOTH"
}

@test "criss-cross: the second driver makes one common base of several" {
  diverge a b
  git checkout -q theirs && git merge -q main -m one
  git checkout -q main && git merge -q theirs~1 -m two
  expect_exit 0 git merge -q theirs -m merged
  [ "$(jq -s 'map(select(.virtual)) | length' "$JOURNAL")" = 1 ]
  expect_jobs "$BOTH"
  expect_settled
}

@test "criss-cross: where the sides do not agree, the common base is the ancestor, and the conflict is shown once" {
  diverge retried died
  git branch ours-before main
  expect_exit 1 git merge -q theirs -m one
  put retried && git add "$A" && git commit -qm one
  git checkout -q theirs
  expect_exit 1 git merge -q ours-before -m two
  put died && git add "$A" && git commit -qm two
  git checkout -q main
  expect_exit 1 git merge -q theirs -m criss-cross
  [ "$(jq -sc 'map(select(.virtual).counts)' "$JOURNAL")" = '[{"rule base":1}]' ]
  expect_conflict
  [ "$(conflicts)" = '["moved",".state","W1"]' ]
  [ "$(zstd -dcq < "$A" | jq -r '.conflicts[0].base.state')" = waiting ]
  expect_jobs 'W1:retry W2:waiting W3:waiting W4:waiting'
}

@test "add/add: both branches bring the snapshot, and there is no base" {
  git add -A && git commit -qm empty
  git checkout -qb theirs && commit b
  git checkout -q main && commit a
  expect_exit 0 git merge -q theirs -m merged
  expect_jobs "$BOTH"
  [ "$(last '.base_root // "none"')" = none ]
  expect_settled
}

@test "both branches captured anew, with other ids and times: the same jobs are the same" {
  diverge anew-a anew-b
  expect_exit 0 git merge -q theirs -m merged
  expect_jobs "$BOTH"
  expect_settled
}

@test "one job retried here and died there is a conflict: it is in one state, and nobody overlooks it" {
  diverge retried died
  expect_exit 1 git merge theirs -m merged
  expect_output "1 conflict between ours and theirs"
  expect_output "git qsnap resolve"
  expect_jobs 'W1:retry W2:waiting W3:waiting W4:waiting'
  expect_conflict
  expect_exit 0 git diff
  expect_output '"conflict'
  [ "$(last .outcome)" = conflict ]
  [ "$(last '.conflicts[0].what')" = moved ]
}

@test "a conflict and what is not in conflict: all the rest is merged" {
  diverge edited edited-else
  expect_exit 1 git merge -q theirs -m merged
  expect_conflict
  expect_jobs "$BOTH"
  [ "$(zstd -dcq < "$A" | jq -c '[.conflicts[] | .kind, .path, .base, .ours, .theirs]')" = \
    '["changed",".payload",[3],[20],[21]]' ]
}

@test "commit -a in the middle of a conflict is refused by the hook, and so are load and verify" {
  git qsnap install
  diverge retried died
  expect_exit 1 git merge -q theirs -m merged
  expect_exit 1 git commit -qam hasty
  expect_output "conflict"
  git add "$A"
  expect_exit 1 git commit -qm hasty
  git -c core.hooksPath=/dev/null commit -qm committed
  start_redis target
  expect_exit 5 git qsnap load a --into "$REDIS_target"
  expect_output "conflict"
  expect_exit 1 git qsnap ci-verify HEAD
}

@test "a conflict that somebody committed is not forgotten by the next merge" {
  diverge retried died
  git checkout -qb other main~1 && commit b
  git checkout -q main
  expect_exit 1 git merge -q theirs -m merged
  git add "$A" && git commit -qm hasty
  expect_exit 1 git merge -q other -m more
  expect_conflict
  [ "$(conflicts | wc -l)" = 1 ]
  expect_jobs 'B:waiting W1:retry W2:waiting W3:waiting W4:waiting'
}

@test "delete/modify is Git's own conflict: the driver is not asked" {
  commit base
  git checkout -qb theirs && commit b
  git checkout -q main && git rm -q "$A" && git commit -qm removed
  expect_exit 1 git merge -q theirs
  [ "$(git ls-files -u -- "$A" | wc -l)" = 2 ]
  [ ! -e "$JOURNAL" ]
}

@test "renamed here and edited there" {
  commit base
  git checkout -qb theirs && commit b
  git checkout -q main && commit a
  git mv "$A" $SNAPSHOTS/test-cases/moved.qsnap && git commit -qm moved
  expect_exit 0 git merge -q theirs -m merged
  expect_jobs "$BOTH" $SNAPSHOTS/test-cases/moved.qsnap
  [ "$(last .path)" = $SNAPSHOTS/test-cases/moved.qsnap ]
}

@test "merge-tree: standard output is Git's alone, in the work tree, in a folder of it, and in a bare repository" {
  diverge a b
  git branch ours main
  tree=$(git merge-tree --write-tree main theirs)
  [[ $tree =~ ^[0-9a-f]{40}$ ]]
  git cat-file blob "$tree:$A" > "$WORLD/merged.qsnap"
  expect_jobs "$BOTH" "$WORLD/merged.qsnap"
  [ "$(git -C $SNAPSHOTS merge-tree --write-tree main theirs)" = "$tree" ]
  git clone -q --bare . "$WORLD/bare.git" && cd "$WORLD/bare.git"
  git qsnap install
  [ "$(git merge-tree --write-tree main theirs)" = "$tree" ]
  [ -s qsnap/merge-log.jsonl ] && [ -z "$(find . -maxdepth 1 -name '.?*')" ]
  cd "$WORLD/repo" && git checkout -q theirs && commit died && git checkout -q main && commit retried
  expect_exit 1 git merge-tree --write-tree --name-only main theirs
  [ "$(git merge-tree --write-tree --name-only main theirs 2>/dev/null | sed -n 2p)" = "$A" ]
}

@test "merge-tree where nothing can be written fails, and says so" {
  diverge a b
  expect_exit 128 env -C /proc GIT_DIR="$PWD/.git" git merge-tree --write-tree main theirs
}

@test "linked work trees: two of them in conflict at once do not touch each other" {
  diverge retried died
  git worktree add -q ../linked theirs && git worktree add -q -b third ../third main~1
  (cd ../third && commit b)
  expect_exit 1 git merge -q theirs
  (cd ../linked && expect_exit 1 git merge -q main && expect_conflict && expect_jobs 'W1:dead W2:waiting W3:waiting W4:waiting')
  expect_conflict
  expect_jobs 'W1:retry W2:waiting W3:waiting W4:waiting'
  (cd ../third && expect_exit 0 git merge -q theirs -m fine && expect_jobs 'B:waiting W1:dead W2:waiting W3:waiting W4:waiting')
  [ "$(wc -l < "$JOURNAL")" = 3 ]
}

@test "sparse: a snapshot outside of the cone is merged and stays away; the rules are those of HEAD" {
  printf 'version: 1\nmerge:\n  jobs.payload: theirs\n' > $SNAPSHOTS/config.yaml
  git add -A && git commit -qm rules
  mkdir -p sub && echo x > sub/file && git add -A && git commit -qm sub
  diverge edited edited-else
  git sparse-checkout set --cone sub
  [ ! -e "$A" ]
  expect_exit 0 git merge -q theirs -m merged
  [ ! -e "$A" ] && [ "$(git ls-files -t -- "$A")" = "S $A" ]
  git cat-file blob "HEAD:$A" | zstd -dcq | jq -e '[.jobs[] | select(.name == "W3").payload] == [[21]]'
}

@test "a branch that is older than the attributes is merged all the same" {
  rm .gitattributes
  diverge a b
  expect_exit 0 git merge -q theirs -m merged
  expect_jobs "$BOTH"
}

@test "packed snapshots on all sides: the result is stored" {
  git config --file .git/qsnap.gitconfig --remove-section filter.qsnap
  sed -i 's/filter=qsnap//' .gitattributes
  diverge a b
  expect_exit 0 git merge -q theirs -m merged
  expect_jobs "$BOTH"
  git-qsnap-driver clean < "$A" | cmp - "$A"
}

@test "rules: those of our side decide, and never the ones that the merge brings" {
  commit base
  git checkout -qb theirs
  printf 'version: 1\nmerge:\n  jobs.payload: theirs\n' > $SNAPSHOTS/config.yaml
  commit edited-else
  git checkout -q main && commit edited
  expect_exit 1 git merge -q theirs
  git merge --abort
  git checkout -q theirs
  expect_exit 0 git merge -q main -m merged
  zstd -dcq < "$A" | jq -e '[.jobs[] | select(.name == "W3").payload] == [[20]]'
  [ "$(last '.counts["rule theirs"]')" = 1 ]
}

@test "rules: the attribute qsnap-policy decides what no rule does" {
  diverge edited edited-else
  echo '/.queue-snapshots/**/*.qsnap qsnap-policy=ours' >> .git/info/attributes
  expect_exit 0 git merge -q theirs -m merged
  zstd -dcq < "$A" | jq -e '[.jobs[] | select(.name == "W3").payload] == [[20]]'
  git reset -q --hard HEAD~1
  echo '/.queue-snapshots/**/*.qsnap qsnap-policy=mine' >> .git/info/attributes
  expect_exit 1 git merge -q theirs
  expect_output "qsnap-policy=mine is no policy"
}

@test "a config.yaml that does not parse, or is a link, ends the merge of the snapshot with ours untouched" {
  diverge edited edited-else
  echo 'capture: {}' > $SNAPSHOTS/config.yaml
  expect_exit 1 git merge -q theirs
  expect_output "version is missing"
  expect_ours
  git merge --abort
  ln -sf /etc/passwd $SNAPSHOTS/config.yaml
  expect_exit 1 git merge -q theirs
  expect_output "is a link"
  refute_output "root:"
  [ "$(last .outcome)" = failed ]
}

@test "QSNAP_DISABLE and QSNAP_FAVOR" {
  diverge retried died
  QSNAP_DISABLE=1 expect_exit 1 git merge theirs
  expect_output "QSNAP_DISABLE"
  expect_ours
  git merge --abort
  QSNAP_FAVOR=both expect_exit 1 git merge -q theirs
  git merge --abort
  QSNAP_FAVOR=theirs expect_exit 0 git merge -q theirs -m theirs
  expect_jobs 'W1:dead W2:waiting W3:waiting W4:waiting'
  expect_settled
  git reset -q --hard HEAD~1
  QSNAP_FAVOR=ours expect_exit 0 git merge -q theirs -m ours
  expect_jobs 'W1:retry W2:waiting W3:waiting W4:waiting'
  expect_settled
}

@test "in a rebase, ours is what one's commit is put upon, and the words say so" {
  diverge retried died
  git checkout -q theirs
  expect_exit 1 git rebase main
  expect_output "1 conflict between upstream (ours) and your commit (theirs)"
  [ "$(last .theirs)" = "your commit" ]
}

@test "labels: what an old git hands over as they are, and hostile ones" {
  diverge retried died
  three_files
  expect_exit 1 git-qsnap-driver merge --base O --ours ours --theirs theirs --marker 7 --path "$A" --lb %S --lo %X --lt %Y
  expect_output "between ours and theirs"
  git cat-file blob "main:$A" > ours
  expect_exit 1 git-qsnap-driver merge --base O --ours ours --theirs theirs --path "$A" --lo $'\e[2Jx' --lt main
  expect_output 'between \x1b[2Jx (ours) and main (theirs)'
  expect_exit 1 git-qsnap-driver merge --base O
  expect_exit 1 git-qsnap-driver merge --base O --ours ours --theirs theirs --unknown x
}

@test "what is no snapshot, truncated or unreadable leaves ours as it is, with the reason" {
  diverge a b
  three_files
  chmod 640 ours
  cp ours before
  attempt() { expect_exit 1 git-qsnap-driver merge --base O --ours ours --theirs "$1" --path "$A"; cmp ours before; }
  echo '{}' > other && attempt other && expect_output "their side: is not a git-qsnap snapshot"
  head -c 900 theirs > cut && attempt cut && expect_output "truncated"
  : > empty && attempt empty && expect_output "their side: is an empty file"
  attempt missing && expect_output "missing"
  ln -s theirs link && attempt link
  mkfifo pipe && attempt pipe
  (ulimit -f 1 && attempt theirs) && expect_output "our side is kept"
  [ -z "$(find . -maxdepth 1 -name '.qsnap-tmp-*')" ]
  expect_exit 0 git-qsnap-driver merge --base O --ours ours --theirs theirs --path "$A"
  expect_jobs "$BOTH" ours
  [ "$(stat -c %a ours)" = 640 ]
}

@test "a driver that is not there, or is killed, is a conflict with ours in the work tree" {
  diverge a b
  mkdir "$WORLD/killed" && printf '#!/bin/sh\nkill -KILL $$\n' > "$WORLD/killed/git-qsnap-driver"
  chmod +x "$WORLD/killed/git-qsnap-driver"
  PATH=$WORLD/killed:$PATH expect_exit 1 git -c filter.qsnap.process= -c filter.qsnap.clean= merge -q theirs
  expect_ours
  git merge --abort
  git config merge.qsnap.driver 'git-qsnap-driver-that-is-gone %A'
  expect_exit 1 git merge -q theirs
  expect_ours
}

@test "a crash is exit 1, and ours is as it was" {
  diverge a b
  three_files
  cp ours before
  mkfifo "$WORLD/wait"
  # It waits for git, which waits for the pipe.
  mkdir "$WORLD/slow" && printf '#!/bin/sh\necho here > "%s"; sleep 60\n' "$WORLD/wait" > "$WORLD/slow/git"
  chmod +x "$WORLD/slow/git"
  PATH=$WORLD/slow:$PATH git-qsnap-driver merge --base O --ours ours --theirs theirs --path "$A" 3>&- &
  driver=$!
  read -r _ < "$WORLD/wait"
  kill -SEGV "$driver"
  code=0; wait "$driver" || code=$?
  [ "$code" = 1 ]
  cmp ours before
}

lfs_setup() {
  git lfs install --local --skip-repo
  git config lfs.locksverify false
  printf '/.queue-snapshots/lfs/**/*.qsnap filter=lfs merge=qsnap diff=qsnap -text\n' >> .gitattributes
  printf '/.queue-snapshots/lfs/**/*.qsnap merge=qsnap -text\n' >> .git/info/attributes
  A=$SNAPSHOTS/lfs/a.qsnap
}
expect_pointer() {  # the commit has a pointer, its object is here, and the work tree the snapshot
  git cat-file blob "HEAD:$A" > "$WORLD/pointer"
  grep -q '^version https://git-lfs' "$WORLD/pointer"
  git lfs fsck --pointers HEAD
  [ -z "$(git status --porcelain)" ]
  local oid
  oid=$(sed -n 's/^oid sha256://p' "$WORLD/pointer")
  [ "$(sha256sum < "${LFS:-.git/lfs}/objects/${oid:0:2}/${oid:2:2}/$oid")" = "$oid  -" ]
}

@test "LFS: pointers on all sides are merged to a pointer" {
  lfs_setup
  diverge a b
  git cat-file blob "HEAD:$A" | grep -q '^oid sha256'
  expect_exit 0 git merge -q theirs -m merged
  expect_jobs "$BOTH"
  expect_pointer
}

@test "LFS: an object that is shorter than ours makes a whole pointer, and a storage elsewhere is found" {
  git config lfs.storage "$WORLD/storage"
  LFS=$WORLD/storage
  lfs_setup
  commit a
  git checkout -qb theirs && commit base
  git checkout -q main && commit retried
  git checkout -q theirs
  expect_exit 0 git merge -q main -m merged
  expect_pointer
}

@test "LFS: raw on one side and a pointer on the other: the result is what ours was" {
  lfs_setup
  diverge a b
  pointer_of() { git cat-file blob "$1:$A"; }
  for side in main~1 main theirs; do
    pointer_of "$side" > "$side.pointer"
    git cat-file blob "$side:$A" | git lfs smudge > "$side.raw" 2>/dev/null
  done
  cp main.pointer ours
  expect_exit 0 git-qsnap-driver merge --base main~1.raw --ours ours --theirs theirs.raw --path "$A"
  git lfs smudge < ours > merged && expect_jobs "$BOTH" merged
  cp main.raw ours
  expect_exit 0 git-qsnap-driver merge --base main~1.pointer --ours ours --theirs theirs.pointer --path "$A"
  expect_jobs "$BOTH" ours
}

@test "LFS: a conflict is a pointer to a snapshot that carries it" {
  lfs_setup
  diverge retried died
  expect_exit 1 git merge -q theirs
  expect_conflict
  git add "$A" && git cat-file blob ":$A" | grep -q '^oid sha256'
}

@test "LFS: an object that is not here is not fetched: ours stays, and the reason is said" {
  lfs_setup
  diverge a b
  mark=$WORLD/smudged
  git config filter.lfs.smudge "touch $mark"
  oid=$(git cat-file blob "theirs:$A" | sed -n 's/^oid sha256://p')
  rm -rf ".git/lfs/objects/${oid:0:2}"
  for side in main~1 main theirs; do git cat-file blob "$side:$A" > "$side.pointer"; done
  cp main.pointer ours
  expect_exit 1 git-qsnap-driver merge --base main~1.pointer --ours ours --theirs theirs.pointer --path "$A"
  expect_output "$oid is not in this clone"
  expect_output "git lfs"
  cmp ours main.pointer
  [ ! -e "$mark" ]
}

@test "the journal is bounded, private, and a merge goes on without it" {
  diverge a b
  mkdir -p .git/qsnap
  head -c 1048576 /dev/zero | tr '\0' ' ' > "$JOURNAL"
  git merge -q theirs -m merged
  [ "$(wc -l < "$JOURNAL")" = 1 ] && [ "$(stat -c %s .git/qsnap/merge-log.1.jsonl)" = 1048576 ]
  [ "$(stat -c %a "$JOURNAL")" = 600 ]
  git reset -q --hard HEAD~1
  rm "$JOURNAL" && ln -s /dev/full "$JOURNAL"
  expect_exit 0 git merge -q theirs -m merged
  expect_output "not in the journal"
  expect_jobs "$BOTH"
}

@test "why: what was decided in the last merge, or the last ones, and by which rule" {
  diverge edited edited-else
  git merge -q theirs || git merge --abort
  printf 'version: 1\nmerge:\n  jobs.payload: newest\n' > $SNAPSHOTS/config.yaml
  git commit -qam rules
  git merge -q theirs -m merged
  expect_exit 0 git qsnap why a
  expect_output "merged  theirs into ours"
  expect_output "1  added by theirs"
  expect_output "rule newest: job sidekiq::mail waiting W3 #000000000000000000000003 .payload"
  expect_output "1 merge before that: -n 2"
  expect_exit 0 git qsnap why a -n 2
  expect_output "1 conflict  theirs into ours"
  expect_output "changed: job sidekiq::mail waiting W3 #000000000000000000000003 .payload"
  expect_exit 0 git qsnap why a -n 2 --json
  printf '%s' "$output" > out.json
  git qsnap schema why > schema.json
  /usr/bin/python3 "$QSNAP_SOURCE/tests/tools/validate_json.py" schema.json out.json
  [ "$(jq -r '.merges[1].conflicts[0].what' out.json)" = changed ]
  expect_exit 2 git qsnap why other
  expect_output "git qsnap status"
}
