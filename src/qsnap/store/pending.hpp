// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/store/name.hpp>

/// States that wait for somebody's yes: what `assert` saw, and what `obsolete` proposes to delete.
namespace qsnap::store {

enum class PendingKind : std::uint8_t {
  added,    ///< there is no snapshot of this name yet
  changed,  ///< the snapshot says something else
  removed,  ///< nobody refers to the snapshot any more: a proposal, without content
};
/// "new", "changed", "obsolete".
[[nodiscard]] std::string_view to_text(PendingKind kind);
[[nodiscard]] std::optional<PendingKind> parse_pending_kind(std::string_view text);

struct PendingEntry {
  SnapshotName name;
  PendingKind kind = PendingKind::added;
  /// The root (32 bytes) of the snapshot that was in the tree then. An accept where the tree has another one by now
  /// would undo what somebody did meanwhile. Absent: there was none.
  std::optional<std::string> expected_root;
  std::string test;     ///< who asserted: the test's own name, as its framework says it; may be empty
  std::string summary;  ///< one line in the words of a queue: "3 jobs added, 1 moved"; hostile bytes
  Instant asserted_at;
  /// SHA-256 (32 bytes) of the state's file. put() finds it out; empty where there is no content.
  std::string content_digest = {};
};

/// A folder of pending states: <git dir>/qsnap/pending, which is a work tree's own and which nobody commits, or one
/// that the user names (QSNAP_PENDING_DIR) and that CI hands over as an artifact. Each entry is <name>.json
/// (schemas/v1/pending.schema.json) and beside it <name>.<first 16 hex digits of its SHA-256>.qsnap. The JSON is
/// written last and removed first, both by rename, so an entry is there whole or not at all, whoever is killed, and of
/// processes that assert one name at once the last one's stays (writers take turns by a lock, .lock). What the folder
/// holds is hostile: names are checked against their own JSON, content against its digest, links are not followed, what
/// is not ours is left alone.
class PendingStore {
 public:
  /// Nothing is read or made yet.
  explicit PendingStore(std::filesystem::path folder) : m_folder(std::move(folder)) {}

  [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }

  /// Sorted by name; none where there is no folder. A broken entry is an error that names it.
  [[nodiscard]] Result<std::vector<PendingEntry>> list() const;
  /// Absent when nothing of this name is pending.
  [[nodiscard]] Result<std::optional<PendingEntry>> find(const SnapshotName& name) const;
  /// The state itself, checked against the digest of the entry as it was read. Errors with not_found when another
  /// state took its place meanwhile. REQUIRES: the entry's kind is not removed
  [[nodiscard]] Result<codec::SnapshotReader> content(const PendingEntry& entry) const;
  /// Adds or replaces; makes the folder. `test` and `summary` are cut to 4 KiB. Answers the content's path.
  Result<std::filesystem::path> put(const PendingEntry& entry, const codec::SnapshotReader& content) const;
  /// A proposal to delete.
  Result<void> propose_removal(const PendingEntry& entry) const;
  /// Nothing happens when it is not there.
  Result<void> remove(const SnapshotName& name) const;
  /// The same for what somebody has decided about: a state that took its place meanwhile stays.
  Result<void> remove(const PendingEntry& entry) const;

 private:
  std::filesystem::path m_folder;
};

}  // namespace qsnap::store
