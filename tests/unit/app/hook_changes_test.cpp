// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <qsnap/app/hooks/changed_files.hpp>

using namespace qsnap;
using namespace qsnap::app::hooks;
using namespace std::string_literals;

namespace {

const std::string k_a(40, 'a'), k_b(40, 'b'), k_c(40, 'c'), k_none(40, '0');

std::vector<ChangedFile> parsed(const std::string& output) {
  auto files = parse_raw_diff(output);
  REQUIRE(files);
  return *std::move(files);
}

}  // namespace

TEST_SUITE("raw diffs") {
  TEST_CASE("an added, a changed and a removed snapshot, with their blobs") {
    const auto files = parsed(":000000 100644 " + k_none + " " + k_a + " A\0"s + ".queue-snapshots/a.qsnap\0"s +
                              ":100644 100755 " + k_a + " " + k_b + " M\0"s + ".queue-snapshots/b\n c.qsnap\0"s +
                              ":100644 000000 " + k_a + " " + k_none + " D\0"s + ".queue-snapshots/d.qsnap\0"s);
    REQUIRE(files.size() == 3);
    CHECK(files[0].kind == ChangeKind::added);
    CHECK(files[0].after_id == k_a);
    CHECK(files[1].kind == ChangeKind::changed);
    CHECK(files[1].path == ".queue-snapshots/b\n c.qsnap");
    CHECK(files[1].before_id == k_a);
    CHECK(files[1].after_id == k_b);
    CHECK(files[1].is_regular);
    CHECK(files[2].kind == ChangeKind::removed);
    CHECK(files[2].after_id.empty());
  }

  TEST_CASE("other files are not listed, links are told") {
    const auto files = parsed(":000000 100644 " + k_none + " " + k_a + " A\0"s + ".queue-snapshots/config.yaml\0"s +
                              ":000000 120000 " + k_none + " " + k_b + " A\0"s + ".queue-snapshots/l.qsnap\0"s);
    REQUIRE(files.size() == 1);
    CHECK_FALSE(files[0].is_regular);
  }

  TEST_CASE("of a merge, the blob that it made itself, and of which commit it is") {
    const auto files = parsed(k_c + "\0::100644 100644 100644 "s + k_a + " " + k_b + " " + k_c + " MM\0"s +
                              "x.qsnap\0"s + k_b + "\0:000000 100644 "s + k_none + " " + k_a + " A\0"s + "y.qsnap\0"s);
    REQUIRE(files.size() == 2);
    CHECK(files[0].kind == ChangeKind::changed);
    CHECK(files[0].after_id == k_c);
    CHECK(files[0].commit_id == k_c);
    CHECK(files[1].commit_id == k_b);
  }

  TEST_CASE("what is no diff is an error") {
    for (const std::string& output :
         {":100644 100644 abc M\0x.qsnap\0"s, ":\0x\0"s, ":000000 100644 "s + k_a + " " + k_a + " A\0"s}) {
      CHECK(parse_raw_diff(output).error().code == ErrorCode::git);
    }
    CHECK(parsed("").empty());
  }

  TEST_CASE("a snapshot's name is its path without folder and suffix") {
    CHECK(snapshot_name(".queue-snapshots/test-cases/a/b.qsnap") == "test-cases/a/b");
    CHECK(is_no_id(k_none));
    CHECK_FALSE(is_no_id(k_a));
  }
}
