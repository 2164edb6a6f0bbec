// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/report/style.hpp>

namespace qsnap::report {

/// A repository before `gc`, and what would be done. Bytes are those on the disk.
struct GcPlan {
  std::uint64_t snapshots = 0;       ///< versions of snapshots that a reference reaches
  std::uint64_t loose = 0;           ///< of these, those that lie by themselves
  std::uint64_t loose_bytes = 0;     ///< theirs
  std::uint64_t expected_bytes = 0;  ///< a guess at what these will be in a pack
  std::uint64_t objects_bytes = 0;   ///< of all objects, whatever they are
  std::uint64_t packs = 0;           ///< that would be made one
  std::vector<std::string> kept_packs;
  std::uint64_t keep_above_bytes = 0;  ///< larger packs are kept as they are

  [[nodiscard]] bool is_due() const { return loose > 0 || packs > 1; }
};

struct GcView {
  GcPlan plan;
  std::optional<std::uint64_t> after_bytes;  ///< of all objects; absent: nothing was done
};
/// What will be done; printed before it is.
[[nodiscard]] std::string gc_plan_text(const GcPlan& plan, const Style& style);
/// What was done.
[[nodiscard]] std::string gc_outcome_text(const GcView& view, const Style& style);
[[nodiscard]] std::string gc_json(const GcView& view);

}  // namespace qsnap::report
