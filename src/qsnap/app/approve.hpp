// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/decision_memory.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/store/pending.hpp>
#include <qsnap/store/store.hpp>

/// Somebody's yes or no to a pending state.
namespace qsnap::app {

/// Whether a tree that is no longer what the state was compared with stands in the way.
enum class StaleRule : std::uint8_t { refuse, override_it };
enum class ApprovalRule : std::uint8_t { write, dry_run };

/// Where and how it is decided. Nothing is owned.
struct ApprovalContext {
  const store::Store& store;
  const store::PendingStore& pending;
  StaleRule stale = StaleRule::refuse;
  ApprovalRule rule = ApprovalRule::write;
};

enum class DecisionResult : std::uint8_t {
  written,       ///< accepted: a new snapshot
  replaced,      ///< accepted: the snapshot has the new state
  removed,       ///< accepted: the snapshot of an obsolete one is gone
  same_meaning,  ///< accepted, and the tree says so already
  rejected,      ///< the tree is as it was
  restored,      ///< a decision was taken back
};
/// "written", "replaced", "removed", "same-meaning", "rejected", "restored".
[[nodiscard]] std::string_view to_text(DecisionResult result);

/// Makes the state the snapshot of its name, by replacing one whole file, and takes the entry out of the pending ones.
/// The file before and the entry are kept in `batch` first. Errors with `refused` where the tree has changed in
/// meaning since the state was compared with it, and as Store::find() does: over a broken file nothing is written.
Result<DecisionResult> accept(const ApprovalContext& context, const DecidedBatch& batch,
                              const store::PendingEntry& entry, const Progress& progress);
/// Takes the entry out of the pending ones; it is kept in `batch` first, unless its content is broken.
Result<DecisionResult> reject(const ApprovalContext& context, const DecidedBatch& batch,
                              const store::PendingEntry& entry);

struct DecidedEntry {
  store::PendingEntry entry;
  DecisionResult result = DecisionResult::rejected;
};
/// Each entry for itself: one that cannot be decided about keeps no other from it.
struct Decided {
  std::vector<DecidedEntry> entries;
  std::vector<Error> problems;
};
/// The same decision about all of them, as one command.
Result<Decided> decide(const ApprovalContext& context, Decision decision,
                       const std::vector<store::PendingEntry>& entries, const Progress& progress);

/// Takes back what the last command of this kind decided: the files of the tree are what they were, byte for byte, and
/// the entries are pending again. What somebody changed since then is a problem, and stays, unless context says
/// otherwise. Errors with not_found when there is nothing to take back.
Result<Decided> undo_last(const ApprovalContext& context, Decision decision, const Progress& progress);
/// One entry of a batch: the same.
Result<void> undo(const ApprovalContext& context, const DecidedBatch& batch, const store::PendingEntry& entry);

}  // namespace qsnap::app
