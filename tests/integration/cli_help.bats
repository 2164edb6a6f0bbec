#!/usr/bin/env bats
# The words of every -h. QSNAP_UPDATE_GOLDEN=1 writes tests/golden/cli/help.txt anew: review it like code.
load helpers
setup() { setup_world; }
teardown() { teardown_world; }

COMMANDS="init install uninstall status doctor save import list show diff verify assert pending review accept reject apply load run merge merge-files fsck detect stats log blame gc renormalize ci-verify ci-merge hook why conflicts resolve unresolve mergetool obsolete schema"

all_help() {
  local command
  echo '$ git-qsnap -h'
  git-qsnap -h
  for command in $COMMANDS; do
    printf '\n$ git-qsnap %s -h\n' "$command"
    git-qsnap "$command" -h || return 1
  done
}

@test "every -h reads as in tests/golden/cli/help.txt" {
  golden=$QSNAP_SOURCE/tests/golden/cli/help.txt
  all_help > "$WORLD/help.txt"
  if [ "${QSNAP_UPDATE_GOLDEN:-}" = 1 ]; then
    [ -z "${CI:-}" ] || { echo "CI must not update golden files" >&2; return 1; }
    mkdir -p "$(dirname "$golden")"
    cp "$WORLD/help.txt" "$golden"
  fi
  diff -u "$golden" "$WORLD/help.txt"
}

@test "the list of commands is complete" {
  run git-qsnap -h
  for command in $COMMANDS; do expect_output "  $command "; done
  [ "$(sed -n '/^Subcommands:/,$p' <<< "$output" | grep -c '^  [a-z]')" = "$(wc -w <<< "$COMMANDS")" ]
}

@test "-h and --help say the same, need no repository and no Redis, and go to standard output" {
  cd "$WORLD"
  unset QSNAP_REDIS_URL
  for command in $COMMANDS; do
    [ "$(git-qsnap "$command" -h 2>/dev/null)" = "$(git-qsnap "$command" --help 2>/dev/null)" ]
  done
}

@test "the man page names every command and every option" {
  page=$(sed 's/\\-/-/g' "$QSNAP_SOURCE/docs/man/git-qsnap.1")
  for command in $COMMANDS; do
    grep -q "^.B $command\$" <<< "$page" || { echo "no section for $command" >&2; return 1; }
    for option in $(git-qsnap "$command" -h | grep -o -- '--[a-z][a-z-]*' | sort -u); do
      grep -q -- "$option" <<< "$page" || { echo "the man page does not name $option of $command" >&2; return 1; }
    done
  done
}

@test "bash completion knows every command" {
  for command in $COMMANDS; do grep -qw "$command" "$QSNAP_SOURCE/completions/git-qsnap.bash"; done
}
