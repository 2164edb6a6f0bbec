// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/layout/stock_satellites.hpp>
#include <qsnap/model/stream_items.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::ItemBlock;
using model::Record;
using model::RedisType;

constexpr std::string_view k_refs = "refs";
constexpr std::string_view k_ref_ids = "ref_ids";

Error bad_member(std::string_view name) {
  return make_error(ErrorCode::corrupt, fmt::format("member {} of a job cannot be read", name));
}

/// The id that the structure told, or that the body did.
std::optional<std::string> id_of(const JobContext& job, const Record& record) {
  if (!job.id.empty()) {
    return std::string{job.id};
  }
  for (const model::Fields* members : {&record.fields, &record.volatiles}) {
    if (const auto json = members->find("id")) {
      return codec::json_to_bytes(*json);
    }
  }
  return std::nullopt;
}

/// What a satellite's items are in a record.
class Content {
 public:
  virtual ~Content() = default;
  /// False, and anything may have been set, if they have not the form.
  [[nodiscard]] virtual bool describe(const ItemBlock& items, Record& record) const = 0;
  /// Absent without the member.
  [[nodiscard]] virtual Result<std::optional<ItemBlock>> items(const Record& record) const = 0;
};

class StockSatellite final : public Satellite {
 public:
  StockSatellite(SatelliteSpec spec, RedisType type, std::unique_ptr<const Content> content)
      : m_spec(std::move(spec)),
        m_pattern(m_spec.key),
        m_needs_id(m_spec.key.find("<id>") != std::string_view::npos),
        m_expiry(fmt::format("{}_expires_at_ms", m_spec.member)),
        m_type(type),
        m_content(std::move(content)) {}

  const KeyPattern& pattern() const override { return m_pattern; }
  RedisType type() const override { return m_type; }
  KeyRole role() const override { return m_spec.role; }
  model::LoadStage stage() const override { return m_spec.stage; }

  std::optional<std::string> key(const JobContext& job, const Record& record) const override {
    const auto id = m_needs_id ? id_of(job, record) : std::string{};
    const auto other = m_spec.other ? m_spec.other(job, record) : std::string{};
    if (!id || !other) {
      return std::nullopt;
    }
    Holes holes;
    holes.queue = job.queue;
    holes.id = *id;
    holes.other = *other;
    return m_pattern.fill(holes);
  }

  bool describe(const JobContext& /*job*/, const Value& value, Record& record) const override {
    if (value.items.bytes() > k_satellite_bytes || !m_content->describe(value.items, record)) {
      return false;
    }
    if (value.expires_at) {
      record.volatiles.set(m_expiry, fmt::format("{}", to_ms(*value.expires_at)));
    }
    return true;
  }

  Result<std::optional<Value>> value(const JobContext& /*job*/, const Record& record) const override {
    QSNAP_ASSIGN(auto items, m_content->items(record));
    if (!items || items->empty()) {  // an edited record may leave no element, and Redis has no empty keys
      return std::optional<Value>{};
    }
    QSNAP_ASSIGN(const auto ms, integer_member(record.volatiles, m_expiry));
    return std::optional{Value{*std::move(items), ms ? std::optional{instant_from_ms(*ms)} : std::nullopt}};
  }

 private:
  SatelliteSpec m_spec;
  KeyPattern m_pattern;
  bool m_needs_id;
  std::string m_expiry;
  RedisType m_type;
  std::unique_ptr<const Content> m_content;
};

class StringContent final : public Content {
 public:
  StringContent(const SatelliteSpec& spec, Form form, std::string_view codec, CodecOf codec_of)
      : m_field{.field = {},
                .member = spec.member,
                .form = form,
                .place = spec.place,
                .codec = codec,
                .codec_of = codec_of} {}

  bool describe(const ItemBlock& items, Record& record) const override {
    return items.size() == 1 && describe_field(m_field, items[0], record);
  }

  Result<std::optional<ItemBlock>> items(const Record& record) const override {
    QSNAP_ASSIGN(const auto value, field_value(m_field, record));
    if (!value) {
      return std::optional<ItemBlock>{};
    }
    ItemBlock items;
    items.push(*value);
    return std::optional{std::move(items)};
  }

 private:
  HashField m_field;
};

/// An array of B.
class ArrayContent final : public Content {
 public:
  explicit ArrayContent(const SatelliteSpec& spec) : m_member(spec.member), m_place(spec.place) {}

