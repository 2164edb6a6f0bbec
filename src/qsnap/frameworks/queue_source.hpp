// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::frameworks {

/// Some queues of a document: their records, and the verbatim keys that belong to them alone. Their jobs are there
/// wherever they stand, in structures that queues share, too (Sidekiq's retry, schedule and dead). Verbatim keys of
/// jobs that no record is about are there, as they may be theirs. Schedules that name no queue, workers and statistics
/// are not. The scope is those queues. `source` must outlive it. One thread.
class QueueSource final : public model::RecordSource {
 public:
  /// Full ids or bare names. Errors with `not_found` for a queue that the document has not, and with `usage` and the
  /// candidates for a name that several have.
  static Result<QueueSource> create(const model::RecordSource& source, const std::vector<std::string>& queues,
                                    const AdapterList& among = adapters());

  [[nodiscard]] const model::Metadata& metadata() const override { return m_metadata; }
  [[nodiscard]] std::string_view root() const override { return m_source->root(); }
  [[nodiscard]] std::string_view fingerprint() const override { return m_source->fingerprint(); }
  [[nodiscard]] std::span<const model::ChunkInfo> chunks() const override { return m_source->chunks(); }
  /// Hands out the lines of the queues alone.
  Result<void> read_chunk(std::size_t index, const ChunkReader& reader) const override;
  [[nodiscard]] Result<model::Record> parse(model::Section section, std::string_view line) const override {
    return m_source->parse(section, line);
  }

 private:
  /// A namespace that has one of the queues. Its rebuild knows what keys are about.
  struct Owner {
    model::FrameworkInfo info;
    std::unique_ptr<Rebuild> rebuild;
  };

  explicit QueueSource(const model::RecordSource& source) : m_source(&source), m_metadata(source.metadata()) {}

  Result<void> select(const std::vector<std::string>& queues);
  void find_owners(const AdapterList& among);
  /// Which jobs the queues have; only where there are such keys.
  Result<void> note_jobs();
  /// Whether there are verbatim keys of jobs whose names tell no queue.
  Result<void> look_for_keys_of_jobs();
  [[nodiscard]] bool is_selected(const model::Record& record) const;
  [[nodiscard]] bool is_selected_key(std::string_view key) const;

  const model::RecordSource* m_source;  ///< not owned
  model::Metadata m_metadata;
  std::set<std::string, std::less<>> m_queues;  ///< as JSON
  std::vector<Owner> m_owners;
  bool m_has_keys_of_jobs = false;
  std::unordered_set<std::uint64_t> m_jobs;    ///< of these queues: hashes of owner and id
  std::unordered_set<std::uint64_t> m_others;  ///< of others
};

}  // namespace qsnap::frameworks
