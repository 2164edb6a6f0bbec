// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/model/queue_id.hpp>
#include <qsnap/report/change_words.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

using diff::Change;
using diff::ChangeKind;
using diff::FieldChange;
using diff::Subject;

std::string bare_name(std::string_view queue) {
  const auto id = model::QueueId::parse(queue);
  return id && !id->name.empty() ? id->name : std::string{queue};
}

std::string_view subject_word(Subject subject) {
  constexpr std::array<std::string_view, 5> k_words = {"job", "queue", "worker", "config", "key"};
  return k_words.at(static_cast<std::size_t>(subject));
}

std::string_view subject_plural(Subject subject) {
  constexpr std::array<std::string_view, 5> k_words = {"jobs", "queues", "workers", "config entries", "keys"};
  return k_words.at(static_cast<std::size_t>(subject));
}

std::string state_of(const Change& change) {
  const auto& place = change.after ? change.after : change.before;
  return place ? escape_terminal(place->state) : std::string{};
}

std::string in_state(const Change& change) {
  const std::string state = state_of(change);
  return state.empty() ? state : fmt::format(" ({})", state);
}

std::string move_text(const Change& change, const QueueLabels& labels) {
  if (!change.before || !change.after) {
    return "moved";
  }
  const std::string from = escape_terminal(change.before->state);
  const std::string to = escape_terminal(change.after->state);
  const bool same_queue = change.before->queue == change.after->queue;
  std::string text =
      same_queue ? fmt::format("{} → {}", from, to)
                 : fmt::format("{} {} → {} {}", labels(change.before->queue), from, labels(change.after->queue), to);
  const FieldChange* retries = find_field(change, field_path::k_retry_count);
  if (retries != nullptr && retries->after.value_or("0") != "0") {  // a first attempt is no retry
    text += fmt::format(" (retry {})", readable_json(retries->after.value_or("0")));
  }
  return text;
}

std::string retry_text(const Change& change) {
  const FieldChange* retries = find_field(change, field_path::k_retry_count);
  if (retries == nullptr) {
    return "retried" + in_state(change);
  }
  return fmt::format("retried {} → {}{}", readable_json(retries->before.value_or("0")),
                     readable_json(retries->after.value_or("0")), in_state(change));
}

std::string placed(std::string_view verb, std::string_view preposition, const Change& change) {
  const std::string state = state_of(change);
  return state.empty() ? std::string{verb} : fmt::format("{} {} {}", verb, preposition, state);
}

/// How many different pairs of values the members of the group have in their field number `index`, but for the first's.
std::size_t other_values(const ChangeGroup& group, std::size_t index) {
  std::set<std::pair<std::optional<std::string_view>, std::optional<std::string_view>>> pairs;
  for (const Change* change : group) {
    pairs.emplace(change->fields[index].before, change->fields[index].after);
  }
  return pairs.size() - 1;
}

/// ".payload.items[2]" as a rule writes it: without the dot in front.
std::string rule_path(std::string_view path) {
  return escape_terminal(path.starts_with('.') ? path.substr(1) : path);
}

/// How many bytes both texts have in common in front; never inside a character.
std::size_t common_front(std::string_view a, std::string_view b) {
  std::size_t bytes = 0;
  while (bytes < a.size() && bytes < b.size()) {
    const auto left = decode_utf8(a.substr(bytes));
    const auto right = decode_utf8(b.substr(bytes));
    if (!left || !right || left->value != right->value) {
      break;
    }
    bytes += left->bytes;
  }
  return bytes;
}

/// `text` from shortly before byte `at` on, with "…" for what is left out in front.
std::string from_near(std::string_view text, std::size_t at) {
  constexpr std::size_t k_context = 8;
  if (at <= k_context) {
    return std::string{text};
  }
  std::size_t start = at - k_context;
  constexpr auto is_continuation = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  while (start < text.size() && is_continuation(text[start])) {
    ++start;
  }
  return "…" + std::string{text.substr(start)};
}

}  // namespace

QueueLabels::QueueLabels(const diff::Changes& changes) {
  for (const auto& [queue, counts] : changes.queues) {
    m_labels.emplace(queue, "");
  }
  for (const Change& change : changes.list) {
    for (const auto& place : {change.before, change.after}) {
      if (place) {
        m_labels.emplace(place->queue, "");
      }
    }
  }
  std::map<std::string, int> uses;
  for (const auto& [queue, label] : m_labels) {
    ++uses[bare_name(queue)];
  }
  for (auto& [queue, label] : m_labels) {
    const std::string bare = bare_name(queue);
    label = escape_terminal(uses[bare] == 1 ? bare : queue);
  }
}

std::string QueueLabels::operator()(std::string_view queue) const {
  const auto at = m_labels.find(queue);
  return at == m_labels.end() ? escape_terminal(queue) : at->second;
}

