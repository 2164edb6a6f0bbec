// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/model/queue_id.hpp>
#include <qsnap/report/change_words.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/value_words.hpp>

namespace qsnap::report {

namespace {

using diff::Change;
using diff::ChangeKind;
using diff::FieldChange;
using diff::Subject;

/// Of a record without a queue it is the framework and its namespace, which is mostly empty: "sidekiq:".
std::string bare_name(std::string_view queue) {
  const auto id = model::QueueId::parse(queue);
  if (id && !id->name.empty()) {
    return id->name;
  }
  return std::string{queue.ends_with(':') ? queue.substr(0, queue.size() - 1) : queue};
}

std::string_view subject_plural(Subject subject) {
  constexpr std::array<std::string_view, 5> k_words = {"jobs", "queues", "workers", "config entries", "keys"};
  return k_words.at(static_cast<std::size_t>(subject));
}

std::string_view state_of(const Change& change) {
  const auto& place = change.after ? change.after : change.before;
  return place ? std::string_view{place->state} : std::string_view{};
}

std::string in_state(const Change& change) {
  const std::string_view state = state_of(change);
  return state.empty() ? std::string{} : fmt::format(" ({})", state);
}

/// Where jobs stay that will not be tried again.
bool is_failure(std::string_view state) {
  return state == "failed" || state == "failure" || state == "dead" || state == "archived";
}

/// Whether the job had an error and has none now.
bool error_is_gone(const Change& change) {
  const FieldChange* error = find_field(change, field_path::k_error);
  return error != nullptr && error->before && !error->after;
}

/// Whether the job went to where failures stay, or took an error along.
bool failed_on_the_way(const Change& change) {
  const auto has_error = [&](std::string_view path) {
    const FieldChange* error = find_field(change, path);
    return error != nullptr && error->after && *error->after != R"("")";
  };
  return is_failure(state_of(change)) || has_error(field_path::k_error) || has_error(field_path::k_error_class);
}

std::string move_text(const Change& change, const QueueLabels& labels) {
  if (!change.before || !change.after) {
    return "moved";
  }
  const diff::Place& from = *change.before;
  const diff::Place& to = *change.after;
  std::string text = from.queue == to.queue
                         ? fmt::format("{} → {}", from.state, to.state)
                         : fmt::format("{} {} → {} {}", labels(from.queue), from.state, labels(to.queue), to.state);
  const FieldChange* retries = find_field(change, field_path::k_retry_count);
  if (retries != nullptr && retries->after.value_or("0") != "0") {  // a first attempt is no retry
    text += fmt::format(" (retry {})", *retries->after);
  }
  return text;
}

std::string retry_text(const Change& change) {
  const FieldChange* retries = find_field(change, field_path::k_retry_count);
  if (retries == nullptr) {
    return "retried" + in_state(change);
  }
  return fmt::format("retried {} → {}{}", retries->before.value_or("0"), retries->after.value_or("0"),
                     in_state(change));
}

std::string placed(std::string_view verb, std::string_view preposition, const Change& change) {
  const std::string_view state = state_of(change);
  return state.empty() ? std::string{verb} : fmt::format("{} {} {}", verb, preposition, state);
}

/// What the group's first tells of its due time; absent when no member does.
const FieldChange* due_field(const Change& change) {
  const auto at = std::find_if(change.fields.begin(), change.fields.end(),
                               [](const FieldChange& field) { return !due_words(field).empty(); });
  return at == change.fields.end() ? nullptr : &*at;
}

/// "due 1h later"; "due later" where the group's jobs are so by different amounts, which the fields tell.
std::string due_text(const ChangeGroup& group) {
  const FieldChange* first = due_field(*group.front());
  if (first == nullptr) {
    return "schedule changed";
  }
  const std::string words = due_words(*first);
  const auto index = static_cast<std::size_t>(first - group.front()->fields.data());
  const bool same = std::all_of(group.begin(), group.end(),
                                [&](const Change* change) { return due_words(change->fields[index]) == words; });
  return same ? words : "due" + words.substr(words.rfind(' '));
}

/// "(31 more)": members that the comparison did not list. A path begins with a dot or a bracket.
bool is_count_of_more(const FieldChange& field) {
  return field.path.starts_with('(');
}

/// "3 items added, 1 removed"; "list: 3 items added" where the type is known.
std::string item_text(const Change& change) {
  std::array<std::uint64_t, 3> counts{};  // added, removed, changed
  std::string more;
  for (const FieldChange& field : change.fields) {
    if (is_count_of_more(field)) {
      more = field.path.substr(1, field.path.size() - 2);
    } else if (field.path.starts_with(".items") || field.path.starts_with(".parts")) {
      ++counts.at(!field.before ? 0 : !field.after ? 1 : 2);
    }
  }
  std::vector<std::string> words;
  constexpr std::array<std::string_view, 3> k_verbs = {"added", "removed", "changed"};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts.at(i) > 0) {
      words.push_back(words.empty() ? fmt::format("{} {}", quantity(counts.at(i), "item"), k_verbs.at(i))
                                    : fmt::format("{} {}", counts.at(i), k_verbs.at(i)));
    }
  }
  if (!more.empty()) {
    words.push_back(more);
  }
  const std::string text = words.empty() ? std::string{"changed"} : fmt::format("{}", fmt::join(words, ", "));
  return change.name.empty() ? text : fmt::format("{}: {}", change.name, text);
}

