// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/report/gc_report.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `history stats` and `history compact`. Texts are plain bytes: faces escape.
namespace qsnap::report {

/// What one dated capture costs.
struct HistoryCost {
  std::string name;
  Instant captured_at;
  std::uint64_t jobs = 0;
  std::uint64_t document_bytes = 0;
  /// What its state takes of the repository, in a pack mostly the difference to another one. Absent: it is not here.
  std::optional<std::uint64_t> git_bytes;
  std::string same_as;  ///< an older entry of the very same bytes, which pays for both; empty: none
};

struct HistoryCostSeries {
  std::string series;             ///< empty for the one without a name
  std::vector<HistoryCost> rows;  ///< the newest first

  [[nodiscard]] std::uint64_t document_bytes() const;
  /// Each state once.
  [[nodiscard]] std::uint64_t git_bytes() const;
};

struct HistoryCostsView {
  std::string set, ref;
  std::vector<HistoryCostSeries> series;  ///< sorted
  std::uint64_t ref_bytes = 0;  ///< of all that the ref reaches: states, what is told of them, folders, commits
  std::uint64_t loose = 0;      ///< states that lie by themselves, without a delta
  std::uint64_t loose_bytes = 0;
};
[[nodiscard]] std::string history_costs_text(const HistoryCostsView& view, const Style& style);
/// {"schema":"qsnap.history-stats/1",…}
[[nodiscard]] std::string history_costs_json(const HistoryCostsView& view);

/// The states of the histories of all sets, before and after a compact. Bytes are those on the disk.
struct CompactView {
  std::uint64_t states = 0;
  std::uint64_t missing = 0;  ///< entries whose state is not here
  std::uint64_t before_bytes = 0;
  std::optional<std::uint64_t> after_bytes;  ///< absent: nothing was done
  std::optional<GcView> repack;              ///< of everything
};
[[nodiscard]] std::string compact_text(const CompactView& view, const Style& style);
/// {"schema":"qsnap.history-compact/1",…}
[[nodiscard]] std::string compact_json(const CompactView& view);

}  // namespace qsnap::report
