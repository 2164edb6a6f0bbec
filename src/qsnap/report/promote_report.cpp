// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/shell_word.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/promote_report.hpp>

namespace qsnap::report {

namespace {

constexpr int k_word_width = 10;

/// What a user has to know to agree, or to decide.
std::string words_of(const PromotedSnapshot& one, const std::string& set, const std::string& target) {
  const std::string since = one.since.empty() ? std::string{} : fmt::format(" since {}", one.since.substr(0, 10));
  switch (one.as) {
    case PromotedAs::added:
      return fmt::format("{} had none", target);
    case PromotedAs::taken:
      return fmt::format("unchanged in {}{}", target, since);
    case PromotedAs::merged:
      return one.since.empty() ? "both have it" : fmt::format("changed in both{}", since);
    case PromotedAs::same:
      return fmt::format("{} has that state already", target);
    case PromotedAs::removed:
      return fmt::format("{} had removed it", set);
    case PromotedAs::resolved:
      return "as it was resolved";
    case PromotedAs::conflict:
      return fmt::format("{}, changed in both{}", quantity(one.conflicts, "conflict"), since);
    case PromotedAs::deleted:
      return fmt::format("removed in {}, changed in {}{}", target, set, since);
    case PromotedAs::kept:
      return fmt::format("removed in {}, changed in {}{}", set, target, since);
    case PromotedAs::in_conflict:
      break;
  }
  return "was in conflict before";
}

std::string line_of(const PromotedSnapshot& one, const std::string& set, const std::string& target, int name_width,
                    const Style& style) {
  const std::string word = pad_right(one.is_open() ? "conflict" : to_text(one.as), k_word_width);
  return fmt::format("  {} {}  {}\n", style.paint(one.is_open() ? Tone::bad : Tone::good, word),
                     pad_right(one.name, name_width), words_of(one, set, target));
}

bool has(const PromoteView& view, PromotedAs as) {
  return std::any_of(view.snapshots.begin(), view.snapshots.end(),
                     [&](const PromotedSnapshot& one) { return one.as == as; });
}

/// The names that `resolve` takes, as long as a command line with them can be read.
std::string names_to_resolve(const PromoteView& view, PromotedAs as) {
  constexpr std::size_t k_most_names = 8;
  std::string names;
  std::size_t count = 0;
  for (const PromotedSnapshot& one : view.snapshots) {
    if (one.as == as) {
      names += ' ' + one.target_name;
      ++count;
    }
  }
  return count > k_most_names ? " --all" : names;
}

/// Which commands lead on, for what was not decided.
std::string open_text(const PromoteView& view) {
  std::string text;
  if (has(view, PromotedAs::conflict) || has(view, PromotedAs::in_conflict)) {
    text += "  git qsnap conflicts shows them; to decide:\n";
  }
  if (has(view, PromotedAs::conflict)) {
    text += fmt::format("    git qsnap resolve{} -i | --ours | --theirs | --newest\n",
                        names_to_resolve(view, PromotedAs::conflict));
  }
  if (has(view, PromotedAs::deleted)) {
    text += fmt::format("    git qsnap resolve{} --keep | --delete\n", names_to_resolve(view, PromotedAs::deleted));
  }
  for (const PromotedSnapshot& one : view.snapshots) {
    if (one.as == PromotedAs::kept) {
      text += fmt::format("    git rm {} keeps {}", escape_terminal(one.mark), one.name);
      text +=
          one.target_file.empty() ? "\n" : fmt::format("; git rm {} removes it\n", escape_terminal(one.target_file));
    }
  }
  return text + fmt::format("  then again: git qsnap set promote {}\n", escape_terminal(shell_word(view.set)));
}

std::string end_text(const PromoteView& view, const std::string& set) {
  if (view.run == PromoteRun::trial) {
    return view.open() == 0 ? "nothing was changed: this is what would be done\n"
                            : "nothing was changed: the conflicts would be yours to decide\n";
  }
  std::string text;
  if (view.set_is_gone) {
    text += fmt::format("set {} is empty now, and gone\n", set);
  } else if (view.left > 0) {
    text += fmt::format("set {} has {} left\n", set, quantity(view.left, "snapshot"));
  }
  if (view.open() > 0) {
    return text + open_text(view);
  }
  return view.snapshots.empty() ? text : text + "  git add -A .queue-snapshots && git commit\n";
}

}  // namespace

std::string_view to_text(PromotedAs as) {
  constexpr std::array<std::string_view, 10> k_words = {"added",    "taken",    "merged",  "same", "removed",
                                                        "resolved", "conflict", "deleted", "kept", "in-conflict"};
  return k_words.at(static_cast<std::size_t>(as));
}

std::size_t PromoteView::open() const {
  return static_cast<std::size_t>(
      std::count_if(snapshots.begin(), snapshots.end(), [](const PromotedSnapshot& one) { return one.is_open(); }));
}

std::string promote_text(const PromoteView& view, const Style& style) {
  const std::string set = escape_terminal(view.set), target = escape_terminal(view.target);
  std::string text = fmt::format("set {} into {}\n", set, target);
  if (view.snapshots.empty()) {
    text += "  there is nothing in it\n";
  }
  int name_width = 0;
  for (const PromotedSnapshot& one : view.snapshots) {
    name_width = std::max(name_width, display_width(one.name));
  }
  for (const PromotedSnapshot& one : view.snapshots) {
    text += line_of(one, set, target, name_width, style);
  }
  return text + end_text(view, set);
}

std::string promote_json(const PromoteView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.set-promote/1").key("set").bytes(view.set);
  json.key("target").bytes(view.target).key("dry_run").boolean(view.run == PromoteRun::trial);
  json.key("snapshots").begin_array();
  for (const PromotedSnapshot& one : view.snapshots) {
    json.begin_object().key("name").bytes(one.name).key("outcome").bytes(to_text(one.as));
    if (!one.since.empty()) {
      json.key("since").bytes(one.since);
    }
    json.key("conflicts").integer(number(one.conflicts)).key("resolve").bytes(one.target_name).end_object();
  }
  json.end_array().key("open").integer(number(view.open())).key("left").integer(number(view.left));
  return harmless_json(json.key("set_is_gone").boolean(view.set_is_gone).end_object().text());
}

}  // namespace qsnap::report
