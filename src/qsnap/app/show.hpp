// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <qsnap/app/inspect.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/report/style.hpp>

/// `show` prints while it reads: a snapshot of 100,000 jobs need not fit into memory.
namespace qsnap::app {

enum class ShowDetail { rows, full };
using Print = std::function<Result<void>(std::string_view)>;

/// Counts; then the first few jobs of each state, or all wanted ones when there is a filter.
Result<void> show_text(const OpenedSide& snapshot, const JobFilter& filter, ShowDetail detail,
                       const report::Style& style, const Print& print);

/// schemas/v1/show.schema.json; payloads only with ShowDetail::full.
Result<void> show_json(const OpenedSide& snapshot, const JobFilter& filter, ShowDetail detail, const Print& print);

}  // namespace qsnap::app
