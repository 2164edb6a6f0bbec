// SPDX-License-Identifier: Apache-2.0
#include <qsnap/base/json_writer.hpp>
#include <qsnap/diff/record_text.hpp>

namespace qsnap::diff {

namespace {

constexpr std::string_view k_volatile = "volatile";

std::string object_text(const model::Fields& members) {
  JsonWriter json;
  json.begin_object();
  for (const model::Field& member : members) {
    json.key(member.name).raw(member.json);
  }
  return json.end_object().take();
}

}  // namespace

std::string record_text(const model::Record& record) {
  if (record.volatiles.empty()) {
    return object_text(record.fields);
  }
  model::Fields members = record.fields;
  members.set(k_volatile, object_text(record.volatiles));
  return object_text(members);
}

}  // namespace qsnap::diff
