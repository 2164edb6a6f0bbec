// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/store/album_json.hpp>
#include <qsnap/store/json_members.hpp>

namespace qsnap::store {

namespace {

constexpr std::string_view k_album_schema = "qsnap.album/1";

/// "name": [ one element a line ]
void append_lines(std::string& out, std::string_view name, const std::vector<std::string>& elements) {
  out += fmt::format("  \"{}\": [", name);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    out += i == 0 ? "\n" : "\n    ,\n";
    out += "    " + elements[i];
  }
  out += elements.empty() ? "]" : "\n  ]";
}

std::string member_json(const AlbumMember& member) {
  JsonWriter json;
  json.begin_object().key("name").bytes(member.name.text());
  if (!member.note.empty()) {
    json.key("note").bytes(member.note);
  }
  return json.end_object().take();
}

/// What Git writes into a file that it could not merge.
bool has_conflict_markers(std::string_view text) {
  constexpr std::array<std::string_view, 3> k_markers = {"<<<<<<< ", "=======", ">>>>>>> "};
  const std::vector<std::string_view> lines = split(text, '\n');
  return std::any_of(lines.begin(), lines.end(), [&](std::string_view line) {
    return std::any_of(k_markers.begin(), k_markers.end(),
                       [&](std::string_view marker) { return line.starts_with(marker); });
  });
}

Error bad_album(std::string_view why) {
  return make_error(ErrorCode::corrupt, fmt::format("is no album: {}", why));
}

Result<AlbumMember> parse_member(std::string_view json) {
  QSNAP_ASSIGN(const std::vector<model::Field> fields, codec::object_members(json));
  std::optional<SnapshotName> name;
  std::string note;
  for (const model::Field& field : fields) {
    const auto text = codec::json_to_bytes(field.json);
    if (field.name == "name" && text) {
      auto parsed = SnapshotName::parse(*text);
      if (!parsed || parsed->text() != *text || parsed->set()) {  // a bare "x" is a name to the command line alone
        return bad_album(fmt::format("\"{}\" is no name of a member", *text));
      }
      name = *std::move(parsed);
    } else if (field.name == "note" && text) {
      note = *text;
    } else if (field.name == "name" || field.name == "note") {
      return bad_album(fmt::format("the \"{}\" of a member is no text", field.name));
    }
  }
  return name ? Result<AlbumMember>{AlbumMember{*std::move(name), std::move(note)}}
              : bad_album("one of its members has no \"name\"");
}

Result<std::vector<AlbumMember>> parse_members(const JsonMembers& album) {
  const auto json = album.json("members");
  const auto elements = json ? codec::array_elements(*json) : album.bad("members");
  if (!elements) {
    return album.bad("members");
  }
  std::vector<AlbumMember> members;
  for (const std::string& element : *elements) {
    QSNAP_ASSIGN(AlbumMember member, parse_member(element));
    members.push_back(std::move(member));
  }
  sort_members(members);
  return members;
}

Result<std::vector<std::string>> parse_tags(const JsonMembers& album) {
  QSNAP_ASSIGN(std::vector<std::string> tags, album.texts("tags"));
  std::sort(tags.begin(), tags.end());  // a merge may have brought one from both sides
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags.empty() || !tags.front().empty() ? Result<std::vector<std::string>>{std::move(tags)} : album.bad("tags");
}

}  // namespace

std::string format_album(const Album& album) {
  std::vector<std::string> tags, members;
  std::transform(album.tags.begin(), album.tags.end(), std::back_inserter(tags), json_bytes);
  std::transform(album.members.begin(), album.members.end(), std::back_inserter(members), member_json);
  std::string out = fmt::format("{{\n  \"schema\": \"{}\",\n  \"name\": {},\n  \"description\": {},\n", k_album_schema,
                                json_bytes(album.name), json_bytes(album.description));
  append_lines(out, "tags", tags);
  out += ",\n";
  append_lines(out, "members", members);
  return out + "\n}\n";
}

Result<Album> parse_album(std::string_view json) {
  if (has_conflict_markers(json)) {
    return make_error(ErrorCode::corrupt, "holds conflict markers: Git could not merge what two branches changed in it",
                      {"edit the file: keep the members of both sides, one comma between two, and take the markers out",
                       "or take one side: git checkout --ours FILE (or --theirs), then git add FILE"});
  }
  QSNAP_ASSIGN(const JsonMembers members, JsonMembers::parse("album", k_album_schema, json));
  Album album;
  QSNAP_ASSIGN(album.name, members.text("name"));
  QSNAP_ASSIGN(album.description, members.text("description"));
  QSNAP_ASSIGN(album.tags, parse_tags(members));
  QSNAP_ASSIGN(album.members, parse_members(members));
  return album;
}

}  // namespace qsnap::store
