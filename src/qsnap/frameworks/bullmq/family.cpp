// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/bullmq/family.hpp>
#include <qsnap/frameworks/bullmq/job.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::frameworks::bullmq {

namespace {

using model::ItemBlock;
using model::RedisType;

/// What a child leaves with its parent.
enum class Leaves { nothing, json, text, score };

struct Role {
  KeyKind kind;
  std::string_view word;
  RedisType type;
  Leaves leaves;
};

constexpr std::string_view k_parent_role = "parent";
constexpr std::string_view k_logs = "logs";
constexpr std::string_view k_dedup_expiry = "dedup_expire_at_ms";
constexpr std::string_view k_parent_slot = "parent_slot_at_ms";

/// In the order of refs, behind the parent.
constexpr std::array k_roles = {
    Role{KeyKind::pending_children, "pending", RedisType::set, Leaves::nothing},
    Role{KeyKind::processed_children, "processed", RedisType::hash, Leaves::json},
    Role{KeyKind::failed_children, "failed", RedisType::hash, Leaves::text},
    Role{KeyKind::unsuccessful_children, "unsuccessful", RedisType::zset, Leaves::score},
};

const Role* find_role(KeyKind kind) {
  const auto at = std::find_if(k_roles.begin(), k_roles.end(), [&](const Role& role) { return role.kind == kind; });
  return at == k_roles.end() ? nullptr : &*at;
}

const Role* find_role(std::string_view word) {
  const auto at = std::find_if(k_roles.begin(), k_roles.end(), [&](const Role& role) { return role.word == word; });
  return at == k_roles.end() ? nullptr : &*at;
}

RedisType type_of(KeyKind kind) {
  const Role* role = find_role(kind);
  if (role != nullptr) {
    return role->type;
  }
  return kind == KeyKind::logs ? RedisType::list : RedisType::string;
}

Error bad_refs(std::string_view what) {
  return make_error(ErrorCode::corrupt, fmt::format("the refs of a job record {}", what));
}

/// One ref on its way into a record.
struct Ref {
  std::size_t rank = 0;  ///< 0 for the parent, then in the order of k_roles
  std::string json;
  std::string id;
  std::string score;

  friend auto operator<=>(const Ref& a, const Ref& b) {
    return std::tie(a.rank, a.json, a.id) <=> std::tie(b.rank, b.json, b.id);
  }
};

class RefReader {
 public:
  RefReader(const model::Keyspace& keyspace, std::string_view prefix) : m_keyspace(keyspace), m_prefix(prefix) {}

  Result<void> add_parent(std::string_view key) {
    const auto address = parse_job_key(m_prefix, key);
    if (!address) {
      return {};
    }
    QSNAP_ASSIGN(JsonWriter ref, begin_ref(key, *address, k_parent_role));
    m_refs.push_back({0, ref.end_object().take(), json_bytes(address->id), {}});
    if (const auto scheduled = parse_scheduled_id(address->id)) {
      m_parent_slot = scheduled->slot_ms;
    }
    return {};
  }

  Result<void> add_children(const Role& role, const ItemBlock& items) {
    const std::size_t step = *model::items_per_element(role.type);
    for (std::size_t i = 0; i < items.size(); i += step) {
      QSNAP_TRY(add_child(role, items[i], step == 2 ? items[i + 1] : std::string_view{}));
    }
    return {};
  }

  void describe(model::Record& record) {
    if (m_refs.empty()) {
      return;
    }
    std::sort(m_refs.begin(), m_refs.end());
    JsonWriter refs, ids, scores;
    refs.begin_array();
    ids.begin_array();
    scores.begin_array();
    bool scored = false;
    for (const Ref& ref : m_refs) {
      refs.raw(ref.json);
      ids.raw(ref.id);
      if (!ref.score.empty()) {
        scores.raw(ref.score);
        scored = true;
      }
    }
    if (!m_parent_slot.empty()) {
      record.volatiles.set(k_parent_slot, m_parent_slot);
    }
    record.fields.set("refs", refs.end_array().take());
    record.volatiles.set("ref_ids", ids.end_array().take());
    if (scored) {
      record.volatiles.set("ref_scores", scores.end_array().take());
    }
  }

