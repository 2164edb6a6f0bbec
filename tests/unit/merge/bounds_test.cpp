// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "merge_support.hpp"

namespace qsnap::merge {

using testing::Document;
using testing::Lines;

namespace {

/// Counts what is decoded of the jobs.
class CountingSource final : public model::RecordSource {
 public:
  explicit CountingSource(const model::RecordSource& source) : m_source(source) {}

  [[nodiscard]] const model::Metadata& metadata() const override { return m_source.metadata(); }
  [[nodiscard]] std::string_view root() const override { return m_source.root(); }
  [[nodiscard]] std::string_view fingerprint() const override { return m_source.fingerprint(); }
  [[nodiscard]] std::span<const model::ChunkInfo> chunks() const override { return m_source.chunks(); }
  Result<void> read_chunk(std::size_t index, const ChunkReader& reader) const override {
    if (chunks()[index].section == model::Section::jobs) {
      ++reads[index];
    }
    return m_source.read_chunk(index, reader);
  }
  [[nodiscard]] Result<model::Record> parse(model::Section section, std::string_view line) const override {
    return m_source.parse(section, line);
  }

  mutable std::map<std::size_t, int> reads;  ///< chunk → how often

 private:
  const model::RecordSource& m_source;
};

constexpr int k_jobs = 2000;

Lines jobs(int edited, bool with_new_last_job) {
  Lines lines;
  for (int i = 0; i < k_jobs + (with_new_last_job ? 1 : 0); ++i) {
    lines.jobs.push_back(fmt::format(R"({{"payload":{{"edited":{},"text":"{}"}},"queue":"a:b:c","state":"waiting",)"
                                     R"("volatile":{{"created_at_ms":{},"id":"{}"}}}})",
                                     i == edited, std::string(700, 'x'), i, i));
  }
  return lines;
}

}  // namespace

TEST_SUITE("merge, bounds") {
  TEST_CASE("of base and theirs only chunks that differ are decoded, and ours is read once more to be written") {
    const Document base{jobs(-1, false)}, ours{jobs(20, false)}, theirs{jobs(1500, true)};
    const CountingSource base_counter{base.reader()}, ours_counter{ours.reader()}, theirs_counter{theirs.reader()};
    std::size_t chunks = 0;
    for (const model::ChunkInfo& chunk : ours.reader().chunks()) {
      chunks += chunk.section == model::Section::jobs ? 1U : 0U;
    }
    REQUIRE(chunks > 5);
    const auto outcome = testing::try_merge(&base_counter, ours_counter, theirs_counter);
    REQUIRE(outcome.has_value());
    CHECK(outcome->conflicts.empty());
    CHECK(outcome->records.size() == k_jobs + 1);
    CHECK(base_counter.reads.size() <= 3);
    CHECK(theirs_counter.reads.size() <= 3);
    CHECK(ours_counter.reads.size() == chunks);
    for (const CountingSource* counter : {&base_counter, &ours_counter, &theirs_counter}) {
      for (const auto& [chunk, reads] : counter->reads) {
        CHECK(reads <= 3);
      }
    }
  }

  TEST_CASE("a side that changed nothing is not decoded at all") {
    const Document base{jobs(-1, false)}, changed{jobs(20, true)};
    const CountingSource base_counter{base.reader()}, changed_counter{changed.reader()};
    const auto outcome = testing::try_merge(&base_counter, base_counter, changed_counter);
    REQUIRE(outcome.has_value());
    CHECK(outcome->records.size() == k_jobs + 1);
    CHECK(base_counter.reads.empty());
    for (const auto& [chunk, reads] : changed_counter.reads) {
      CHECK(reads == 1);
    }
  }
}

}  // namespace qsnap::merge
