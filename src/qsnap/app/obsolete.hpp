// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/obsolete_report.hpp>
#include <qsnap/store/pending.hpp>
#include <qsnap/store/run_ledger.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// Which snapshots a test has to refer to. History is nobody's expectation.
enum class LookedFor : std::uint8_t { test_cases, baselines_too };

/// Whether the removal of obsolete ones becomes pending.
enum class Proposing : std::uint8_t { no, yes };

struct ObsoleteRequest {
  std::filesystem::path runs_folder;
  std::vector<store::RunId> runs;              ///< below it
  std::vector<std::filesystem::path> ledgers;  ///< files and folders that came as artifacts
  LookedFor looked_for = LookedFor::test_cases;
  report::ObsoleteView::Coverage coverage = report::ObsoleteView::Coverage::partial;
  report::ObsoleteView::Verdict verdict = report::ObsoleteView::Verdict::tell;
  store::PendingStore pending;  ///< what waits for an accept: new names that a snapshot may have got, and removals
  Proposing proposing = Proposing::no;
};

/// Which snapshots no event of these runs, put together, refers to. Deletes nothing. Errors with `usage` when a
/// partial run shall fail or propose; with `refused` when one that is declared complete has a ledger without an event:
/// a typing error, or an artifact that did not arrive, would make everything obsolete.
Result<report::ObsoleteView> find_obsolete(const store::Store& store, const ObsoleteRequest& request,
                                           const Clock& clock, const Progress& progress);

/// The runs that have a ledger, the newest first.
Result<std::vector<report::RunSummary>> known_runs(const std::filesystem::path& runs_folder);

}  // namespace qsnap::app