/// How many different pairs of values the members of the group have in their field number `index`, but for the first's.
std::size_t other_values(const ChangeGroup& group, std::size_t index) {
  std::set<std::pair<std::optional<std::string_view>, std::optional<std::string_view>>> pairs;
  for (const Change* change : group) {
    pairs.emplace(change->fields[index].before, change->fields[index].after);
  }
  return pairs.size() - 1;
}

/// Where the error itself is the change, both are of interest: they are told as fields.
bool has_both_errors(const Change& change) {
  return change.kind == ChangeKind::error_changed &&
         std::any_of(change.fields.begin(), change.fields.end(),
                     [](const FieldChange& field) { return is_headline(field) && field.before; });
}

/// Whether the headline says it already.
bool is_told(const Change& change, const FieldChange& field) {
  const bool pause = change.kind == ChangeKind::paused || change.kind == ChangeKind::resumed;
  return (is_headline(field) && !has_both_errors(change)) || (pause && field.path == ".paused");
}

bool is_empty_shell(const FieldChange& field) {
  const auto is_shell = [](const std::string& json) { return json == "{}" || json == "[]"; };
  return field.before.has_value() != field.after.has_value() && is_shell(field.before ? *field.before : *field.after);
}

/// Empty objects and arrays that got their first member or lost their last one: the members tell that.
class EmptyShells {
 public:
  explicit EmptyShells(const Change& change) {
    if (std::any_of(change.fields.begin(), change.fields.end(), is_empty_shell)) {
      for (const FieldChange& field : change.fields) {
        m_paths.push_back(field.path);
      }
      std::sort(m_paths.begin(), m_paths.end());
    }
  }

  [[nodiscard]] bool contains(const FieldChange& field) const {
    return is_empty_shell(field) && (has_paths(field.path + '.') || has_paths(field.path + '['));
  }

 private:
  [[nodiscard]] bool has_paths(std::string_view prefix) const {
    const auto at = std::lower_bound(m_paths.begin(), m_paths.end(), prefix);
    return at != m_paths.end() && at->starts_with(prefix);
  }

  std::vector<std::string_view> m_paths;  ///< sorted; empty where there are no shells
};

/// A member of the group's first, which stands for the others.
FieldWords words_of(const ChangeGroup& group, std::size_t index) {
  FieldWords words = field_words(group.front()->fields[index]);
  words.others = other_values(group, index);
  if (words.others > 0) {
    words.remark.clear();  // each has a step of its own
  }
  return words;
}

}  // namespace

QueueLabels::QueueLabels(const diff::Changes& changes) {
  for (const auto& [queue, counts] : changes.queues) {
    m_labels.emplace(queue, "");
  }
  for (const Change& change : changes.list) {
    for (const auto* place : {&change.before, &change.after}) {
      if (*place) {
        m_labels.try_emplace((*place)->queue);
      }
    }
  }
  std::map<std::string, int> uses;
  for (const auto& [queue, label] : m_labels) {
    ++uses[bare_name(queue)];
  }
  for (auto& [queue, label] : m_labels) {
    std::string bare = bare_name(queue);
    label = uses[bare] == 1 ? std::move(bare) : queue;
  }
}

std::string QueueLabels::operator()(std::string_view queue) const {
  const auto at = m_labels.find(queue);
  return at == m_labels.end() ? std::string{queue} : at->second;
}

std::string who(const ChangeGroup& group) {
  const Change& first = *group.front();
  const std::string_view word = diff::to_text(first.subject);
  if (group.size() > 1) {
    return quantity(group.size(), word, subject_plural(first.subject));
  }
  if (first.subject == Subject::queue) {
    return std::string{word};
  }
  return first.id.empty() ? fmt::format("1 {}", word) : fmt::format("{} {}", word, first.id);
}

