// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <utility>
#include <vector>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/celery/ids.hpp>
#include <qsnap/frameworks/celery/lines.hpp>
#include <qsnap/frameworks/json_peek.hpp>
#include <qsnap/model/iso_instant.hpp>

namespace qsnap::frameworks::celery {

namespace {

using layout::JobContext;
using layout::JsonCustom;
using model::Fields;
using model::Record;

using OptionalText = Result<std::optional<std::string>>;

constexpr std::string_view k_refs = "refs";
constexpr std::string_view k_ref_ids = "ref_ids";

/// Puts one more element into an array, which may not be there yet.
void append(Fields& members, std::string_view name, std::string_view element) {
  std::string array{members.find(name).value_or("[]")};
  array.pop_back();
  array += array.size() > 1 ? "," : "";
  members.set(name, array.append(element).append("]"));
}

/// What a reference of the role says; the id is canonical JSON.
std::string ref_text(std::string_view role, std::string_view id) {
  const auto text = codec::json_text(id);
  JsonWriter ref;
  ref.begin_object();
  if (!text || !is_uuid(*text)) {
    ref.key("id").raw(id);
  }
  return ref.key("role").bytes(role).end_object().take();
}

bool describe_ref(std::string_view role, std::string_view json, Record& record) {
  const bool is_id = is_json_string(json);
  if (is_id) {
    append(record.fields, k_refs, ref_text(role, json));
    append(record.volatiles, k_ref_ids, json);
  }
  return is_id;
}

/// The id that stands where the reference of the role does.
OptionalText ref_value(std::string_view role, const Record& record) {
  const auto refs_json = record.fields.find(k_refs), ids_json = record.volatiles.find(k_ref_ids);
  if (!refs_json || !ids_json) {
    return std::optional<std::string>{};
  }
  QSNAP_ASSIGN(const auto refs, codec::array_elements(*refs_json));
  QSNAP_ASSIGN(auto ids, codec::array_elements(*ids_json));
  for (std::size_t i = 0; i < refs.size() && i < ids.size(); ++i) {
    if (peek_text(refs[i], "role") == role) {
      return std::optional{std::move(ids[i])};
    }
  }
  return std::optional<std::string>{};
}

bool describe_group(const JobContext& /*job*/, std::string_view json, Record& record) {
  return describe_ref("group", json, record);
}
OptionalText group_value(const JobContext& /*job*/, const Record& record) {
  return ref_value("group", record);
}

bool describe_parent(const JobContext& /*job*/, std::string_view json, Record& record) {
  return describe_ref("parent", json, record);
}
OptionalText parent_value(const JobContext& /*job*/, const Record& record) {
  return ref_value("parent", record);
}

bool describe_root(const JobContext& /*job*/, std::string_view json, Record& record) {
  return json == own_id(record) || describe_ref("root", json, record);
}
OptionalText root_value(const JobContext& /*job*/, const Record& record) {
  QSNAP_ASSIGN(auto other, ref_value("root", record));
  return other ? std::move(other) : own_id(record);
}

/// When it is, is noise, but that there is such a time is not.
bool describe_instant(std::string_view flag, std::string_view member, std::string_view json, Record& record) {
  const auto text = codec::json_text(json);
  const bool is_instant = text && model::IsoInstant::parse(*text);
  if (is_instant) {
    record.fields.set(flag, "true");
    record.volatiles.set(member, std::string{json});
  }
  return is_instant;
}
OptionalText instant_value(std::string_view member, const Record& record) {
  const auto json = record.volatiles.find(member);
  return json ? std::optional{std::string{*json}} : std::nullopt;
}

bool describe_eta(const JobContext& /*job*/, std::string_view json, Record& record) {
  return describe_instant("eta", "due_at_iso", json, record);
}
OptionalText eta_value(const JobContext& /*job*/, const Record& record) {
  return instant_value("due_at_iso", record);
}

bool describe_expires(const JobContext& /*job*/, std::string_view json, Record& record) {
  return describe_instant("expires", "expires_at_iso", json, record);
}
OptionalText expires_value(const JobContext& /*job*/, const Record& record) {
  return instant_value("expires_at_iso", record);
}

bool describe_children(const JobContext& /*job*/, std::string_view json, Record& record) {
  auto without = json.starts_with('[') ? take_ids(json, IdPlaces::anywhere) : std::nullopt;
  if (!without) {
    return false;
  }
  record.fields.set("children", std::move(without->json));
  if (!without->ids.empty()) {
    record.volatiles.set("child_ids", ids_text(without->ids));
  }
  return true;
}
OptionalText children_value(const JobContext& /*job*/, const Record& record) {
  const auto json = record.fields.find("children");
  if (!json) {
    return std::optional<std::string>{};
  }
  QSNAP_ASSIGN(const auto ids, parse_ids(record.volatiles.find("child_ids")));
  QSNAP_ASSIGN(std::string children, put_ids(*json, ids, IdPlaces::anywhere));
  return std::optional{std::move(children)};
}

}  // namespace

std::optional<std::string> own_id(const Record& record) {
  const auto chosen = record.fields.find("id");
  const auto id = chosen ? chosen : record.volatiles.find("id");
  return id ? std::optional{std::string{*id}} : std::nullopt;
}

const JsonCustom k_group = {describe_group, group_value};
const JsonCustom k_parent = {describe_parent, parent_value};
const JsonCustom k_root = {describe_root, root_value, true};
const JsonCustom k_eta = {describe_eta, eta_value};
const JsonCustom k_expires = {describe_expires, expires_value};
const JsonCustom k_children = {describe_children, children_value};

}  // namespace qsnap::frameworks::celery
