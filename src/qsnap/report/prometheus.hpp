// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include <qsnap/report/stats_report.hpp>

namespace qsnap::report {

/// In the text format of Prometheus (version 0.0.4): gauges named qsnap_snapshot_…, without timestamps, each series
/// once. Labels are UTF-8: what would command a terminal, and every byte that is no UTF-8, is %NN.
[[nodiscard]] std::string stats_prometheus(std::span<const SnapshotStats> snapshots);

}  // namespace qsnap::report
