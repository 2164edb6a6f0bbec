// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/names.hpp>
#include <support/temp_repo.hpp>

#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/store/set_folder.hpp>

namespace {

namespace fs = std::filesystem;
using qsnap::ErrorCode;
using qsnap::Result;
using qsnap::store::SetChain;
using qsnap::store::SetName;
using qsnap::store::SnapshotName;
using qsnap::store::Store;
using qsnap::test::named;
using qsnap::test::set_named;
using qsnap::test::TempRepo;

std::string empty_snapshot() {
  qsnap::model::Metadata metadata;
  metadata.captured_at = qsnap::instant_from_ms(1'790'000'000'000);
  std::string bytes;
  auto writer = qsnap::codec::SnapshotWriter::begin(metadata, qsnap::codec::Encoding::packed,
                                                    [&](std::string_view part) -> Result<void> {
                                                      bytes += part;
                                                      return {};
                                                    });
  REQUIRE(writer.has_value());
  REQUIRE(writer->finish().has_value());
  return bytes;
}

/// A tree where default has a and b, release has a, and feature has nothing; feature inherits from release.
struct Tree {
  Tree() : store(open()) {
    for (const char* name : {"test-cases/a", "test-cases/b", "sets/release/test-cases/a"}) {
      put(name);
    }
    store.select({{set_named("feature"), set_named("release")}});
  }
  Store open() const {
    REQUIRE(Store::init(repo.path()).has_value());
    auto opened = Store::open(repo.path());
    REQUIRE(opened.has_value());
    return *std::move(opened);
  }
  void put(const std::string& name) const { repo.write(".queue-snapshots/" + name + ".qsnap", empty_snapshot()); }
  [[nodiscard]] bool has(const std::string& file) const { return fs::exists(store.folder() / file); }
  /// "a:release b:default": what list() has, and whose each is.
  [[nodiscard]] std::string seen() const {
    const auto names = store.list();
    REQUIRE(names.has_value());
    std::string text;
    for (const SnapshotName& name : *names) {
      const auto place = store.locate(name);
      REQUIRE((place.has_value() && place->has_value()));
      text += (text.empty() ? "" : " ") + name.text().substr(std::string{"test-cases/"}.size()) + ":" +
              (*place)->set.text();
    }
    return text;
  }

  TempRepo repo;
  Store store;
};

}  // namespace

