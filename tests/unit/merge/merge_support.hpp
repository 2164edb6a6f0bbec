// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/codec/record_json.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>
#include <qsnap/frameworks/job_id_rewriter.hpp>
#include <qsnap/merge/merge.hpp>

/// Merges of real documents in memory.
namespace qsnap::merge::testing {

using Records = std::vector<model::Record>;

/// Records as lines of the sections of a document, in document order.
struct Lines {
  std::vector<std::string> config;
  std::vector<std::string> queues;
  std::vector<std::string> jobs;
  std::vector<std::string> workers;
  std::vector<std::string> keys;
};

inline void append(Records& records, model::Section section, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    auto record = codec::parse_record(section, line);
    if (!record) {
      FAIL(record.error().message << ": " << line);
    }
    records.push_back(*std::move(record));
  }
}

inline Records records_of(const Lines& lines) {
  Records records;
  append(records, model::Section::config, lines.config);
  append(records, model::Section::queues, lines.queues);
  append(records, model::Section::jobs, lines.jobs);
  append(records, model::Section::workers, lines.workers);
  append(records, model::Section::keys, lines.keys);
  return records;
}

/// The bytes of a container.
class Document {
 public:
  explicit Document(const Records& records, model::Metadata metadata = {}) {
    auto writer =
        codec::SnapshotWriter::begin(metadata, codec::Encoding::stored, [&](std::string_view more) -> Result<void> {
          m_bytes += more;
          return {};
        });
    REQUIRE(writer.has_value());
    for (const model::Record& record : records) {
      REQUIRE(writer->add(record).has_value());
    }
    REQUIRE(writer->finish().has_value());
    auto reader = codec::SnapshotReader::open(codec::memory_source(m_bytes));
    REQUIRE(reader.has_value());
    m_reader = std::make_unique<codec::SnapshotReader>(*std::move(reader));
  }
  explicit Document(const Lines& lines, model::Metadata metadata = {})
      : Document(records_of(lines), std::move(metadata)) {}

  [[nodiscard]] const codec::SnapshotReader& reader() const { return *m_reader; }
  [[nodiscard]] Records records() const {
    Records all;
    REQUIRE(for_each_record(*m_reader, [&](const model::Record& record) -> Result<void> {
              all.push_back(record);
              return {};
            }).has_value());
    return all;
  }

 private:
  std::string m_bytes;
  std::unique_ptr<codec::SnapshotReader> m_reader;
};

struct Outcome {
  Records records;
  model::Metadata metadata;
  std::vector<Conflict> conflicts;
  Findings::Counts counts;

  [[nodiscard]] std::vector<std::string> lines(model::Section section) const {
    std::vector<std::string> list;
    for (const model::Record& record : records) {
      if (record.section == section) {
        list.push_back(codec::format_record(record));
      }
    }
    return list;
  }
  [[nodiscard]] std::vector<std::string> jobs() const { return lines(model::Section::jobs); }
};

class Collector final : public model::RecordSink {
 public:
  Result<void> add(const model::Record& record) override {
    records.push_back(record);
    return {};
  }
  Records records;
};

inline Result<Outcome> try_merge(const model::RecordSource* base, const model::RecordSource& ours,
                                 const model::RecordSource& theirs, const config::Config& config = {}) {
  const frameworks::decode::DecodingPayloadReader payloads;
  const frameworks::JobIdRewriter ids;
  QSNAP_ASSIGN(Merge merge, merge::merge({base, ours, theirs}, config, {payloads, ids}, {}));
  Collector sink;
  QSNAP_TRY(merge.write(sink));
  return Outcome{std::move(sink.records), merge.metadata(), merge.conflicts(), merge.findings().counts()};
}

inline Outcome merged(const Document& base, const Document& ours, const Document& theirs,
                      const config::Config& config = {}) {
  auto outcome = try_merge(&base.reader(), ours.reader(), theirs.reader(), config);
  if (!outcome) {
    FAIL(outcome.error().message);
  }
  return *std::move(outcome);
}

}  // namespace qsnap::merge::testing
