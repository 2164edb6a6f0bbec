// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <support/temp_repo.hpp>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/tracked_snapshots.hpp>
#include <qsnap/base/text.hpp>

using namespace qsnap;
using namespace qsnap::app;

namespace {

/// A snapshot of one key.
std::string snapshot_bytes(codec::Encoding encoding, const std::string& key) {
  std::string bytes;
  auto writer = codec::SnapshotWriter::begin({}, encoding, [&](std::string_view more) -> Result<void> {
    bytes += more;
    return {};
  });
  model::Record record;
  record.section = model::Section::keys;
  record.fields.set("items", R"(["v"])");
  record.fields.set("key", '"' + key + '"');
  record.fields.set("part", "0");
  record.fields.set("role", R"("data")");
  record.fields.set("type", R"("string")");
  REQUIRE(writer);
  REQUIRE(writer->add(record));
  REQUIRE(writer->finish());
  return bytes;
}

const std::string k_pointer =
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\nsize 0\n";

const TrackedSnapshot& at(const std::vector<TrackedSnapshot>& list, std::string_view path) {
  for (const TrackedSnapshot& snapshot : list) {
    if (snapshot.path == path) {
      return snapshot;
    }
  }
  FAIL("not listed: " << path);
  return list.front();
}

}  // namespace

TEST_CASE("every tracked file with the suffix is listed with the form that Git holds, from any folder") {
  const test::TempRepo repo;
  const std::string packed = snapshot_bytes(codec::Encoding::packed, "k");
  const std::string stored = snapshot_bytes(codec::Encoding::stored, "k");
  const std::string evil = ".queue-snapshots/test-cases/a\tb\n\"\x1b[31m.qsnap";
  repo.write(".queue-snapshots/test-cases/packed.qsnap", packed);
  repo.write(".queue-snapshots/test-cases/stored.qsnap", stored);
  repo.write(".queue-snapshots/test-cases/pointer.qsnap", k_pointer);
  repo.write(".queue-snapshots/test-cases/cut.qsnap", packed.substr(0, packed.size() - 1));
  repo.write(".queue-snapshots/test-cases/empty.qsnap", "");
  repo.write(".queue-snapshots/test-cases/README.md", "no snapshot");
  repo.write("elsewhere/other.qsnap", packed);
  repo.write(evil, stored);
  std::filesystem::create_symlink("/etc/passwd", repo.path() / ".queue-snapshots/link.qsnap");
  repo.commit_all("all");
  for (const std::optional<std::string>& revision : {std::optional<std::string>{}, {"HEAD"}}) {
    const auto listed = tracked_snapshots(repo.path() / "elsewhere", revision);
    REQUIRE(listed);
    CHECK(listed->size() == 7);
    const TrackedSnapshot& first = at(*listed, ".queue-snapshots/test-cases/packed.qsnap");
    CHECK(first.form == BlobForm::packed);
    CHECK(first.blob_bytes == packed.size());
    CHECK(first.raw_bytes > 0);
    CHECK(should_be_stored(first));
    CHECK(at(*listed, ".queue-snapshots/test-cases/stored.qsnap").form == BlobForm::stored);
    CHECK_FALSE(should_be_stored(at(*listed, ".queue-snapshots/test-cases/stored.qsnap")));
    CHECK(at(*listed, ".queue-snapshots/test-cases/pointer.qsnap").form == BlobForm::lfs_pointer);
    CHECK(at(*listed, ".queue-snapshots/test-cases/cut.qsnap").problem == "is truncated or damaged");
    CHECK(at(*listed, ".queue-snapshots/test-cases/empty.qsnap").problem == "is not a git-qsnap snapshot");
    CHECK(at(*listed, ".queue-snapshots/link.qsnap").problem == "is not a regular file");
    CHECK(at(*listed, evil).form == BlobForm::stored);
    CHECK(std::is_sorted(listed->begin(), listed->end(), [](const auto& a, const auto& b) { return a.path < b.path; }));
  }
}

