// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <qsnap/report/overview.hpp>
#include <qsnap/report/styled_text.hpp>

/// Both values of a member in lines, with what differs between them set off. Internal to report; escapes.
namespace qsnap::report {

/// Lines of at most `width` columns: "12.5 → 13" where that fits; "the order [-was-]{+is+} late" where most words are
/// the same; else a line with "-" and one with "+". With Detail::folded a few lines, "…" for what is left out, and
/// values that do not fit begin shortly before they differ, and one line where there are other pairs of values; with
/// Detail::full as many as it takes.
[[nodiscard]] std::vector<StyledText> value_lines(const FieldWords& words, int width, Detail detail);

/// Each value for a column of its own, in one line to wrap; a side that has none is empty. Words that only one has are
/// set off as above.
struct SideValues {
  StyledText before;
  StyledText after;
};
[[nodiscard]] SideValues side_values(const FieldWords& words, Detail detail);

/// Both in one line, cut where it is longer.
[[nodiscard]] StyledText value_line(const FieldWords& words, int width);

}  // namespace qsnap::report