std::string what(const ChangeGroup& group, const QueueLabels& labels) {
  const Change& change = *group.front();
  const bool worker = change.subject == Subject::worker;
  switch (change.kind) {
    case ChangeKind::added:
      return worker ? "joined" : placed("added", "to", change);
    case ChangeKind::removed:
      return worker ? "left" : placed("removed", "from", change);
    case ChangeKind::moved:
      return move_text(change, labels);
    case ChangeKind::retried:
      return retry_text(change);
    case ChangeKind::reordered:
      return placed("reordered", "in", change);
    case ChangeKind::schedule_changed:
      return due_text(group) + in_state(change);
    case ChangeKind::changed:
      return change.subject == Subject::key ? item_text(change) : "changed" + in_state(change);
    case ChangeKind::error_changed:
      return (error_is_gone(change) ? "no error any more" : "error changed") + in_state(change);
    case ChangeKind::payload_changed:
    case ChangeKind::priority_changed:
    case ChangeKind::flow_changed:
    case ChangeKind::paused:
    case ChangeKind::resumed:
    case ChangeKind::limit_changed:
      break;
  }
  return std::string{total_word(change.kind)} + in_state(change);
}

std::string_view sign_of(const Change& change) {
  switch (change.kind) {
    case ChangeKind::added:
      return "+";
    case ChangeKind::removed:
      return "-";
    case ChangeKind::moved:
      return failed_on_the_way(change) ? "!" : ">";
    case ChangeKind::reordered:
      return ">";
    case ChangeKind::retried:
      return "^";
    case ChangeKind::error_changed:
      return error_is_gone(change) ? "~" : "!";
    default:
      return "~";
  }
}

Tone tone_of(const Change& change) {
  switch (change.kind) {
    case ChangeKind::added:
      return Tone::good;
    case ChangeKind::removed:
      return Tone::bad;
    case ChangeKind::error_changed:
      return error_is_gone(change) ? Tone::good : Tone::bad;
    case ChangeKind::moved:
      return failed_on_the_way(change) ? Tone::bad : state_of(change) == "completed" ? Tone::good : Tone::accent;
    case ChangeKind::reordered:
      return Tone::accent;
    default:
      return Tone::warn;
  }
}

std::string remark(const Change& change) {
  if (has_both_errors(change)) {
    return {};
  }
  std::string text;
  for (const std::string_view path : {field_path::k_error_class, field_path::k_error}) {
    const FieldChange* field = find_field(change, path);
    if (field != nullptr && field->after && *field->after != R"("")") {
      text += text.empty() ? "" : ": ";
      text += plain_value(*field->after);
    }
  }
  const bool told = change.kind == ChangeKind::removed || change.kind == ChangeKind::error_changed;
  return text.empty() && error_is_gone(change) && !told ? "no error any more" : text;
}

std::size_t other_remarks(const ChangeGroup& group) {
  if (has_both_errors(*group.front())) {
    return 0;
  }
  std::set<std::string_view> errors;
  for (const Change* change : group) {
    const FieldChange* error = find_field(*change, field_path::k_error);
    errors.insert(error != nullptr && error->after ? std::string_view{*error->after} : std::string_view{});
  }
  return errors.size() - 1;
}

FieldWords field_words(const FieldChange& field) {
  using Step = FieldWords::Step;
  ValueWords values = value_words(field);
  FieldWords words;
  words.path = field.path.starts_with('.') ? field.path.substr(1) : field.path;
  words.before = std::move(values.before);
  words.after = std::move(values.after);
  words.remark = std::move(values.remark);
  const bool is_refs = field.path == ".refs";  // what one side has beside the other may be nothing
  const bool had = is_refs ? !words.before.empty() : field.before.has_value();
  const bool has = is_refs ? !words.after.empty() : field.after.has_value();
  words.step = is_count_of_more(field) ? Step::unlisted
               : had == has            ? Step::changed
               : has                   ? Step::appeared
                                       : Step::gone;
  return words;
}

std::vector<FieldWords> field_words(const ChangeGroup& group, Detail detail) {
  const Change& first = *group.front();
  const bool whole = first.kind == ChangeKind::added || first.kind == ChangeKind::removed;
  const EmptyShells shells{first};
  std::vector<FieldWords> words;
  for (std::size_t i = 0; i < first.fields.size() && (detail == Detail::full || !whole); ++i) {
    if (!shells.contains(first.fields[i]) && (detail == Detail::full || !is_told(first, first.fields[i]))) {
      words.push_back(words_of(group, i));
    }
  }
  return words;
}

}  // namespace qsnap::report
