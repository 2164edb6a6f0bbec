// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include <qsnap/base/result.hpp>
#include <qsnap/git/gc_lock.hpp>
#include <qsnap/report/gc_report.hpp>

namespace qsnap::app {

/// What a repack would do to this repository's snapshots. Nothing is changed.
Result<report::GcPlan> plan_repack(const std::filesystem::path& folder);

/// Packs what is loose, so that Git keeps of each version of a snapshot what differs. Packs over the limit in the plan
/// stay as they are: a large repository is not rewritten for a few snapshots. What nothing refers to any more is
/// swept when `git gc` would, and stays in a pack of its own until then. It is Git's own repack, so whenever it is
/// interrupted the repository is sound.
Result<report::GcView> repack(const std::filesystem::path& folder, report::GcPlan plan);
/// The same for who has the turn already.
Result<report::GcView> repack(const git::GcLock& lock, const std::filesystem::path& folder, report::GcPlan plan);

}  // namespace qsnap::app
