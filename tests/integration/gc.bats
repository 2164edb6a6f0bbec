#!/usr/bin/env bats
# git qsnap gc: loose versions of snapshots become one pack.
load helpers

setup() {
  setup_world
  git qsnap init >/dev/null
  use_clean_filter
  git config gc.auto 0
  echo '*.qsnap -text filter=qsnap' > .gitattributes
  serve bullmq6-before.rdb
}
teardown() { teardown_world; }

versions() {  # versions N: so many commits of "flow", each another one
  local i
  for i in $(seq "$1"); do
    redis-cli -s "$SOCKET_live" HSET bull:email:meta "opts.maxLenEvents" "$i" >/dev/null
    git qsnap save flow --refresh -m "version $i" >/dev/null
    git add -A
    git commit -qm "version $i"
  done
}

loose() { git count-objects -v | sed -n 's/^count: //p'; }
packs() { find .git/objects/pack -name '*.pack' | wc -l; }
contents() { git rev-list --all --objects | cut -d' ' -f1 | git cat-file --batch-check | sort | sha256sum; }

@test "gc packs what is loose, says so first, and every object is there afterwards" {
  versions 8
  before=$(contents)
  expect_exit 0 git qsnap gc --dry-run
  expect_output "8 versions of snapshots in Git, 8 of them loose"
  expect_output "repack: what is loose into one pack"
  [ "$(packs)" = 0 ]
  expect_exit 0 git qsnap gc
  expect_output "done: "
  [ "$(packs)" = 1 ] && [ "$(loose)" = 0 ]
  [ "$(contents)" = "$before" ]
  git fsck --strict
  git qsnap log flow >/dev/null
  expect_exit 0 git qsnap gc
  expect_output "all of them packed"
  expect_output "nothing to do"
}

@test "gc without commits, and outside of a repository" {
  expect_exit 0 git qsnap gc
  expect_output "nothing to do"
  cd "$WORLD"
  expect_exit 2 git-qsnap gc
}

@test "gc leaves large packs alone, those with .keep too, and says which" {
  head -c 300000 /dev/urandom > big; git add big; git commit -qm big
  git repack -adq
  big=$(basename .git/objects/pack/*.pack)
  versions 2
  git config gc.bigPackThreshold 200k
  expect_exit 0 git qsnap gc
  expect_output "$big stays as it is"
  [ -f ".git/objects/pack/$big" ] && [ "$(packs)" = 2 ]
  git config --unset gc.bigPackThreshold
  touch ".git/objects/pack/${big%.pack}.keep"
  versions 2
  expect_exit 0 git qsnap gc
  [ -f ".git/objects/pack/$big" ]
  git fsck --strict
}

@test "what nothing refers to any more is not lost by gc at once" {
  versions 1
  lost=$(echo "staged and forgotten" | git hash-object -w --stdin)
  git add -A; git repack -adq
  other=$(echo "packed and forgotten" > x; git add x; git commit -qm x; git rev-parse HEAD)
  git repack -adq
  git reset -q --hard HEAD~1; git reflog expire --expire=now --all
  versions 1
  expect_exit 0 git qsnap gc
  git cat-file -e "$other"
  git cat-file -e "$lost"
}

# A folder of git's programs in which `git pack-objects`, which git repack starts, kills its caller: before or after it
# has done its work.
killing_programs() {  # killing_programs before|after
  rm -rf "$WORLD/programs"
  mkdir "$WORLD/programs"
  ln -s "$(git --exec-path)"/* "$WORLD/programs"
  rm "$WORLD/programs/git"
  cat > "$WORLD/programs/git" <<SCRIPT
#!/bin/sh
case " \$* " in
  *" pack-objects "*)
    if [ $1 = after ]; then "$(command -v git)" "\$@" > /dev/null; fi
    touch "$WORLD/killed-$1"
    kill -KILL \$PPID ;;
  *) exec "$(command -v git)" "\$@" ;;
esac
SCRIPT
  chmod +x "$WORLD/programs/git"
}

@test "gc that is killed leaves a sound repository, and the next one finishes" {
  versions 6
  before=$(contents)
  for moment in before after; do
    killing_programs $moment
    GIT_EXEC_PATH=$WORLD/programs expect_exit 2 git-qsnap gc
    [ -e "$WORLD/killed-$moment" ]
    git fsck --strict
    [ "$(contents)" = "$before" ]
    refute_output "done"
  done
  expect_exit 0 git qsnap gc
  [ "$(contents)" = "$before" ] && [ "$(loose)" = 0 ]
}

@test "gc --json, and in a linked work tree" {
  versions 2
  git worktree add -q "$WORLD/linked"
  cd "$WORLD/linked"
  expect_exit 0 git qsnap gc --dry-run --json
  [ "$(jq -c '[.snapshots, .loose, .due, .after_bytes]' <<< "$output")" = '[2,2,true,null]' ]
  expect_exit 0 git qsnap gc --json
  [ "$(jq '.after_bytes > 0 and .after_bytes < .objects_bytes' <<< "$output")" = true ]
}

@test "what a repack left that was killed before its index was written does not keep gc from its work" {
  versions 3
  expect_exit 0 git qsnap gc
  git repack -qad --no-write-bitmap-index
  versions 1
  cp "$(ls .git/objects/pack/*.pack)" .git/objects/pack/pack-0123456789012345678901234567890123456789.pack
  before=$(contents)
  expect_exit 0 git qsnap gc
  [ "$(contents)" = "$before" ] && [ "$(packs)" = 1 ]
  git fsck --strict
  expect_exit 0 git qsnap gc
}

@test "what a process left half written that was killed is taken away after two weeks" {
  versions 2
  local pack=.git/objects/pack
  touch $pack/tmp_pack_young $pack/.tmp-1-pack-young.idx
  touch -d '15 days ago' $pack/tmp_pack_old $pack/tmp_idx_old $pack/.tmp-1-pack-old.idx
  expect_exit 0 git qsnap gc
  [ "$(cd $pack && echo tmp_* .tmp-*)" = "tmp_pack_young .tmp-1-pack-young.idx" ]
}
