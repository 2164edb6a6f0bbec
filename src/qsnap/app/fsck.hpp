// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/report/outcome_report.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// Checks each snapshot: the container (every frame, digest and record, checksum and fingerprint computed again), and
/// the state in it (dangling ids, orphans, a job that stands twice, counters). A file that cannot be opened is a
/// finding, a name that does not exist is not_found.
Result<std::vector<report::CheckedSnapshot>> fsck(const store::Store& store,
                                                  const std::vector<store::SnapshotName>& names,
                                                  const Progress& progress);

enum class FixRule { propose, write };

/// Checks, and puts right what needs no guess (frameworks::StateFix): told, and with `write` kept under the same name.
/// The findings are those that stay. A snapshot whose bytes are damaged, or that has conflicts, has no fix.
Result<std::vector<report::CheckedSnapshot>> fsck_fix(const store::Store& store,
                                                      const std::vector<store::SnapshotName>& names, FixRule rule,
                                                      const Progress& progress);

/// fsck of the state of a live Redis, which is captured for that and not kept. Nothing is written into it.
Result<report::CheckedSnapshot> fsck_live(const Target& target, const Progress& progress);

}  // namespace qsnap::app
