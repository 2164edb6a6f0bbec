// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/approve.hpp>
#include <qsnap/base/clock.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/store/pending.hpp>
#include <qsnap/store/store.hpp>

/// Pending states that another machine found, brought home.
namespace qsnap::app {

/// What to do where another state of the same name is pending here.
enum class ApplyRule : std::uint8_t { newer_wins, artifact_wins };

enum class ApplyResult : std::uint8_t {
  pending,          ///< is pending here now
  already_pending,  ///< was, the very same
  older,            ///< another one stays, which was asserted later
};
/// "pending", "already-pending", "older".
[[nodiscard]] std::string_view to_text(ApplyResult result);

struct AppliedEntry {
  store::PendingEntry entry;
  ApplyResult result = ApplyResult::pending;
};
struct Applied {
  std::vector<AppliedEntry> entries;
  std::vector<Error> problems;  ///< what looked like a pending state and was broken; it keeps no other from coming home
  std::uint64_t files = 0;      ///< all that were looked through

  /// What another artifact brought.
  void add(Applied other);
};

/// Every pending state in a folder or zip, however deep it lies, goes to `pending`. Its name is what its entry says,
/// and is checked as any name; its content is checked against the entry's digest before anything is written. Files that
/// are no entries are left out of account. Of two of one name, the one that was asserted later counts.
Result<Applied> apply_artifact(const store::PendingStore& pending, const std::filesystem::path& artifact,
                               ApplyRule rule, const Progress& progress);

/// A single .qsnap that somebody sent: it becomes pending as the new state of `name`, compared with what is in the tree
/// now.
Result<Applied> apply_snapshot(const store::Store& store, const store::PendingStore& pending,
                               const std::filesystem::path& file, const store::SnapshotName& name, ApplyRule rule,
                               Instant now);

/// Accepts what came home, now that it is pending.
Result<Decided> accept_applied(const ApprovalContext& context, const Applied& applied, const Progress& progress);

}  // namespace qsnap::app
