// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/model/queue_id.hpp>
#include <qsnap/report/conflict_report.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

using model::Conflict;
using model::ConflictKind;

/// A queue without its framework and namespace, as people call it; the text itself for what is no queue.
std::string queue_name(std::string_view queue) {
  const auto id = model::QueueId::parse(queue);
  return escape_terminal(id ? id->name : queue);
}

std::string_view member_of(std::string_view path) {
  return path.starts_with('.') ? path.substr(1) : path;
}

std::string who(const Conflict& conflict) {
  const std::string id = escape_terminal(conflict.id), name = escape_terminal(conflict.name);
  if (conflict.subject == "job" && conflict.kind == ConflictKind::order) {
    return fmt::format("jobs in {} {}", queue_name(conflict.queue), escape_terminal(conflict.state));
  }
  if (conflict.subject == "job") {
    const std::string called = id.empty() ? name : name.empty() ? id : fmt::format("{} ({})", id, name);
    return fmt::format("job {} in {} {}", called, queue_name(conflict.queue), escape_terminal(conflict.state));
  }
  if (conflict.subject == "queue") {
    return fmt::format("queue {}", queue_name(conflict.queue));
  }
  if (conflict.subject == "config") {
    return fmt::format("{} {} of {}", name.empty() ? "schedule" : name, id, queue_name(conflict.queue));
  }
  return conflict.subject == "key" ? fmt::format("key {}", id) : std::string{"the snapshot"};
}

std::string what(const Conflict& conflict) {
  const std::string member = escape_terminal(member_of(conflict.path));
  switch (conflict.kind) {
    case ConflictKind::moved:
      return "moved to different places";
    case ConflictKind::changed:
    case ConflictKind::metadata:
      return fmt::format("{} changed differently", member);
    case ConflictKind::removed_changed:
      return "removed on one side, changed on the other";
    case ConflictKind::added_differently:
      return member.empty() ? "new on both sides, and different"
                            : fmt::format("new on both sides, with another {}", member);
    case ConflictKind::order:
      return "put into different orders";
    case ConflictKind::collision:
      return "two different jobs have this id";
    case ConflictKind::reference:
      return "refers to a job that the other side removed";
    case ConflictKind::key:
      return member.empty() ? "changed differently" : fmt::format("{} changed differently", member);
  }
  return {};
}

std::string value_line(std::string_view label, const std::string& words, const Style& style) {
  constexpr int k_label_width = 12, k_indent = 6;
  const std::string shown = cut(escape_terminal(words), std::max(20, style.width - k_label_width - k_indent));
  return fmt::format("      {}{}\n",
                     style.paint(Tone::faint, pad_right(cut(escape_terminal(label), 11), k_label_width)), shown);
}

std::string headline(const ConflictedSnapshot& snapshot, const SideLabels& labels) {
  if (!snapshot.problem.empty()) {
    return escape_terminal(snapshot.problem);
  }
  if (snapshot.kind == ConflictedKind::renamed_twice) {
    return fmt::format("renamed to {} by {}, {} by {}: keep one", escape_terminal(snapshot.name_of_ours),
                       escape_terminal(labels.ours), escape_terminal(snapshot.name_of_theirs),
                       escape_terminal(labels.theirs));
  }
  if (snapshot.kind != ConflictedKind::content) {
    const bool by_ours = snapshot.kind == ConflictedKind::deleted_by_ours;
    return fmt::format("deleted by {}, changed by {}", escape_terminal(by_ours ? labels.ours : labels.theirs),
                       escape_terminal(by_ours ? labels.theirs : labels.ours));
  }
  if (snapshot.conflicts.empty()) {
    return "nothing is left to decide";
  }
  const std::string decided = snapshot.decided > 0 ? fmt::format(", {} decided already", snapshot.decided) : "";
  const std::string where = snapshot.where == ConflictedIn::staged      ? " (staged or committed with them)"
                            : snapshot.where == ConflictedIn::work_tree ? " (in the work tree)"
                                                                        : "";
  return fmt::format("{}{}{}", quantity(snapshot.conflicts.size(), "conflict"), decided, where);
}

/// "--ours", with what that is called where it is not what one would think.
std::string choice(std::string_view option, std::string_view side, const std::string& label) {
  return label == side ? std::string{option} : fmt::format("{} ({})", option, escape_terminal(label));
}

bool is_decided(const ConflictedSnapshot& snapshot) {
  return snapshot.kind == ConflictedKind::content && snapshot.conflicts.empty() && snapshot.problem.empty();
}