TEST_CASE("the index is what is staged, a revision is what was committed, and a bare repository has revisions") {
  const test::TempRepo repo;
  repo.write(".queue-snapshots/test-cases/a.qsnap", snapshot_bytes(codec::Encoding::packed, "k"));
  repo.commit_all("packed");
  repo.write(".queue-snapshots/test-cases/a.qsnap", snapshot_bytes(codec::Encoding::stored, "k"));
  repo.git({"add", "-A"});
  const auto staged = tracked_snapshots(repo.path(), std::nullopt);
  const auto committed = tracked_snapshots(repo.path(), "HEAD");
  REQUIRE(staged);
  REQUIRE(committed);
  CHECK(staged->at(0).form == BlobForm::stored);
  CHECK(committed->at(0).form == BlobForm::packed);
  repo.git({"clone", "-q", "--bare", ".", (repo.outside() / "bare").native()});
  const auto bare = tracked_snapshots(repo.outside() / "bare", "HEAD");
  REQUIRE(bare);
  REQUIRE(bare->size() == 1);
  const auto reader = open_blob(repo.outside() / "bare", bare->at(0).blob_id);
  REQUIRE(reader);
  CHECK(reader->chunks().size() == 7);
}

TEST_CASE("a path that Git has not finished merging is listed once, with conflicts") {
  const test::TempRepo repo;
  const std::string path = ".queue-snapshots/test-cases/a.qsnap";
  repo.write(path, snapshot_bytes(codec::Encoding::packed, "base"));
  repo.commit_all("base");
  repo.git({"checkout", "-q", "-b", "theirs"});
  repo.write(path, snapshot_bytes(codec::Encoding::packed, "theirs"));
  repo.commit_all("theirs");
  repo.git({"checkout", "-q", "-"});
  repo.write(path, snapshot_bytes(codec::Encoding::packed, "ours"));
  repo.commit_all("ours");
  CHECK_THROWS(repo.git({"merge", "-q", "theirs"}));
  const auto listed = tracked_snapshots(repo.path(), std::nullopt);
  REQUIRE(listed);
  REQUIRE(listed->size() == 1);
  CHECK(listed->at(0).has_conflicts);
}

TEST_CASE("a revision that is not there is not_found, also one that looks like an option") {
  const test::TempRepo repo;
  for (const char* revision : {"HEAD", "nothing", "--all", "-h", ""}) {
    CAPTURE(revision);
    const auto listed = tracked_snapshots(repo.path(), revision);
    REQUIRE_FALSE(listed);
    CHECK(listed.error().code == ErrorCode::not_found);
  }
  CHECK(tracked_snapshots(repo.path(), std::nullopt)->empty());
  CHECK_FALSE(open_blob(repo.path(), std::string(40, '1')));
}

TEST_CASE("blobs in memory and blobs on the disk read alike, also when one is kept beyond the next") {
  const test::TempRepo repo;
  std::string large;
  constexpr std::size_t k_large_bytes = 33 * 1024 * 1024;
  for (std::size_t i = 0; large.size() < k_large_bytes; ++i) {
    large += std::to_string(i) + '\n';
  }
  repo.write("large", large);
  repo.write("small", "abc");
  repo.write("other", "uvwxyz");
  repo.commit_all("blobs");
  std::vector<std::string> ids;
  for (const char* name : {"small", "large", "other"}) {
    ids.push_back(repo.git({"rev-parse", std::string{"HEAD:"} + name}));
  }
  std::vector<std::unique_ptr<codec::ByteSource>> kept;
  REQUIRE(
      for_each_blob(repo.path(), ids, [&](std::size_t index, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
        CHECK(index == kept.size());
        kept.push_back(std::move(blob));
        return {};
      }));
  CHECK(*kept.at(0)->read(0, 3) == "abc");
  CHECK(*kept.at(2)->read(4, 2) == "yz");
  CHECK(kept.at(1)->size() == large.size());
  CHECK(*kept.at(1)->read(large.size() / 2, 1000) == large.substr(large.size() / 2, 1000));
  for (const auto& blob : kept) {
    CHECK_FALSE(blob->read(blob->size(), 1));
    CHECK_FALSE(blob->read(blob->size() + 1, 0));
  }
}