std::string who(const ChangeGroup& group) {
  const Change& first = *group.front();
  const std::string_view word = subject_word(first.subject);
  if (group.size() > 1) {
    return quantity(group.size(), word, subject_plural(first.subject));
  }
  if (first.subject == Subject::queue) {
    return std::string{word};
  }
  return first.id.empty() ? fmt::format("1 {}", word) : fmt::format("{} {}", word, escape_terminal(first.id));
}

std::string what(const Change& change, const QueueLabels& labels) {
  switch (change.kind) {
    case ChangeKind::added:
      return placed("added", "to", change);
    case ChangeKind::removed:
      return placed("removed", "from", change);
    case ChangeKind::moved:
      return move_text(change, labels);
    case ChangeKind::retried:
      return retry_text(change);
    case ChangeKind::reordered:
      return placed("reordered", "in", change);
    case ChangeKind::error_changed:
    case ChangeKind::payload_changed:
    case ChangeKind::priority_changed:
    case ChangeKind::schedule_changed:
    case ChangeKind::flow_changed:
    case ChangeKind::paused:
    case ChangeKind::resumed:
    case ChangeKind::limit_changed:
    case ChangeKind::changed:
      break;
  }
  const std::string_view word = change.kind == ChangeKind::changed ? "changed" : total_word(change.kind);
  return std::string{word} + in_state(change);
}

Tone tone_of(const Change& change) {
  const std::string state = state_of(change);
  switch (change.kind) {
    case ChangeKind::added:
      return Tone::good;
    case ChangeKind::removed:
    case ChangeKind::error_changed:
      return Tone::bad;
    case ChangeKind::moved:
      return state == "failed" || state == "dead" ? Tone::bad : state == "completed" ? Tone::good : Tone::accent;
    case ChangeKind::retried:
    case ChangeKind::payload_changed:
    case ChangeKind::priority_changed:
    case ChangeKind::schedule_changed:
    case ChangeKind::flow_changed:
    case ChangeKind::paused:
    case ChangeKind::resumed:
    case ChangeKind::limit_changed:
    case ChangeKind::changed:
      return Tone::warn;
    case ChangeKind::reordered:
      break;
  }
  return Tone::accent;
}

std::string remark(const Change& change) {
  const FieldChange* error = find_field(change, field_path::k_error);
  const FieldChange* error_class = find_field(change, field_path::k_error_class);
  std::string text;
  for (const FieldChange* field : {error_class, error}) {
    if (field != nullptr && field->after && *field->after != R"("")") {
      text += text.empty() ? "" : ": ";
      text += readable_json(*field->after);
    }
  }
  if (text.empty() && error != nullptr && error->before && change.kind != ChangeKind::removed) {
    text = "no error any more";
  }
  return text;
}

std::vector<FieldLine> field_lines(const ChangeGroup& group, Detail detail) {
  const Change& first = *group.front();
  const bool whole = first.kind == ChangeKind::added || first.kind == ChangeKind::removed;
  std::vector<FieldLine> lines;
  for (std::size_t i = 0; i < first.fields.size() && (detail == Detail::full || !whole); ++i) {
    const FieldChange& field = first.fields[i];
    if (detail == Detail::folded && is_headline(field)) {
      continue;
    }
    lines.push_back({rule_path(field.path), field.before ? readable_json(*field.before) : std::string{},
                     field.after ? readable_json(*field.after) : std::string{}, other_values(group, i)});
  }
  return lines;
}

std::string change_text(const FieldLine& line, int width) {
  if (line.others > 0) {
    const std::string note = fmt::format(", and {}", quantity(line.others, "other value"));
    constexpr int k_least = 8;
    return change_text({line.path, line.before, line.after, 0}, std::max(width - display_width(note), k_least)) + note;
  }
  constexpr std::string_view k_new = " (new)";
  constexpr std::string_view k_gone = " (gone)";
  if (line.before.empty()) {
    return cut(line.after, width - display_width(k_new)) + std::string{k_new};
  }
  if (line.after.empty()) {
    return cut(line.before, width - display_width(k_gone)) + std::string{k_gone};
  }
  std::string before = line.before;
  std::string after = line.after;
  constexpr int k_arrow = 3;
  if (display_width(before) + k_arrow + display_width(after) > width) {
    const std::size_t common = common_front(before, after);
    const int half = (width - k_arrow) / 2;
    before = cut(from_near(before, common), half);
    after = cut(from_near(after, common), half);
  }
  return fmt::format("{} → {}", before, after);
}

std::string_view total_word(ChangeKind kind) {
  constexpr std::array<std::string_view, 14> k_words = {
      "added",            "removed",          "moved",        "retried", "error changed", "payload changed",
      "priority changed", "schedule changed", "flow changed", "paused",  "resumed",       "limit changed",
      "reordered",        "otherwise changed"};
  return k_words.at(static_cast<std::size_t>(kind));
}

}  // namespace qsnap::report