  bool describe(const ItemBlock& items, Record& record) const override {
    JsonWriter array;
    array.begin_array();
    for (std::size_t i = 0; i < items.size(); ++i) {
      array.bytes(items[i]);
    }
    members_of(record, m_place).set(m_member, array.end_array().take());
    return true;
  }

  Result<std::optional<ItemBlock>> items(const Record& record) const override {
    const auto json = members_of(record, m_place).find(m_member);
    if (!json) {
      return std::optional<ItemBlock>{};
    }
    QSNAP_ASSIGN(const auto elements, codec::array_elements(*json));
    ItemBlock items;
    for (const std::string& element : elements) {
      const auto bytes = codec::json_to_bytes(element);
      if (!bytes) {
        return bad_member(m_member);
      }
      items.push(*bytes);
    }
    return std::optional{std::move(items)};
  }

 private:
  std::string_view m_member;
  Place m_place;
};

/// An object of B.
class ObjectContent final : public Content {
 public:
  explicit ObjectContent(const SatelliteSpec& spec) : m_member(spec.member), m_place(spec.place) {}

  bool describe(const ItemBlock& items, Record& record) const override {
    JsonWriter object;
    object.begin_object();
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      if (!is_utf8(items[i])) {
        return false;
      }
      object.key(items[i]).bytes(items[i + 1]);
    }
    members_of(record, m_place).set(m_member, object.end_object().take());
    return true;
  }

  Result<std::optional<ItemBlock>> items(const Record& record) const override {
    const auto json = members_of(record, m_place).find(m_member);
    if (!json) {
      return std::optional<ItemBlock>{};
    }
    QSNAP_ASSIGN(const auto members, codec::object_members(*json));
    HashBuilder hash;
    for (const model::Field& member : members) {
      auto bytes = codec::json_to_bytes(member.json);
      if (!bytes) {
        return bad_member(m_member);
      }
      hash.add(member.name, *std::move(bytes));
    }
    return std::optional{hash.take()};
  }

 private:
  std::string_view m_member;
  Place m_place;
};

/// An array of arrays of B: pairs of a zset, tuples of a stream.
class TupleContent final : public Content {
 public:
  TupleContent(const SatelliteSpec& spec, RedisType type) : m_member(spec.member), m_place(spec.place), m_type(type) {}

  bool describe(const ItemBlock& items, Record& record) const override {
    JsonWriter array;
    array.begin_array();
    if (m_type == RedisType::stream) {
      const auto tuples = model::stream_tuples(items);
      if (!tuples) {
        return false;
      }
      for (const model::StreamTuple& tuple : *tuples) {
        print(array, tuple);
      }
    } else {
      for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        print(array, std::array{items[i], items[i + 1]});
      }
    }
    members_of(record, m_place).set(m_member, array.end_array().take());
    return true;
  }

  Result<std::optional<ItemBlock>> items(const Record& record) const override {
    const auto json = members_of(record, m_place).find(m_member);
    if (!json) {
      return std::optional<ItemBlock>{};
    }
    QSNAP_ASSIGN(const auto elements, codec::array_elements(*json));
    ItemBlock items;
    for (const std::string& element : elements) {
      QSNAP_ASSIGN(const auto tuple, codec::array_elements(element));
      QSNAP_TRY(push(tuple, items));
    }
    return std::optional{std::move(items)};
  }

 private:
  static void print(JsonWriter& array, std::span<const std::string_view> tuple) {
    array.begin_array();
    for (const std::string_view item : tuple) {
      array.bytes(item);
    }
    array.end_array();
  }

  Result<void> push(const std::vector<std::string>& tuple, ItemBlock& items) const {
    if (m_type == RedisType::stream) {
      items.push(fmt::format_int(tuple.size()).str());
    }
    for (const std::string& item : tuple) {
      const auto bytes = codec::json_to_bytes(item);
      if (!bytes) {
        return bad_member(m_member);
      }
      items.push(*bytes);
    }
    const bool pair = tuple.size() == 2 && parse_double(items[items.size() - 1]);
    return (m_type == RedisType::stream ? !tuple.empty() : pair) ? Result<void>{} : bad_member(m_member);
  }

  std::string_view m_member;
  Place m_place;
  RedisType m_type;
};

