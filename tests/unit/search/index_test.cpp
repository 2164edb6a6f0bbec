// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <support/temp_dir.hpp>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/search/chunk_filter.hpp>
#include <qsnap/search/index.hpp>

#include "search_support.hpp"

using namespace qsnap;
using namespace qsnap::search;
using namespace qsnap::search::testing;
namespace fs = std::filesystem;

namespace {

/// Snapshots of a few records, so that chunks differ in what they have.
std::vector<codec::SnapshotReader> random_snapshots(Random& random, std::size_t count) {
  std::vector<codec::SnapshotReader> snapshots;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<model::Record> jobs;
    for (unsigned job = 0; job <= random() % 4; ++job) {
      jobs.push_back(random_job(random));
    }
    snapshots.push_back(snapshot_of(jobs));
  }
  return snapshots;
}

void fill(Index& index, const std::vector<codec::SnapshotReader>& snapshots) {
  WordFilterMaker maker;
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    const SnapshotSummary summary = index.add(fmt::format("snapshot {}", i), summary_of(snapshots[i]));
    for (const SnapshotSummary::ChunkRef& chunk : summary.chunks) {
      const auto filter = filter_of_chunk(snapshots[i], chunk.index, BackwardsReader{}, maker);
      REQUIRE(filter);
      index.add(chunk.digest, *filter);
    }
  }
  index.flush();
}

/// How often the index says no where there is something, and how often where there is nothing.
struct Answers {
  std::size_t wrong = 0, right = 0, unknown = 0;
};
Answers answers(const Index& index, const std::vector<codec::SnapshotReader>& snapshots, const Query& query) {
  Answers count;
  for (const codec::SnapshotReader& snapshot : snapshots) {
    for (const SnapshotSummary::ChunkRef& chunk : summary_of(snapshot).chunks) {
      const Answer answer = index.ask(chunk.digest);
      count.unknown += answer == Answer::unknown ? 1U : 0U;
      if (answer == Answer::no) {
        (count_matches(snapshot, chunk.index, query) > 0 ? count.wrong : count.right) += 1;
      }
    }
  }
  return count;
}

std::string only_file(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator{folder}) {
    return entry.path().native();
  }
  return {};
}

