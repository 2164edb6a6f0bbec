# A repository that somebody else prepared: configuration, attributes, hooks and links in it must not make any
# git-qsnap command run a program, nor read or write a file outside. Every execve and open is watched.
load helpers

setup() {
  setup_world
  serve bullmq6-before.rdb
  git qsnap init >/dev/null
  git qsnap save checkout >/dev/null
  git add -A
  git commit -q -m "honest"
  git qsnap save checkout -m "again" >/dev/null
  MARKS=$WORLD/marks
  CANARY=$WORLD/canary.qsnap
  mkdir "$MARKS"
  cp .queue-snapshots/test-cases/checkout.qsnap "$CANARY"
  CANARY_SUM=$(sha256sum <"$CANARY")
  prepare_evil
}
teardown() { teardown_world; }

# evil NAME: a command line that leaves a mark.
evil() { echo "touch $MARKS/evil-ran-$1"; }

prepare_evil() {
  local hook
  for hook in applypatch-msg commit-msg fsmonitor-watchman post-checkout post-commit post-index-change post-merge \
    post-rewrite pre-auto-gc pre-commit pre-merge-commit pre-push pre-rebase prepare-commit-msg proc-receive push-to-checkout \
    reference-transaction sendemail-validate update; do
    printf '#!/bin/sh\n%s\n' "$(evil "hook-$hook")" >.git/hooks/$hook
    chmod +x .git/hooks/$hook
  done
  mkdir -p hooks
  cp .git/hooks/* hooks/
  git config core.fsmonitor "$(evil fsmonitor)"
  git config core.pager "$(evil pager)"
  git config core.editor "$(evil editor)"
  git config core.askPass "$(evil askpass)"
  git config core.sshCommand "$(evil ssh)"
  git config core.gitProxy "$(evil proxy)"
  git config core.alternateRefsCommand "$(evil alternate)"
  git config sequence.editor "$(evil sequence)"
  git config credential.helper "!$(evil credential)"
  git config gpg.program "$MARKS/../evil-ran-gpg"
  git config log.showSignature true
  git config diff.external "$(evil diff-external)"
  git config diff.evil.textconv "$(evil textconv)"
  git config diff.evil.command "$(evil diff-command)"
  git config diff.qsnap.textconv "$(evil qsnap-textconv)"
  git config diff.qsnap.command "$(evil qsnap-diff)"
  git config merge.qsnap.driver "$(evil merge-driver)"
  git config merge.evil.driver "$(evil merge)"
  git config filter.qsnap.clean "$(evil clean)"
  git config filter.qsnap.smudge "$(evil smudge)"
  git config filter.qsnap.process "$(evil process)"
  git config filter.evil.clean "$(evil evil-clean)"
  git config filter.evil.smudge "$(evil evil-smudge)"
  git config trailer.evil.command "$(evil trailer)"
  git config uploadpack.packObjectsHook "$(evil pack-objects)"
  git config alias.rev-parse "!$(evil alias)"
  git config alias.lfs "!$(evil alias-lfs)"
  git config alias.ls-files "!$(evil alias-ls)"
  git config remote.evil.url "ext::sh -c $(evil remote)%"
  git config remote.evil.promisor true
  git config remote.evil.partialclonefilter blob:none
  git config protocol.ext.allow always
  git config qsnap.textconv "$(evil view)"
  printf '*.qsnap filter=evil diff=evil merge=evil\n* filter=evil\n' >.gitattributes
  cp .gitattributes .git/info/attributes
  ln -s "$CANARY" .queue-snapshots/test-cases/linked.qsnap
  ln -s "$WORLD/home" .queue-snapshots/baselines/outside
  cp .queue-snapshots/test-cases/checkout.qsnap $'.queue-snapshots/test-cases/odd\e]0;evil\a.qsnap'
  printf 'ignored: here\n' >'.queue-snapshots/test-cases/--upload-pack=evil.qsnap'
}

# watch COMMAND…: runs it under strace; whatever it answers, it must have started git and us alone, and opened nothing
# that only a link leads to.
watch() {
  strace -f -qq -s 300 -e trace=execve,open,openat,creat,rename,renameat2,unlink -o "$WORLD/trace" "$@" >"$WORLD/out" 2>&1 </dev/null || true
  local bad
  bad=$(grep 'execve(' "$WORLD/trace" | grep -v ' = -1 ' | grep -vE 'execve\("[^"]*/(git-qsnap|git-qsnap-driver|git|redis-server)"' |
    grep -vE 'execve\("/usr/lib/git-core/git[^"]*"' | grep -vE 'execve\("[^"]*/git-lfs", \["[^"]*git-lfs", ("version"|"env"|"ls-files", "--all", "--long")\]' | grep -vE 'execve\("/bin/sh", \["/bin/sh", "-c", "git-(qsnap-driver|upload-pack|receive-pack) ' || true)
  [ -z "$bad" ] || { echo "$* started: $bad" >&2; return 1; }
  # (Whose transfer agent a remote's URL has is asked of git config: the URL is a word of that, and nothing that is run.)
  bad=$(grep 'execve(.*evil-ran' "$WORLD/trace" | grep -v '"config", "-z", "--get-urlmatch", "lfs.standalonetransferagent", "' || true)
  [ -z "$bad" ] || { echo "$* ran: $bad" >&2; return 1; }
  [ -z "$(ls "$MARKS")" ] || { echo "$* left marks: $(ls "$MARKS")" >&2; return 1; }
  ! grep -E 'open(at)?\(.*(canary\.qsnap|baselines/outside/)' "$WORLD/trace" | grep -v ' = -1 ' || { echo "$* opened what is outside" >&2; return 1; }
  ! grep -q $'\e' "$WORLD/out" || { echo "$* printed an escape sequence: $(cat -v "$WORLD/out")" >&2; return 1; }
}

