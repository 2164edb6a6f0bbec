// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/frameworks/seen_values.hpp>

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

  /// `keyspace` and `among` must outlive the composer. `forced` are read whatever detection says, and claim their keys
  /// first; what detection found and they left nothing to is not in the document.
  explicit Composer(const model::Keyspace& keyspace, const AdapterList& among = adapters(),
                    std::vector<model::ForcedFramework> forced = {});
  Composer(const Composer&) = delete;
  Composer& operator=(const Composer&) = delete;
  ~Composer();

  /// Narrows to keys that belong wholly to these queues (full ids or bare names), and to the records that rebuild
  /// nothing but them. What a queue's own record writes into keys shared with other queues is let go. A bare name
  /// that several queues have is a usage error with the candidates; a name that no queue has is not_found.
  Result<void> select_queues(const std::vector<std::string>& queues);
  /// `threads` share the work, the calling one among them: with more than one, a sink that `begin` gave is used by
  /// another thread until the next call of `begin`, or until this returns. What it gets does not depend on it.
  Result<void> run(const Begin& begin, std::size_t threads = 1);
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
  /// Where readings are forced, others may have got nothing: what they would say of queues is said already.
  Result<void> drop_idle();
  Result<void> plan_keys();
  [[nodiscard]] std::vector<bool> keys_of_queues() const;
  [[nodiscard]] Composition composition() const;
  /// Draws the consequences of attempt `number` (from 1). Whether there were any.
  bool refute(const Attempt& attempt, int number);
  void give_up(std::size_t source, std::string_view why);
  Result<void> emit_keys(model::RecordSink& sink) const;

  const model::Keyspace& m_keyspace;
  WatchedKeyspace m_watched;  ///< what the readings see
  const AdapterList& m_adapters;
  std::vector<model::ForcedFramework> m_forced;
  bool m_prepared = false;
  std::vector<Source> m_sources;  ///< in the order of their queues' texts; owner number = index + 1
  KeyPlan m_plan;
  std::set<std::string> m_queues;  ///< the selected ones, as JSON; empty = no selection
  std::vector<bool> m_selected;
  Refuted m_refuted;
};

}  // namespace qsnap::frameworks
