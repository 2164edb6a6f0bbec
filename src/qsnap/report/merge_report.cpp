// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/merge_report.hpp>

namespace qsnap::report {

namespace {

using model::Conflict;

/// "moved: job 7 (send) in bullmq:bull:mail, .state"
std::string conflict_line(const Conflict& conflict, const Style& style) {
  std::string what = escape_terminal(conflict.subject);
  if (!conflict.id.empty()) {
    what += fmt::format(" {}", escape_terminal(conflict.id));
  }
  if (!conflict.name.empty()) {
    what += fmt::format(" ({})", escape_terminal(conflict.name));
  }
  if (!conflict.queue.empty()) {
    what += fmt::format(" in {}", escape_terminal(conflict.queue));
  }
  if (!conflict.path.empty()) {
    what += fmt::format(", {}", escape_terminal(conflict.path));
  }
  return fmt::format("  {}: {}\n", style.paint(Tone::bad, to_text(conflict.kind)), what);
}

void write_value(JsonWriter& json, std::string_view key, const std::optional<std::string>& value) {
  if (value) {
    json.key(key).raw(*value);
  }
}

void write_conflict(JsonWriter& json, const Conflict& conflict) {
  json.begin_object().key("kind").bytes(to_text(conflict.kind)).key("subject").bytes(conflict.subject);
  json.key("queue").bytes(conflict.queue).key("state").bytes(conflict.state).key("id").bytes(conflict.id);
  json.key("name").bytes(conflict.name).key("path").bytes(conflict.path);
  write_value(json, "base", conflict.base);
  write_value(json, "ours", conflict.ours);
  write_value(json, "theirs", conflict.theirs);
  json.end_object();
}

std::string path_lines(const std::vector<std::string>& paths, const Style& style) {
  std::string text;
  for (const std::string& path : paths) {
    text += fmt::format("  {}: {}\n", style.paint(Tone::bad, "conflict"), escape_terminal(path));
  }
  return text;
}

void write_paths(JsonWriter& json, const std::vector<std::string>& paths) {
  json.key("conflicts").begin_array();
  for (const std::string& path : paths) {
    json.bytes(path);
  }
  json.end_array();
}

std::string_view words_for(HeadOutcome outcome, const MergeView& view) {
  const bool is_preview = view.commit.empty();
  switch (outcome) {
    case HeadOutcome::up_to_date:
      return "nothing to merge";
    case HeadOutcome::merged:
      return is_preview ? "would merge without conflicts" : "merged";
    case HeadOutcome::conflicts:
      return is_preview ? "would conflict" : "in conflict";
    case HeadOutcome::not_looked_at:
      break;
  }
  return is_preview ? "not looked at: it comes behind a conflict" : "not merged: it comes behind a conflict";
}

}  // namespace

std::string merge_files_text(const MergeFilesView& view, const Style& style) {
  std::string text;
  for (const Conflict& conflict : view.conflicts) {
    text += conflict_line(conflict, style);
  }
  for (const auto& [rule, times] : view.decisions) {
    text += style.paint(Tone::faint, fmt::format("  {}: {}", escape_terminal(rule), times)) + '\n';
  }
  const std::string verdict = view.conflicts.empty()
                                  ? style.paint(Tone::good, "merged")
                                  : style.paint(Tone::bad, quantity(view.conflicts.size(), "conflict"));
  return text + fmt::format("{}: {}\n", escape_terminal(view.output), verdict);
}

std::string merge_files_json(const MergeFilesView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.merge-files/1").key("output").bytes(view.output);
  json.key("merged").boolean(view.conflicts.empty()).key("decisions").begin_object();
  for (const auto& [rule, times] : view.decisions) {
    json.key(rule).integer(static_cast<std::int64_t>(times));
  }
  json.end_object().key("conflicts").begin_array();
  for (const Conflict& conflict : view.conflicts) {
    write_conflict(json, conflict);
  }
  json.end_array().end_object();
  return harmless_json(json.text());
}

std::string_view to_text(HeadOutcome outcome) {
  constexpr std::array<std::string_view, 4> k_words = {"up-to-date", "merged", "conflicts", "not-looked-at"};
  return k_words.at(static_cast<std::size_t>(outcome));
}

bool MergeView::clean() const {
  return std::all_of(heads.begin(), heads.end(), [](const MergedHead& head) {
    return head.outcome == HeadOutcome::up_to_date || head.outcome == HeadOutcome::merged;
  });
}

std::string merge_text(const MergeView& view, const Style& style) {
  std::string text;
  for (const MergedHead& head : view.heads) {
    const bool is_good = head.outcome == HeadOutcome::up_to_date || head.outcome == HeadOutcome::merged;
    text += fmt::format("{}: {}\n", escape_terminal(head.name),
                        style.paint(is_good ? Tone::good : Tone::bad, words_for(head.outcome, view)));
    text += path_lines(head.conflicts, style);
  }
  if (!view.clean() && !view.commit.empty()) {
    text += "git qsnap conflicts shows them, git qsnap resolve settles them, git commit ends the merge\n";
  }
  return text;
}

std::string merge_json(const MergeView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.merge/1").key("heads").begin_array();
  for (const MergedHead& head : view.heads) {
    json.begin_object().key("name").bytes(head.name).key("outcome").bytes(to_text(head.outcome));
    write_paths(json, head.conflicts);
    json.end_object();
  }
  json.end_array().key("clean").boolean(view.clean());
  if (!view.commit.empty()) {
    json.key("commit").bytes(view.commit);
  }
  return harmless_json(json.end_object().text());
}

std::string ci_merge_text(const CiMergeView& view, const Style& style) {
  if (view.commit.empty()) {
    return path_lines(view.conflicts, style) +
           fmt::format("{} does not merge: git qsnap merge {} in a work tree, and resolve\n",
                       escape_terminal(view.base), escape_terminal(view.base));
  }
  if (view.commit == view.head) {
    return fmt::format("{}: nothing to merge\n", escape_terminal(view.base));
  }
  return fmt::format("{}: {} as {}\ngit push ORIGIN {}:refs/heads/BRANCH makes it the branch\n",
                     escape_terminal(view.base), style.paint(Tone::good, "merged"), view.commit, view.commit);
}

std::string ci_merge_json(const CiMergeView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.ci-merge/1").key("base").bytes(view.base);
  json.key("head").bytes(view.head);
  if (!view.commit.empty()) {
    json.key("commit").bytes(view.commit);
  }
  write_paths(json, view.conflicts);
  return harmless_json(json.end_object().text());
}

}  // namespace qsnap::report
