// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/model/iso_instant.hpp>

namespace qsnap::frameworks {

namespace {

constexpr std::string_view k_empty_text = R"("")";
constexpr std::string_view k_leftovers = "fields";
constexpr std::string_view k_raw_leftovers = "fields_raw";

Error bad_member(std::string_view name) {
  return make_error(ErrorCode::corrupt, fmt::format("member {} of a record has not the form it must have", name));
}

std::string codec_member(std::string_view member) {
  return member == "payload" ? "codec" : fmt::format("{}_codec", member);
}

bool keeps_empty(const HashField& field) {
  return field.empty == Empty::kept && field.form != Form::bytes && field.form != Form::embedded;
}

/// Whether a value can be the member of this form as it stands.
bool has_form(std::string_view value, Form form) {
  switch (form) {
    case Form::integer:
      return parse_integer(value).has_value();
    case Form::instant:
      return parse_count(value).has_value();
    case Form::seconds:
      return is_plain_decimal(value);
    case Form::iso:
      return model::IsoInstant::parse(value).has_value();
    default:
      return true;
  }
}

/// The value of a form that is a number in the record. Any number, because a shift of time may have changed it.
std::optional<std::string> number_value(Form form, std::string_view json) {
  if (form == Form::attempts) {
    return attempts_of_retries(json);
  }
  const bool fits = form == Form::seconds ? is_plain_decimal(json) : parse_integer(json).has_value();
  return fits ? std::optional{std::string{json}} : std::nullopt;
}

}  // namespace

std::string style_member(std::string_view member) {
  return member == "payload" ? "enc" : fmt::format("{}_enc", member);
}

void describe_embedded(std::string_view member, std::string_view bytes, model::Fields& members, std::string_view codec,
                       CodecOf codec_of) {
  codec::Embedded embedded = codec::embed(bytes);
  const bool json = embedded.enc.starts_with("json");
  members.set(member, std::move(embedded.json));
  if (embedded.enc != "json" || member == "payload") {
    members.set(style_member(member), json_string(embedded.enc));
  }
  const std::string word = json ? std::string{} : codec_of != nullptr ? codec_of(bytes) : std::string{codec};
  if (!word.empty()) {
    members.set(codec_member(member), json_string(word));
  }
}

Result<std::string> embedded_bytes(std::string_view member, std::string_view json, const model::Fields& members) {
  const auto style = members.find(style_member(member));
  if (!style) {
    return codec::unembed(json, "json");
  }
  const auto enc = codec::json_text(*style);
  return enc ? codec::unembed(json, *enc) : Result<std::string>{bad_member(style_member(member))};
}

model::Fields& members_of(model::Record& record, Place place) {
  return place == Place::fields ? record.fields : record.volatiles;
}

const model::Fields& members_of(const model::Record& record, Place place) {
  return place == Place::fields ? record.fields : record.volatiles;
}

std::optional<std::int64_t> parse_count(std::string_view text) {
  const auto value = parse_integer(text);
  return value && *value >= 0 ? value : std::nullopt;
}

std::optional<std::string> retries_of_attempts(std::string_view attempts) {
  const auto count = parse_integer(attempts);
  return count && *count >= 1 ? std::optional{fmt::format("{}", *count - 1)} : std::nullopt;
}

std::optional<std::string> attempts_of_retries(std::string_view retries) {
  const auto count = parse_integer(retries);
  const bool fits = count && *count >= 0 && *count < std::numeric_limits<std::int64_t>::max();
  return fits ? std::optional{fmt::format("{}", *count + 1)} : std::nullopt;
}

bool is_plain_decimal(std::string_view text) {
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const auto digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), is_digit);
  };
  const bool canonical = digits(whole) && (whole == "0" || whole.front() != '0');
  return canonical && (dot == std::string_view::npos || digits(text.substr(dot + 1)));
}

bool describe_field(const HashField& field, std::string_view value, model::Record& record) {
  model::Fields& members = members_of(record, field.place);
  if (value.empty() && keeps_empty(field)) {
    members.set(field.member, std::string{k_empty_text});
    return true;
  }
  switch (field.form) {
    case Form::bytes:
      members.set(field.member, json_bytes(value));
      return true;
    case Form::embedded:
      describe_embedded(field.member, value, members, field.codec, field.codec_of);
      return true;
    case Form::attempts: {
      const auto retries = retries_of_attempts(value);
      if (retries) {
        members.set(field.member, *retries);
      }
      return retries.has_value();
    }
    default:
      break;
  }
  if (!has_form(value, field.form)) {
    return false;
  }
  members.set(field.member, field.form == Form::iso ? json_string(value) : std::string{value});
  return true;
}