@test "the trap works: git itself runs what this repository says" {
  git status >/dev/null 2>&1 || true
  [ -e "$MARKS/evil-ran-fsmonitor" ]
}

@test "no command runs what the repository's configuration, attributes and hooks say" {
  local command
  local -a commands=(
    "init" "list" "show checkout" "show checkout --full" "diff HEAD:checkout checkout" "diff checkout live" "verify checkout"
    "assert checkout" "assert unknown" "assert checkout --ci" "assert asserted --update=all"
    "pending --diff" "review" "apply $WORLD/side.qsnap --as applied" "accept applied" "accept --undo" "reject applied" "accept --all --force"
    "diff" "diff HEAD" "diff HEAD..HEAD" "diff HEAD...HEAD checkout" "diff checkout --format=html -o $WORLD/page.html"
    "diff --redis-a $QSNAP_REDIS_URL --redis-b $QSNAP_REDIS_URL" "diff checkout - --report markdown=$WORLD/page.md"
    "save checkout -m third" "save other" "fsck checkout" "fsck --redis $QSNAP_REDIS_URL" "detect" "schema"
    "load checkout --dry-run" "run --baseline checkout --expect checkout -- git-qsnap --version" "load checkout --replace --yes" "import $QSNAP_SOURCE/tests/fixtures/bullmq6-after.rdb imported"
    "status" "doctor" "doctor --probe" "doctor --fix" "install --dry-run" "install --print" "install" "install --no-hooks"
    "set list" "set create evil --parent default -m x" "save checkout --set evil" "list --all" "set show evil" "set diff evil" "set rename evil worse"
    "set promote worse --dry-run" "set drop worse --yes" "set drop worse --yes --force" "show checkout --branch evil"
    "album create evil" "album add evil checkout" "album show evil" "album edit evil --add x" "album list"
    "album remove evil checkout" "album delete evil" "tag checkout --add evil"
    "save history/" "save --history=evil" "history list" "history list evil --since yesterday" "history show evil@latest" "diff history@latest live"
    "history prune --keep-last 1 --dry-run" "history archive --to $WORLD/remote --keep-last 1 --yes" "save history/"
    "history archive --to $WORLD --keep-last 1 --yes" "history restore --from $WORLD" "history prune --keep-last 1 --yes --force"
    "history compact" "history stats"
    "stats" "stats checkout --history 9" "stats --full --prometheus"
    "log checkout" "blame checkout --job 1" "search checkout" "search user* --rebuild --in test-cases" "grep user" "grep -F x HEAD --history" "gc --dry-run" "gc" "backup $WORLD/backup" "restore-from $WORLD/backup --replace" "renormalize --dry-run" "renormalize"
    "lfs status" "lfs migrate checkout --dry-run" "lfs migrate checkout" "lfs fetch" "lfs migrate checkout --back"
    "lfs agent $WORLD" "lfs gc $WORLD" "lfs gc $WORLD --drop-unnamed --dry-run" "lfs agent --remove"
    "ci-verify" "ci-verify HEAD --base HEAD"
    "hook pre-commit" "hook pre-merge-commit" "hook post-merge 0" "hook post-checkout HEAD HEAD 1"
    "hook prepare-commit-msg $WORLD/message" "hook pre-push origin $WORLD/remote"
    "merge HEAD" "merge-files $SNAPSHOTS/test-cases/checkout.qsnap $WORLD/side.qsnap $SNAPSHOTS/test-cases/checkout.qsnap -o $WORLD/merged.qsnap"
    "ci-merge --base HEAD" "conflicts" "resolve checkout --ours" "unresolve checkout" "why checkout"
    "mergetool $WORLD/side.qsnap $WORLD/side.qsnap $WORLD/side.qsnap $WORLD/merged.qsnap"
    "obsolete --runs" "obsolete --run none" "obsolete --ledger $WORLD/ledger.jsonl --complete --propose"
    "uninstall --dry-run" "uninstall"
  )
  : >"$WORLD/message"
  printf '{"event":"asserted","name":"test-cases/none","at":"2026-01-02T03:04:05.000Z"}\n' >"$WORLD/ledger.jsonl"
  cp "$CANARY" "$WORLD/side.qsnap"
  local name
  for name in $(git-qsnap -h | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'); do
    printf '%s\n' "${commands[@]}" | grep -q "^$name\( \|$\)" || { echo "$name is not among the commands here" >&2; return 1; }
  done
  for command in "${commands[@]}"; do
    # shellcheck disable=SC2086
    watch git-qsnap $command
    # shellcheck disable=SC2086
    case $command in hook*) ;; *) watch git-qsnap $command --json ;; esac
  done
}

