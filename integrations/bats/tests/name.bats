#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats integrations/bats/tests
load ../qsnap

@test "names are those of all integrations" {
  local vectors=$BATS_TEST_DIRNAME/../../name-vectors.json name parts count=0
  while IFS= read -r name && IFS= read -r parts; do
    eval "parts=($parts)"   # quoted by jq
    [ "$(qsnap_name "${parts[@]}")" = "$name" ] || { echo "expected $name" >&2; return 1; }
    count=$((count + 1))
  done < <(jq -r '.[] | select(.parts | tostring | contains("\\n") | not) | .name, (.parts | @sh)' "$vectors")
  [ "$count" -ge 30 ]
  [ "$(qsnap_name $'two\nlines')" = "$(jq -r '.[] | select(.why == "a new line").name' "$vectors")" ]
  [ "$(qsnap_name $'test_mail\n')" = "$(jq -r '.[] | select(.why == "a new line at the end").name' "$vectors")" ]
}