void write_bytes(const fs::path& file, std::string_view bytes) {
  std::ofstream{file, std::ios::binary | std::ios::trunc}.write(bytes.data(),
                                                                static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

TEST_CASE("an index never says no to a chunk that has what a naive search finds there, and says no often") {
  const auto seed = static_cast<Random::result_type>(std::random_device{}());
  CAPTURE(seed);
  Random random{seed};
  const test::TempDir folder;
  const auto snapshots = random_snapshots(random, 60);
  {
    Index index = Index::open(folder.path() / "a" / "search", {});
    fill(index, snapshots);
  }
  Answers sum;
  for (int i = 0; i < 150; ++i) {
    const Query query = random_query(random);
    CAPTURE(query.terms.front().text);
    const Index index = Index::open(folder.path() / "a" / "search", hashes_of(query));
    const Answers count = answers(index, snapshots, query);
    CHECK(count.wrong == 0);
    CHECK(count.unknown == 0);
    sum.right += count.right;
  }
  CHECK(sum.right > 150 * 10);
}

TEST_CASE("what is in an index file survives, of its owner alone") {
  const test::TempDir folder;
  const fs::path place = folder.path() / "qsnap" / "search";
  SnapshotSummary summary{instant_from_ms(-5), "d\xC3\xA9scription", {"a", "b"}, true, {{3, std::string(32, 'x')}}};
  {
    Index index = Index::open(place, {});
    index.add("stamp", summary);
    index.flush();
  }
  const Index index = Index::open(place, {});
  const SnapshotSummary* found = index.find("stamp");
  REQUIRE(found != nullptr);
  CHECK(found->captured_at == summary.captured_at);
  CHECK(found->description == summary.description);
  CHECK(found->tags == summary.tags);
  CHECK(found->in_conflict);
  REQUIRE(found->chunks.size() == 1);
  CHECK(found->chunks[0].digest == summary.chunks[0].digest);
  CHECK(index.find("other") == nullptr);
  struct stat status {};
  REQUIRE(::stat(place.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0700);
  REQUIRE(::stat(only_file(place).c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600);
}

TEST_CASE("a damaged index file is never wrong, and goes: every truncation, and bits turned over everywhere") {
  Random random{7};
  const test::TempDir folder;
  const auto snapshots = random_snapshots(random, 4);
  {
    Index index = Index::open(folder.path(), {});
    fill(index, snapshots);
  }
  const fs::path file = only_file(folder.path());
  const auto whole = read_file(file, limits::k_mib);
  REQUIRE(whole);
  const Query query = *parse_query({"card"});
  const Answers undamaged = answers(Index::open(folder.path(), hashes_of(query)), snapshots, query);
  REQUIRE(undamaged.right > 0);
  const auto check_damaged = [&](const std::string& bytes) {
    write_bytes(file, bytes);
    const Index index = Index::open(folder.path(), hashes_of(query));
    for (std::size_t i = 0; i < snapshots.size(); ++i) {
      const SnapshotSummary* found = index.find(fmt::format("snapshot {}", i));
      CHECK((found == nullptr || found->chunks.size() == summary_of(snapshots[i]).chunks.size()));
    }
    const Answers count = answers(index, snapshots, query);
    CHECK(count.wrong == 0);
    CHECK(count.right + count.unknown >= undamaged.right);
    return fs::exists(file);
  };
  for (std::size_t size = 0; size < whole->size(); ++size) {
    CAPTURE(size);
    (void)check_damaged(whole->substr(0, size));  // at the end of a part, nothing shows that there were more
  }
  for (std::size_t at = 0; at < whole->size(); ++at) {
    CAPTURE(at);
    std::string flipped = *whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (random() % 8)));
    CHECK_FALSE(check_damaged(flipped));
  }
  write_bytes(file, "garbage");
  (void)Index::open(folder.path(), {});
  CHECK_FALSE(fs::exists(file));
}

TEST_CASE("an index that cannot be written or read is an empty one") {
  const test::TempDir folder;
  write_bytes(folder.path() / "file", "no folder");
  Index index = Index::open(folder.path() / "file" / "search", {});
  index.add("stamp", SnapshotSummary{});
  index.add(std::string(32, 'd'), WordFilter{});
  index.flush();
  CHECK(index.find("stamp") != nullptr);
  CHECK(index.ask(std::string(32, 'd')) == Answer::maybe);
  fs::create_directories(folder.path() / "search" / "x.words");
  CHECK(Index::open(folder.path() / "search", {}).find("stamp") == nullptr);
}

TEST_CASE("many small files become one, and two indexes write beside each other") {
  Random random{11};
  const test::TempDir folder;
  const auto snapshots = random_snapshots(random, 12);
  std::unordered_set<std::string> used;
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    Index one = Index::open(folder.path(), {});
    Index other = Index::open(folder.path(), {});
    for (Index* index : {&one, &other}) {
      index->add(fmt::format("snapshot {}", i), summary_of(snapshots[i]));
      index->flush();
    }
    for (const auto& chunk : summary_of(snapshots[i]).chunks) {
      used.insert(chunk.digest);
    }
  }
  Index::open(folder.path(), {}).tidy(used);
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator{folder.path()}) {
    files += entry.path().extension() == ".words" ? 1U : 0U;
  }
  CHECK(files == 1);
  const Index joined = Index::open(folder.path(), {});
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    CHECK(joined.find(fmt::format("snapshot {}", i)) != nullptr);
  }
}

TEST_CASE("a filter of very many words says yes to everything") {
  WordFilterMaker maker;
  maker.begin(1);
  for (WordHash word = 0; word < 10'000; ++word) {
    maker.add(hashes_of_text(std::to_string(word)).front());
  }
  CHECK(maker.finish().bytes().empty());
}