 private:
  /// {"name":…,"queue":…,"role":… and still open
  Result<JsonWriter> begin_ref(std::string_view key, const JobAddress& address, std::string_view role) const {
    JsonWriter ref;
    ref.begin_object().key("name");
    QSNAP_ASSIGN(const auto name, target_name(key));
    if (name) {
      ref.bytes(*name);
    } else {
      ref.null();
    }
    ref.key("queue").bytes(queue_text(m_prefix, address.queue)).key("role").bytes(role);
    return ref;
  }

  Result<std::optional<std::string>> target_name(std::string_view key) const {
    const auto target = m_keyspace.find(key);
    if (!target || m_keyspace.type(*target) != RedisType::hash) {
      return std::optional<std::string>{};
    }
    QSNAP_ASSIGN(const ItemBlock hash, m_keyspace.read_all(*target));
    const auto name = find_field(hash, "name");
    return name ? std::optional{std::string{*name}} : std::nullopt;
  }

  Result<void> add_child(const Role& role, std::string_view key, std::string_view value) {
    const auto address = parse_job_key(m_prefix, key);
    if (!address) {
      return make_error(ErrorCode::internal, "a child's key has not the form that was checked before");
    }
    QSNAP_ASSIGN(JsonWriter ref, begin_ref(key, *address, role.word));
    std::string score;
    if (role.leaves == Leaves::json) {
      const codec::Embedded embedded = codec::embed(value);
      ref.key("value").raw(embedded.json);
      if (embedded.enc != "json") {
        ref.key("value_enc").bytes(embedded.enc);
      }
    } else if (role.leaves == Leaves::text) {
      ref.key("value").bytes(value);
    } else if (role.leaves == Leaves::score) {
      score = parse_double(value) ? score_json(*parse_double(value)) : json_bytes(value);
    }
    const auto rank = static_cast<std::size_t>(&role - k_roles.data()) + 1;
    m_refs.push_back({rank, ref.end_object().take(), json_bytes(address->id), std::move(score)});
    return {};
  }

  const model::Keyspace& m_keyspace;
  std::string_view m_prefix;
  std::vector<Ref> m_refs;
  std::string m_parent_slot;  ///< number text, empty for a parent that no scheduler made
};

Result<void> describe_logs(const model::Keyspace& keyspace, model::KeyId key, model::Record& record) {
  QSNAP_ASSIGN(const ItemBlock lines, keyspace.read_all(key));
  JsonWriter logs;
  logs.begin_array();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    logs.bytes(lines[i]);
  }
  record.fields.set(k_logs, logs.end_array().take());
  return {};
}

/// The members of one ref, as far as they are there.
struct ParsedRef {
  std::optional<std::string> role;
  std::optional<std::string> queue;
  std::optional<std::string> value;  ///< JSON
  std::optional<std::string> value_enc;
};

Result<ParsedRef> parse_ref(std::string_view json) {
  QSNAP_ASSIGN(auto members, codec::object_members(json));
  ParsedRef ref;
  for (model::Field& member : members) {
    if (member.name == "role") {
      ref.role = codec::json_text(member.json);
    } else if (member.name == "queue") {
      ref.queue = codec::json_to_bytes(member.json);
    } else if (member.name == "value") {
      ref.value = std::move(member.json);
    } else if (member.name == "value_enc") {
      ref.value_enc = codec::json_text(member.json);
    }
  }
  return ref;
}

/// What a child left, as the bytes of its parent's key.
Result<std::string> value_bytes(const Role& role, const ParsedRef& ref) {
  if (role.leaves == Leaves::nothing || role.leaves == Leaves::score) {
    return std::string{};
  }
  if (!ref.value) {
    return bad_refs("lack the value that a child left");
  }
  if (role.leaves == Leaves::json) {
    return codec::unembed(*ref.value, ref.value_enc.value_or("json"));
  }
  auto text = codec::json_to_bytes(*ref.value);
  return text ? Result<std::string>{*std::move(text)} : bad_refs("have a value that is no text");
}

}  // namespace

