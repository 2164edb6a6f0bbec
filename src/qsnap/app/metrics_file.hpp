// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include <qsnap/base/result.hpp>
#include <qsnap/report/metrics_page.hpp>

namespace qsnap::app {

/// Adds the page to the file, which is made where there is none. Many processes may do so at once: each of them has
/// the folder locked while it reads, adds and replaces the file, and waits at most ten seconds for the others. A reader
/// sees the page before or after. Errors with `refused` for a file that is not ours, which stays as it is.
Result<void> add_to_metrics_file(const std::filesystem::path& file, const report::MetricsPage& page);

}  // namespace qsnap::app
