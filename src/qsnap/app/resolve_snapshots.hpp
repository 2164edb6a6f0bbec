// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include <qsnap/app/resolve_request.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/conflict_report.hpp>
#include <qsnap/store/name.hpp>

/// `git qsnap resolve`: what a request means for each snapshot in conflict, whatever the conflict is about.
namespace qsnap::app {

/// All: every snapshot that Git has in conflict, and one that the request says nothing about is left as it is.
enum class Resolved : std::uint8_t { named, all };
struct ResolveWhich {
  Resolved kind = Resolved::named;
  std::vector<store::SnapshotName> names;  ///< of the named
};

struct ResolveOutcome {
  report::ResolvesView view;
  std::vector<Error> problems;  ///< of the snapshots that are not in the view
};
/// Each on its own: one that cannot be resolved stops no other one, unless somebody is asked. Errors with `usage` for a
/// request that contradicts itself; then nothing was done.
Result<ResolveOutcome> resolve_snapshots(const std::filesystem::path& folder, const ResolveWhich& which,
                                         const ResolveRequest& request, const Progress& progress);

}  // namespace qsnap::app
