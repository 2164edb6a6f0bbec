// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/report/change_groups.hpp>
#include <qsnap/report/overview.hpp>
#include <qsnap/report/style.hpp>

/// The words for one group of changes. Internal to report; everything returned is plain bytes, not escaped.
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
/// "waiting → completed", "retried 1 → 2 (delayed)", "due 1h later (scheduled)".
[[nodiscard]] std::string what(const ChangeGroup& group, const QueueLabels& labels);
[[nodiscard]] std::string_view sign_of(const diff::Change& change);
[[nodiscard]] Tone tone_of(const diff::Change& change);
/// The error that came with it, of the group's first; empty for none.
[[nodiscard]] std::string remark(const diff::Change& change);
/// How many other errors the group has.
[[nodiscard]] std::size_t other_remarks(const ChangeGroup& group);
/// One member by itself.
[[nodiscard]] FieldWords field_words(const diff::FieldChange& field);
/// The fields that the headline does not tell; all of them with Detail::full.
[[nodiscard]] std::vector<FieldWords> field_words(const ChangeGroup& group, Detail detail);

}  // namespace qsnap::report
