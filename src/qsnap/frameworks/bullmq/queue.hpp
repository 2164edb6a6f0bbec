// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/bullmq/family.hpp>
#include <qsnap/frameworks/bullmq/keys.hpp>
#include <qsnap/model/item_block.hpp>
#include <qsnap/model/keyspace.hpp>

namespace qsnap::frameworks::bullmq {

inline constexpr model::KeyId k_no_key = std::numeric_limits<model::KeyId>::max();

/// One id in a structure. 16 bytes, because there are as many as jobs.
struct Entry {
  model::KeyId key = k_no_key;  ///< of that name; k_no_key for a dangling id
  std::uint32_t dangling = 0;   ///< for a dangling id: which one
  double score = 0;             ///< zsets only
};

/// The structures of one queue in memory: ids, scores and which key is what; no bodies. Refers to the keyspace, which
/// must outlive it.
class QueueImage {
 public:
  /// Reads every structure, the bodies that no structure names, and the small keys that hang on jobs.
  static Result<QueueImage> read(const model::Keyspace& keyspace, std::string_view prefix, std::string_view name);

  /// "bullmq:bull:mail"
  [[nodiscard]] const std::string& text() const { return m_text; }
  /// "bull:mail:"
  [[nodiscard]] const std::string& base() const { return m_base; }
  /// All keys of the queue: [first, last).
  [[nodiscard]] model::KeyId first() const { return m_first; }
  [[nodiscard]] model::KeyId last() const { return m_last; }
  [[nodiscard]] KeyParts parts(model::KeyId key) const;

  /// Position 0 runs next; zsets in their order, orphans in the order of their keys.
  [[nodiscard]] const std::vector<Entry>& jobs(State state) const;
  /// Sorted by id.
  [[nodiscard]] const std::vector<Entry>& schedulers() const { return m_schedulers; }
  [[nodiscard]] std::string_view job_id(const Entry& job) const;
  [[nodiscard]] std::string_view scheduler_id(const Entry& scheduler) const;
  /// What hangs on a job, by the key of its body.
  [[nodiscard]] std::span<const FamilyKey> family(model::KeyId job) const;
  [[nodiscard]] std::optional<model::KeyId> find(std::string_view suffix) const;

  /// Whether records can hold this key. REQUIRES: first() <= key < last()
  [[nodiscard]] bool fits(model::KeyId key) const { return m_fits[key - m_first]; }
  /// Whether the key is the hash of a job.
  [[nodiscard]] bool is_body(model::KeyId key) const { return m_bodies[key - m_first]; }

 private:
  explicit QueueImage(const model::Keyspace& keyspace) : m_keyspace(&keyspace) {}

  Result<void> read_structure(const StateInfo& info);
  Result<void> read_schedulers();
  Result<void> read_scores(model::KeyId key, std::string_view id_prefix, std::vector<Entry>& entries);
  Result<void> read_settings();
  Result<void> read_orphans();
  Result<void> read_family(std::string_view prefix);
  Result<void> add_family_key(std::string_view prefix, model::KeyId key, const KeyParts& parts);
  Result<bool> locks_its_job(model::KeyId lock, std::string_view dedup, model::KeyId job) const;
  [[nodiscard]] bool is_free_hash(model::KeyId key) const;
  [[nodiscard]] bool is_type(model::KeyId key, model::RedisType type) const;
  /// The same as find(), fast for names that are near to `start`: neighbours in a structure mostly are.
  [[nodiscard]] std::optional<model::KeyId> find_near(model::KeyId start, std::string_view suffix) const;
  Entry resolve(std::string_view id_prefix, std::string_view id, double score);
  void mark_listed_bodies();

  const model::Keyspace* m_keyspace;
  std::string m_text;
  std::string m_base;
  model::KeyId m_first = 0;
  model::KeyId m_last = 0;
  model::KeyId m_resolved = 0;  ///< the key of the id that was resolved last
  std::array<std::vector<Entry>, k_states.size()> m_jobs;
  std::vector<Entry> m_schedulers;
  model::ItemBlock m_dangling;      ///< ids
  std::vector<FamilyKey> m_family;  ///< sorted
  std::vector<bool> m_fits;         ///< by key - m_first, like the next two
  std::vector<bool> m_bodies;
  std::vector<bool> m_scheduler_hashes;
};

}  // namespace qsnap::frameworks::bullmq
