// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/change_words.hpp>
#include <qsnap/report/changes_json.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/log_report.hpp>
#include <qsnap/report/value_layout.hpp>

namespace qsnap::report {

namespace {

int author_width(int widest) {
  constexpr int k_most = 20;
  return std::min(widest, k_most);
}

std::string commit_line(const CommitView& commit, int width, const Style& style) {
  constexpr std::size_t k_minutes = 16;  // "2026-11-20 10:00"
  return fmt::format("{}  {}  {}  {}\n", style.paint(Tone::warn, escape_terminal(commit.short_id)),
                     readable_instant(commit.at).substr(0, k_minutes),
                     pad_right(cut(escape_terminal(commit.author), width), width), escape_terminal(commit.subject));
}

/// Before and after, by state, of all queues together.
std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> by_state(const LoggedVersion& version) {
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> states;
  for (const auto& [queue, counts] : version.queues) {
    for (const auto& [state, jobs] : counts.before) {
      states[state].first += jobs;
    }
    for (const auto& [state, jobs] : counts.after) {
      states[state].second += jobs;
    }
  }
  return states;
}

std::string counts_text(const LoggedVersion& version, const Style& style) {
  const bool compared = version.change == VersionChange::changed || version.change == VersionChange::same_meaning;
  std::vector<std::string> words;
  for (const auto& [state, jobs] : by_state(version)) {
    const std::int64_t grown = number(jobs.second) - number(jobs.first);
    if (jobs.second == 0 && (grown == 0 || !compared)) {
      continue;
    }
    const std::string delta = compared && grown != 0 ? style.paint(Tone::accent, fmt::format(" ({:+})", grown)) : "";
    words.push_back(fmt::format("{} {}{}", jobs.second, escape_terminal(state), delta));
  }
  return words.empty() ? "no jobs" : fmt::format("{}", fmt::join(words, ", "));
}

std::string version_words(const LoggedVersion& version, const Style& style) {
  if (!version.problem.empty()) {
    return style.paint(Tone::bad, escape_terminal(version.problem));
  }
  switch (version.change) {
    case VersionChange::created:
      return fmt::format("{}: {}", style.paint(Tone::good, "new"), counts_text(version, style));
    case VersionChange::changed:
    case VersionChange::unknown:
      return counts_text(version, style);
    case VersionChange::same_meaning:
      return fmt::format("{}; {}", counts_text(version, style), style.paint(Tone::faint, "the same meaning as before"));
    case VersionChange::same_document:
      return style.paint(Tone::faint, "the same document as before");
    case VersionChange::deleted:
      break;
  }
  return style.paint(Tone::bad, "deleted");
}

void write_commit(JsonWriter& json, const CommitView& commit) {
  json.key("commit").bytes(commit.id).key("short_commit").bytes(commit.short_id);
  json.key("at").bytes(format_instant(commit.at)).key("author").bytes(commit.author);
  json.key("subject").bytes(commit.subject);
}

void write_counts(JsonWriter& json, std::string_view member, const std::map<std::string, std::uint64_t>& counts) {
  json.key(member).begin_object();
  for (const auto& [state, jobs] : counts) {
    json.key(queue_text(state)).integer(number(jobs));
  }
  json.end_object();
}

void write_version(JsonWriter& json, const LoggedVersion& version) {
  json.begin_object();
  write_commit(json, version.commit);
  json.key("change").bytes(to_text(version.change));
  if (!version.renamed_from.empty()) {
    json.key("renamed_from").bytes(version.renamed_from);
  }
  if (!version.problem.empty()) {
    json.key("problem").bytes(version.problem);
  }
  json.key("jobs").integer(number(version.jobs)).key("queues").begin_object();
  for (const auto& [queue, counts] : version.queues) {
    json.key(queue_text(queue)).begin_object();
    write_counts(json, "before", counts.before);
    write_counts(json, "after", counts.after);
    json.end_object();
  }
  json.end_object().end_object();
}

/// All queues that the steps speak of, for short names.
QueueLabels labels_of(const BlameView& view) {
  diff::Changes all;
  all.queues[view.place.queue];
  for (const BlameStep& step : view.steps) {
    all.list.push_back(step.change);
  }
  return QueueLabels{all};
}

std::string step_text(const BlameStep& step, const QueueLabels& labels, int author, const Style& style) {
  const ChangeGroup group = {&step.change};
  std::string text = commit_line(step.commit, author, style);
  std::string told = style.paint(tone_of(step.change), escape_terminal(what(group, labels)));
  if (const std::string error = remark(step.change); !error.empty()) {
    told += ": " + escape_terminal(error);
  }
  text += fmt::format("  {} {}\n", style.paint(tone_of(step.change), sign_of(step.change)), told);
  constexpr int k_indent = 6, k_least = 20;
  for (const FieldWords& field : field_words(group, Detail::folded)) {
    const std::string path = escape_terminal(field.path);
    const int width = std::max(k_least, style.width - k_indent - display_width(path) - 1);
    text += fmt::format("      {} {}\n", style.paint(Tone::faint, path), value_line(field, width).paint(style));
  }
  return text;
}

std::string job_words(const BlameView& view) {
  const std::string id = escape_terminal(view.id);
  return view.job_name.empty() ? fmt::format("job {}", id)
                               : fmt::format("job {} ({})", id, escape_terminal(view.job_name));
}

}  // namespace

std::string_view to_text(VersionChange change) {
  constexpr std::array<std::string_view, 6> k_words = {"created",       "changed", "same-meaning",
                                                       "same-document", "deleted", "unknown"};
  return k_words.at(static_cast<std::size_t>(change));
}

std::string log_text(const LogView& view, const Style& style) {
  int widest = 1;
  for (const LoggedVersion& version : view.versions) {
    widest = std::max(widest, display_width(escape_terminal(version.commit.author)));
  }
  std::string text;
  for (const LoggedVersion& version : view.versions) {
    text += commit_line(version.commit, author_width(widest), style);
    text += fmt::format("  {}\n", version_words(version, style));
    if (!version.renamed_from.empty()) {
      text += fmt::format("  renamed from {}\n", escape_terminal(version.renamed_from));
    }
  }
  if (view.more > 0) {
    text += style.paint(Tone::faint, fmt::format("{} older, see -n", quantity(view.more, "version"))) + "\n";
  }
  return text;
}

std::string log_json(const LogView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.log/1").key("name").bytes(view.name);
  json.key("versions").begin_array();
  for (const LoggedVersion& version : view.versions) {
    write_version(json, version);
  }
  json.end_array().key("more").integer(number(view.more)).end_object();
  return harmless_json(json.text());
}

std::string blame_text(const BlameView& view, const Style& style) {
  const QueueLabels labels = labels_of(view);
  const std::string where =
      fmt::format("{} in {}", escape_terminal(view.place.state), escape_terminal(labels(view.place.queue)));
  const bool gone = !view.steps.empty() && view.steps.front().change.kind == diff::ChangeKind::removed;
  std::string text = fmt::format("{}: {}{}", style.paint(Tone::strong, job_words(view)), gone ? "was " : "", where);
  if (view.since) {
    text += fmt::format(" since {}", style.paint(Tone::warn, escape_terminal(view.steps[*view.since].commit.short_id)));
  }
  text += "\n";
  int widest = 1;
  for (const BlameStep& step : view.steps) {
    widest = std::max(widest, display_width(escape_terminal(step.commit.author)));
  }
  for (const BlameStep& step : view.steps) {
    text += step_text(step, labels, author_width(widest), style);
  }
  return view.note.empty() ? text : text + style.paint(Tone::warn, escape_terminal(view.note)) + "\n";
}

std::string blame_json(const BlameView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.blame/1").key("name").bytes(view.name);
  json.key("job").begin_object().key("id").bytes(view.id).key("name").bytes(view.job_name);
  json.key("queue").bytes(queue_text(view.place.queue)).key("state").bytes(view.place.state).end_object();
  json.key("since");
  if (view.since) {
    json.bytes(view.steps[*view.since].commit.id);
  } else {
    json.null();
  }
  json.key("steps").begin_array();
  for (const BlameStep& step : view.steps) {
    json.begin_object();
    write_commit(json, step.commit);
    json.key("change");
    write_change(json, step.change);
    json.end_object();
  }
  json.end_array();
  if (!view.note.empty()) {
    json.key("note").bytes(view.note);
  }
  json.end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
