// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/temp_repo.hpp>
#include <support/value.hpp>

#include <qsnap/base/text.hpp>
#include <qsnap/git/ref_tree.hpp>

namespace {

namespace fs = std::filesystem;
using qsnap::ErrorCode;
using qsnap::from_hex;
using qsnap::Result;
using qsnap::git::CommitParent;
using qsnap::git::LeftLock;
using qsnap::git::RefCommit;
using qsnap::git::RefTree;
using qsnap::git::Repository;
using qsnap::git::TreeEdit;
using qsnap::test::TempRepo;
using qsnap::test::value;

constexpr const char* k_ref = "refs/qsnap/history/default";

struct World {
  TempRepo repo;
  Repository repository = **Repository::discover(repo.path());
  RefTree tree{repository, k_ref};

  /// Puts small files, named by their path, or takes files away; answers the new tip.
  std::optional<std::string> commit(const std::optional<std::string>& seen, const std::vector<std::string>& put,
                                    const std::vector<std::string>& gone = {},
                                    CommitParent parent = CommitParent::tip) const {
    RefCommit commit{seen, {}, parent, "a change\n", qsnap::instant_from_ms(1'790'000'000'000)};
    for (const std::string& path : put) {
      commit.edits.push_back({path, value(tree.write_blob(path))});
    }
    for (const std::string& path : gone) {
      commit.edits.push_back({path, {}});
    }
    return value(tree.commit(commit));
  }
  [[nodiscard]] std::vector<std::string> paths() const {
    std::vector<std::string> paths;
    for (const auto& file : value(tree.files(*value(tree.tip())))) {
      paths.push_back(file.path);
      CHECK(value(tree.read(file.blob_id, 100)) == file.path);
    }
    return paths;
  }
};

using Paths = std::vector<std::string>;

}  // namespace

