// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

/// What an adapter is, and the law it lives under.
///
/// An adapter turns the keys of one framework into records and back. It never has to be trusted: Composer rebuilds
/// every key from the records with the very code that a load uses, compares with the keyspace, and keeps verbatim
/// what differs. So a wrong or incomplete adapter costs readability, never data.
namespace qsnap::frameworks {

/// What a key is to a reader of the snapshot. Derived and lock do not count for the fingerprint; locks are not
/// written by an ordinary load.
enum class KeyRole : std::uint8_t { data, derived, lock };
[[nodiscard]] std::string_view to_text(KeyRole role);
[[nodiscard]] std::optional<KeyRole> parse_key_role(std::string_view text);

/// What becomes of each key of a keyspace: modelled by records, or kept verbatim in a role. Starts as verbatim data.
/// One thread.
class KeyPlan {
 public:
  struct Entry {
    bool modelled = false;
    bool forced = false;  ///< a proof failed: verbatim whatever an adapter says
    KeyRole role = KeyRole::data;
    std::uint32_t owner = 0;  ///< number of the reading that planned it, from 1; 0 = nobody
    std::uint32_t queue = 0;  ///< index into the table of queues, from 1; 0 = belongs to no single queue
  };

  explicit KeyPlan(std::size_t keys) : m_entries(keys) {}
  [[nodiscard]] std::size_t size() const { return m_entries.size(); }
  [[nodiscard]] const Entry& operator[](model::KeyId key) const { return m_entries[key]; }

  // For a reading. The first reading that plans a key owns it; what another one says of it does not count.

  /// The caller rebuilds this key from records, unless a proof said otherwise before. Returns whether it may.
  bool model(model::KeyId key);
  /// Kept verbatim in this role.
  void keep(model::KeyId key, KeyRole role);
  /// The key belongs to this queue alone. `queue` is the text of a model::QueueId.
  void assign_queue(model::KeyId key, std::string_view queue);

  // For whoever composes.

  /// Everything as at the start, but for the keys that are forced. Planning starts with this.
  void restart();
  /// From here on it is the reading number `owner` that plans.
  void plan_as(std::uint32_t owner) { m_owner = owner; }
  void force_verbatim(model::KeyId key);
  /// The queue a key belongs to, as text; empty for none.
  [[nodiscard]] std::string_view queue_of(model::KeyId key) const;
  /// Every queue that has a key, in the order of their first keys' planning.
  [[nodiscard]] const std::vector<std::string>& queues() const { return m_queues; }

 private:
  /// Whether the reading at work owns the key; it does from now on if nobody did.
  bool claim(model::KeyId key);

  std::vector<Entry> m_entries;
  std::vector<std::string> m_queues;
  std::unordered_map<std::string, std::uint32_t> m_queue_numbers;  ///< from 1
  std::uint32_t m_owner = 0;
};

/// One framework in one namespace, found in a keyspace: an adapter at work on a capture. It reads structures into
/// memory (ids and scores, not payloads) and streams bodies.
class Reading {
 public:
  virtual ~Reading() = default;
  [[nodiscard]] virtual model::FrameworkInfo info() const = 0;
  /// Why the adapter believes that the framework is there, in words for a user.
  [[nodiscard]] virtual std::vector<std::string> evidence() const { return {}; }
  /// Classifies every key of this framework. Called before emit, and again after proofs failed.
  virtual Result<void> plan(KeyPlan& plan) = 0;
  /// Emits the records of one section, in document order within this framework and namespace. A key that the plan
  /// keeps verbatim may still be shown as records, but then they must say that they do not rebuild it:
  /// a job by the member "body":"verbatim", a queue by naming the state in its member "verbatim". Dangling and
  /// doubled ids are records with "body":"missing" and "duplicate" (docs/architecture.md, "Records").
  virtual Result<void> emit(model::Section section, const KeyPlan& plan, model::RecordSink& sink) = 0;
};

/// What becomes of jobs that workers held: as they were; back to where they run next; or as the framework finds those
/// whose worker has died, so that it recovers them by its own rules.
enum class ActiveRule : std::uint8_t { keep, requeue, stalled };
enum class PauseRule : std::uint8_t { as_captured, paused };
/// Whether the target is empty, or has a state that the document is put beside.
enum class MergeRule : std::uint8_t { alone, beside };

/// What a load wants to be otherwise than it was captured (frameworks/load_policy.hpp has the rest of it, which needs
/// no adapter).
struct LoadPolicy {
  ActiveRule active = ActiveRule::keep;
  PauseRule pause = PauseRule::as_captured;
  Instant now;  ///< on the target's clock
  MergeRule merge = MergeRule::alone;

