// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/verbatim.hpp>
#include <qsnap/model/stream_items.hpp>

namespace qsnap::frameworks {

namespace {

using model::ItemBlock;
using model::RedisType;

/// Gathers the items of one key and emits a part whenever the next one would not fit. Items are printed in place: one
/// may be as long as a record.
class PartWriter {
 public:
  PartWriter(model::Record part, model::RecordSink& sink) : m_record(std::move(part)), m_sink(sink) {}

  Result<void> add_one(std::string_view item) {
    QSNAP_TRY(begin_item(item.size()));
    append_json_bytes(m_items, item);
    return end_item();
  }

  template <class Range>
  Result<void> add_tuple(const Range& items) {
    std::size_t bytes = 0;
    for (const std::string_view item : items) {
      bytes += item.size();
    }
    QSNAP_TRY(begin_item(bytes));
    char before = '[';
    for (const std::string_view item : items) {
      m_items += std::exchange(before, ',');
      append_json_bytes(m_items, item);
    }
    m_items += ']';
    return end_item();
  }

  Result<void> flush() {
    model::Record part = m_record;
    part.fields.set("items", std::exchange(m_items, "[") + ']');
    part.fields.set("part", fmt::format("{}", m_parts++));
    return m_sink.take(std::move(part));
  }

 private:
  [[nodiscard]] bool is_empty() const { return m_items.size() == 1; }
  /// Whether so many bytes are a part, without the brackets.
  [[nodiscard]] static bool fits(std::size_t bytes) { return bytes <= limits::k_key_part_bytes; }

  /// `bytes`: its JSON is not shorter than that.
  Result<void> begin_item(std::size_t bytes) {
    if (!is_empty() && !fits(m_items.size() + bytes)) {
      QSNAP_TRY(flush());
    }
    m_item = m_items.size();
    if (!is_empty()) {
      m_items += ',';
    }
    return {};
  }

  Result<void> end_item() {
    const bool alone = m_item == 1;
    if (alone || fits(m_items.size() - 1)) {
      return {};
    }
    const std::string item = m_items.substr(m_item + 1);
    m_items.resize(m_item);
    QSNAP_TRY(flush());
    m_items += item;
    return {};
  }

  model::Record m_record;  ///< without its items
  model::RecordSink& m_sink;
  std::string m_items = "[";  ///< JSON of the items so far
  std::size_t m_item = 0;     ///< in m_items, where the item at work begins with its comma
  std::uint64_t m_parts = 0;
};

Result<void> add_block(const ItemBlock& block, RedisType type, PartWriter& parts) {
  if (type == RedisType::stream) {
    QSNAP_ASSIGN(const auto tuples, model::stream_tuples(block));
    for (const model::StreamTuple& tuple : tuples) {
      QSNAP_TRY(parts.add_tuple(tuple));
    }
    return {};
  }
  if (model::items_per_element(type) == 1U) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      QSNAP_TRY(parts.add_one(block[i]));
    }
    return {};
  }
  for (std::size_t i = 0; i + 1 < block.size(); i += 2) {
    QSNAP_TRY(parts.add_tuple(std::array{block[i], block[i + 1]}));
  }
  return {};
}

Error malformed(std::string_view why) {
  return make_error(ErrorCode::corrupt, fmt::format("record of a verbatim key: {}", why));
}

/// The members of a verbatim record, each looked up once; what has been read is counted, so that a rest shows.
class Members {
 public:
  explicit Members(const model::Record& record) : m_record(record) {}

  Result<std::string_view> required(std::string_view name) {
    const auto json = optional(name);
    return json ? Result<std::string_view>{*json} : malformed(fmt::format("it has no member {}", name));
  }
  std::optional<std::string_view> optional(std::string_view name) {
    const auto json = m_record.fields.find(name);
    m_read += json ? 1U : 0U;
    return json;
  }
  [[nodiscard]] bool has_unread() const { return m_read != m_record.fields.size() || !m_record.volatiles.empty(); }

 private:
  const model::Record& m_record;
  std::size_t m_read = 0;
};

Result<void> push_item(std::string_view json, ItemBlock& items) {
  const auto bytes = codec::json_to_bytes(json);
  if (!bytes) {
    return malformed("an item is not a byte string");
  }
  items.push(*bytes);
  return {};
}

