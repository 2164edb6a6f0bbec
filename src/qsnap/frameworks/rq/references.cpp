// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>
#include <vector>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/layout/stock_satellites.hpp>
#include <qsnap/frameworks/rq/job.hpp>
#include <qsnap/frameworks/rq/references.hpp>

namespace qsnap::frameworks::rq {

namespace {

using layout::JobContext;
using model::ItemBlock;
using model::Record;
using model::RedisType;

constexpr std::string_view k_refs = "refs";
constexpr std::string_view k_ref_ids = "ref_ids";
constexpr std::string_view k_dependency = "dependency";
constexpr std::string_view k_dependent = "dependent";
constexpr std::string_view k_ids_field = "dependency_ids";
constexpr std::string_view k_id_field = "dependency_id";  // the first one once more, for readers older than the list
constexpr std::string_view k_style = "json-py";

bool is_generated(std::string_view id) {
  return is_uuid(id);
}

Error bad_refs() {
  return make_error(ErrorCode::corrupt, "the refs of a job cannot be read");
}

Result<std::vector<std::string>> elements_of(const model::Fields& members, std::string_view name) {
  const auto json = members.find(name);
  return json ? codec::array_elements(*json) : Result<std::vector<std::string>>{std::vector<std::string>{}};
}

std::optional<std::string> text_member(std::string_view object, std::string_view name) {
  const auto members = codec::object_members(object);
  if (!members) {
    return std::nullopt;
  }
  const auto at = std::find_if(members->begin(), members->end(), [&](const auto& each) { return each.name == name; });
  return at == members->end() ? std::nullopt : codec::json_text(at->json);
}

/// Form B of the ids that the job depends on, in the order in which it says so.
Result<std::vector<std::string>> dependency_ids(const Record& record) {
  QSNAP_ASSIGN(const auto refs, elements_of(record.fields, k_refs));
  QSNAP_ASSIGN(auto ids, elements_of(record.volatiles, k_ref_ids));
  if (refs.size() != ids.size()) {
    return bad_refs();
  }
  std::vector<std::string> dependencies;
  for (std::size_t i = 0; i < refs.size(); ++i) {
    if (text_member(refs[i], "role") == k_dependency) {
      dependencies.push_back(std::move(ids[i]));
    }
  }
  return dependencies;
}

/// As Python prints them. Ids that are no text come from an edited record: no such list can be written.
Result<std::string> print_ids(const std::vector<std::string>& ids) {
  JsonWriter array;
  array.begin_array();
  for (const std::string& id : ids) {
    if (!codec::json_text(id)) {
      return bad_refs();
    }
    array.raw(id);
  }
  return codec::unembed(array.end_array().text(), k_style);
}

/// A set that says what the hash says.
class Dependencies final : public layout::Satellite {
 public:
  const layout::KeyPattern& pattern() const override { return m_pattern; }
  RedisType type() const override { return RedisType::set; }

  std::optional<std::string> key(const JobContext& job, const Record& /*record*/) const override {
    layout::Holes holes;
    holes.id = job.id;
    return m_pattern.fill(holes);
  }

  bool describe(const JobContext& /*job*/, const Value& value, Record& record) const override {
    const auto ids = ids_of_hash(record);
    if (!ids || value.expires_at) {
      return false;
    }
    JsonWriter others;
    others.begin_array();
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      others.bytes(value.items[i]);
    }
    record.volatiles.set(k_member, *ids == value.items ? "true" : others.end_array().take());
    return true;
  }

  Result<std::optional<Value>> value(const JobContext& /*job*/, const Record& record) const override {
    const auto json = record.volatiles.find(k_member);
    if (!json) {
      return std::optional<Value>{};
    }
    if (*json == "true") {
      QSNAP_ASSIGN(ItemBlock items, ids_of_hash(record));
      return items.empty() ? std::optional<Value>{} : std::optional{Value{std::move(items), {}}};
    }
    QSNAP_ASSIGN(auto ids, codec::array_elements(*json));
    QSNAP_ASSIGN(ItemBlock items, as_set(std::move(ids)));
    return items.empty() ? std::optional<Value>{} : std::optional{Value{std::move(items), {}}};
  }

