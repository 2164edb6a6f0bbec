// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/names.hpp>
#include <support/temp_repo.hpp>

#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/store/store.hpp>

namespace {

namespace fs = std::filesystem;
using qsnap::ErrorCode;
using qsnap::Result;
using qsnap::store::SnapshotName;
using qsnap::store::Store;
using qsnap::test::named;
using qsnap::test::TempRepo;

/// A sound snapshot without records, known by its description.
std::string snapshot_bytes(const std::string& description) {
  qsnap::model::Metadata metadata;
  metadata.captured_at = qsnap::instant_from_ms(1'790'000'000'000);
  metadata.description = description;
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

Store open_store(const TempRepo& repo) {
  auto store = Store::open(repo.path());
  REQUIRE(store.has_value());
  return *std::move(store);
}

/// A repository with a tree made by init.
struct Tree {
  Tree() { REQUIRE(Store::init(repo.path()).has_value()); }

  [[nodiscard]] fs::path folder() const { return repo.path() / ".queue-snapshots"; }
  void put(const std::string& name, std::string_view bytes) const {
    repo.write(".queue-snapshots/" + name + ".qsnap", bytes);
  }

  TempRepo repo;
};

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <class T>
void check_refused(const Result<T>& result, ErrorCode code, std::string_view part) {
  REQUIRE_FALSE(result.has_value());
  CAPTURE(result.error().message);
  CHECK(result.error().code == code);
  CHECK(result.error().message.find(part) != std::string::npos);
}

}  // namespace

TEST_SUITE("qsnap::store::Store::init") {
  TEST_CASE("makes the tree in a repository without commits, and open finds it from below") {
    const TempRepo repo;
    const auto report = Store::init(repo.path());
    REQUIRE(report.has_value());
    CHECK(report->folder == repo.path() / ".queue-snapshots");
    CHECK(report->created ==
          std::vector<std::string>{".queue-snapshots/config.yaml", ".queue-snapshots/baselines/README.md",
                                   ".queue-snapshots/test-cases/README.md", ".queue-snapshots/history/README.md"});
    const auto below = Store::open(repo.path() / ".queue-snapshots/history");
    CHECK(below->path_of(*SnapshotName::parse("x")) == report->folder / "test-cases/x.qsnap");
    CHECK(Store::open(repo.path())->config().has_value());
  }

  TEST_CASE("leaves alone what is there and makes what is missing") {
    const Tree tree;
    tree.repo.write(".queue-snapshots/baselines/README.md", "mine");
    fs::remove_all(tree.folder() / "history");
    const auto report = Store::init(tree.repo.path());
    REQUIRE(report.has_value());
    CHECK(report->created == std::vector<std::string>{".queue-snapshots/history/README.md"});
    CHECK(bytes_of(tree.folder() / "baselines/README.md") == "mine");
  }

  TEST_CASE("is refused outside of a repository, in a bare one, and through a link") {
    const TempRepo repo;
    const auto outside = Store::init(repo.outside());
    check_refused(outside, ErrorCode::not_found, "not inside a git repository");
    CHECK(outside.error().hints == std::vector<std::string>{"git init"});
    const TempRepo bare{TempRepo::Kind::bare};
    check_refused(Store::init(bare.path()), ErrorCode::refused, "bare");
    fs::create_directory(repo.outside() / "elsewhere");
    fs::create_directory_symlink(repo.outside() / "elsewhere", repo.path() / ".queue-snapshots");
    check_refused(Store::init(repo.path()), ErrorCode::refused, "symbolic link");
    CHECK(fs::is_empty(repo.outside() / "elsewhere"));
  }
}

TEST_SUITE("qsnap::store::Store::open") {
  TEST_CASE("says how to get a tree") {
    const TempRepo repo;
    const auto store = Store::open(repo.path());
    check_refused(store, ErrorCode::not_found, ".queue-snapshots");
    CHECK(store.error().hints == std::vector<std::string>{"git qsnap init"});
    check_refused(Store::open(repo.outside()), ErrorCode::not_found, "not inside a git repository");
  }

  TEST_CASE("refuses a tree that is a link or a file") {
    const TempRepo repo;
    fs::create_directory_symlink("/tmp", repo.path() / ".queue-snapshots");
    check_refused(Store::open(repo.path()), ErrorCode::refused, "symbolic link");
    fs::remove(repo.path() / ".queue-snapshots");
    repo.write(".queue-snapshots", "a file");
    check_refused(Store::open(repo.path()), ErrorCode::refused, "not a folder");
  }
}

TEST_SUITE("qsnap::store::Store::config") {
  TEST_CASE("is the defaults without a file, and names the file in its errors") {
    const Tree tree;
    fs::remove(tree.folder() / "config.yaml");
    REQUIRE(open_store(tree.repo).config().has_value());
    CHECK(open_store(tree.repo).config()->ignore.empty());
    tree.repo.write(".queue-snapshots/config.yaml", "version: 1\nnonsense: 2\n");
    check_refused(open_store(tree.repo).config(), ErrorCode::config, ".queue-snapshots/config.yaml:2");
  }

  TEST_CASE("refuses a link and a file without end") {
    const Tree tree;
    fs::remove(tree.folder() / "config.yaml");
    fs::create_symlink("/dev/zero", tree.folder() / "config.yaml");
    check_refused(open_store(tree.repo).config(), ErrorCode::refused, "not a regular file");
    fs::remove(tree.folder() / "config.yaml");
    tree.repo.write(".queue-snapshots/config.yaml", std::string(2U << 20U, '#'));
    check_refused(open_store(tree.repo).config(), ErrorCode::limit_exceeded, "config.yaml");
  }
}

TEST_SUITE("qsnap::store::Store::find") {
  TEST_CASE("opens what was saved, and is absent for what was not") {
    const Tree tree;
    tree.put("test-cases/a/b", snapshot_bytes("deep"));
    const Store store = open_store(tree.repo);
    const auto found = store.find(named("test-cases/a/b"));
    REQUIRE(found.has_value());
    REQUIRE(found->has_value());
    CHECK((*found)->metadata().description == "deep");
    for (const char* name : {"a", "test-cases/a/c", "baselines/no/such/folder"}) {
      CAPTURE(name);
      const auto missing = store.find(named(name));
      REQUIRE(missing.has_value());
      CHECK_FALSE(missing->has_value());
    }
  }

  TEST_CASE("names the snapshot when its bytes are broken") {
    const Tree tree;
    tree.put("test-cases/broken", "this is no snapshot");
    check_refused(open_store(tree.repo).find(named("broken")), ErrorCode::corrupt, "test-cases/broken");
    std::string cut = snapshot_bytes("cut");
    cut.resize(cut.size() - 1);
    tree.put("test-cases/cut", cut);
    check_refused(open_store(tree.repo).find(named("cut")), ErrorCode::corrupt, "test-cases/cut");
    tree.put("test-cases/empty", "");
    check_refused(open_store(tree.repo).find(named("empty")), ErrorCode::corrupt, "test-cases/empty");
  }

  TEST_CASE("knows an LFS pointer") {
    const Tree tree;
    tree.put("test-cases/big",
             "version https://git-lfs.github.com/spec/v1\n"
             "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n");
    const auto found = open_store(tree.repo).find(named("big"));
    check_refused(found, ErrorCode::corrupt, "LFS pointer");
    CHECK(found.error().hints == std::vector<std::string>{"git lfs pull"});
  }

  TEST_CASE("follows no link, neither as the file nor on the way") {
    const Tree tree;
    const fs::path elsewhere = tree.repo.outside() / "x.qsnap";
    std::ofstream(elsewhere) << snapshot_bytes("outside");
    fs::create_symlink(elsewhere, tree.folder() / "test-cases/x.qsnap");
    check_refused(open_store(tree.repo).find(named("x")), ErrorCode::refused, "not a regular file");
    fs::create_directory_symlink(tree.repo.outside(), tree.folder() / "test-cases/sub");
    check_refused(open_store(tree.repo).find(named("test-cases/sub/x")), ErrorCode::refused, "symbolic link");
    fs::create_directory(tree.folder() / "test-cases/folder.qsnap");
    check_refused(open_store(tree.repo).find(named("folder")), ErrorCode::refused, "not a regular file");
  }
}

TEST_SUITE("qsnap::store::Store::find_in") {
  TEST_CASE("opens the version of a commit") {
    const Tree tree;
    tree.put("test-cases/x", snapshot_bytes("old"));
    tree.repo.commit_all("old");
    tree.put("test-cases/x", snapshot_bytes("new"));
    const Store store = open_store(tree.repo);
    CHECK((**store.find_in("HEAD", named("x"))).metadata().description == "old");
    CHECK((**store.find(named("x"))).metadata().description == "new");
    CHECK_FALSE(store.find_in("HEAD", named("y"))->has_value());
    check_refused(store.find_in("no-such-branch", named("x")), ErrorCode::not_found, "no-such-branch");
  }

  TEST_CASE("names revision and snapshot when the blob is broken") {
    const Tree tree;
    tree.put("test-cases/x", "rubbish");
    tree.repo.commit_all("rubbish");
    check_refused(open_store(tree.repo).find_in("HEAD", named("x")), ErrorCode::corrupt, "HEAD:test-cases/x");
  }
}

TEST_SUITE("qsnap::store::Store::replace") {
  TEST_CASE("shows the new bytes after the commit and the old ones before") {
    const Tree tree;
    const Store store = open_store(tree.repo);
    const SnapshotName name = named("history/2026/11/x");
    {
      auto file = store.replace(name);
      REQUIRE(file.has_value());
      REQUIRE(file->write(snapshot_bytes("first")).has_value());
      CHECK_FALSE(store.find(name)->has_value());
      REQUIRE(file->commit().has_value());
    }
    CHECK((**store.find(name)).metadata().description == "first");
    {
      auto abandoned = store.replace(name);
      REQUIRE(abandoned->write("half").has_value());
    }
    CHECK((**store.find(name)).metadata().description == "first");
    CHECK(std::distance(fs::directory_iterator{tree.folder() / "history/2026/11"}, {}) == 1);
  }

  TEST_CASE("refuses a name that differs from another in case alone, at every level") {
    const Tree tree;
    tree.put("test-cases/Checkout/flow", "x");
    const Store store = open_store(tree.repo);
    for (const char* name : {"test-cases/checkout/other", "test-cases/Checkout/Flow", "test-cases/CHECKOUT/flow"}) {
      CAPTURE(name);
      check_refused(store.replace(named(name)), ErrorCode::refused, "differ in case alone");
    }
    CHECK(store.replace(named("test-cases/Checkout/flow")).has_value());
    CHECK_FALSE(fs::exists(tree.folder() / "test-cases/checkout"));
  }

  TEST_CASE("writes through no link") {
    const Tree tree;
    fs::create_directory_symlink(tree.repo.outside(), tree.folder() / "test-cases/sub");
    std::ofstream(tree.repo.outside() / "victim") << "untouched";
    fs::create_symlink(tree.repo.outside() / "victim", tree.folder() / "test-cases/x.qsnap");
    const Store store = open_store(tree.repo);
    check_refused(store.replace(named("test-cases/sub/x")), ErrorCode::refused, "symbolic link");
    check_refused(store.replace(named("test-cases/sub/deep/x")), ErrorCode::refused, "symbolic link");
    check_refused(store.replace(named("x")), ErrorCode::refused, "not a regular file");
    CHECK(bytes_of(tree.repo.outside() / "victim") == "untouched");
  }
}

TEST_SUITE("qsnap::store::Store::list") {
  TEST_CASE("has the names of the three homes, sorted, and nothing else") {
    const Tree tree;
    for (const char* name : {"test-cases/b", "test-cases/a/deep", "test-cases/a", "history/1/2/3/4", "baselines/dev"}) {
      tree.put(name, "whatever it holds");
    }
    tree.put("history/1/2/3/4/too-deep", "x");
    tree.put("elsewhere/x", "x");
    tree.put("test-cases/bad name", "x");
    tree.put("test-cases/.hidden", "x");
    tree.repo.write(".queue-snapshots/test-cases/x.snap", "x");
    tree.repo.write(".queue-snapshots/top.qsnap", "x");
    fs::create_directory(tree.folder() / "test-cases/folder.qsnap");
    fs::create_symlink(tree.folder() / "test-cases/b.qsnap", tree.folder() / "test-cases/link.qsnap");
    fs::create_directory_symlink("..", tree.folder() / "test-cases/loop");
    const auto names = open_store(tree.repo).list();
    REQUIRE(names.has_value());
    std::vector<std::string> texts;
    for (const SnapshotName& name : *names) {
      texts.push_back(name.text());
    }
    CHECK(texts == std::vector<std::string>{"baselines/dev", "history/1/2/3/4", "test-cases/a", "test-cases/a/deep",
                                            "test-cases/b"});
  }

  TEST_CASE("refuses a home that is a link, and is empty without homes") {
    const Tree tree;
    fs::remove_all(tree.folder() / "history");
    CHECK(open_store(tree.repo).list()->empty());
    fs::create_directory_symlink("/tmp", tree.folder() / "history");
    check_refused(open_store(tree.repo).list(), ErrorCode::refused, "symbolic link");
  }
}

TEST_SUITE("qsnap::store::Store::backup_path") {
  TEST_CASE("is a free name in a private folder of the git folder") {
    const Tree tree;
    const Store store = open_store(tree.repo);
    const auto now = qsnap::instant_from_ms(1'790'000'000'123);
    const auto first = store.backup_path(now);
    REQUIRE(first.has_value());
    CHECK(*first == tree.repo.path() / ".git/qsnap/backups/20260921T141320.123Z.qsnap");
    struct stat status {};
    REQUIRE(::stat(first->parent_path().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0700U);
    std::ofstream(*first) << "a backup";
    CHECK(store.backup_path(now)->filename() == "20260921T141320.123Z-2.qsnap");
  }
}
