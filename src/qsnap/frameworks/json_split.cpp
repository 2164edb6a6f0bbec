// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <utility>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/json_split.hpp>

namespace qsnap::frameworks {

namespace {

bool name_less(const model::Field& a, const model::Field& b) {
  return a.name < b.name;
}

std::string names_text(const std::vector<model::Field>& members) {
  JsonWriter names;
  names.begin_array();
  for (const model::Field& member : members) {
    names.bytes(member.name);
  }
  names.end_array();
  return names.take();
}

Result<std::vector<model::Field>> arrange(std::vector<model::Field> members, std::string_view order) {
  QSNAP_ASSIGN(const std::vector<std::string> names, codec::array_elements(order));
  if (names.size() != members.size()) {
    return make_error(ErrorCode::corrupt, "an order of members does not fit its object");
  }
  std::sort(members.begin(), members.end(), name_less);
  std::vector<model::Field> arranged;
  arranged.reserve(members.size());
  for (const std::string& json : names) {
    const auto name = codec::json_text(json);
    const auto at =
        name ? std::lower_bound(members.begin(), members.end(), model::Field{*name, {}}, name_less) : members.end();
    if (at == members.end() || at->name != *name || at->json.empty()) {
      return make_error(ErrorCode::corrupt, "an order of members names a member twice, or one that is not there");
    }
    arranged.push_back({at->name, std::exchange(at->json, {})});
  }
  return arranged;
}

}  // namespace

std::string object_text(const std::vector<model::Field>& members) {
  JsonWriter object;
  object.begin_object();
  for (const model::Field& member : members) {
    object.key(member.name).raw(member.json);
  }
  object.end_object();
  return object.take();
}

Result<SplitObject> split_object(std::string_view object, const std::function<bool(const model::Field&)>& take) {
  QSNAP_ASSIGN(std::vector<model::Field> members, codec::object_members(object));
  SplitObject split;
  JsonWriter rest;
  rest.begin_object();
  bool usual_order = true;
  for (const model::Field& member : members) {
    const bool after_taken = !split.taken.empty();
    if (take(member)) {
      usual_order = usual_order && !(after_taken && name_less(member, split.taken.back()));
      split.taken.push_back(member);
    } else {
      usual_order = usual_order && !after_taken;
      rest.key(member.name).raw(member.json);
    }
  }
  split.rest = rest.end_object().take();
  if (!usual_order) {
    split.order = names_text(members);
  }
  return split;
}

Result<std::string> join_object(std::string_view rest, std::vector<model::Field> taken,
                                const std::optional<std::string>& order) {
  QSNAP_ASSIGN(std::vector<model::Field> members, codec::object_members(rest));
  std::sort(taken.begin(), taken.end(), name_less);
  members.insert(members.end(), std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end()));
  if (!order) {
    return object_text(members);
  }
  QSNAP_ASSIGN(const std::vector<model::Field> arranged, arrange(std::move(members), *order));
  return object_text(arranged);
}

}  // namespace qsnap::frameworks
