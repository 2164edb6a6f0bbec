// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <qsnap/app/store_snapshot.hpp>
#include <qsnap/git/ref_exchange.hpp>

namespace qsnap::app {

namespace {

using store::Storage;

TEST_CASE("what is above the threshold goes to LFS, and what is exactly at it does not") {
  CHECK(storage_for(1000, 1000, std::nullopt) == Storage::git);
  CHECK(storage_for(1001, 1000, std::nullopt) == Storage::lfs);
  CHECK(storage_for(1001, 1000, Storage::git) == Storage::lfs);
}

TEST_CASE("what has shrunk comes back to Git only below half of the threshold") {
  CHECK(storage_for(999, 1000, Storage::lfs) == Storage::lfs);
  CHECK(storage_for(501, 1000, Storage::lfs) == Storage::lfs);
  CHECK(storage_for(500, 1000, Storage::lfs) == Storage::git);
}

TEST_CASE("without a threshold everything stays where it is") {
  CHECK(storage_for(1'000'000'000, 0, std::nullopt) == Storage::git);
  CHECK(storage_for(1'000'000'000, 0, Storage::git) == Storage::git);
  CHECK(storage_for(1, 0, Storage::lfs) == Storage::lfs);
}

TEST_CASE("what is shown of a URL holds no password, and no token") {
  CHECK(git::without_credentials("https://user:secret@example.com:8443/a") == "https://example.com:8443/a");
  CHECK(git::without_credentials("https://token@example.com/a") == "https://example.com/a");
  CHECK(git::without_credentials("ssh://git:secret@example.com/a@b") == "ssh://git@example.com/a@b");
  CHECK(git::without_credentials("ssh://git@example.com/a") == "ssh://git@example.com/a");
  CHECK(git::without_credentials("git@example.com:team/app") == "git@example.com:team/app");
  CHECK(git::without_credentials("/srv/git/app.git") == "/srv/git/app.git");
  CHECK(git::without_credentials("https://example.com") == "https://example.com");
}

}  // namespace

}  // namespace qsnap::app
