#!/usr/bin/env bats
# git qsnap album and git qsnap tag.
load helpers
setup() { setup_world; git qsnap init >/dev/null; ALBUM=$SNAPSHOTS/albums/checkout.json; }
teardown() { teardown_world; }

# snapshots NAME…: small snapshots with these names.
snapshots() {
  local name
  for name in "$@"; do git qsnap import "$QSNAP_SOURCE/tests/fixtures/plain.rdb" "$name" >/dev/null; done
}

members() { git qsnap album show checkout --json | jq -r '.members[] | .name + " " + .state' ; }

@test "an album is made, filled, changed, shown and deleted" {
  snapshots cart paid baselines/empty
  expect_exit 0 git qsnap album list
  expect_output "no albums"
  expect_exit 0 git qsnap album create checkout -m "From the cart to the mail" --tag shop --tag smoke
  expect_output "created checkout: 0 members"
  expect_exit 6 git qsnap album create checkout
  expect_output "already"
  expect_exit 0 git qsnap album add checkout paid cart --note "the customer has paid"
  expect_output "changed checkout: 2 members"
  expect_exit 0 git qsnap album add checkout baselines/empty
  expect_exit 0 git qsnap album add checkout baselines/empty
  expect_output "nothing to change"
  expect_exit 0 git qsnap album show checkout
  expect_output "From the cart to the mail"
  expect_output "tags shop, smoke"
  expect_output "3 members: 3 present"
  expect_output "the customer has paid"
  expect_exit 0 git qsnap album list --tag smoke
  expect_output "checkout  3 members  [shop, smoke]  From the cart to the mail"
  expect_exit 0 git qsnap album list --tag other
  expect_output "no album has the tag other"
  expect_exit 0 git qsnap list --album checkout --json
  [ "$(jq -r '[.snapshots[].name] | join(" ")' <<< "$output")" = "baselines/empty test-cases/cart test-cases/paid" ]
  expect_exit 0 git qsnap album edit checkout --remove smoke --add release -m ""
  expect_exit 2 git qsnap album edit checkout --remove smoke
  expect_output 'the album checkout has no tag "smoke"'
  [ "$(jq -c '[.description, .tags]' "$ALBUM")" = '["",["release","shop"]]' ]
  expect_exit 0 git qsnap album remove checkout cart
  expect_exit 2 git qsnap album remove checkout paid cart
  expect_output "test-cases/cart is no member of the album checkout"
  [ "$(members | wc -l)" = 2 ]
  expect_exit 0 git qsnap album delete checkout
  [ ! -e "$ALBUM" ] && [ -e $SNAPSHOTS/test-cases/paid.qsnap ]
  expect_exit 2 git qsnap album show checkout
  expect_output "there is no album checkout"
}

@test "what is no snapshot cannot be added, and names that look alike are told" {
  snapshots cart-full
  git qsnap album create checkout >/dev/null
  expect_exit 2 git qsnap album add checkout cart-full cart
  expect_output "did you mean test-cases/cart-full?"
  [ "$(members | wc -l)" = 0 ]
  expect_exit 2 git qsnap album add check cart-full
  expect_output "did you mean checkout?"
  expect_exit 2 git qsnap album add checkout live
  expect_output "neither the name of a snapshot nor a point of history"
  expect_exit 2 git qsnap album create ../evil
  expect_output "is no name of an album"
}

@test "a member that is gone, and one that is broken, are shown as that" {
  snapshots cart paid
  git qsnap album create checkout >/dev/null
  git qsnap album add checkout cart paid >/dev/null
  rm $SNAPSHOTS/test-cases/cart.qsnap
  echo rubbish > $SNAPSHOTS/test-cases/paid.qsnap
  expect_exit 0 git qsnap album show checkout
  expect_output "2 members: 1 missing, 1 broken"
  [ "$(members)" = $'test-cases/cart missing\ntest-cases/paid broken' ]
}

@test "members that two branches add are merged by git alone, unless they are neighbours" {
  snapshots a c e g i
  git qsnap album create checkout >/dev/null
  git qsnap album add checkout c g >/dev/null
  git add -A && git commit -qm base
  git switch -qc topic && git qsnap album add checkout a e >/dev/null && git commit -qam topic
  git switch -q main && git qsnap album add checkout i >/dev/null && git commit -qam main
  git merge -q topic -m merged
  [ "$(members | cut -d' ' -f1 | tr '\n' ' ')" = "test-cases/a test-cases/c test-cases/e test-cases/g test-cases/i " ]

  git switch -qc left && git qsnap album remove checkout c e >/dev/null && git commit -qam left
  git switch -q main && git qsnap album add checkout c --note "the middle" >/dev/null && git commit -qam right
  run git merge left
  [ "$status" = 1 ]
  expect_exit 5 git qsnap album show checkout
  expect_output "albums/checkout.json: holds conflict markers"
  expect_output "keep the members of both sides"
  expect_exit 5 git qsnap album list
  expect_output "albums/checkout.json"
  expect_exit 5 git qsnap album add checkout a
  git checkout -q --theirs -- "$ALBUM"
  expect_exit 0 git qsnap album show checkout
}