 private:
  static Result<ItemBlock> ids_of_hash(const Record& record) {
    QSNAP_ASSIGN(auto ids, dependency_ids(record));
    return as_set(std::move(ids));
  }

  static Result<ItemBlock> as_set(std::vector<std::string> ids) {
    for (std::string& id : ids) {
      auto bytes = codec::json_to_bytes(id);
      if (!bytes) {
        return bad_refs();
      }
      id = *std::move(bytes);
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    ItemBlock items;
    for (const std::string& id : ids) {
      items.push(id);
    }
    return items;
  }

  static constexpr std::string_view k_member = "dependencies_set";
  layout::KeyPattern m_pattern{"rq:job::<id>:dependencies"};
};

/// One ref with what the job that it is about says of itself.
Result<std::string> complete_ref(std::string_view ref, std::string_view id, const layout::OtherJobs& others) {
  QSNAP_ASSIGN(const auto other, others.find({}, id));
  JsonWriter object;
  object.begin_object();
  if (!is_generated(id)) {
    object.key("id").bytes(id);
  }
  object.key("name");
  const auto data = other ? find_field(*other->body, "data") : std::nullopt;
  const auto function = data ? read_call(*data).function : std::nullopt;
  function ? object.bytes(*function) : object.null();
  if (other) {
    object.key("queue").bytes(other->queue);
  }
  object.key("role").bytes(text_member(ref, "role").value_or(std::string{}));
  return object.end_object().take();
}

}  // namespace

bool is_dependency_field(std::string_view hash_field) {
  return hash_field == k_ids_field || hash_field == k_id_field;
}

bool describe_dependencies(const ItemBlock& body, Record& record) {
  const auto list = find_field(body, k_ids_field), first = find_field(body, k_id_field);
  if (!list || !first) {
    return false;
  }
  const auto ids = codec::array_elements(*list);
  if (!ids || ids->empty() || codec::json_text(ids->front()) != *first) {
    return false;
  }
  const auto printed = print_ids(*ids);
  if (!printed || *printed != *list) {
    return false;
  }
  JsonWriter refs, ref_ids;
  refs.begin_array();
  ref_ids.begin_array();
  for (const std::string& id : *ids) {
    refs.begin_object();
    if (!is_generated(*codec::json_text(id))) {
      refs.key("id").raw(id);
    }
    refs.key("role").bytes(k_dependency).end_object();
    ref_ids.raw(id);
  }
  record.fields.set(k_refs, refs.end_array().take());
  record.volatiles.set(k_ref_ids, ref_ids.end_array().take());
  return true;
}

Result<void> add_dependencies(const Record& record, HashBuilder& hash) {
  QSNAP_ASSIGN(const auto ids, dependency_ids(record));
  if (ids.empty()) {
    return {};
  }
  QSNAP_ASSIGN(std::string list, print_ids(ids));
  hash.add(k_ids_field, std::move(list));
  hash.add(k_id_field, codec::json_text(ids.front()).value_or(std::string{}));
  return {};
}

std::shared_ptr<const layout::Satellite> make_dependents() {
  return layout::make_refs_satellite({.key = "rq:job:<id>:dependents", .member = "dependents"}, k_dependent,
                                     is_generated);
}

std::shared_ptr<const layout::Satellite> make_dependencies() {
  return std::make_shared<Dependencies>();
}

Result<void> complete_refs(const layout::OtherJobs& others, Record& record) {
  QSNAP_ASSIGN(const auto refs, elements_of(record.fields, k_refs));
  QSNAP_ASSIGN(const auto ids, elements_of(record.volatiles, k_ref_ids));
  if (refs.empty() || refs.size() != ids.size()) {
    return {};
  }
  JsonWriter completed;
  completed.begin_array();
  for (std::size_t i = 0; i < refs.size(); ++i) {
    QSNAP_ASSIGN(const std::string ref,
                 complete_ref(refs[i], codec::json_to_bytes(ids[i]).value_or(std::string{}), others));
    completed.raw(ref);
  }
  record.fields.set(k_refs, completed.end_array().take());
  return {};
}

}  // namespace qsnap::frameworks::rq