  [[nodiscard]] bool changes_something() const {
    return active != ActiveRule::keep || pause != PauseRule::as_captured || merge != MergeRule::alone;
  }
};

struct VerbatimPart;
/// What a policy does with a verbatim key: it is written, or the rebuild has taken what it needs of it.
enum class KeyFate : std::uint8_t { written, left_out };

/// Jobs that stand nowhere but in verbatim keys which workers wrote.
struct HeldJobs {
  std::uint64_t requeued = 0;
  std::uint64_t lost = 0;  ///< the policy leaves them there, and the framework never looks
};

/// The queue (its bare name) and the job that a key's name tells of. Without a queue, it is one of several queues'.
struct KeyTopic {
  std::optional<std::string> queue;
  std::optional<std::string> id;
};

/// The counters of a queue, by the names of their keys: what a merge has to number its jobs by.
struct Counters {
  std::optional<std::string> ids;         ///< the last id that was given to a job
  std::optional<std::string> priorities;  ///< the last place among the jobs of a priority (BullMQ)
};

/// Turns records back into keys. One for each framework and namespace of a document; records arrive in document
/// order, already shifted in time. A rebuild never fails for lack of meaning: what it cannot use is `corrupt`.
class Rebuild {
 public:
  virtual ~Rebuild() = default;
  virtual Result<void> add(const model::Record& record, model::KeySink& sink) = 0;
  /// After the last record: what needs all of them.
  virtual Result<void> finish(model::KeySink& sink) = 0;
  /// When a load writes a key of this framework that is kept verbatim; absent for keys that are not its own.
  [[nodiscard]] virtual std::optional<model::LoadStage> stage(std::string_view key) const = 0;
  /// What such a key is about, by its name.
  [[nodiscard]] virtual KeyTopic topic(std::string_view /*key*/) const { return {}; }

  // For loads with a policy. As it stands here, a framework has no active jobs and cannot be paused.

  /// Whether a worker holds the jobs of this state.
  [[nodiscard]] virtual bool is_active(std::string_view /*state*/) const { return false; }
  /// Changes the record of a queue or a job, in document order, right before add() gets it. Requeued jobs come before
  /// all others, in their own order, so they end up in front of those that wait.
  virtual Result<void> follow(const LoadPolicy& /*policy*/, model::Record& /*record*/) { return {}; }
  /// The same for the parts of keys that were kept verbatim, whatever the policy: some frameworks have active jobs
  /// nowhere else.
  virtual Result<KeyFate> follow_key(const LoadPolicy& /*policy*/, const VerbatimPart& /*part*/) {
    return KeyFate::written;
  }
  [[nodiscard]] virtual HeldJobs held_jobs() const { return {}; }
  /// Whether a policy can pause each of its queues.
  [[nodiscard]] virtual bool can_pause() const { return false; }

  // For merges. As it stands here, ids are unique without a counter, and jobs can stand beside others.

  /// Why this job cannot stand beside others of its queue; empty if it can.
  [[nodiscard]] virtual std::string_view merge_obstacle(const model::Record& /*job*/) const { return {}; }
  /// A queue by its bare name.
  [[nodiscard]] virtual Counters counters(std::string_view /*queue*/) const { return {}; }
  /// Changes the record of a job so that it waits where jobs wait in the target's queue, whose record this is.
  virtual Result<void> fit_queue(const model::Record& /*target_queue*/, model::Record& /*job*/) const { return {}; }
};

/// When an adapter's readings plan. A fallback knows any key of some shape, so it takes what nobody else claimed.
enum class Turn : std::uint8_t { usual, fallback };

class Adapter {
 public:
  virtual ~Adapter() = default;
  [[nodiscard]] virtual Turn turn() const { return Turn::usual; }
  /// The word in queue ids, config.yaml and docs/frameworks.md: "bullmq".
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// Every namespace of this framework in the keyspace, from the keyspace alone; none if it is not there.
  virtual Result<std::vector<std::unique_ptr<Reading>>> detect(const model::Keyspace& keyspace) const = 0;
  /// A reading of one namespace, whether the framework is there or not; for a user who knows better than detect().
  virtual Result<std::unique_ptr<Reading>> reading(const model::Keyspace& keyspace,
                                                   std::string_view name_space) const = 0;
  [[nodiscard]] virtual std::unique_ptr<Rebuild> rebuild(std::string_view name_space) const = 0;
  /// What the keys of a namespace begin with.
  [[nodiscard]] virtual std::string key_prefix(std::string_view name_space) const {
    return name_space.empty() ? std::string{} : std::string{name_space} + ':';
  }
};

using AdapterList = std::vector<std::unique_ptr<Adapter>>;

/// All adapters of this build. Verbatim is not among them: it is what Composer does with the rest.
[[nodiscard]] const AdapterList& adapters();
/// The adapter of this name, or null. The list keeps it.
[[nodiscard]] const Adapter* find_adapter(std::string_view name, const AdapterList& among = adapters());

}  // namespace qsnap::frameworks
