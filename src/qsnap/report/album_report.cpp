// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/album_report.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::report {

namespace {

constexpr int k_most_name = 60;

struct StateWords {
  MemberState state;
  std::string_view word, sign;
  Tone tone = Tone::plain;
};
constexpr std::array<StateWords, 5> k_state_words = {{
    {MemberState::present, "present", " ", Tone::plain},
    {MemberState::conflicted, "conflicted", "!", Tone::warn},
    {MemberState::missing, "missing", "?", Tone::bad},
    {MemberState::elsewhere, "elsewhere", "~", Tone::warn},
    {MemberState::broken, "broken", "!", Tone::bad},
}};

const StateWords& words_of(MemberState state) {
  return *std::find_if(k_state_words.begin(), k_state_words.end() - 1,
                       [&](const StateWords& known) { return known.state == state; });
}

std::string tag_words(const std::vector<std::string>& tags) {
  std::vector<std::string> escaped;
  std::transform(tags.begin(), tags.end(), std::back_inserter(escaped), escape_terminal);
  return fmt::format("{}", fmt::join(escaped, ", "));
}

/// "3 members: 2 present, 1 missing"
std::string members_words(const AlbumView& view) {
  if (view.members.empty()) {
    return "no members yet";
  }
  std::vector<std::string> parts;
  for (const StateWords& words : k_state_words) {
    const auto count = std::count_if(view.members.begin(), view.members.end(),
                                     [&](const AlbumMemberView& member) { return member.state == words.state; });
    if (count > 0) {
      parts.push_back(fmt::format("{} {}", count, words.word));
    }
  }
  return fmt::format("{}: {}", quantity(view.members.size(), "member"), fmt::join(parts, ", "));
}

std::string member_rest(const AlbumMemberView& member, const Style& style) {
  const StateWords& words = words_of(member.state);
  std::vector<std::string> parts;
  if (member.state != MemberState::present) {
    parts.push_back(style.paint(words.tone, words.word));
  }
  if (member.jobs && member.queues) {
    parts.push_back(fmt::format("{} in {}", quantity(*member.jobs, "job"), quantity(*member.queues, "queue")));
  }
  if (member.captured_at) {
    parts.push_back(style.paint(Tone::faint, readable_instant(*member.captured_at)));
  }
  return fmt::format("{}", fmt::join(parts, "  "));
}

std::string member_text(const AlbumMemberView& member, int name_width, const Style& style) {
  const StateWords& words = words_of(member.state);
  std::string text = fmt::format("{} {}  {}\n", style.paint(words.tone, words.sign),
                                 pad_right(escape_terminal(member.name), name_width), member_rest(member, style));
  for (const std::string& line : {member.note, member.problem}) {
    text += line.empty() ? "" : fmt::format("      {}\n", escape_terminal(line));
  }
  return text;
}

JsonWriter begin_document(std::string_view schema) {
  JsonWriter json;
  json.begin_object().key("schema").bytes(schema);
  return json;
}

void write_count(JsonWriter& json, std::string_view name, const std::optional<std::uint64_t>& count) {
  json.key(name);
  count ? json.integer(number(*count)) : json.null();
}

void write_member(JsonWriter& json, const AlbumMemberView& member) {
  json.begin_object().key("name").bytes(member.name).key("note").bytes(member.note);
  json.key("state").bytes(to_text(member.state)).key("problem").bytes(member.problem);
  write_count(json, "jobs", member.jobs);
  write_count(json, "queues", member.queues);
  json.key("captured_at");
  member.captured_at ? json.bytes(format_instant(*member.captured_at)) : json.null();
  json.end_object();
}

}  // namespace

std::string_view to_text(MemberState state) {
  return words_of(state).word;
}

std::string album_text(const AlbumView& view, const Style& style) {
  std::string text = style.paint(Tone::strong, escape_terminal(view.name)) + "\n";
  text += view.description.empty() ? "" : fmt::format("  {}\n", escape_terminal(view.description));
  text += view.tags.empty() ? "" : fmt::format("  {} {}\n", style.paint(Tone::faint, "tags"), tag_words(view.tags));
  text += fmt::format("  {}\n", members_words(view));
  int width = 0;
  for (const AlbumMemberView& member : view.members) {
    width = std::max(width, display_width(escape_terminal(member.name)));
  }
  text += view.members.empty() ? "" : "\n";
  for (const AlbumMemberView& member : view.members) {
    text += member_text(member, std::min(width, k_most_name), style);
  }
  return text;
}

