// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/diff/changes.hpp>
#include <qsnap/model/snapshot.hpp>
#include <qsnap/report/capture_report.hpp>
#include <qsnap/report/style.hpp>

namespace qsnap::report {

/// The two sides of a comparison, as words for the reader.
struct Sides {
  std::string before;  ///< "checkout-flow", "live"
  std::string after;
  model::Consistency before_consistency = model::Consistency::point_in_time;
  model::Consistency after_consistency = model::Consistency::point_in_time;
  std::optional<CaptureView> capture{};  ///< of the live side
  std::vector<std::string> notes{};      ///< what the comparison could not see, a sentence each
};

enum class Detail { folded, full };

/// The text face: queue by queue, alike changes folded into one line ("34 jobs send  waiting → completed"), fields
/// below, what was ignored at the end. Ends with one line of totals. Everything is escaped.
[[nodiscard]] std::string changes_text(const diff::Changes& changes, const Sides& sides, Detail detail,
                                       const Style& style);

/// {"schema":"qsnap.diff/1",…}: every change, unfolded. schemas/v1/diff.schema.json.
[[nodiscard]] std::string changes_json(const diff::Changes& changes, const Sides& sides);

}  // namespace qsnap::report