/// References of one role among those of others: the array `refs` and, in the same order, volatile `ref_ids`.
class RefsContent final : public Content {
 public:
  RefsContent(std::string_view role, std::function<bool(std::string_view)> is_generated)
      : m_role(role), m_is_generated(std::move(is_generated)) {}

  bool describe(const ItemBlock& items, Record& record) const override {
    const auto refs = elements(record.fields, k_refs);
    const auto ids = elements(record.volatiles, k_ref_ids);
    if (!refs || !ids) {
      return false;
    }
    JsonWriter all_refs, all_ids;
    all_refs.begin_array();
    all_ids.begin_array();
    for (const std::string& ref : *refs) {
      all_refs.raw(ref);
    }
    for (const std::string& id : *ids) {
      all_ids.raw(id);
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
      all_refs.begin_object();
      if (!m_is_generated(items[i])) {
        all_refs.key("id").bytes(items[i]);
      }
      all_refs.key("role").bytes(m_role).end_object();
      all_ids.bytes(items[i]);
    }
    record.fields.set(k_refs, all_refs.end_array().take());
    record.volatiles.set(k_ref_ids, all_ids.end_array().take());
    return true;
  }

  Result<std::optional<ItemBlock>> items(const Record& record) const override {
    QSNAP_ASSIGN(const auto refs, elements(record.fields, k_refs));
    QSNAP_ASSIGN(const auto ids, elements(record.volatiles, k_ref_ids));
    if (refs.size() != ids.size()) {
      return bad_member(k_ref_ids);
    }
    ItemBlock items;
    for (std::size_t i = 0; i < refs.size(); ++i) {
      QSNAP_ASSIGN(const bool mine, has_role(refs[i]));
      if (!mine) {
        continue;
      }
      const auto id = codec::json_to_bytes(ids[i]);
      if (!id) {
        return bad_member(k_ref_ids);
      }
      items.push(*id);
    }
    return std::optional{std::move(items)};
  }

 private:
  static Result<std::vector<std::string>> elements(const model::Fields& members, std::string_view name) {
    const auto json = members.find(name);
    return json ? codec::array_elements(*json) : Result<std::vector<std::string>>{std::vector<std::string>{}};
  }

  Result<bool> has_role(std::string_view ref) const {
    QSNAP_ASSIGN(const auto members, codec::object_members(ref));
    for (const model::Field& member : members) {
      if (member.name == "role") {
        return codec::json_text(member.json) == m_role;
      }
    }
    return false;
  }

  std::string_view m_role;
  std::function<bool(std::string_view)> m_is_generated;
};

template <class SomeContent, class... Arguments>
std::shared_ptr<const Satellite> make(SatelliteSpec spec, RedisType type, Arguments&&... arguments) {
  auto content = std::make_unique<SomeContent>(std::forward<Arguments>(arguments)...);
  return std::make_shared<StockSatellite>(std::move(spec), type, std::move(content));
}

}  // namespace

std::shared_ptr<const Satellite> make_string_satellite(SatelliteSpec spec, Form form, std::string_view codec,
                                                       CodecOf codec_of) {
  auto content = std::make_unique<StringContent>(spec, form, codec, codec_of);
  return std::make_shared<StockSatellite>(std::move(spec), RedisType::string, std::move(content));
}

std::shared_ptr<const Satellite> make_set_satellite(SatelliteSpec spec) {
  return make<ArrayContent>(spec, RedisType::set, spec);
}

std::shared_ptr<const Satellite> make_refs_satellite(SatelliteSpec spec, std::string_view role,
                                                     std::function<bool(std::string_view id)> is_generated) {
  return make<RefsContent>(std::move(spec), RedisType::set, role, std::move(is_generated));
}

std::shared_ptr<const Satellite> make_list_satellite(SatelliteSpec spec) {
  return make<ArrayContent>(spec, RedisType::list, spec);
}

std::shared_ptr<const Satellite> make_hash_satellite(SatelliteSpec spec) {
  return make<ObjectContent>(spec, RedisType::hash, spec);
}

std::shared_ptr<const Satellite> make_zset_satellite(SatelliteSpec spec) {
  return make<TupleContent>(spec, RedisType::zset, spec, RedisType::zset);
}

std::shared_ptr<const Satellite> make_stream_satellite(SatelliteSpec spec) {
  return make<TupleContent>(spec, RedisType::stream, spec, RedisType::stream);
}

}  // namespace qsnap::frameworks::layout
