// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <random>
#include <set>

#include <doctest/doctest.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/codec/chunker.hpp>
#include <qsnap/codec/record_json.hpp>

#include "container_support.hpp"

namespace qsnap::codec {

namespace {

using testing::job;
using testing::many_jobs;
using testing::sample_metadata;

struct Made {
  std::vector<ChunkEntry> chunks;
  std::vector<std::string> texts;
  Chunker::Digest digest;
};

Made chunk_up(std::span<const model::Record> records) {
  Made made;
  Chunker chunker{[&](ChunkEntry chunk, std::string_view raw) -> Result<void> {
    chunk.digest = sha256(raw);
    made.chunks.push_back(std::move(chunk));
    made.texts.emplace_back(raw);
    return {};
  }};
  REQUIRE(chunker.begin(sample_metadata()).has_value());
  for (const model::Record& record : records) {
    REQUIRE(chunker.add(record).has_value());
  }
  auto digest = chunker.finish();
  REQUIRE(digest.has_value());
  made.digest = *std::move(digest);
  return made;
}

std::set<std::string> digests(const Made& made) {
  std::set<std::string> all;
  for (const ChunkEntry& chunk : made.chunks) {
    if (chunk.kind == ChunkKind::jobs) {
      all.insert(chunk.digest);
    }
  }
  return all;
}

std::size_t count_new(const Made& before, const Made& after) {
  const std::set<std::string> old = digests(before);
  std::size_t fresh = 0;
  for (const std::string& digest : digests(after)) {
    fresh += old.contains(digest) ? 0U : 1U;
  }
  return fresh;
}

/// A job whose line has exactly `bytes` bytes.
model::Record job_of(std::size_t bytes, std::string_view id) {
  const std::size_t around = format_record(job("bullmq:bull:mail", "waiting", id, R"("")")).size();
  return job("bullmq:bull:mail", "waiting", id, '"' + std::string(bytes - around, 'x') + '"');
}

}  // namespace

TEST_SUITE("codec::ends_chunk") {
  TEST_CASE("it is the inequality of the format, also at its ends") {
    std::mt19937_64 random{7};
    for (int i = 0; i < 2'000; ++i) {
      const std::string key = std::to_string(random());
      const std::uint64_t bytes = random() % 200'000;
      const long double share = std::ldexp(static_cast<long double>(xxh3(key)), -64);
      const long double limit = static_cast<long double>(bytes) / (128 * 1024);
      CHECK(ends_chunk(key, bytes) == (share < limit));
    }
    CHECK_FALSE(ends_chunk("any", 0));
    CHECK(ends_chunk("any", 128 * 1024));
    CHECK(ends_chunk("any", limits::k_record_bytes));
  }

  TEST_CASE("chunks have 128 KiB on average") {
    std::size_t cuts = 0;
    for (int i = 0; i < 100'000; ++i) {
      cuts += ends_chunk("key-" + std::to_string(i), 1024) ? 1U : 0U;
    }
    CHECK(cuts > 100'000 / 128 * 8 / 10);
    CHECK(cuts < 100'000 / 128 * 12 / 10);
  }
}

TEST_SUITE("codec::Chunker") {
  TEST_CASE("an empty document has a chunk for each section") {
    const Made made = chunk_up({});
    REQUIRE(made.texts.size() == 7);
    CHECK(made.texts[0].starts_with("{\"qsnap\":1,\n\"metadata\":{"));
    CHECK(made.texts[0].ends_with("},\n"));
    CHECK(made.texts[1] == "\"config\":[\n");
    CHECK(made.texts[2] == "],\n\"queues\":[\n");
    CHECK(made.texts[3] == "],\n\"jobs\":[\n");
    CHECK(made.texts[4] == "],\n\"workers\":[\n");
    CHECK(made.texts[5] == "],\n\"keys\":[\n");
    CHECK(made.texts[6].starts_with("],\n\"fingerprint\":\""));
    CHECK(made.texts[6].ends_with("\"}\n"));
    CHECK(made.digest.records == 0);
  }

  TEST_CASE("the checksum covers everything before its line") {
    const Made made = chunk_up(many_jobs(3, 10));
    std::string document;
    for (const std::string& text : made.texts) {
      document += text;
    }
    const std::size_t line = document.rfind("\"checksum\"");
    CHECK(made.digest.checksum == sha256(document.substr(0, line)));
    CHECK(document.substr(line) == checksum_line(made.digest.checksum));
    CHECK(made.digest.raw_bytes == document.size());
  }

  TEST_CASE("a chunk ends where the cut rule says, and only the last record of a section has no comma") {
    const auto jobs = many_jobs(2'000, 900);
    const Made made = chunk_up(jobs);
    std::size_t expected = 1;
    for (std::size_t i = 0; i + 1 < jobs.size(); ++i) {
      const std::string line = format_record(jobs[i]);
      expected += ends_chunk(record_key(jobs[i], line), line.size()) ? 1U : 0U;
    }
    std::size_t found = 0;
    for (std::size_t i = 0; i < made.chunks.size(); ++i) {
      if (made.chunks[i].kind == ChunkKind::jobs) {
        const bool is_last = made.chunks[i + 1].kind != ChunkKind::jobs;
        CHECK(made.texts[i].ends_with(is_last ? "}\n" : "},\n"));
        CHECK(made.chunks[i].raw_bytes <= limits::k_chunk_bytes);
        ++found;
      }
    }
    CHECK(found == expected);
    CHECK(expected > 5);
  }

  TEST_CASE("one record more or less moves few boundaries") {
    std::mt19937_64 random{11};
    const auto jobs = many_jobs(5'000, 900);
    const Made before = chunk_up(jobs);
    REQUIRE(digests(before).size() > 20);
    for (int round = 0; round < 4; ++round) {
      const auto at = static_cast<std::ptrdiff_t>(random() % jobs.size());
      CAPTURE(at);
      auto more = jobs;
      more.insert(more.begin() + at, job("bullmq:bull:mail", "waiting", "new", R"("new")"));
      CHECK(count_new(before, chunk_up(more)) <= 2);
      auto less = jobs;
      less.erase(less.begin() + at);
      CHECK(count_new(before, chunk_up(less)) <= 2);
    }
  }

  TEST_CASE("no chunk of several records is over the cap, and a larger record has a chunk of its own") {
    // Ids whose hash is high never end a chunk by the rule at this size, so the cap has to.
    std::vector<model::Record> jobs;
    for (int i = 0; jobs.size() < 40; ++i) {
      model::Record candidate = job_of(60'000, fmt::format("{:06}", i));
      const std::string line = format_record(candidate);
      if (!ends_chunk(record_key(candidate, line), line.size())) {
        jobs.push_back(std::move(candidate));
      }
    }
    jobs.push_back(job_of(2 * limits::k_mib, "large"));
    jobs.push_back(job_of(500, "small"));
    const Made made = chunk_up(jobs);
    std::vector<std::uint64_t> records;
    for (const ChunkEntry& chunk : made.chunks) {
      if (chunk.kind == ChunkKind::jobs) {
        records.push_back(chunk.records);
        CHECK((chunk.raw_bytes <= limits::k_chunk_bytes || chunk.records == 1));
      }
    }
    CHECK(records == std::vector<std::uint64_t>{17, 17, 6, 1, 1});
  }

  TEST_CASE("a chunk may have exactly the cap") {
    const std::string opening = opening_text(ChunkKind::queues, ChunkKind::jobs);
    // Seek an id that does not end its chunk, then fill up with a record that just fits, or just does not.
    for (const std::size_t excess : {std::size_t{0}, std::size_t{1}}) {
      std::vector<model::Record> jobs;
      std::size_t left = limits::k_chunk_bytes - opening.size();
      for (int i = 0; left > 0; ++i) {
        const bool is_last = left < 120'000;
        const std::size_t bytes = is_last ? left - 2 + excess : 60'000;
        model::Record candidate = job_of(bytes, fmt::format("{:06}", i));
        const std::string line = format_record(candidate);
        if (ends_chunk(record_key(candidate, line), line.size())) {
          continue;
        }
        left -= is_last ? left : bytes + 2;
        jobs.push_back(std::move(candidate));
      }
      jobs.push_back(job_of(500, "next"));
      const Made made = chunk_up(jobs);
      const ChunkEntry& first = made.chunks[3];
      REQUIRE(first.kind == ChunkKind::jobs);
      CHECK(first.records == jobs.size() - 1 - excess);
      CHECK((first.raw_bytes == limits::k_chunk_bytes) == (excess == 0));
    }
  }

  TEST_CASE("records of an earlier section are a bug of the caller") {
    Chunker chunker{[](const ChunkEntry&, std::string_view) -> Result<void> { return {}; }};
    REQUIRE(chunker.begin(sample_metadata()).has_value());
    REQUIRE(chunker.add(job("q:q:q", "waiting", "1", "1")).has_value());
    const auto late = chunker.add(testing::queue_record("q:q:q"));
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().code == ErrorCode::internal);
  }

  TEST_CASE("metadata that no reader would take is refused") {
    model::Metadata metadata = sample_metadata();
    metadata.description = std::string(limits::k_chunk_bytes, 'x');
    Chunker chunker{[](const ChunkEntry&, std::string_view) -> Result<void> { return {}; }};
    const auto begun = chunker.begin(metadata);
    REQUIRE_FALSE(begun.has_value());
    CHECK(begun.error().code == ErrorCode::limit_exceeded);
  }

  TEST_CASE("what the sink answers stops the work") {
    Chunker chunker{
        [](const ChunkEntry&, std::string_view) -> Result<void> { return make_error(ErrorCode::io, "disk full"); }};
    const auto begun = chunker.begin(sample_metadata());
    REQUIRE_FALSE(begun.has_value());
    CHECK(begun.error().message == "disk full");
  }
}

}  // namespace qsnap::codec
