// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::report {

/// What commands have done so far, as counters and gauges of Prometheus. A page is read back from its own text, so
/// that the counts of many processes add up in one file (docs/metrics.md).
class MetricsPage {
 public:
  /// The metrics that there are: qsnap_<word>. The order is that of a page.
  enum class Metric : std::uint8_t {
    commands_total,
    command_seconds_total,
    failures_total,
    captures_total,
    captured_jobs_total,
    assertions_total,
    invariants_total,
    updates_total,
    pending_total,
    diffs_total,
    loads_total,
    loaded_jobs_total,
    snapshot_bytes,
    snapshot_jobs,
  };

  /// Reads what text() wrote. Errors with `refused` for anything else: it is somebody else's file, or broken.
  static Result<MetricsPage> parse(std::string_view text);

  /// Adds to a counter, or sets a gauge. `label` is the text of the metric's label; command_seconds_total is counted in
  /// milliseconds. Nothing happens where a counter would be zero and is not there yet.
  void note(Metric metric, std::string_view label, std::uint64_t value = 1);
  /// The same of failures_total, which has two labels.
  void note_failure(std::string_view command, std::string_view reason);
  /// Adds what another process counted, and takes its gauges.
  void add(const MetricsPage& other);

  /// In the text format of Prometheus (version 0.0.4), without timestamps. Equal pages give equal bytes.
  [[nodiscard]] std::string text() const;

 private:
  using Series = std::map<std::string, std::uint64_t>;  ///< by all labels as they are written

  void put(Metric metric, std::string labels, std::uint64_t value);

  std::map<Metric, Series> m_metrics;
};

/// A page with many snapshots; nobody's test run has more.
inline constexpr std::size_t k_metrics_bytes = 4U << 20U;

}  // namespace qsnap::report
