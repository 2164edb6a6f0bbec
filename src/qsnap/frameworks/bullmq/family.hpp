// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/bullmq/keys.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/model/record.hpp>

/// The keys that hang on one job beside its hash: log lines, the children of a flow, the deduplication lock.
///
/// Children and the parent become "refs" (name, queue, role, and the value a child left), sorted by role and then by
/// what they say, so that two runs with other ids give the same text; "ref_ids" in volatile has their ids, in the
/// same order. A parent that a scheduler made has an instant in its id: it stands in "parent_slot_at_ms" as well, which
/// a time shift moves.
namespace qsnap::frameworks::bullmq {

struct FamilyKey {
  model::KeyId job = 0;  ///< the job's hash
  KeyKind kind = KeyKind::logs;
  model::KeyId key = 0;

  friend auto operator<=>(const FamilyKey&, const FamilyKey&) = default;
};

/// Whether a record can hold this key: its type, no expiry (but for the lock), members of the form
/// "<prefix>:<queue>:<id>", and not more bytes than a record should have.
Result<bool> fits_family(const model::Keyspace& keyspace, std::string_view prefix, KeyKind kind, model::KeyId key);

/// Adds "logs", "refs", "ref_ids", "ref_scores" and "dedup_expire_at_ms". `keys` all fit; `parent_key` is the field
/// parentKey of the job's hash, ignored where it names no job of the prefix.
Result<void> describe_family(const model::Keyspace& keyspace, std::string_view prefix, std::span<const FamilyKey> keys,
                             std::optional<std::string_view> parent_key, model::Record& record);

/// The keys of refs, for writing them again.
class Children {
 public:
  /// Errors with `corrupt`.
  static Result<Children> parse(const model::Record& record);

  [[nodiscard]] const std::optional<std::string>& parent_key() const { return m_parent_key; }
  /// The record with the parent's present id in "parent" and "opts_parent"; absent where a time shift did not move it.
  [[nodiscard]] std::optional<model::Record> with_moved_parent(const model::Record& record) const;
  /// Writes the keys beside the job's hash. `base` is queue_base().
  Result<void> write(std::string_view base, std::string_view id, model::KeySink& sink) const;

 private:
  struct Child {
    KeyKind kind;
    std::string key;
    std::string value;  ///< what the child left, or the text of its score; empty for pending
  };
  Result<void> add(std::string_view ref, std::string id, std::optional<std::string_view> parent_slot);
  Result<void> set_scores(std::string_view scores);

  std::optional<std::string> m_parent_key;
  std::string m_old_parent;  ///< the parent's id as captured, and as it is now
  std::string m_new_parent;
  std::vector<Child> m_children;
};

/// Writes the log lines and the deduplication lock of a job's record, if it has them.
Result<void> write_logs(const model::Record& record, std::string_view base, std::string_view id, model::KeySink& sink);
Result<void> write_dedup_lock(const model::Record& record, std::string_view base, std::string_view id,
                              model::KeySink& sink);

}  // namespace qsnap::frameworks::bullmq