/// [field,value] of a hash or [member,score] of a zset.
Result<void> push_pair(std::string_view json, RedisType type, ItemBlock& items) {
  QSNAP_ASSIGN(const std::vector<std::string> pair, codec::array_elements(json));
  if (pair.size() != 2) {
    return malformed(fmt::format("an item of a {} is not a pair", model::to_text(type)));
  }
  QSNAP_TRY(push_item(pair[0], items));
  QSNAP_TRY(push_item(pair[1], items));
  if (type == RedisType::zset && !parse_double(items[items.size() - 1])) {
    return malformed("a score is not a number");
  }
  return {};
}

Result<void> push_tuple(std::string_view json, ItemBlock& items) {
  QSNAP_ASSIGN(const std::vector<std::string> tuple, codec::array_elements(json));
  if (tuple.empty()) {
    return malformed("an item of a stream is empty");
  }
  items.push(fmt::format_int(tuple.size()).str());
  for (const std::string& element : tuple) {
    QSNAP_TRY(push_item(element, items));
  }
  return {};
}

Result<ItemBlock> parse_items(const std::vector<std::string>& elements, RedisType type) {
  if (elements.empty() || (type == RedisType::string && elements.size() != 1)) {
    return malformed(fmt::format("a {} with {} items", model::to_text(type), elements.size()));
  }
  ItemBlock items;
  for (const std::string& element : elements) {
    if (type == RedisType::stream) {
      QSNAP_TRY(push_tuple(element, items));
    } else if (model::items_per_element(type) == 2U) {
      QSNAP_TRY(push_pair(element, type, items));
    } else {
      QSNAP_TRY(push_item(element, items));
    }
  }
  return items;
}

Result<std::uint64_t> parse_part(std::string_view json, RedisType type) {
  const auto part = parse_integer(json);
  if (!part || *part < 0 || (type == RedisType::string && *part != 0)) {
    return malformed("its part is not a number that its type can have");
  }
  return static_cast<std::uint64_t>(*part);
}

Result<std::optional<Instant>> parse_expiry(std::optional<std::string_view> json) {
  if (!json) {
    return std::optional<Instant>{};
  }
  const auto ms = parse_integer(*json);
  if (!ms) {
    return malformed("expire_at_ms is not an integer");
  }
  return std::optional{instant_from_ms(*ms)};
}

}  // namespace

Result<void> emit_verbatim(const model::Keyspace& keyspace, model::KeyId key, KeyRole role, model::RecordSink& sink) {
  const RedisType type = keyspace.type(key);
  model::Record record;
  record.section = model::Section::keys;
  record.fields.set("key", json_bytes(keyspace.name(key)));
  record.fields.set("type", json_string(model::to_text(type)));
  record.fields.set("role", json_string(to_text(role)));
  if (const auto expires_at = keyspace.expires_at(key)) {
    record.fields.set("expire_at_ms", fmt::format("{}", to_ms(*expires_at)));
  }
  PartWriter parts{std::move(record), sink};
  QSNAP_TRY(keyspace.read(key, model::Keyspace::Direction::forward,
                          [&](const ItemBlock& block) { return add_block(block, type, parts); }));
  return parts.flush();
}

Result<VerbatimPart> parse_verbatim(model::Record record) {
  Members members{record};
  QSNAP_ASSIGN(const std::string_view key_json, members.required("key"));
  QSNAP_ASSIGN(const std::string_view type_json, members.required("type"));
  QSNAP_ASSIGN(const std::string_view role_json, members.required("role"));
  QSNAP_ASSIGN(const std::string_view part_json, members.required("part"));
  QSNAP_ASSIGN(const std::string_view items_json, members.required("items"));
  const auto expiry_json = members.optional("expire_at_ms");
  if (members.has_unread()) {
    return malformed("it has a member that no key has");
  }
  auto key = codec::json_to_bytes(key_json);
  const auto type = model::parse_redis_type(codec::json_text(type_json).value_or(""));
  const auto role = parse_key_role(codec::json_text(role_json).value_or(""));
  if (!key || !type || !role) {
    return malformed("its key, type or role is not one");
  }
  VerbatimPart part;
  part.key = *std::move(key);
  part.type = *type;
  part.role = *role;
  QSNAP_ASSIGN(part.part, parse_part(part_json, *type));
  QSNAP_ASSIGN(part.expires_at, parse_expiry(expiry_json));
  QSNAP_ASSIGN(const std::vector<std::string> elements, codec::array_elements(items_json));
  record.fields.erase("items");
  QSNAP_ASSIGN(part.items, parse_items(elements, *type));
  return part;
}

}  // namespace qsnap::frameworks
