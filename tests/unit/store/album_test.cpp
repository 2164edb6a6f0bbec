// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/names.hpp>
#include <support/temp_dir.hpp>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/store/album.hpp>
#include <qsnap/store/album_json.hpp>

namespace qsnap::store {

namespace {

namespace fs = std::filesystem;
using qsnap::test::named;

Album sample() {
  return {"checkout",
          "from the cart\nto the \"mail\" \xff",
          {"shop", "smoke"},
          {{named("history/prod/2026-11-21/045232.123Z-3f9c2a1b"), {}}, {named("cart"), "paid"}}};
}

std::string with_members(std::string_view members) {
  return R"({"schema":"qsnap.album/1","name":"a","description":"","tags":[],"members":)" + std::string{members} + "}";
}

void write_text(const fs::path& path, std::string_view text) {
  std::ofstream{path, std::ios::binary} << text;
}

/// What an album's file says wrong; empty for nothing.
std::string problem_of(std::string_view json) {
  const auto album = parse_album(json);
  if (!album) {
    CHECK(album.error().code == ErrorCode::corrupt);
  }
  return album ? "" : album.error().message;
}

struct World {
  test::TempDir folder;
  AlbumStore albums{folder.path()};

  [[nodiscard]] fs::path file(std::string_view name) const {
    fs::create_directories(folder.path() / "albums");
    return folder.path() / "albums" / name;
  }
  void put(const Album& album) const {
    const auto lock = albums.lock();
    REQUIRE(lock.has_value());
    REQUIRE(albums.put(album).has_value());
  }
};

}  // namespace

TEST_SUITE("store::album_json") {
  TEST_CASE("an album comes back from its file as it was") {
    const Album album = sample();
    const std::string text = format_album(album);
    const auto read = parse_album(text);
    REQUIRE(read.has_value());
    CHECK(read->name == album.name);
    CHECK(read->description == album.description);
    CHECK(read->tags == album.tags);
    REQUIRE(read->members.size() == 2);
    CHECK(read->members[0].name == album.members[0].name);
    CHECK(read->members[1].note == "paid");
    CHECK(format_album(*read) == text);
  }

  TEST_CASE("a member more is lines more, and no other line changes") {
    Album album = sample();
    const std::string before = format_album(album);
    for (const std::string_view more : {"a-first", "zz-last"}) {
      Album longer = album;
      longer.members.push_back({named(more), {}});
      sort_members(longer.members);
      const std::string line = "    {\"name\":\"test-cases/" + std::string{more} + "\"}\n", comma = "    ,\n";
      std::string after = format_album(longer);
      const std::size_t at = after.find(line);
      REQUIRE(at != std::string::npos);
      after.erase(at, line.size());
      after.erase(after.find(comma, more == "a-first" ? at : at - comma.size()), comma.size());
      CHECK(after == before);
    }
  }

  TEST_CASE("what a merge may have left in any order, twice, is put in order") {
    const auto album = parse_album(with_members(
        R"([{"name":"test-cases/b","note":"one"},{"name":"test-cases/a"},{"name":"test-cases/b","note":"two"}])"));
    REQUIRE(album.has_value());
    REQUIRE(album->members.size() == 2);
    CHECK(album->members[0].name.text() == "test-cases/a");
    CHECK(album->members[1].note == "one");
  }

  TEST_CASE("conflict markers are called that") {
    std::string text = format_album(sample());
    text.insert(text.find("  \"tags\""), "<<<<<<< HEAD\n=======\n>>>>>>> topic\n");
    CHECK(problem_of(text).find("holds conflict markers") == 0);
  }

  TEST_CASE("what is no album is refused, and what is wrong is named") {
    CHECK(problem_of(with_members("[]")).empty());
    CHECK(problem_of(with_members(R"([{"name":"test-cases/a","later":1}])")).empty());
    CHECK(problem_of(with_members(R"([{"name":"a"}])")).find("\"a\" is no name of a member") != std::string::npos);
    CHECK(problem_of(with_members(R"([{"name":"sets/feature%2Fx/test-cases/a"}])")).find("no name of a member") !=
          std::string::npos);
    CHECK(problem_of(with_members(R"([{"name":"../../etc/passwd"}])")).find("no name of a member") !=
          std::string::npos);
    CHECK(problem_of(with_members(R"([{"name":"test-cases/a","note":7}])")).find("\"note\"") != std::string::npos);
    CHECK(problem_of(with_members(R"([["test-cases/a"]])")) != "");
    CHECK(problem_of(with_members("{}")).find("\"members\"") != std::string::npos);
    CHECK(problem_of("") != "");
    CHECK(problem_of("[]") != "");
    CHECK(problem_of(R"({"schema":"qsnap.album/2"})").find("its schema is not qsnap.album/1") != std::string::npos);
    CHECK(problem_of(std::string(100'000, '[')) != "");
    CHECK(problem_of(R"({"schema":"qsnap.album/1","name":"a","description":"","tags":[""],"members":[]})")
              .find("\"tags\"") != std::string::npos);
  }
}

TEST_SUITE("store::AlbumStore") {
  TEST_CASE("without a folder there are no albums") {
    const World world;
    const auto listed = world.albums.list();
    REQUIRE(listed.has_value());
    CHECK(listed->empty());
    const auto found = world.albums.find("checkout");
    CHECK((found.has_value() && !found->has_value()));
    const auto removed = world.albums.remove("checkout");
    CHECK((removed.has_value() && !*removed));
  }

  TEST_CASE("what was put is found, listed by name, and can be removed") {
    const World world;
    world.put({"b", {}, {}, {}});
    world.put(sample());
    write_text(world.file("README.md"), "not ours");
    write_text(world.file(".hidden.json"), "not ours");
    const auto listed = world.albums.list();
    REQUIRE(listed.has_value());
    REQUIRE(listed->size() == 2);
    CHECK(listed->front().name == "b");
    CHECK(listed->back().members.size() == 2);
    const auto removed = world.albums.remove("checkout");
    CHECK((removed.has_value() && *removed));
    CHECK_FALSE(fs::exists(world.albums.path_of("checkout")));
  }

  TEST_CASE("names that are none, or would leave the folder, are refused") {
    const World world;
    for (const std::string_view name : {"", "..", "a/b", "../a", ".a", "a b", "a.", "x\x1b[31m"}) {
      CHECK(world.albums.find(name).error().code == ErrorCode::usage);
      CHECK(world.albums.remove(name).error().code == ErrorCode::usage);
      CHECK(world.albums.put({std::string{name}, {}, {}, {}}).error().code == ErrorCode::usage);
    }
  }

  TEST_CASE("an album whose file has another name, or is no file, is an error that names the file") {
    const World world;
    write_text(world.file("other.json"), format_album(sample()));
    const auto other = world.albums.list();
    REQUIRE_FALSE(other.has_value());
    CHECK(other.error().message.find("other.json: is the album \"checkout\"") != std::string::npos);
    fs::remove(world.file("other.json"));
    write_text(world.folder.path() / "outside", format_album(sample()));
    fs::create_symlink(world.folder.path() / "outside", world.file("checkout.json"));
    CHECK(world.albums.find("checkout").error().code == ErrorCode::refused);
    CHECK_FALSE(world.albums.list().has_value());
  }

  TEST_CASE("one that differs from another in case alone is refused") {
    const World world;
    world.put({"checkout", {}, {}, {}});
    CHECK(world.albums.put({"Checkout", {}, {}, {}}).error().code == ErrorCode::refused);
  }

  TEST_CASE("an album that could not be read again is not written") {
    const World world;
    world.put({"large", {}, {}, {}});
    const auto put = world.albums.put({"large", std::string(k_most_album_bytes, 'x'), {}, {}});
    REQUIRE_FALSE(put.has_value());
    CHECK(put.error().code == ErrorCode::limit_exceeded);
    const auto found = world.albums.find("large");
    CHECK((found.has_value() && found->has_value()));
  }
}

}  // namespace qsnap::store
