// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/history_costs_report.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

enum class CompactRun : std::uint8_t { tell, pack };

/// Packs the states of the histories of all sets once more, each as its difference to another one of its series; then
/// repacks the rest as `gc` does. Git itself, once it has packed an object, does not look for a better base. It is
/// Git's own packing, so whenever it is interrupted the repository is sound.
Result<report::CompactView> compact_history(const store::Store& store, CompactRun run, const Progress& progress);

}  // namespace qsnap::app
