// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/git/repository.hpp>
#include <qsnap/store/name.hpp>
#include <qsnap/store/set_name.hpp>

/// Dated captures: refs/qsnap/history/<encoded set>, docs/history.md. The tree of its commit has, for each entry,
///
///     entries/[SERIES/]2026-11/21/045232.123Z-3f9c2a1b/entry.json   (schemas/v1/history-entry.schema.json)
///     entries/[SERIES/]2026-11/21/045232.123Z-3f9c2a1b/dated-state.qsnap  (as the clean filter would have it)
///     dropped/2026-11                                      names of entries that were dropped, one a line, sorted
namespace qsnap::store {

inline constexpr std::string_view k_history_refs = "refs/qsnap/history/";
/// The payload's file has the same name everywhere, so that Git's packing finds the entry before as its delta base. It
/// sorts what it packs by a hash of the last 16 characters of a path: a shorter name would sort captures by their
/// random bits (30 versions of 10,000 jobs: 7.8 MB instead of 3.0).
inline constexpr std::string_view k_payload_file = "dated-state.qsnap";
static_assert(k_payload_file.size() >= 16);

struct HistoryEntry {
  /// "history/[SERIES/]2026-11-21/045232.123Z-3f9c2a1b": the capture's instant and 32 random bits.
  SnapshotName name;
  Instant captured_at;
  std::string root;         ///< 32 bytes
  std::string fingerprint;  ///< 32 bytes
  std::uint64_t jobs = 0;
  std::uint64_t queues = 0;
  std::uint64_t raw_bytes = 0;
  std::string description;
  std::vector<std::string> tags;  ///< sorted; those of the capture, and what `git qsnap tag` added later
  std::string payload_id;         ///< its blob, hexadecimal; may not be here (the index of somebody else's capture)

  /// Empty for the series without a name.
  [[nodiscard]] std::string series() const;
};

/// What a state says of itself, as an entry of this name.
[[nodiscard]] HistoryEntry entry_of(SnapshotName name, const codec::SnapshotReader& state);

/// By the instant of the capture; of one instant by name.
[[nodiscard]] bool is_older(const HistoryEntry& a, const HistoryEntry& b);

/// "" and one component of a name; errors with `usage` as SnapshotName::parse() does.
Result<std::string> parse_series(std::string_view text);

/// A name that no capture of this or another machine has.
[[nodiscard]] SnapshotName new_history_name(std::string_view series, Instant captured_at);

struct HistoryDrop {
  std::uint64_t dropped = 0;
  std::vector<SnapshotName> retagged;  ///< that stayed
  std::optional<std::string> before;   ///< the commit that the ref was at: going back there undoes it
  std::optional<std::string> after;    ///< where it is now
};

/// What becomes of entries of ours that the other side has dropped.
enum class TheirDrops : std::uint8_t {
  follow,  ///< they go, so that both sides come to the same
  ignore,  ///< they stay
};

struct HistoryUnion {
  std::uint64_t added = 0;         ///< entries that only the other side had
  std::uint64_t dropped = 0;       ///< entries of ours that the other side had dropped
  std::uint64_t stay_dropped = 0;  ///< entries of the other side that one of the two has dropped
  std::uint64_t relabelled = 0;    ///< entries of ours that got tags or another description
  /// What of the other side was not taken in, and why: no entry of ours, or another state under a name of ours.
  std::vector<std::string> refused;
  std::string tip;
};

/// The history of one set. Writers of one machine take turns by a lock beside the refs; what makes it right is that the
/// ref moves from a state that was seen, also when other machines share the folder. Everything acknowledged is synced.
class History {
 public:
  /// `repository` has to outlive it.
  History(const git::Repository& repository, SetName set);

  [[nodiscard]] const SetName& set() const { return m_set; }
  [[nodiscard]] std::string ref() const;
  [[nodiscard]] Result<std::optional<std::string>> tip() const;
  /// The oldest first, of all series. A broken entry is an error that names it.
  [[nodiscard]] Result<std::vector<HistoryEntry>> list() const;
  /// Their names alone, in the same order: what is in the entries is not read.
  [[nodiscard]] Result<std::vector<SnapshotName>> names() const;
  [[nodiscard]] Result<std::optional<HistoryEntry>> find(const SnapshotName& name) const;
  /// Names of entries of a month ("2026-11") that were dropped, here or in a history that was taken in.
  [[nodiscard]] Result<std::set<std::string>> dropped_in(const std::string& month) const;
  /// Whether its state is in this repository.
  [[nodiscard]] Result<bool> has_state(const HistoryEntry& entry) const;
  /// Its state. Errors with not_found when the payload is not here.
  [[nodiscard]] Result<codec::SnapshotReader> open(const HistoryEntry& entry) const;

  /// Keeps a state, in the form that the clean filter would give. All of what the entry says but its payload comes from
  /// the caller. The entry is there when this returns, whoever writes at the same time.
  Result<HistoryEntry> append(HistoryEntry entry, const codec::SnapshotReader& state) const;
  /// Replaces what an entry says, not what it holds (tags).
  Result<void> relabel(const HistoryEntry& entry) const;
  /// Takes entries away for good and remembers their names. What came in meanwhile stays, and so does an entry that has
  /// other tags by now: whoever tagged it wants it. The commit has no parent, so `git gc` can sweep the payload.
  Result<HistoryDrop> drop(std::span<const HistoryEntry> entries, Instant now) const;
  /// Takes in what another clone's history (a commit that is here) has more, and drops what it has dropped, unless it
  /// has a tag. Both sides come to the same entries, whoever unites first: tags of both stay, of two descriptions the
  /// greater one.
  Result<HistoryUnion> unite(const std::string& other_tip, Instant now, TheirDrops drops = TheirDrops::follow) const;

 private:
  const git::Repository* m_repository;
  SetName m_set;
};

/// What Store::find() asks for a name that is not in the tree. Absent when the set has no such entry.
Result<std::optional<codec::SnapshotReader>> find_in_history(const git::Repository& repository,
                                                             const SnapshotName& name, const SetName& set);

}  // namespace qsnap::store
