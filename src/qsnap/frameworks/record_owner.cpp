// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/record_owner.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::frameworks {

std::optional<std::string_view> owner_member(const model::Record& record) {
  const auto queue = record.fields.find("queue");
  return queue ? queue : record.fields.find("framework");
}

std::optional<std::string> owner_of(std::string_view member_json) {
  auto text = codec::json_to_bytes(member_json);
  if (!text) {
    return std::nullopt;
  }
  const auto colons = std::count(text->begin(), text->end(), ':');
  if (colons == 2) {
    text->resize(text->rfind(':'));
  }
  return colons == 1 || colons == 2 ? text : std::nullopt;
}

std::string owner_text(std::string_view framework, std::string_view name_space) {
  std::string text = model::QueueId{std::string{framework}, std::string{name_space}, ""}.text();
  text.pop_back();  // the colon in front of the empty name
  return text;
}

Owner parse_owner(std::string_view text) {
  const auto id = model::QueueId::parse(std::string{text} + ':');
  return id ? Owner{id->framework, id->name_space} : Owner{};
}

}  // namespace qsnap::frameworks
