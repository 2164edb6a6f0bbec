// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/diff_lines.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/github_command.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/report_words.hpp>

namespace qsnap::report {

namespace {

/// GitHub shows ten of each kind in a step, the first that come, and drops the others without a word.
constexpr std::size_t k_most_of_a_kind = 9;
constexpr int k_message_columns = 300;
constexpr int k_value_columns = 80;
constexpr std::size_t k_most_fields = 3;

/// How much a reader has to care, the most first: GitHub's three kinds, each in this order.
enum class Weight : std::uint8_t { unreadable, fails, gone, changed, snapshot, aside };

enum class Kind : std::uint8_t { error, warning, notice };

Kind kind_of(Weight weight) {
  if (weight <= Weight::gone) {
    return Kind::error;
  }
  return weight <= Weight::snapshot ? Kind::warning : Kind::notice;
}

std::string_view to_text(Kind kind) {
  constexpr std::array<std::string_view, 3> k_names = {"error", "warning", "notice"};
  return k_names.at(static_cast<std::size_t>(kind));
}

struct Annotation {
  Weight weight = Weight::changed;
  std::string title;
  std::string file;
  std::string message;
};

std::string command(const Annotation& annotation) {
  std::string properties;
  if (!annotation.file.empty()) {
    properties = fmt::format("file={},line=1,", escape_command(annotation.file, CommandPart::property));
  }
  return fmt::format("::{} {}title={}::{}\n", to_text(kind_of(annotation.weight)), properties,
                     escape_command(annotation.title, CommandPart::property),
                     escape_command(annotation.message, CommandPart::message));
}

Weight weight_of(const GroupWords& group) {
  if (group.subject == diff::Subject::worker) {
    return Weight::aside;
  }
  if (group.sign == "!") {
    return Weight::fails;
  }
  return group.kind == diff::ChangeKind::removed ? Weight::gone : Weight::changed;
}

std::string values_message(const FieldWords& field) {
  const auto value = [](const std::string& text) { return short_text(text, k_value_columns); };
  switch (field.step) {
    case FieldWords::Step::appeared:
      return fmt::format(": {} (new)", value(field.after));
    case FieldWords::Step::gone:
      return fmt::format(": {} (gone)", value(field.before));
    case FieldWords::Step::unlisted:
      return {};
    case FieldWords::Step::changed:
      break;
  }
  return fmt::format(": {} → {}", value(field.before), value(field.after));
}

std::string field_message(const FieldWords& field) {
  const std::string message = short_text(field.path, k_value_columns) + values_message(field);
  return field.others == 0 ? message : fmt::format("{}, and {}", message, quantity(field.others, "other value"));
}

std::string group_message(const GroupWords& group) {
  std::string message = short_text(group.who, k_message_columns);
  for (const std::string* part : {&group.name, &group.what, &group.remark}) {
    if (!part->empty()) {
      message += (part == &group.remark ? ": " : " ") + short_text(*part, k_message_columns);
    }
  }
  if (group.other_remarks > 0) {
    message += fmt::format(" … and {}", quantity(group.other_remarks, "other message"));
  }
  const std::size_t told = std::min(group.fields.size(), k_most_fields);
  for (std::size_t i = 0; i < told; ++i) {
    message += "\n" + field_message(group.fields[i]);
  }
  const std::size_t more = group.fields.size() - told;
  return more == 0 ? message : fmt::format("{}\n… and {}", message, quantity(more, "more field"));
}

void append_annotations(std::vector<Annotation>& all, const SnapshotDiff& diff) {
  const Overview overview = overview_of(diff, Detail::folded);
  const std::string name = escape_terminal(diff.name);
  const std::string file = escape_terminal(diff.file);
  if (diff.has_trouble()) {
    all.push_back({Weight::unreadable, name, file, short_text(diff.trouble, k_message_columns)});
  } else if (diff.status != SnapshotStatus::compared) {
    all.push_back({Weight::snapshot, name, file, short_verdict(diff, overview)});
  }
  for (const Block& block : overview.blocks) {
    for (const GroupWords& group : block.groups) {
      all.push_back({weight_of(group), fmt::format("{}: {}", name, short_text(block.label, k_message_columns)), file,
                     group_message(group)});
    }
  }
  for (const Remark& remark : remarks_and_rules_on(diff)) {
    all.push_back({Weight::aside, name, file, escape_terminal(remark.words)});
  }
}

}  // namespace

Result<void> write_github_annotations(const DiffReport& report, const Output& out) {
  std::vector<Annotation> all;
  for (const SnapshotDiff& diff : report.snapshots) {
    append_annotations(all, diff);
  }
  for (const Remark& remark : remarks_on(report)) {
    all.push_back({Weight::aside, "git-qsnap", {}, escape_terminal(remark.words)});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Annotation& a, const Annotation& b) { return a.weight < b.weight; });
  std::array<std::size_t, 3> told{};
  std::size_t more = 0;
  for (const Annotation& annotation : all) {
    std::size_t& of_kind = told.at(static_cast<std::size_t>(kind_of(annotation.weight)));
    if (of_kind == k_most_of_a_kind) {
      ++more;
      continue;
    }
    ++of_kind;
    QSNAP_TRY(out(command(annotation)));
  }
  if (more > 0) {
    const std::string words = fmt::format("{} in the report", quantity(more, "more line"));
    QSNAP_TRY(out(command({Weight::aside, "git-qsnap", {}, words})));
  }
  return {};
}

}  // namespace qsnap::report