std::string album_json(const AlbumView& view) {
  JsonWriter json = begin_document("qsnap.album-view/1");
  json.key("name").bytes(view.name).key("path").bytes(view.path).key("description").bytes(view.description);
  write_texts(json, "tags", view.tags);
  json.key("members").begin_array();
  for (const AlbumMemberView& member : view.members) {
    write_member(json, member);
  }
  return harmless_json(json.end_array().end_object().text());
}

std::string album_list_text(std::span<const ListedAlbum> albums, std::string_view tag, const Style& style) {
  if (albums.empty()) {
    return tag.empty() ? "no albums; git qsnap album create NAME makes one\n"
                       : fmt::format("no album has the tag {}\n", escape_terminal(tag));
  }
  int width = 0;
  for (const ListedAlbum& album : albums) {
    width = std::max(width, display_width(escape_terminal(album.name)));
  }
  std::string text;
  for (const ListedAlbum& album : albums) {
    const std::string tags = album.tags.empty() ? "" : fmt::format("  [{}]", tag_words(album.tags));
    const std::string description =
        album.description.empty() ? "" : fmt::format("  {}", escape_terminal(album.description));
    text += fmt::format("{}  {}{}{}\n",
                        style.paint(Tone::strong, pad_right(escape_terminal(album.name), std::min(width, k_most_name))),
                        quantity(album.members, "member"), style.paint(Tone::accent, tags), description);
  }
  return text;
}

std::string album_list_json(std::span<const ListedAlbum> albums) {
  JsonWriter json = begin_document("qsnap.album-list/1");
  json.key("albums").begin_array();
  for (const ListedAlbum& album : albums) {
    json.begin_object().key("name").bytes(album.name).key("description").bytes(album.description);
    write_texts(json, "tags", album.tags).key("members").integer(number(album.members)).end_object();
  }
  return harmless_json(json.end_array().end_object().text());
}

std::string album_change_text(const AlbumChangeView& view, const Style& style) {
  const std::string name = style.paint(Tone::strong, escape_terminal(view.name));
  if (view.action == "unchanged") {
    return fmt::format("{}: nothing to change\n", name);
  }
  std::string text = fmt::format("{} {}", style.paint(Tone::good, view.action), name);
  text += view.action == "deleted" ? "; its members stay where they are\n"
                                   : fmt::format(": {}\n", quantity(view.total, "member"));
  for (const std::string& member : view.members) {
    text += fmt::format("  {}\n", escape_terminal(member));
  }
  return text;
}

std::string album_change_json(const AlbumChangeView& view) {
  JsonWriter json = begin_document("qsnap.album-change/1");
  json.key("name").bytes(view.name).key("path").bytes(view.path).key("action").bytes(view.action);
  write_texts(json, "members", view.members).key("total").integer(number(view.total));
  return harmless_json(json.end_object().text());
}

std::string tag_text(const TagView& view, const Style& style) {
  const std::string_view head = view.changed ? "labelled" : "";
  std::string text = fmt::format("{}{}{}\n", style.paint(Tone::good, head), head.empty() ? "" : " ",
                                 style.paint(Tone::strong, escape_terminal(view.name)));
  const auto line = [&](std::string_view label, const std::string& words) {
    return fmt::format("  {}{}\n", style.paint(Tone::faint, pad_right(label, 13)), words);
  };
  text += line("description", view.description.empty() ? "none" : escape_terminal(view.description));
  text += line("tags", view.tags.empty() ? "none" : tag_words(view.tags));
  return text + (view.path.empty() ? "" : line("file", escape_terminal(view.path)));
}

std::string tag_json(const TagView& view) {
  JsonWriter json = begin_document("qsnap.tag/1");
  json.key("name").bytes(view.name).key("path").bytes(view.path).key("changed").boolean(view.changed);
  json.key("description").bytes(view.description);
  return harmless_json(write_texts(json, "tags", view.tags).end_object().text());
}

}  // namespace qsnap::report
