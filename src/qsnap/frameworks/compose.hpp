// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// What Composer found out before the first record: enough for the metadata.
struct Composition {
  std::vector<model::FrameworkInfo> frameworks;  ///< sorted by name and namespace
};

/// What the proof refuted: kept verbatim although an adapter knows it. Worth a line to the user, never a loss.
struct Refuted {
  std::vector<model::KeyId> keys;     ///< in the order of attempts and names
  std::vector<std::string> readings;  ///< whole namespaces, "bullmq:bull: why", in the order they were given up
};

/// Makes a document of a keyspace. Holds structures (ids, scores), never all bodies.
///
///   detect → plan → emit every record → rebuild from the records and compare with the keyspace (proof)
///
/// A key that the proof refutes is forced to verbatim, and everything is emitted again into a new sink: `begin` is
/// called for each attempt with the composition, and only the last sink is good. A reading that is refuted twice,
/// or whose rebuild writes what is not its own, is kept verbatim as a whole. See docs/architecture.md, "The proof".
class Composer {
 public:
  using Begin = std::function<Result<model::RecordSink*>(const Composition&)>;

  /// Both arguments must outlive the composer.
  explicit Composer(const model::Keyspace& keyspace, const AdapterList& among = adapters());
  Composer(const Composer&) = delete;
  Composer& operator=(const Composer&) = delete;
  ~Composer();

  /// Narrows to keys that belong wholly to these queues (full ids or bare names), and to the records that rebuild
  /// nothing but them. What a queue's own record writes into keys shared with other queues is let go. A bare name
  /// that several queues have is a usage error with the candidates; a name that no queue has is not_found.
  Result<void> select_queues(const std::vector<std::string>& queues);
  Result<void> run(const Begin& begin);
  /// The keys that went into the document: all, or those of the selected queues. Valid after select_queues/run.
  [[nodiscard]] const std::vector<bool>& selected() const { return m_selected; }
  /// Valid after run().
  [[nodiscard]] const Refuted& refuted() const { return m_refuted; }
  /// What became of each key. Valid after select_queues/run.
  [[nodiscard]] const KeyPlan& plan() const { return m_plan; }

 private:
  struct Source;
  class Attempt;

  Result<void> prepare();
  Result<void> detect();
  Result<void> plan_keys();
  [[nodiscard]] std::vector<bool> keys_of_queues() const;
  [[nodiscard]] Composition composition() const;
  /// Draws the consequences of attempt `number` (from 1). Whether there were any.
  bool refute(const Attempt& attempt, int number);
  void give_up(std::size_t source, std::string_view why);
  Result<void> emit_keys(model::RecordSink& sink) const;

  const model::Keyspace& m_keyspace;
  const AdapterList& m_adapters;
  bool m_prepared = false;
  std::vector<Source> m_sources;  ///< in the order of their queues' texts; owner number = index + 1
  KeyPlan m_plan;
  std::set<std::string> m_queues;  ///< the selected ones, as JSON; empty = no selection
  std::vector<bool> m_selected;
  Refuted m_refuted;
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
  std::uint64_t locks = 0;         ///< verbatim keys of that role
  std::uint64_t dangling_ids = 0;  ///< ids without a body, and ids that stand once more
  std::uint64_t lapsed = 0;        ///< keys

  friend bool operator==(const Dropped&, const Dropped&) = default;
};

/// Writes every key of the document into `sink`. One pass over the source; a document is untrusted, so records that
/// do not fit are `corrupt`. Writes come in document order; their stages are the sink's business.
Result<Dropped> rebuild_keys(const model::RecordSource& source, const RebuildOptions& options, model::KeySink& sink,
                             const AdapterList& among = adapters());

/// What is wrong with the state itself: dangling ids, orphans, a job in two states, counters behind the highest id.
/// What single jobs tell comes first, then what jobs tell of each other, then the queues; after a thousand findings
/// the last one says how many more there are. Memory: a few bytes for each job. Two passes over the jobs at most.
Result<std::vector<Finding>> check_state(const model::RecordSource& source);

}  // namespace qsnap::frameworks
