// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/report/change_groups.hpp>
#include <qsnap/report/changes_report.hpp>
#include <qsnap/report/style.hpp>

/// The words for one group of changes. Internal to report; everything returned is escaped.
namespace qsnap::report {

/// Short names for the queues of one report: the bare name where no other queue of the report has it.
class QueueLabels {
 public:
  explicit QueueLabels(const diff::Changes& changes);
  [[nodiscard]] std::string operator()(std::string_view queue) const;

 private:
  std::map<std::string, std::string, std::less<>> m_labels;
};

/// "34 jobs", "job 42", "key bull:mail:events".
[[nodiscard]] std::string who(const ChangeGroup& group);
/// "waiting → completed", "retried 1 → 2 (delayed)", "payload changed (waiting)".
[[nodiscard]] std::string what(const diff::Change& change, const QueueLabels& labels);
[[nodiscard]] Tone tone_of(const diff::Change& change);
/// The error that came with it; empty for none.
[[nodiscard]] std::string remark(const diff::Change& change);

/// One line of fields: its path as a rule would write it, and both values side by side.
struct FieldLine {
  std::string path;
  std::string before;      ///< empty when the member is new
  std::string after;       ///< empty when the member is gone
  std::size_t others = 0;  ///< how many other pairs of values the group has
};
/// The fields that the headline does not tell; all of them with Detail::full.
[[nodiscard]] std::vector<FieldLine> field_lines(const ChangeGroup& group, Detail detail);

/// "12.5 → 13" in at most `width` columns. When long values are cut, both show the place where they first differ.
[[nodiscard]] std::string change_text(const FieldLine& line, int width);

/// "moved", "payload changed": for the line of totals.
[[nodiscard]] std::string_view total_word(diff::ChangeKind kind);

}  // namespace qsnap::report