Result<bool> fits_family(const model::Keyspace& keyspace, std::string_view prefix, KeyKind kind, model::KeyId key) {
  if (keyspace.type(key) != type_of(kind) || (kind != KeyKind::dedup && keyspace.expires_at(key))) {
    return false;
  }
  const std::size_t step = model::items_per_element(type_of(kind)).value_or(1);
  const bool names_jobs = find_role(kind) != nullptr;
  std::size_t bytes = 0;
  bool fits = true;
  QSNAP_TRY(keyspace.read(key, model::Keyspace::Direction::forward, [&](const ItemBlock& items) -> Result<void> {
    bytes += items.bytes() + items.size();
    for (std::size_t i = 0; fits && names_jobs && i < items.size(); i += step) {
      fits = parse_job_key(prefix, items[i]).has_value();
    }
    return {};
  }));
  return fits && bytes <= limits::k_chunk_bytes;
}

Result<void> describe_family(const model::Keyspace& keyspace, std::string_view prefix, std::span<const FamilyKey> keys,
                             std::optional<std::string_view> parent_key, model::Record& record) {
  RefReader refs{keyspace, prefix};
  if (parent_key) {
    QSNAP_TRY(refs.add_parent(*parent_key));
  }
  for (const FamilyKey& key : keys) {
    if (key.kind == KeyKind::logs) {
      QSNAP_TRY(describe_logs(keyspace, key.key, record));
    } else if (key.kind == KeyKind::dedup) {
      const auto expiry = keyspace.expires_at(key.key);
      record.volatiles.set(k_dedup_expiry, expiry ? fmt::format("{}", to_ms(*expiry)) : "null");
    } else if (const Role* role = find_role(key.kind)) {
      QSNAP_ASSIGN(const ItemBlock items, keyspace.read_all(key.key));
      QSNAP_TRY(refs.add_children(*role, items));
    }
  }
  refs.describe(record);
  return {};
}

Result<Children> Children::parse(const model::Record& record) {
  Children children;
  const auto refs = record.fields.find("refs");
  if (!refs) {
    return children;
  }
  QSNAP_ASSIGN(const auto elements, codec::array_elements(*refs));
  QSNAP_ASSIGN(const auto ids, codec::array_elements(record.volatiles.find("ref_ids").value_or("[]")));
  if (elements.size() != ids.size()) {
    return bad_refs("and their ids differ in number");
  }
  const auto parent_slot = record.volatiles.find(k_parent_slot);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto id = codec::json_to_bytes(ids[i]);
    if (!id) {
      return bad_refs("have an id that is no text");
    }
    QSNAP_TRY(children.add(elements[i], *std::move(id), parent_slot));
  }
  QSNAP_TRY(children.set_scores(record.volatiles.find("ref_scores").value_or("[]")));
  return children;
}

Result<void> Children::add(std::string_view ref_json, std::string id, std::optional<std::string_view> parent_slot) {
  QSNAP_ASSIGN(const ParsedRef ref, parse_ref(ref_json));
  const auto queue = ref.queue ? model::QueueId::parse(*ref.queue) : std::nullopt;
  if (!ref.role || !queue) {
    return bad_refs("name no role or no queue");
  }
  const std::string base = queue_base(queue->name_space, queue->name);
  if (*ref.role == k_parent_role) {
    const auto scheduled = parent_slot ? parse_scheduled_id(id) : std::nullopt;
    m_new_parent = scheduled ? scheduled_id(scheduled->scheduler, *parent_slot) : id;
    m_old_parent = std::move(id);
    m_parent_key = base + m_new_parent;
    return {};
  }
  const Role* role = find_role(*ref.role);
  if (role == nullptr) {
    return bad_refs(fmt::format("have the unknown role {}", *ref.role));
  }
  QSNAP_ASSIGN(std::string value, value_bytes(*role, ref));
  m_children.push_back({role->kind, base + id, std::move(value)});
  return {};
}

