// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/promote_report.hpp>
#include <qsnap/store/store.hpp>

/// Folding a set into the one that it comes from, once its branch is merged.
namespace qsnap::app {

enum class PromoteRule : std::uint8_t { write, dry_run };

struct PromoteRequest {
  store::SetName set;
  store::SetChain target;                  ///< its first set gets what the set has; none: the default one
  std::vector<store::SnapshotName> names;  ///< bare; empty: all that the set has
  PromoteRule rule = PromoteRule::write;
};

/// What was said on the command line.
struct PromoteWords {
  std::string set, into;  ///< `into` empty: the set's parent
  std::vector<std::string> names;
};
/// Errors with `not_found` for a set that has no folder and for a target that is neither a set nor a branch, with
/// `usage` for a target that the set is in already, and for a name of another set.
Result<PromoteRequest> promote_request(const store::Store& store, const PromoteWords& words);

/// Merges each snapshot of the set with what the target has, from what that had when the set began its own, and decides
/// all of them before anything is written. What went in leaves the set. A conflict is left to `resolve`, as Git's own
/// would be, and the set keeps its version until the next call. Each file is the old one or the new one, whenever this
/// ends; the next call goes on. Errors with `not_found` for a name that the set does not have, with `corrupt` for a
/// snapshot of the set that has conflicts, and as reading, merging and writing do.
Result<report::PromoteView> promote(store::Store store, const PromoteRequest& request, const Progress& progress);

}  // namespace qsnap::app