@test "members that several processes add at once are all there" {
  snapshots m1 m2 m3 m4 m5 m6 m7 m8
  git qsnap album create checkout >/dev/null
  local i pids=()
  for i in 1 2 3 4 5 6 7 8; do git-qsnap album add checkout m$i >/dev/null & pids+=($!); done
  for i in "${pids[@]}"; do wait "$i"; done
  [ "$(members | wc -l)" = 8 ]
}

@test "tag changes what is written on a snapshot, and nothing of its state" {
  snapshots cart
  git add -A && git commit -qm cart
  before=$(git qsnap show cart --json | jq -r .fingerprint)
  expect_exit 0 git qsnap tag cart --add release --add shop -m "with two articles"
  expect_output "labelled test-cases/cart"
  expect_exit 0 git qsnap tag cart
  expect_output "release, shop"
  expect_output "with two articles"
  expect_exit 0 git qsnap show cart --json
  [ "$(jq -c '[.tags, .description]' <<< "$output")" = '[["release","shop"],"with two articles"]' ]
  [ "$(jq -r .fingerprint <<< "$output")" = "$before" ]
  expect_exit 0 git qsnap diff HEAD:cart cart
  expect_exit 0 git qsnap fsck cart
  expect_exit 0 git qsnap list --tag shop --json
  [ "$(jq '.snapshots | length' <<< "$output")" = 1 ]
  expect_exit 0 git qsnap list --tag other --json
  [ "$(jq '.snapshots | length' <<< "$output")" = 0 ]
  expect_exit 0 git qsnap tag cart --remove shop -m ''
  expect_exit 2 git qsnap tag cart --remove shop
  expect_output 'test-cases/cart has no tag "shop"'
  sum=$(sha256sum < $SNAPSHOTS/test-cases/cart.qsnap)
  expect_exit 0 git qsnap tag cart --add release --json
  [ "$(jq .changed <<< "$output")" = false ]
  [ "$(sha256sum < $SNAPSHOTS/test-cases/cart.qsnap)" = "$sum" ]
  expect_exit 2 git qsnap tag cart --add x --remove x
  expect_exit 2 git qsnap tag cart --add ''
  expect_exit 2 git qsnap tag nothing --add x
}

@test "an inherited snapshot is tagged where it stands" {
  snapshots cart
  expect_exit 0 git qsnap tag cart --set feature/x --add release
  [ ! -e $SNAPSHOTS/sets ]
  [ "$(git qsnap show cart --json | jq -c .tags)" = '["release"]' ]
  mkdir -p $SNAPSHOTS/sets/feature%2Fx/test-cases
  cp $SNAPSHOTS/test-cases/cart.qsnap $SNAPSHOTS/sets/feature%2Fx/test-cases/cart.qsnap
  expect_exit 0 git qsnap tag cart --set feature/x --add own
  [ "$(git qsnap show cart --json | jq -c .tags)" = '["release"]' ]
  [ "$(git qsnap show sets/feature%2Fx/test-cases/cart --json | jq -c '.tags | contains(["own"])')" = true ]
}

@test "a point of history is kept in an album, and tagged, as the entry that it was then" {
  serve bullmq6-before.rdb
  first=$(git qsnap save history/prod/ --json | jq -r .name)
  git qsnap album create release >/dev/null
  expect_exit 0 git qsnap album add release prod@latest
  second=$(git qsnap save history/prod/ --json | jq -r .name)
  expect_exit 0 git qsnap album show release
  expect_output "$first"
  expect_output "1 member: 1 present"
  refute_output "$second"
  expect_exit 0 git qsnap tag 'prod@{1}' --add before-migration -m "as it was"
  expect_output "labelled $first"
  expect_exit 0 git qsnap tag "$first" --json
  [ "$(jq -c '[.tags, .description, .path]' <<< "$output")" = '[["before-migration"],"as it was",""]' ]
  expect_exit 0 git qsnap tag prod@latest --json
  [ "$(jq -c .tags <<< "$output")" = '[]' ]
  expect_exit 0 git qsnap diff "$first" prod@latest
  expect_exit 2 git qsnap album add release 'prod@{7}'
  expect_output "no entry of history is prod@{7}"
  git update-ref -d refs/qsnap/history/default  # as in a clone without it
  expect_exit 0 git qsnap album show release
  expect_output "1 elsewhere"
  expect_output "git qsnap history pull"
  rm -r $SNAPSHOTS/history/prod
  expect_exit 0 git qsnap album show release
  expect_output "1 missing"
}