std::string hint(const ConflictedSnapshot& snapshot, const SideLabels& labels) {
  const std::string name = escape_terminal(snapshot.name);
  if (snapshot.name.empty() || is_decided(snapshot)) {
    return {};
  }
  if (!snapshot.problem.empty()) {
    return fmt::format("    git qsnap resolve {} --whole --ours | --theirs\n", name);
  }
  if (snapshot.kind == ConflictedKind::renamed_twice) {
    return fmt::format("    git qsnap resolve {} --ours ({}) | --theirs ({})\n", name,
                       escape_terminal(snapshot.name_of_ours), escape_terminal(snapshot.name_of_theirs));
  }
  if (snapshot.kind != ConflictedKind::content) {
    return fmt::format("    git qsnap resolve {} --keep | --delete\n", name);
  }
  return fmt::format("    git qsnap resolve {} -i | {} | {} | --base | --newest\n", name,
                     choice("--ours", "ours", labels.ours), choice("--theirs", "theirs", labels.theirs));
}

/// What Git could have done by itself if it had known how.
std::string hint_for_decided(const ConflictsView& view) {
  const auto count =
      static_cast<std::uint64_t>(std::count_if(view.snapshots.begin(), view.snapshots.end(), is_decided));
  if (count == 0) {
    return {};
  }
  const std::string_view all = count == view.snapshots.size() ? "git qsnap resolve --all" : "git qsnap resolve NAME";
  return fmt::format(
      "{} nothing left to decide: {} finishes {}\n"
      "  or git merge --abort && git qsnap merge BRANCH, which asks about real conflicts alone; so does git merge "
      "after\n"
      "  git qsnap install\n",
      count == 1 ? std::string{"1 snapshot has"} : fmt::format("{} snapshots have", count), all,
      count == 1 ? "it" : "them");
}

std::string nothing_text(const ConflictsView& view) {
  const std::string others =
      view.others == 0
          ? std::string{}
          : fmt::format("; {} in conflict: git qsnap conflicts",
                        view.others == 1 ? std::string{"1 other is"} : fmt::format("{} others are", view.others));
  return view.asked.empty() ? std::string{"no snapshot is in conflict\n"}
                            : fmt::format("{} is not in conflict{}\n", escape_terminal(view.asked), others);
}

void write_optional(JsonWriter& json, std::string_view member, const std::optional<std::string>& value) {
  if (value) {
    json.key(member).raw(*value);
  }
}

void write_text(JsonWriter& json, std::string_view member, const std::string& value) {
  if (!value.empty()) {
    json.key(member).bytes(value);
  }
}

void write_conflict(JsonWriter& json, const ConflictView& view) {
  const Conflict& conflict = view.conflict;
  json.begin_object().key("number").integer(number(view.number));
  json.key("kind").bytes(model::to_text(conflict.kind)).key("subject").bytes(conflict.subject);
  if (!conflict.queue.empty()) {
    json.key("queue").bytes(queue_text(conflict.queue));
  }
  write_text(json, "state", conflict.state);
  write_text(json, "id", conflict.id);
  write_text(json, "name", conflict.name);
  write_text(json, "path", conflict.path);
  write_optional(json, "base", conflict.base);
  write_optional(json, "ours", conflict.ours);
  write_optional(json, "theirs", conflict.theirs);
  json.end_object();
}

void write_snapshot(JsonWriter& json, const ConflictedSnapshot& snapshot) {
  json.begin_object().key("path").bytes(snapshot.path).key("name");
  if (snapshot.name.empty()) {
    json.null();
  } else {
    json.bytes(snapshot.name);
  }
  json.key("kind").bytes(to_text(snapshot.kind)).key("where").bytes(to_text(snapshot.where));
  json.key("decided").integer(number(snapshot.decided));
  write_text(json, "problem", snapshot.problem);
  write_text(json, "name_of_ours", snapshot.name_of_ours);
  write_text(json, "name_of_theirs", snapshot.name_of_theirs);
  json.key("conflicts").begin_array();
  for (const ConflictView& conflict : snapshot.conflicts) {
    write_conflict(json, conflict);
  }
  json.end_array().end_object();
}

}  // namespace

std::string_view to_text(ConflictedKind kind) {
  constexpr std::array<std::string_view, 4> k_words = {"content", "deleted-by-ours", "deleted-by-theirs",
                                                       "renamed-twice"};
  return k_words.at(static_cast<std::size_t>(kind));
}

