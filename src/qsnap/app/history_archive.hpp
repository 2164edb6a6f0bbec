// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/history_plan.hpp>
#include <qsnap/app/history_prune.hpp>
#include <qsnap/base/clock.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/retention_report.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

struct ArchiveRequest {
  RetentionRequest retention;
  std::string to;  ///< a remote, or a folder that exists
};

/// Moves what the rules do not keep: it is written there, read back from there and compared, and only then dropped
/// here. Whenever it ends before, nothing is lost, and the next run goes on. Absent: somebody said no.
Result<std::optional<report::ArchiveView>> archive_history(const store::Store& store, const ArchiveRequest& request,
                                                           PruneRun run, const ConfirmDrop& confirm, const Clock& clock,
                                                           const Progress& progress);

struct RestoreRequest {
  std::string from;
  std::vector<std::string> names;  ///< of entries in the archive; empty: all of the set
};

/// Brings archived captures back into the history of the current set. They get new names, because the old ones are
/// remembered as dropped wherever the history was pulled; one whose instant and state the history has stays away.
Result<report::RestoreView> restore_history(const store::Store& store, const RestoreRequest& request,
                                            const Clock& clock, const Progress& progress);

}  // namespace qsnap::app
