// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

/// What an adapter is, and the law it lives under (DESIGN 3.1).
///
/// An adapter turns the keys of one framework into records and back. It never has to be trusted: compose() rebuilds
/// every key from the records with the very code that a load uses, compares with the keyspace, and keeps verbatim
/// what differs. So a wrong or incomplete adapter costs readability, never data.
namespace qsnap::frameworks {

/// What a key is to a reader of the snapshot. Derived and lock do not count for the fingerprint; locks are not
/// written by an ordinary load.
enum class KeyRole : std::uint8_t { data, derived, lock };
[[nodiscard]] std::string_view to_text(KeyRole role);
[[nodiscard]] std::optional<KeyRole> parse_key_role(std::string_view text);

/// What becomes of each key of a keyspace: modelled by records, or kept verbatim in a role. Starts as verbatim data.
class KeyPlan {
 public:
  struct Entry {
    bool modelled = false;
    bool forced = false;  ///< a proof failed: verbatim whatever an adapter says
    KeyRole role = KeyRole::data;
    std::uint16_t owner = 0;    ///< index of the reading that owns it, from 1; 0 = nobody
    std::uint32_t queue = 0;    ///< index into queues(), from 1; 0 = belongs to no single queue
  };

  explicit KeyPlan(std::size_t keys) : m_entries(keys) {}
  [[nodiscard]] std::size_t size() const { return m_entries.size(); }
  [[nodiscard]] const Entry& operator[](model::KeyId key) const { return m_entries[key]; }

  /// The caller rebuilds this key from records, unless a proof said otherwise before. Returns whether it may.
  bool model(model::KeyId key);
  /// Kept verbatim in this role.
  void keep(model::KeyId key, KeyRole role);
  void force_verbatim(model::KeyId key);
  void assign_queue(model::KeyId key, std::string_view queue);
  void set_owner(model::KeyId key, std::uint16_t owner) { m_entries[key].owner = owner; }
  /// The queue a key belongs to, as text; empty for none.
  [[nodiscard]] std::string_view queue_of(model::KeyId key) const;

 private:
  std::vector<Entry> m_entries;
  std::vector<std::string> m_queues;
};

/// One framework in one namespace, found in a keyspace: an adapter at work on a capture. It reads structures into
/// memory (ids and scores, not payloads) and streams bodies.
class Reading {
 public:
  virtual ~Reading() = default;
  [[nodiscard]] virtual model::FrameworkInfo info() const = 0;
  /// Classifies every key of this framework. Called before emit, and again after proofs failed.
  virtual Result<void> plan(KeyPlan& plan) = 0;
  /// Emits the records of one section, in document order within this framework and namespace. A key that the plan
  /// keeps verbatim may still be shown as records, but then they must say that they do not rebuild it:
  /// a job by the member "body":"verbatim", a queue by naming the state in its member "verbatim".
  virtual Result<void> emit(model::Section section, const KeyPlan& plan, model::RecordSink& sink) = 0;
};

/// Turns records back into keys. One for each framework and namespace of a document; records arrive in document
/// order, already shifted in time. A rebuild never fails for lack of meaning: what it cannot use is `corrupt`.
class Rebuild {
 public:
  virtual ~Rebuild() = default;
  virtual Result<void> add(const model::Record& record, model::KeySink& sink) = 0;
  /// After the last record: what needs all of them.
  virtual Result<void> finish(model::KeySink& sink) = 0;
};

/// Something wrong with a state, in the words of its framework ("dangling id 17 in waiting of bullmq:bull:mail").
struct Finding {
  std::string where;
  std::string what;
};

class Adapter {
 public:
  virtual ~Adapter() = default;
  /// The word in queue ids, config.yaml and docs/frameworks.md: "bullmq".
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// Every namespace of this framework in the keyspace, from the keyspace alone; none if it is not there.
  virtual Result<std::vector<std::unique_ptr<Reading>>> detect(const model::Keyspace& keyspace) const = 0;
  [[nodiscard]] virtual std::unique_ptr<Rebuild> rebuild(std::string_view name_space) const = 0;
};

/// All adapters of this build. Verbatim is not among them: it is what compose() does with the rest.
[[nodiscard]] const std::vector<std::unique_ptr<Adapter>>& adapters();
[[nodiscard]] const Adapter* find_adapter(std::string_view name);

}  // namespace qsnap::frameworks