Result<std::optional<std::string>> field_value(const HashField& field, const model::Record& record) {
  const model::Fields& members = members_of(record, field.place);
  const auto json = members.find(field.member);
  if (!json) {
    return std::optional<std::string>{};
  }
  if (*json == k_empty_text && keeps_empty(field)) {
    return std::optional<std::string>{""};
  }
  if (field.form == Form::bytes || field.form == Form::iso) {
    return bytes_member(members, field.member);
  }
  if (field.form == Form::embedded) {
    QSNAP_ASSIGN(std::string value, embedded_bytes(field.member, *json, members));
    return std::optional{std::move(value)};
  }
  auto number = number_value(field.form, *json);
  if (!number) {
    return bad_member(field.member);
  }
  return number;
}

void LeftoverFields::describe(model::Record& record) const {
  JsonWriter texts, raw;
  texts.begin_object();
  raw.begin_array();
  std::size_t raw_count = 0;
  for (const auto& [field, value] : m_items) {
    if (is_utf8(field)) {
      texts.key(field).bytes(value);
    } else {
      raw.begin_array().bytes(field).bytes(value).end_array();
      ++raw_count;
    }
  }
  if (m_items.size() > raw_count) {
    record.fields.set(k_leftovers, texts.end_object().take());
  }
  if (raw_count > 0) {
    record.fields.set(k_raw_leftovers, raw.end_array().take());
  }
}

Result<void> HashBuilder::add_table(std::span<const HashField> table, const model::Record& record) {
  for (const HashField& field : table) {
    QSNAP_ASSIGN(auto value, field_value(field, record));
    if (value) {
      add(field.field, *std::move(value));
    }
  }
  return {};
}

Result<void> HashBuilder::add_leftovers(const model::Record& record) {
  if (const auto texts = record.fields.find(k_leftovers)) {
    QSNAP_ASSIGN(const auto members, codec::object_members(*texts));
    for (const model::Field& member : members) {
      auto value = codec::json_to_bytes(member.json);
      if (!value) {
        return bad_member(k_leftovers);
      }
      add(member.name, *std::move(value));
    }
  }
  if (const auto raw = record.fields.find(k_raw_leftovers)) {
    QSNAP_ASSIGN(const auto pairs, codec::array_elements(*raw));
    for (const std::string& pair : pairs) {
      QSNAP_ASSIGN(const auto parts, codec::array_elements(pair));
      const auto field = parts.size() == 2 ? codec::json_to_bytes(parts[0]) : std::nullopt;
      auto value = parts.size() == 2 ? codec::json_to_bytes(parts[1]) : std::nullopt;
      if (!field || !value) {
        return bad_member(k_raw_leftovers);
      }
      add(*field, *std::move(value));
    }
  }
  return {};
}

model::ItemBlock HashBuilder::take() {
  std::sort(m_items.begin(), m_items.end());
  std::size_t bytes = 0;
  for (const auto& [field, value] : m_items) {
    bytes += field.size() + value.size();
  }
  model::ItemBlock items;
  items.reserve(2 * m_items.size(), bytes);
  for (auto& [field, value] : m_items) {
    items.push(field);
    items.push(std::exchange(value, {}));  // it may be long
  }
  m_items.clear();
  return items;
}

std::optional<std::string_view> find_field(const model::ItemBlock& hash, std::string_view field) {
  for (std::size_t i = 0; i + 1 < hash.size(); i += 2) {
    if (hash[i] == field) {
      return hash[i + 1];
    }
  }
  return std::nullopt;
}

Result<std::optional<std::string>> bytes_member(const model::Fields& members, std::string_view name) {
  const auto json = members.find(name);
  if (!json) {
    return std::optional<std::string>{};
  }
  auto bytes = codec::json_to_bytes(*json);
  if (!bytes) {
    return bad_member(name);
  }
  return bytes;
}

Result<std::string> need_bytes(const model::Fields& members, std::string_view name) {
  QSNAP_ASSIGN(auto bytes, bytes_member(members, name));
  if (!bytes) {
    return make_error(ErrorCode::corrupt, fmt::format("a record has no member {}", name));
  }
  return *std::move(bytes);
}

Result<std::optional<std::int64_t>> integer_member(const model::Fields& members, std::string_view name) {
  const auto json = members.find(name);
  const auto value = json ? parse_integer(*json) : std::nullopt;
  if (json && !value) {
    return bad_member(name);
  }
  return value;
}

}  // namespace qsnap::frameworks
