// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/set_report.hpp>

namespace qsnap::report {

namespace {

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  return escape_terminal(fmt::format("{}", fmt::join(words, between)));
}

std::string inheritance(const SetView& set, const Style& style) {
  if (!set.problem.empty()) {
    return style.paint(Tone::bad, escape_terminal(set.problem));
  }
  return fmt::format("then {}{}", joined(set.inherits, ", then "), set.pinned ? " (the set says so)" : "");
}

std::string counts(const SetView& set) {
  return set.removed == 0 ? fmt::format("{} own", set.own) : fmt::format("{} own, {} removed", set.own, set.removed);
}

std::string branch_words(const SetView& set, const Style& style) {
  if (set.branches.empty()) {
    return style.paint(Tone::warn, "no branch");
  }
  return set.branches.size() == 1 && set.branches.front() == set.name
             ? "has its branch"
             : fmt::format("branch{} {}", set.branches.size() == 1 ? "" : "es", joined(set.branches, ", "));
}

void write_set(JsonWriter& json, const SetView& set) {
  json.key("name").bytes(set.name).key("description").bytes(set.description);
  write_texts(json, "inherits", set.inherits);
  json.key("pinned").boolean(set.pinned);
  if (!set.problem.empty()) {
    json.key("problem").bytes(set.problem);
  }
  json.key("own").integer(number(set.own)).key("removed").integer(number(set.removed));
  write_texts(json, "branches", set.branches).key("current").boolean(set.current);
}

std::string_view to_text(SetMember::Kind kind) {
  constexpr std::array<std::string_view, 3> k_words = {"added", "overrides", "removed"};
  return k_words.at(static_cast<std::size_t>(kind));
}

}  // namespace

std::string set_list_text(const SetListView& view, const Style& style) {
  std::string text = fmt::format("{} default\n", view.current == "default" ? "*" : " ");
  int name_width = 0, count_width = 0;
  for (const SetView& set : view.sets) {
    name_width = std::max(name_width, display_width(escape_terminal(set.name)));
    count_width = std::max(count_width, display_width(counts(set)));
  }
  for (const SetView& set : view.sets) {
    text +=
        fmt::format("{} {}  {}  {}; {}\n", set.current ? "*" : " ", pad_right(escape_terminal(set.name), name_width),
                    pad_right(counts(set), count_width), branch_words(set, style), inheritance(set, style));
  }
  if (view.sets.empty()) {
    text += "no sets but the default one (sets: in config.yaml, docs/sets.md)\n";
  }
  return text;
}

std::string set_list_json(const SetListView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.set-list/1").key("current").bytes(view.current);
  json.key("sets").begin_array();
  for (const SetView& set : view.sets) {
    json.begin_object();
    write_set(json, set);
    json.end_object();
  }
  json.end_array().end_object();
  return harmless_json(json.text());
}

std::string set_show_text(const SetShowView& view, const Style& style) {
  std::string text = fmt::format("set {}: {}; {}; {}\n", style.paint(Tone::strong, escape_terminal(view.set.name)),
                                 counts(view.set), branch_words(view.set, style), inheritance(view.set, style));
  if (!view.set.description.empty()) {
    text += fmt::format("  {}\n", escape_terminal(view.set.description));
  }
  int width = 0;
  for (const SetMember& member : view.members) {
    width = std::max(width, display_width(escape_terminal(member.name)));
  }
  for (const SetMember& member : view.members) {
    const std::string from = member.from.empty() ? "no ancestor has it" : fmt::format("that of {}", member.from);
    text += fmt::format("  {}  {:<9}  {}\n", pad_right(escape_terminal(member.name), width), to_text(member.kind),
                        style.paint(Tone::faint, escape_terminal(from)));
  }
  return text;
}

std::string set_show_json(const SetShowView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.set-show/1");
  write_set(json, view.set);
  json.key("snapshots").begin_array();
  for (const SetMember& member : view.members) {
    json.begin_object().key("name").bytes(member.name).key("kind").bytes(to_text(member.kind));
    json.key("from");
    member.from.empty() ? json.null() : json.bytes(member.from);
    json.end_object();
  }
  json.end_array().end_object();
  return harmless_json(json.text());
}

std::string set_change_text(const SetChangeView& view, const Style& style) {
  constexpr std::array<std::string_view, 3> k_words = {"created", "renamed", "dropped"};
  std::string text = fmt::format("{} set {}", style.paint(Tone::good, k_words.at(static_cast<std::size_t>(view.kind))),
                                 style.paint(Tone::strong, escape_terminal(view.name)));
  if (!view.new_name.empty()) {
    text += fmt::format(" to {}", style.paint(Tone::strong, escape_terminal(view.new_name)));
  }
  if (!view.parent.empty()) {
    text += fmt::format(", which inherits from {}", escape_terminal(view.parent));
  }
  text += '\n';
  for (const std::string& file : view.files) {
    text += fmt::format("  {}\n", escape_terminal(file));
  }
  for (const std::string& note : view.notes) {
    text += fmt::format("  {}\n", escape_terminal(note));
  }
  return text;
}

std::string set_change_json(const SetChangeView& view) {
  constexpr std::array<std::string_view, 3> k_words = {"created", "renamed", "dropped"};
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.set-change/1");
  json.key("done").bytes(k_words.at(static_cast<std::size_t>(view.kind))).key("name").bytes(view.name);
  if (!view.new_name.empty()) {
    json.key("new_name").bytes(view.new_name);
  }
  if (!view.parent.empty()) {
    json.key("parent").bytes(view.parent);
  }
  write_texts(json, "files", view.files);
  write_texts(json, "notes", view.notes).end_object();
  return harmless_json(json.text());
}

}  // namespace qsnap::report