TEST_SUITE("git::RefTree") {
  TEST_CASE("a ref that is not there has no tip, and its first commit makes it") {
    const World world;
    CHECK(value(world.tree.tip()) == std::nullopt);
    const auto tip = world.commit({}, {"b/c/two", "a", "b/one"});
    REQUIRE(tip);
    CHECK(value(world.tree.tip()) == tip);
    CHECK(world.paths() == Paths{"a", "b/c/two", "b/one"});
    CHECK(value(world.tree.find(*tip, "b/c/two")).has_value());
    CHECK_FALSE(value(world.tree.find(*tip, "b/c")).has_value());
    CHECK_FALSE(value(world.tree.find(*tip, "b/x/two")).has_value());
    CHECK(value(world.tree.folders(*tip, "b", 1)) == Paths{"b/c"});
    CHECK(world.repo.git({"fsck", "--strict"}).find("error") == std::string::npos);
    CHECK(world.repo.git({"log", "-1", "--format=%an %ae %ct %s", k_ref}) ==
          "git-qsnap git-qsnap@localhost 1790000000 a change");
  }

  TEST_CASE("a folder goes with its last file, and no other one is touched") {
    const World world;
    const auto first = world.commit({}, {"a/b/c/one", "a/two", "d/e/three"});
    const auto second = world.commit(first, {}, {"a/b/c/one", "d/e/three", "d/nothing"});
    REQUIRE(second);
    CHECK(world.paths() == Paths{"a/two"});
    CHECK(world.repo.git({"ls-tree", "-rt", "--name-only", k_ref}) == "a\na/two");
    const auto third = world.commit(second, {"a"}, {"a/two"});  // a file where a folder was
    REQUIRE(third);
    CHECK(world.paths() == Paths{"a"});
  }

  TEST_CASE("who has seen another state than the one that is there changes nothing") {
    const World world;
    const auto first = world.commit({}, {"one"});
    CHECK(world.commit({}, {"other"}) == std::nullopt);
    const auto second = world.commit(first, {"two"});
    REQUIRE(second);
    CHECK(world.commit(first, {"three"}) == std::nullopt);
    CHECK(world.paths() == Paths{"one", "two"});
    CHECK(value(world.tree.tip()) == second);
  }

  TEST_CASE("a second writer sees what the first one did, also when git packed it meanwhile") {
    const World world;
    const auto first = world.commit({}, {"one"});
    const World* const same = &world;
    const Repository other = **Repository::discover(world.repo.path());
    const RefTree tree{other, k_ref};
    world.repo.git({"pack-refs", "--all", "--prune"});
    CHECK(value(tree.tip()) == first);
    const auto second = same->commit(first, {"two"});
    world.repo.git({"gc", "--quiet", "--prune=now"});
    CHECK(value(tree.tip()) == second);
    CHECK(value(tree.files(*second)).size() == 2);
  }

  TEST_CASE("a commit without a parent lets git sweep what its tree does not have") {
    const World world;
    const auto first = world.commit({}, {"keep", "drop"});
    const std::string dropped = *value(world.tree.find(*first, "drop"));
    REQUIRE(world.commit(first, {}, {"drop"}, CommitParent::none));
    world.repo.git({"gc", "--quiet", "--prune=now"});
    CHECK(world.paths() == Paths{"keep"});
    const Repository fresh = **Repository::discover(world.repo.path());
    const RefTree tree{fresh, k_ref};
    CHECK_FALSE(value(tree.has(dropped)));
    const auto gone = tree.read(dropped, 100);
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == ErrorCode::not_found);
  }

  TEST_CASE("what comes out as another commit's tree is that commit, and else it has two parents") {
    const World world;
    const auto ours = world.commit({}, {"one"});
    const RefTree elsewhere{world.repository, "refs/qsnap/remotes/origin/history/default"};
    RefCommit theirs{{}, {}, CommitParent::tip, "theirs\n", {}};
    theirs.edits = {{"one", value(elsewhere.write_blob("one"))}, {"two", value(elsewhere.write_blob("two"))}};
    const auto other = value(elsewhere.commit(theirs));
    REQUIRE(other);
    RefCommit unite{ours, {{"two", value(world.tree.write_blob("two"))}}, CommitParent::tip, "unite\n", {}};
    unite.united_with = other;
    CHECK(value(world.tree.commit(unite)) == other);
    unite.seen_tip = other;
    unite.united_with = ours;
    unite.edits = {{"three", value(world.tree.write_blob("three"))}};
    REQUIRE(value(world.tree.commit(unite)));
    CHECK(world.repo.git({"log", "-1", "--format=%P", k_ref}) == *other + " " + *ours);
    CHECK(value(world.tree.contains(*value(world.tree.tip()), *ours)));
    CHECK_FALSE(value(world.tree.contains(*ours, *other)));
  }

  TEST_CASE("a lock that somebody left is removed for a caller who knows that, and only for him") {
    const World world;
    const auto first = world.commit({}, {"one"});
    const fs::path lock = world.repo.path() / ".git" / (std::string{k_ref} + ".lock");
    world.repo.write(fs::path{".git"} / (std::string{k_ref} + ".lock"), "");
    RefCommit commit{first, {{"two", value(world.tree.write_blob("two"))}}, CommitParent::tip, "two\n", {}};
    commit.left_lock = LeftLock::take_over;
    REQUIRE(value(world.tree.commit(commit)));
    CHECK_FALSE(fs::exists(lock));
    CHECK(world.paths() == Paths{"one", "two"});
  }

  TEST_CASE("a large blob goes through in pieces, and above what is wanted it is not read") {
    const World world;
    const std::string piece(300'000, 'x');
    const std::string id = value(world.tree.write_blob([&](const RefTree::Sink& sink) -> Result<void> {
      for (int i = 0; i < 10; ++i) {
        QSNAP_TRY(sink(piece));
      }
      return {};
    }));
    CHECK(world.repo.git({"cat-file", "-s", id}) == "3000000");
    CHECK(value(world.tree.read(id, 3'000'000)).size() == 3'000'000);
    const auto too_large = world.tree.read(id, 2'999'999);
    REQUIRE_FALSE(too_large);
    CHECK(too_large.error().code == ErrorCode::limit_exceeded);
    CHECK(value(world.tree.write_blob(std::string_view{})) == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  }

  TEST_CASE("a tree whose folders are one and the same, many times, is refused and not walked through") {
    const TempRepo repo;
    const auto write = [&](const char* type, const std::string& bytes) {
      repo.write("object", bytes);
      return repo.git({"hash-object", "-w", "-t", type, "object"});
    };
    std::string below = write("tree", "100644 file" + std::string(1, '\0') + *from_hex(write("blob", "")));
    for (int level = 0; level < 4; ++level) {
      std::string entries;
      for (int name = 100; name < 210; ++name) {  // 110^4 files
        entries += fmt::format("40000 {}{}{}", name, '\0', *from_hex(below));
      }
      below = write("tree", entries);
    }
    const std::string commit = repo.git({"commit-tree", "-m", "a bomb", below});
    const Repository repository = **Repository::discover(repo.path());
    const RefTree tree{repository, k_ref};
    const auto files = tree.files(commit);
    REQUIRE_FALSE(files);
    CHECK(files.error().code == ErrorCode::limit_exceeded);
    const auto folders = tree.folders(commit, "100", 3);
    REQUIRE_FALSE(folders);
    CHECK(folders.error().code == ErrorCode::limit_exceeded);
    CHECK(value(tree.folders(commit, "100", 1)).size() == 110);
  }

  TEST_CASE("a symbolic ref and an id that is none are refused") {
    const World world;
    world.repo.git({"symbolic-ref", k_ref, "refs/heads/main"});
    const auto moved = world.tree.commit({{}, {{"x", value(world.tree.write_blob("x"))}}, CommitParent::tip, "x", {}});
    CHECK_FALSE(moved);
    for (const char* id : {"", "abc", "zz00000000000000000000000000000000000000"}) {
      CHECK_FALSE(world.tree.read(id, 10));
      CHECK_FALSE(world.tree.files(id));
    }
  }
}
