// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/codec/json.hpp>
#include <qsnap/search/record_lines.hpp>

namespace qsnap::search {

namespace {

/// "enc", "payload_codec", "stacktrace_enc", "order", "data_order": found in every record, and meant by nobody.
bool is_about_writing(std::string_view member) {
  const auto is = [&](std::string_view word) {
    return member == word || (member.ends_with(word) && member[member.size() - word.size() - 1] == '_');
  };
  return is("enc") || is("codec") || is("order");
}

Result<void> add_lines(const model::Fields& members, const MemberReader& reader, std::vector<RecordLine>& lines) {
  static const codec::JsonPayloadReader json;
  for (const model::Field& member : members) {
    if (is_about_writing(member.name)) {
      continue;
    }
    const std::optional<std::string> decoded = reader.decoded(members, member);
    auto leaves = json.leaves(decoded ? *decoded : member.json);
    if (!leaves && decoded) {
      leaves = json.leaves(member.json);
    }
    if (!leaves) {
      return std::move(leaves).error();
    }
    for (model::PayloadReader::Leaf& leaf : *leaves) {
      auto text = codec::json_text(leaf.json);
      lines.push_back({member.name, std::move(leaf.path), text ? *std::move(text) : std::move(leaf.json)});
    }
  }
  return {};
}

}  // namespace

Result<std::vector<RecordLine>> record_lines(const model::Record& record, const MemberReader& reader) {
  std::vector<RecordLine> lines;
  QSNAP_TRY(add_lines(record.fields, reader, lines));
  QSNAP_TRY(add_lines(record.volatiles, reader, lines));
  return lines;
}

std::string text_of(const model::Fields& members, std::string_view name) {
  const auto json = members.find(name);
  return json ? codec::json_to_bytes(*json).value_or(std::string{}) : std::string{};
}

RecordTitle title_of(const model::Record& record) {
  RecordTitle title{text_of(record.fields, "queue"), text_of(record.fields, "state"), text_of(record.fields, "id"),
                    text_of(record.fields, "name")};
  if (title.id.empty()) {
    title.id = text_of(record.volatiles, "id");
  }
  if (record.section == model::Section::keys) {
    title.name = text_of(record.fields, "key");
  }
  return title;
}

}  // namespace qsnap::search
