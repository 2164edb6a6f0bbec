# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For bats and other test runners of shells: load /path/to/qsnap, or source it.

# qsnap_assert [NAME] [OPTION…]: fails unless the queues of QSNAP_REDIS_URL are as this snapshot says; OPTION as of
# `git qsnap assert`. Without a NAME (nothing, or an option first) it is the bats test's own one.
qsnap_assert() {
  local name
  if [ $# -gt 0 ] && [[ $1 != -* ]]; then
    name=$1
    shift
  else
    _qsnap_unnamed=$((${_qsnap_unnamed:-0} + 1))  # bats runs each test in a shell of its own
    name=$(_qsnap_own_name "$_qsnap_unnamed")
  fi
  "${QSNAP_PROGRAM:-git-qsnap}" assert "--test=${BATS_TEST_NAME:-}" "$@" -- "$name"
}

# qsnap_contract FILE [OPTION…]: fails unless what it says holds, whatever else is there.
qsnap_contract() { "${QSNAP_PROGRAM:-git-qsnap}" assert "--test=${BATS_TEST_NAME:-}" "--contract=$1" "${@:2}"; }

# qsnap_load NAME [OPTION…]: puts this state there, instead of what it finds.
qsnap_load() { "${QSNAP_PROGRAM:-git-qsnap}" load --replace --yes "${@:2}" -- "$1"; }

# qsnap_name PART…: the name for what a test runner knows by these parts; integrations/README.md has the rule.
qsnap_name() {
  local name=test-cases part front
  if [ $# -gt 4 ]; then
    printf -v front '%s\n' "${@:1:$#-3}"
    set -- "${front%$'\n'}" "${@: -3}"
  fi
  for part; do name+=/$(_qsnap_component "$part"); done
  printf '%s\n' "$name"
}

_qsnap_component() {
  local LC_ALL=C text=$1 readable hash=$((0x811c9dc5)) byte
  if [[ $text =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$ && ! ${text,,} =~ \.(lock|qsnap)?$ ]]; then
    printf '%s' "$text"
    return
  fi
  readable=$(printf '%s' "$text" | tr -cs 'A-Za-z0-9._' - | sed 's/^[._-]*//; s/[._-]*$//' | cut -c1-91 | sed 's/[._-]*$//')
  for byte in $(printf '%s' "$text" | od -An -v -tu1); do hash=$(((hash ^ byte) * 0x01000193 & 0xffffffff)); done
  printf '%s-%08x' "${readable:-x}" "$hash"
}

# The bats file below its repository, without .bats, and the test's description.
_qsnap_own_name() {
  local file top parts
  file=$(readlink -f "$BATS_TEST_FILENAME") || return
  top=$(git -C "$(dirname "$file")" rev-parse --show-toplevel) || return
  file=${file#"$top"/}
  IFS=/ read -r -a parts <<< "${file%.bats}"
  parts+=("$BATS_TEST_DESCRIPTION")
  [ "$1" = 1 ] || parts+=("$1")
  qsnap_name "${parts[@]}"
}
