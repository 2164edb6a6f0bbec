# bash completion for git-qsnap; git's own completion calls _git_qsnap for `git qsnap`.

_qsnap_names() {
  git qsnap list --json 2>/dev/null | sed 's/"name":"/\n/g' | sed -n '2,$s/".*//p' | sed 's|^test-cases/||'
}

_qsnap_albums() {
  git qsnap album list --json 2>/dev/null | sed 's/"name":"/\n/g' | sed -n '2,$s/".*//p'
}

_qsnap_sets() {
  git qsnap set list --json 2>/dev/null | sed 's/"name":"/\n/g' | sed -n '2,$s/".*//p'
}

_qsnap_pending() {
  git qsnap pending --json 2>/dev/null | sed 's/"name":"/\n/g' | sed -n '2,$s/".*//p' | sed 's|^test-cases/||'
}

_git_qsnap() {
  local cur=${COMP_WORDS[COMP_CWORD]} command='' word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      qsnap | git-qsnap | -*) ;;
      *) command=$word; break ;;
    esac
  done
  local common='--json --color --help' redis='--redis --credentials --tls-ca --tls-cert --tls-key --timeout --allow-host' capture='--consistency --retries --threads --explain --redact'
  local reports='--format --side-by-side --stat --name-only --full --quiet --output --report --comment-key --no-pager --ignore --tolerance --order --sample --strict --show-ignored'
  local words
  case $command in
    '') words='init install uninstall status doctor save import list set album tag history show diff verify assert pending review accept reject apply load run merge merge-files fsck detect stats log blame search grep gc backup restore-from renormalize lfs ci-verify ci-merge hook why conflicts resolve unresolve mergetool obsolete schema' ;;
    init | status) words=$common ;;
    list) words="$common --all --album --tag --set --branch" ;;
    set) words="list show diff create promote rename drop $(_qsnap_sets) $common $reports --set --branch --parent --description --into --dry-run --yes --force" ;;
    album) words="list show create add remove edit delete $(_qsnap_albums) $(_qsnap_names) $common --set --branch --tag --description --note --add --remove" ;;
    tag) words="$(_qsnap_names) $common --set --branch --add --remove --description" ;;
    history) words="list show push pull prune archive restore compact stats $(git remote 2>/dev/null) $common --set --branch --since --tag --all --queue --state --job --full --series --keep-last --keep-hourly --keep-daily --keep-weekly --keep-monthly --keep-yearly --to --from --dry-run --yes --force" ;;
    install) words="$common --local --worktree --global --system --hooks --no-hooks --pin-path --dry-run --print" ;;
    uninstall) words="$common --local --worktree --global --system --dry-run" ;;
    doctor) words="$common --fix --probe" ;;
    save) words="$(_qsnap_names) history/ --history $common --set --branch $redis $capture --description --tag --prefix --queue --framework --refresh --allow-empty --metrics-file" ;;
    import) words="$(_qsnap_names) $common --set --branch --db --captured-at --threads --redact --description --tag --prefix --queue --framework --refresh --allow-empty" ;;
    show) words="$(_qsnap_names) live $common --set --branch $redis $capture --queue --state --job --full" ;;
    diff) words="$(_qsnap_names) live $(git for-each-ref --format='%(refname:short)' 2>/dev/null) $common --set --branch $redis $capture $reports --redis-a --redis-b --prefix --queue --metrics-file" ;;
    assert) words="$(_qsnap_names) $common --set --branch $redis $capture $reports --framework --update --ci --within --stable --contract --prefix --queue --rename-prefix --test --allow-empty --metrics-file" ;;
    verify) words="$(_qsnap_names) $common --set --branch $redis $capture $reports --framework --metrics-file" ;;
    pending) words="$(_qsnap_pending) $common --set --branch --diff --side-by-side --full --exit-code --dir" ;;
    review) words="$(_qsnap_pending) $common --set --branch --force --dir" ;;
    accept | reject) words="$(_qsnap_pending) $common --set --branch --all --undo --dry-run --force --dir" ;;
    apply) words="$(compgen -f -- "$cur") $common --set --branch --accept --force --as --dir" ;;
    load) words="$(_qsnap_names) $common --set --branch $redis --into --exact --time --active --paused --rename-prefix --queue --dry-run --merge --replace --yes --no-backup --unredacted-backup --redact --threads --metrics-file" ;;
    run) words="$(_qsnap_names) $common --set --branch $capture --baseline --exact --time --active --paused --expect --update --ci --within --stable --contract --allow-empty --full --ignore --tolerance --order --sample --strict --show-ignored --redis-server --keep --verbose --metrics-file" ;;
    fsck) words="$(_qsnap_names) $common --set --branch $redis --fix --write" ;;
    detect) words="$common $redis --framework" ;;
    stats) words="$(_qsnap_names) live $common --set --branch $redis $capture --full --history --prometheus" ;;
    log | why) words="$(_qsnap_names) $common --set --branch --max-count" ;;
    blame) words="$(_qsnap_names) $common --set --branch --job --queue" ;;
    search) words="queue: state: name: error: id: tag: $common --set --branch --in --limit --all --rebuild --threads" ;;
    grep) words="$(git for-each-ref --format='%(refname:short)' 2>/dev/null) $common --history --ignore-case --fixed-strings --regexp --name-only --all --queue --state --threads" ;;
    gc | renormalize) words="$common --dry-run" ;;
    lfs) words="status migrate fetch agent gc $(_qsnap_names) $(compgen -f -- "$cur") $common --verify --all-above --back --dry-run --revision --remote --url --rsh --remove --grace --drop-unnamed --yes --set --branch" ;;
    backup) words="$(compgen -f -- "$cur") $common --without-lfs" ;;
    restore-from) words="$(compgen -f -- "$cur") $common --replace --dry-run" ;;
    merge) words="$(git for-each-ref --format='%(refname:short)' 2>/dev/null) $common --dry-run" ;;
    merge-files) words="$common --output" ;;
    ci-merge) words="$common --base" ;;
    ci-verify) words="$common --base --format" ;;
    hook) words="pre-commit pre-merge-commit prepare-commit-msg pre-push post-checkout post-merge $common" ;;
    conflicts | unresolve) words="$(_qsnap_names) $common" ;;
    resolve) words="$(_qsnap_names) $common --interactive --ours --theirs --base --newest --keep --delete --job --field --conflict --take --remember --remembered --all --whole" ;;
    obsolete) words="$(git qsnap obsolete --runs 2>/dev/null | sed 's/  .*//') $common --set --branch --run --ledger --complete --fail --propose --all --runs --format" ;;
    schema) words="$(git qsnap schema 2>/dev/null) $common" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _git_qsnap git-qsnap