std::string_view to_text(ConflictedIn where) {
  constexpr std::array<std::string_view, 3> k_words = {"index", "staged", "work-tree"};
  return k_words.at(static_cast<std::size_t>(where));
}

std::string conflict_text(const ConflictView& view, const SideLabels& labels, const Style& style) {
  std::string text = fmt::format("  {:>3}. {}: {}\n", view.number, style.paint(Tone::strong, who(view.conflict)),
                                 style.paint(Tone::warn, what(view.conflict)));
  if (!view.base.empty()) {
    text += value_line("base", view.base, style);
  }
  text += view.ours.empty() ? "" : value_line(labels.ours, view.ours, style);
  return text + (view.theirs.empty() ? "" : value_line(labels.theirs, view.theirs, style));
}

std::string conflicts_text(const ConflictsView& view, const Style& style) {
  if (view.snapshots.empty()) {
    return nothing_text(view);
  }
  std::string text;
  for (const ConflictedSnapshot& snapshot : view.snapshots) {
    const std::string called = escape_terminal(snapshot.name.empty() ? snapshot.path : snapshot.name);
    text += fmt::format("{}: {}\n", style.paint(Tone::bad, called), headline(snapshot, view.labels));
    for (const ConflictView& conflict : snapshot.conflicts) {
      text += conflict_text(conflict, view.labels, style);
    }
    text += style.paint(Tone::faint, hint(snapshot, view.labels));
  }
  return text + style.paint(Tone::faint, hint_for_decided(view));
}

std::string conflicts_json(const ConflictsView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.conflicts/1").key("labels").begin_object();
  json.key("ours").bytes(view.labels.ours).key("theirs").bytes(view.labels.theirs).end_object();
  json.key("snapshots").begin_array();
  for (const ConflictedSnapshot& snapshot : view.snapshots) {
    write_snapshot(json, snapshot);
  }
  json.end_array().end_object();
  return harmless_json(json.text());
}

std::string resolve_text(const ResolvesView& view, const Style& style) {
  std::string text;
  bool any_staged = false, all_done = view.others == 0;
  for (const ResolveView& one : view.snapshots) {
    const std::string name = style.paint(Tone::strong, escape_terminal(one.name));
    any_staged = any_staged || one.staged;
    all_done = all_done && one.left == 0;
    text += one.left > 0 ? fmt::format("{}: {} decided, {} left (git qsnap conflicts {})\n", name, one.decided,
                                       one.left, escape_terminal(one.name))
                         : fmt::format("{}: {}{}\n", name,
                                       style.paint(Tone::good, one.removed ? "resolved: deleted" : "resolved"),
                                       one.staged ? ", and staged" : "");
    if (one.journal_problem) {
      text += fmt::format("  {}: {}\n", style.paint(Tone::bad, "git qsnap why will not tell of it"),
                          escape_terminal(*one.journal_problem));
    }
  }
  if (view.others > 0) {
    text += fmt::format("{} more in conflict: git qsnap conflicts\n", view.others);
  } else if (view.snapshots.empty()) {
    text += "no snapshot is in conflict\n";
  }
  return text + (all_done && any_staged ? "git commit, or git rebase --continue, goes on\n" : "");
}

std::string resolve_json(const ResolvesView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.resolve/1").key("snapshots").begin_array();
  for (const ResolveView& one : view.snapshots) {
    json.begin_object().key("path").bytes(one.path).key("name").bytes(one.name);
    json.key("resolved").boolean(one.left == 0).key("decided").integer(number(one.decided));
    json.key("left").integer(number(one.left)).key("removed").boolean(one.removed);
    json.key("staged").boolean(one.staged);
    if (one.journal_problem) {
      json.key("journal_problem").bytes(*one.journal_problem);
    }
    json.end_object();
  }
  json.end_array().key("others").integer(number(view.others)).end_object();
  return harmless_json(json.text());
}

std::string unresolve_text(const UnresolveView& view, const Style& style) {
  return fmt::format("{}: in conflict again, {}\n", style.paint(Tone::strong, escape_terminal(view.name)),
                     view.conflicts == 0 ? std::string{"nothing decided"} : quantity(view.conflicts, "conflict"));
}

std::string unresolve_json(const UnresolveView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.unresolve/1").key("path").bytes(view.path);
  json.key("name").bytes(view.name).key("conflicts").integer(number(view.conflicts)).end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
