// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/asynq/message.hpp>
#include <qsnap/frameworks/decode/wire.hpp>
#include <qsnap/frameworks/hash_fields.hpp>

namespace qsnap::frameworks::asynq {

namespace {

using decode::WireField;
using decode::WireReader;
using decode::WireType;
using decode::WireWriter;
using model::Record;

constexpr std::uint32_t k_id = 3, k_queue = 4, k_headers = 15;
constexpr std::string_view k_headers_member = "headers", k_headers_order = "headers_order", k_rest = "message_rest";

struct MessageField {
  std::uint32_t number;
  HashField member;
};

/// In the order in which Go writes them. Durations and instants are whole seconds.
constexpr std::array k_fields = {
    MessageField{1, {{}, "name", Form::bytes, Place::fields}},
    MessageField{2, {{}, "payload", Form::embedded, Place::fields}},
    MessageField{5, {{}, "max_retries", Form::integer, Place::fields}},
    MessageField{6, {{}, "retry_count", Form::integer, Place::fields}},
    MessageField{7, {{}, "error", Form::bytes, Place::fields}},
    MessageField{8, {{}, "timeout_s", Form::integer, Place::fields}},
    MessageField{9, {{}, "deadline_at_s", Form::seconds, Place::volatiles}},
    MessageField{10, {{}, "unique_key", Form::bytes, Place::fields}},
    MessageField{11, {{}, "last_failed_at_s", Form::seconds, Place::volatiles}},
    MessageField{12, {{}, "retention_s", Form::integer, Place::fields}},
    MessageField{13, {{}, "finished_at_s", Form::seconds, Place::volatiles}},
    MessageField{14, {{}, "group", Form::bytes, Place::fields}},
};
static_assert(k_fields[7].number == k_unique_key_field);

bool is_number(const HashField& member) {
  return member.form == Form::integer || member.form == Form::seconds;
}

const MessageField* find_known(std::uint32_t number) {
  const auto at =
      std::find_if(k_fields.begin(), k_fields.end(), [&](const MessageField& field) { return field.number == number; });
  return at == k_fields.end() ? nullptr : &*at;
}

/// An entry of a map is a message: 1 = key, 2 = value. Go writes both, empty or not.
std::optional<std::pair<std::string_view, std::string_view>> parse_entry(std::string_view bytes) {
  WireReader reader{bytes};
  const auto key = reader.next();
  if (!key || key->number != 1 || key->type != WireType::bytes || !is_utf8(key->bytes)) {
    return std::nullopt;
  }
  const auto value = reader.next();
  if (!value || value->number != 2 || value->type != WireType::bytes || !reader.at_end()) {
    return std::nullopt;
  }
  return std::pair{key->bytes, value->bytes};
}

bool add_header(std::string_view bytes, Message& message) {
  const auto entry = parse_entry(bytes);
  const auto& headers = message.headers;
  const bool is_new = entry && std::none_of(headers.begin(), headers.end(),
                                            [&](const auto& header) { return header.first == entry->first; });
  if (is_new) {
    message.headers.push_back(*entry);
  }
  return is_new;
}

/// False if Go would not have written the field like this.
bool add_field(const WireField& field, const TaskKey& key, Message& message) {
  if (field.number == k_headers) {
    return field.type == WireType::bytes && add_header(field.bytes, message);
  }
  if (field.type == WireType::bytes && (field.number == k_id || field.number == k_queue)) {
    message.values.at(field.number) = Message::Value{0, field.bytes};
    return field.bytes == (field.number == k_id ? key.id : key.queue);
  }
  const MessageField* const known = find_known(field.number);
  if (known == nullptr) {
    return false;
  }
  const bool number = is_number(known->member);
  if (field.type != (number ? WireType::varint : WireType::bytes)) {
    return false;
  }
  message.values.at(field.number) = Message::Value{field.value, field.bytes};
  const bool negative = static_cast<std::int64_t>(field.value) < 0;
  return number ? field.value != 0 && !(negative && known->member.form == Form::seconds) : !field.bytes.empty();
}

std::vector<std::string> header_names(const Message& message) {
  std::vector<std::string> names;
  names.reserve(message.headers.size());
  for (const auto& header : message.headers) {
    names.emplace_back(header.first);
  }
  return names;
}

/// Go walks a map in any order, so the order is noise.
void describe_headers(const Message& message, Record& record) {
  const std::vector<std::string> names = header_names(message);
  if (!std::is_sorted(names.begin(), names.end())) {
    JsonWriter order;
    order.begin_array();
    for (const std::string& name : names) {
      order.bytes(name);
    }
    record.volatiles.set(k_headers_order, order.end_array().take());
  }
  auto sorted = message.headers;
  std::sort(sorted.begin(), sorted.end());
  JsonWriter headers;
  headers.begin_object();
  for (const auto& [name, value] : sorted) {
    headers.key(name).bytes(value);
  }
  record.fields.set(k_headers_member, headers.end_object().take());
}

Error bad_headers() {
  return make_error(ErrorCode::corrupt, "the headers of an asynq task cannot be read");
}

/// Names of the headers as they shall be written: those that the order names, then the others.
Result<std::vector<std::string>> ordered_names(const std::vector<model::Field>& headers, const Record& record) {
  std::vector<std::string> names;
  std::set<std::string> left;
  for (const model::Field& header : headers) {
    left.insert(header.name);
  }
  if (const auto order = record.volatiles.find(k_headers_order)) {
    QSNAP_ASSIGN(const auto elements, codec::array_elements(*order));
    for (const std::string& element : elements) {
      auto name = codec::json_text(element);
      if (!name) {
        return bad_headers();
      }
      if (left.erase(*name) > 0) {
        names.push_back(*std::move(name));
      }
    }
  }
  names.insert(names.end(), left.begin(), left.end());
  return names;
}

Result<void> write_headers(const Record& record, WireWriter& out) {
  const auto json = record.fields.find(k_headers_member);
  if (!json) {
    return {};
  }
  QSNAP_ASSIGN(const auto headers, codec::object_members(*json));
  QSNAP_ASSIGN(const auto names, ordered_names(headers, record));
  for (const std::string& name : names) {
    const auto header =
        std::find_if(headers.begin(), headers.end(), [&](const auto& each) { return each.name == name; });
    const auto value = codec::json_to_bytes(header->json);
    if (!value) {
      return bad_headers();
    }
    WireWriter entry;
    entry.bytes(1, name).bytes(2, *value);
    out.bytes(k_headers, entry.message());
  }
  return {};
}

Result<void> write_field(const MessageField& field, const Record& record, WireWriter& out) {
  QSNAP_ASSIGN(const auto value, field_value(field.member, record));
  if (!value) {
    return {};
  }
  if (!is_number(field.member)) {
    if (!value->empty()) {
      out.bytes(field.number, *value);
    }
    return {};
  }
  // A shift of time may have given an instant decimals.
  const std::size_t dot = field.member.form == Form::seconds ? value->find('.') : std::string::npos;
  const auto number = parse_integer(std::string_view{*value}.substr(0, dot));
  if (!number) {
    return make_error(ErrorCode::corrupt,
                      fmt::format("member {} of an asynq task is no whole number", field.member.member));
  }
  if (*number != 0) {
    out.varint(field.number, static_cast<std::uint64_t>(*number));
  }
  return {};
}

}  // namespace

std::optional<Message> parse_message(std::string_view bytes, const TaskKey& key) {
  Message message;
  WireReader reader{bytes};
  WireWriter rest;
  std::uint32_t last = 0;
  while (!reader.at_end()) {
    const auto field = reader.next();
    if (!field || field->number < last || (field->number == last && last < k_headers)) {
      return std::nullopt;
    }
    last = field->number;
    if (last > k_headers) {
      rest.field(*field);
    } else if (!add_field(*field, key, message)) {
      return std::nullopt;
    }
  }
  message.rest = rest.take();
  return message.values.at(k_id) && message.values.at(k_queue) ? std::optional{std::move(message)} : std::nullopt;
}

void describe_message(const Message& message, Record& record) {
  for (const MessageField& field : k_fields) {
    const auto& value = message.values.at(field.number);
    if (!value) {
      continue;
    }
    if (is_number(field.member)) {
      const fmt::format_int number{static_cast<std::int64_t>(value->number)};
      members_of(record, field.member.place).set(field.member.member, number.str());
    } else {
      static_cast<void>(describe_field(field.member, value->bytes, record));  // bytes have any form
    }
  }
  if (!message.headers.empty()) {
    describe_headers(message, record);
  }
  if (!message.rest.empty()) {
    record.fields.set(k_rest, json_bytes(message.rest));
  }
}

Result<std::string> message_text(const TaskKey& key, const Record& record) {
  WireWriter out;
  for (const MessageField& field : k_fields) {
    if (field.number == k_queue + 1) {
      out.bytes(k_id, key.id).bytes(k_queue, key.queue);
    }
    QSNAP_TRY(write_field(field, record, out));
  }
  QSNAP_TRY(write_headers(record, out));
  QSNAP_ASSIGN(const auto rest, bytes_member(record.fields, k_rest));
  return out.take() + rest.value_or(std::string{});
}

}  // namespace qsnap::frameworks::asynq