TEST_SUITE("qsnap::store sets") {
  TEST_CASE("a name is looked for along the chain, and what a set removes is gone from there on") {
    Tree tree;
    CHECK(tree.seen() == "a:release b:default");
    REQUIRE(tree.store.remove(named("a")).has_value());  // inherited: a mark
    CHECK(tree.seen() == "b:default");
    CHECK(tree.has("sets/feature/test-cases/a.removed"));
    CHECK(tree.has("sets/release/test-cases/a.qsnap"));
    REQUIRE(tree.store.inherit(named("a")).has_value());
    CHECK(tree.seen() == "a:release b:default");
    tree.put("sets/feature/test-cases/a");
    CHECK(tree.seen() == "a:feature b:default");
    REQUIRE(tree.store.inherit(named("a")).has_value());
    CHECK(tree.seen() == "a:release b:default");
  }

  TEST_CASE("a full name is removed from its own set, with a mark where an ancestor has it") {
    Tree tree;
    REQUIRE(tree.store.remove(named("sets/release/test-cases/a")).has_value());
    CHECK_FALSE(tree.has("sets/release/test-cases/a.qsnap"));
    CHECK(tree.has("sets/release/test-cases/a.removed"));
    CHECK(tree.seen() == "b:default");
    tree.put("sets/release/test-cases/only");
    REQUIRE(tree.store.remove(named("sets/release/test-cases/only")).has_value());
    CHECK_FALSE(tree.has("sets/release/test-cases/only.removed"));
    // Of a set that one does not work in, too.
    REQUIRE(tree.store.remove(named("sets/other/test-cases/b")).has_value());
    CHECK(tree.has("sets/other/test-cases/b.removed"));
    CHECK(tree.seen() == "b:default");
    // What is in the default set and nowhere else needs no mark there.
    tree.store.select({});
    REQUIRE(tree.store.remove(named("b")).has_value());
    CHECK_FALSE(tree.has("test-cases/b.qsnap"));
    CHECK_FALSE(tree.has("test-cases/b.removed"));
  }

  TEST_CASE("what a set has itself: snapshots in either storage, and no links, marks or other files") {
    const TempRepo repo;
    repo.write(".queue-snapshots/test-cases/a.qsnap", "x");
    for (const char* file : {"sets/x/test-cases/a.qsnap", "sets/x/baselines/b/c.qsnap", "lfs/sets/x/test-cases/d.qsnap",
                             "sets/x/test-cases/e.removed", "sets/x/other/f.qsnap", "sets/y/test-cases/g.qsnap"}) {
      repo.write(std::string{".queue-snapshots/"} + file, "x");
    }
    fs::create_symlink("a.qsnap", repo.path() / ".queue-snapshots/sets/x/test-cases/link.qsnap");
    const auto names = own_names(*Store::open(repo.path()), set_named("x"));
    REQUIRE(names.has_value());
    std::string texts;
    for (const SnapshotName& name : *names) {
      texts += name.text() + ' ';
    }
    CHECK(texts == "baselines/b/c test-cases/a test-cases/d ");
  }

  TEST_CASE("the parts of a chain") {
    const SetChain chain{{set_named("a"), set_named("b"), set_named("c")}};
    CHECK(chain.parent().sets == std::vector{set_named("b"), set_named("c")});
    CHECK(chain.from(set_named("c")).sets == std::vector{set_named("c")});
    CHECK(chain.from(set_named("z")).sets == std::vector{set_named("z")});
    CHECK(chain.from(SetName::default_set()).sets.empty());
    CHECK(SetChain{}.parent().sets.empty());
  }

  TEST_CASE("set.json says what it was given, and a broken one is named") {
    Tree tree;
    CHECK_FALSE(read_set_file(tree.store, set_named("feature/x"))->has_value());
    REQUIRE(write_set_file(tree.store, set_named("feature/x"), {"the mail rework", set_named("release")}).has_value());
    const auto file = read_set_file(tree.store, set_named("feature/x"));
    REQUIRE((file.has_value() && file->has_value()));
    CHECK((*file)->description == "the mail rework");
    CHECK((*file)->parent == set_named("release"));
    for (const char* text : {"", "{}", "[]", R"({"schema":"qsnap.set/1","description":"","parent":"../x"})",
                             R"({"schema":"qsnap.set/1","description":"","parent":7})"}) {
      tree.repo.write(".queue-snapshots/sets/feature%2Fx/set.json", text);
      const auto broken = read_set_file(tree.store, set_named("feature/x"));
      REQUIRE_FALSE(broken.has_value());
      CHECK(broken.error().code == ErrorCode::corrupt);
      CHECK(broken.error().message.find("sets/feature%2Fx/set.json") != std::string::npos);
    }
    fs::remove(tree.store.folder() / "sets/feature%2Fx/set.json");
    fs::create_symlink("/etc/passwd", tree.store.folder() / "sets/feature%2Fx/set.json");
    CHECK(read_set_file(tree.store, set_named("feature/x")).error().code == ErrorCode::refused);
  }

  TEST_CASE("a set is dropped with its folders, as far as nothing else is in them") {
    Tree tree;
    tree.put("sets/feature/test-cases/deep/a");
    tree.put("lfs/sets/feature/baselines/b");
    tree.repo.write(".queue-snapshots/sets/feature/test-cases/c.removed", "x");
    REQUIRE(write_set_file(tree.store, set_named("feature"), {}).has_value());
    const auto files = set_files(tree.store, set_named("feature"));
    REQUIRE(files.has_value());
    CHECK(*files == std::vector<std::string>{"lfs/sets/feature/baselines/b.qsnap", "sets/feature/set.json",
                                             "sets/feature/test-cases/c.removed",
                                             "sets/feature/test-cases/deep/a.qsnap"});
    REQUIRE(drop_empty_set(tree.store, set_named("feature")).has_value());
    CHECK(tree.has("sets/feature/set.json"));
    REQUIRE(drop_set(tree.store, set_named("feature")).has_value());
    CHECK_FALSE(tree.has("sets/feature"));
    CHECK_FALSE(tree.has("lfs/sets"));
    CHECK(tree.has("sets/release/test-cases/a.qsnap"));
    tree.put("sets/kept/test-cases/a");
    tree.repo.write(".queue-snapshots/sets/kept/notes.txt", "mine");
    REQUIRE(drop_set(tree.store, set_named("kept")).has_value());
    CHECK(tree.has("sets/kept/notes.txt"));
    CHECK_FALSE(tree.has("sets/kept/test-cases"));
  }

  TEST_CASE("a link in a set is neither followed nor deleted") {
    Tree tree;
    tree.repo.write("outside.qsnap", "mine");
    fs::create_directories(tree.store.folder() / "sets/feature/test-cases");
    fs::create_symlink(tree.repo.path() / "outside.qsnap", tree.store.folder() / "sets/feature/test-cases/a.qsnap");
    CHECK(drop_set(tree.store, set_named("feature")).error().code == ErrorCode::refused);
    CHECK(fs::exists(tree.repo.path() / "outside.qsnap"));
  }

  TEST_CASE("a set is renamed in both places, and never over another one") {
    Tree tree;
    tree.put("sets/feature%2Fold/test-cases/a");
    tree.put("lfs/sets/feature%2Fold/test-cases/b");
    CHECK(rename_set(tree.store, set_named("feature/old"), set_named("release")).error().code == ErrorCode::refused);
    REQUIRE(rename_set(tree.store, set_named("feature/old"), set_named("feature/new")).has_value());
    CHECK(tree.has("sets/feature%2Fnew/test-cases/a.qsnap"));
    CHECK(tree.has("lfs/sets/feature%2Fnew/test-cases/b.qsnap"));
    CHECK_FALSE(tree.has("sets/feature%2Fold"));
    CHECK(case_twin(tree.store, set_named("Feature/New"))->value().text() == "feature/new");
    CHECK_FALSE(case_twin(tree.store, set_named("feature/new"))->has_value());
  }
}
