#!/usr/bin/env bats
# The words of every -h. QSNAP_UPDATE_GOLDEN=1 writes tests/golden/cli/help.txt anew: review it like code.
load helpers
setup() { setup_world; }
teardown() { teardown_world; }

COMMANDS="init install uninstall status doctor save import list show diff log blame stats detect fsck verify assert pending review accept reject apply run obsolete load set history album tag search grep merge conflicts resolve unresolve why gc renormalize lfs backup restore-from ci-verify ci-merge hook merge-files mergetool schema"

# commands_of: each command, and behind a group (git qsnap set) each of its own.
commands_of() {
  local command inner
  for command in $COMMANDS; do
    printf '%s\n' "$command"
    for inner in $(git-qsnap "$command" -h | sed -n '/^Subcommands:/,$s/^  \([a-z][a-z-]*\) .*/\1/p'); do
      printf '%s %s\n' "$command" "$inner"
    done
  done
}

all_help() {
  local command
  echo '$ git-qsnap -h'
  git-qsnap -h
  commands_of | while read -r command; do
    printf '\n$ git-qsnap %s -h\n' "$command"
    # shellcheck disable=SC2086
    git-qsnap $command -h || return 1
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
  [ "$(grep -c '^  [a-z]' <<< "$output")" = "$(wc -w <<< "$COMMANDS")" ]
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
  while read -r command inner; do
    grep -q "^.B $command\$" <<< "$page" || { echo "no section for $command" >&2; return 1; }
    # shellcheck disable=SC2086
    for option in $(git-qsnap $command $inner -h | grep -o -- '--[a-z][a-z-]*' | sort -u); do
      grep -q -- "$option" <<< "$page" || { echo "the man page does not name $option of $command $inner" >&2; return 1; }
    done
  done < <(commands_of)
}

@test "bash completion knows every command" {
  for command in $COMMANDS; do grep -qw "$command" "$QSNAP_SOURCE/completions/git-qsnap.bash"; done
}

@test "a word that is no command, and what a command does not know, are told with the help that fits" {
  expect_exit 2 git qsnap nope
  expect_output "there is no command nope"
  expect_exit 2 git qsnap history nope
  expect_output "there is no command nope"
  expect_output "git qsnap history -h"
  expect_exit 2 git qsnap history list --nope
  expect_output "git qsnap history list -h"
}