@test "who talks to a remote that the user named runs the transport to it, and nothing else" {
  local command
  git init -q --bare "$WORLD/there.git"
  for command in "save history/" "save history/" "history push $WORLD/there.git" "history pull $WORLD/there.git" "history push $WORLD/there.git --all" \
    "history archive --to file://$WORLD/there.git --keep-last 1 --yes" "history restore --from file://$WORLD/there.git"; do
    # shellcheck disable=SC2086
    watch git-qsnap $command
  done
  grep -q "restored 1 entry" "$WORLD/out"  # so it all came to what it is there for
  watch git-qsnap history pull evil
  grep -q "transport 'ext' not allowed" "$WORLD/out"
}

@test "the driver runs nothing of it either" {
  local file=.queue-snapshots/test-cases/checkout.qsnap
  watch git-qsnap-driver textconv "$file"
  watch git-qsnap-driver clean -- "$file"
  watch git-qsnap-driver filter-process
  watch git-qsnap-driver merge --base "$file" --ours "$CANARY.copy" --theirs "$file" --path "$file"
}

@test "links in the tree are not followed, by any command that takes a name" {
  local command
  cp "$CANARY" "$WORLD/side.qsnap"
  for command in "show linked" "diff linked checkout" "verify linked" "assert linked --update=all" "apply $WORLD/side.qsnap --as linked" "accept linked --force" "fsck linked" "load linked --replace --yes" \
    "save linked" "save baselines/outside/x" "log linked"; do
    # shellcheck disable=SC2086
    watch git-qsnap $command
  done
  [ "$(sha256sum <"$CANARY")" = "$CANARY_SUM" ]
  [ ! -e "$WORLD/home/x.qsnap" ]
}
