// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// What compose() found out before the first record: enough for the metadata.
struct Composition {
  std::vector<model::FrameworkInfo> frameworks;
};

/// Makes a document of a keyspace. Holds structures (ids, scores), never all bodies.
///
///   detect → plan → emit every record → rebuild from the records and compare with the keyspace (proof)
///
/// A key that the proof refutes is forced to verbatim, and everything is emitted again into a new sink: `begin` is
/// called for each attempt with the composition, and only the last sink is good. Two attempts at most model
/// anything; a third keeps the guilty framework verbatim as a whole. See docs/architecture.md, "The proof".
class Composer {
 public:
  using Begin = std::function<Result<model::RecordSink*>(const Composition&)>;

  explicit Composer(const model::Keyspace& keyspace) : m_keyspace(keyspace) {}

  /// Narrows to keys that belong wholly to these queues (full ids or bare names). A bare name that several queues
  /// have is a usage error with the candidates; a name that no queue has is not_found.
  Result<void> select_queues(const std::vector<std::string>& queues);
  Result<void> run(const Begin& begin);
  /// The keys that went into the document: all, or those of the selected queues. Valid after select_queues/run.
  [[nodiscard]] const std::vector<bool>& selected() const { return m_selected; }

 private:
  Result<void> prepare();

  const model::Keyspace& m_keyspace;
  std::vector<std::unique_ptr<Reading>> m_readings;  ///< sorted by framework and namespace
  std::unique_ptr<KeyPlan> m_plan;
  std::vector<bool> m_selected;
  std::vector<std::string> m_queue_filter;
};

/// How a document becomes keys.
struct RebuildOptions {
  /// Every key and time, locks, dangling ids and damage included. Otherwise locks and dangling ids are dropped.
  bool exact = false;
  /// Added to every instant (model::shift_time). Zero with exact.
  std::chrono::milliseconds shift{0};
  /// Keys whose (shifted) expiry is not after this have lapsed and are not written.
  Instant now;
};

/// What a rebuild left out, and why: printed by `load`.
struct Dropped {
  std::uint64_t locks = 0;
  std::uint64_t dangling_ids = 0;
  std::uint64_t lapsed = 0;
};

/// Writes every key of the document into `sink`. One pass over the source.
Result<Dropped> rebuild_keys(const model::RecordSource& source, const RebuildOptions& options, model::KeySink& sink);

/// What is wrong with the state itself: dangling ids, orphans, a job in two states, counters behind the highest id.
Result<std::vector<Finding>> check_state(const model::RecordSource& source);

}  // namespace qsnap::frameworks