std::optional<model::Record> Children::with_moved_parent(const model::Record& record) const {
  if (m_new_parent == m_old_parent) {
    return std::nullopt;
  }
  model::Record moved = record;
  const std::string old_json = json_bytes(m_old_parent), new_json = json_bytes(m_new_parent);
  for (const std::string_view member : {"parent", "opts_parent"}) {
    std::string json{record.volatiles.find(member).value_or(std::string_view{})};
    if (const std::size_t at = json.find(old_json); at != std::string::npos) {
      moved.volatiles.set(member, json.replace(at, old_json.size(), new_json));
    }
  }
  return moved;
}

/// Scores belong to the unsuccessful children, in their order.
Result<void> Children::set_scores(std::string_view scores) {
  QSNAP_ASSIGN(const auto elements, codec::array_elements(scores));
  std::size_t used = 0;
  for (Child& child : m_children) {
    if (child.kind != KeyKind::unsuccessful_children) {
      continue;
    }
    if (used == elements.size()) {
      return bad_refs("lack a score");
    }
    QSNAP_ASSIGN(const double score, parse_score(elements[used++]));
    child.value = format_double(score);
  }
  return used == elements.size() ? Result<void>{} : bad_refs("have a score too many");
}

Result<void> Children::write(std::string_view base, std::string_view id, model::KeySink& sink) const {
  for (const Role& role : k_roles) {
    std::vector<const Child*> members;
    for (const Child& child : m_children) {
      if (child.kind == role.kind) {
        members.push_back(&child);
      }
    }
    const auto place = [&](const Child* child) {
      const double score = role.leaves == Leaves::score ? parse_double(child->value).value_or(0) : 0;
      return std::pair<double, std::string_view>{score, child->key};
    };
    std::sort(members.begin(), members.end(), [&](const Child* a, const Child* b) { return place(a) < place(b); });
    ItemBlock items;
    for (const Child* child : members) {
      items.push(child->key);
      if (role.leaves != Leaves::nothing) {
        items.push(child->value);
      }
    }
    if (!items.empty()) {
      const std::string key = fmt::format("{}{}{}", base, id, job_suffix(role.kind));
      QSNAP_TRY(sink.write({model::LoadStage::body, key, role.type, std::nullopt, &items}));
    }
  }
  return {};
}

Result<void> write_logs(const model::Record& record, std::string_view base, std::string_view id, model::KeySink& sink) {
  const auto logs = record.fields.find(k_logs);
  if (!logs) {
    return {};
  }
  QSNAP_ASSIGN(const auto lines, codec::array_elements(*logs));
  ItemBlock items;
  for (const std::string& line : lines) {
    const auto bytes = codec::json_to_bytes(line);
    if (!bytes) {
      return make_error(ErrorCode::corrupt, "a log line of a job record is no text");
    }
    items.push(*bytes);
  }
  const std::string key = fmt::format("{}{}{}", base, id, job_suffix(KeyKind::logs));
  return sink.write({model::LoadStage::body, key, RedisType::list, std::nullopt, &items});
}

Result<void> write_dedup_lock(const model::Record& record, std::string_view base, std::string_view id,
                              model::KeySink& sink) {
  const auto expiry = record.volatiles.find(k_dedup_expiry);
  if (!expiry) {
    return {};
  }
  QSNAP_ASSIGN(const std::string dedup, need_bytes(record.fields, "dedup"));
  const auto ms = parse_integer(*expiry);
  if (!ms && *expiry != "null") {
    return make_error(ErrorCode::corrupt, fmt::format("member {} of a job record is no instant", k_dedup_expiry));
  }
  ItemBlock items;
  items.push(id);
  const std::string key = fmt::format("{}de:{}", base, dedup);
  return sink.write({model::LoadStage::body, key, RedisType::string,
                     ms ? std::optional{instant_from_ms(*ms)} : std::nullopt, &items});
}

}  // namespace qsnap::frameworks::bullmq
