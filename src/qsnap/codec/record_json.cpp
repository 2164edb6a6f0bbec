// SPDX-License-Identifier: Apache-2.0
#include <span>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/canonical_text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/record_json.hpp>

namespace qsnap::codec {

namespace {

using model::Field;
using model::Fields;
using model::Record;
using model::Section;

constexpr std::string_view k_volatile = "volatile";

void append_member(std::string& out, const Field& field) {
  append_json_string(out, field.name);
  out += ':';
  out += field.json;
  out += ',';
}

/// Members as an object, with `volatiles` in its place among them.
void append_object(std::string& out, const Fields& fields, const Fields& volatiles) {
  bool waiting = !volatiles.empty();
  const auto append_volatiles = [&] {
    out.append("\"volatile\":");
    append_object(out, volatiles, {});
    out += ',';
    waiting = false;
  };
  out += '{';
  for (const Field& field : fields) {
    if (waiting && field.name > k_volatile) {
      append_volatiles();
    }
    append_member(out, field);
  }
  if (waiting) {
    append_volatiles();
  }
  if (out.back() == ',') {
    out.pop_back();
  }
  out += '}';
}

std::size_t text_bytes(const Fields& fields) {
  constexpr std::size_t k_punctuation = 4;  // quotes, colon, comma
  std::size_t bytes = 0;
  for (const Field& field : fields) {
    bytes += field.name.size() + field.json.size() + k_punctuation;
  }
  return bytes;
}

enum class Shape : std::uint8_t { bytes, text, integer, array };

bool has_shape(std::string_view json, Shape shape) {
  switch (shape) {
    case Shape::bytes:
      return json_to_bytes(json).has_value();
    case Shape::text:
      return json.starts_with('"');
    case Shape::integer:
      return parse_integer(json).has_value();
    case Shape::array:
      return json.starts_with('[');
  }
  return false;
}

struct Required {
  std::string_view name;
  Shape shape;
};

std::span<const Required> required_members(Section section) {
  static constexpr std::array config = {Required{"kind", Shape::text}};
  static constexpr std::array queues = {Required{"queue", Shape::bytes}};
  static constexpr std::array jobs = {Required{"queue", Shape::bytes}, Required{"state", Shape::text}};
  static constexpr std::array keys = {Required{"key", Shape::bytes}, Required{"type", Shape::text},
                                      Required{"role", Shape::text}, Required{"part", Shape::integer},
                                      Required{"items", Shape::array}};
  switch (section) {
    case Section::config:
      return config;
    case Section::queues:
      return queues;
    case Section::jobs:
      return jobs;
    case Section::keys:
      return keys;
    case Section::workers:
      break;
  }
  return {};
}

Error bad_record(Section section, std::string_view what) {
  return make_error(ErrorCode::corrupt, fmt::format("bad record in {}: {}", model::to_text(section), what));
}

/// Errors unless the line is an object in canonical form.
Result<CanonicalSpans> spans_of(Section section, std::string_view line) {
  auto spans = canonical_spans(line);
  if (!spans) {
    auto json = parse_to_canonical(line, {});
    if (!json) {
      return with_context(std::move(json).error(), fmt::format("bad record in {}", model::to_text(section)));
    }
    if (json->text == line) {
      spans = std::move(json->spans);
    }
  }
  return spans && line.starts_with('{') ? Result<CanonicalSpans>{*std::move(spans)}
                                        : bad_record(section, "not an object in canonical form");
}

/// The members in `spans`; absent unless their names are in order.
std::optional<Fields> read_fields(std::string_view line, std::span<const MemberSpan> spans) {
  Fields fields;
  std::string last_name;
  for (const MemberSpan& span : spans) {
    Field field = to_field(line, span);
    const bool first = span.begin == spans.front().begin;
    if (!first && field.name <= last_name) {
      return std::nullopt;
    }
    fields.set(field.name, std::move(field.json));
    last_name = std::move(field.name);
  }
  return fields;
}

bool holds_empty_or_no_object(std::string_view line, const MemberSpan& member) {
  const std::string_view value = line.substr(member.value, member.end - member.value);
  return !value.starts_with('{') || value == "{}";
}

/// The bytes of a member in form B; of any other value its text; empty if there is none.
std::string identity(const Fields& fields, std::string_view name) {
  const auto json = fields.find(name);
  if (!json) {
    return {};
  }
  auto bytes = json_to_bytes(*json);
  return bytes ? *std::move(bytes) : std::string{*json};
}

std::string joined(std::string_view kind, std::span<const std::string> parts) {
  std::string key{kind};
  for (const std::string& part : parts) {
    key += '\0';
    key += part;
  }
  return key;
}

}  // namespace

std::string format_record(const Record& record) {
  constexpr std::size_t k_around = 32;  // brackets and the name "volatile"
  std::string out;
  out.reserve(least_line_bytes(record) + k_around);
  append_record(out, record);
  return out;
}

void append_record(std::string& out, const Record& record) {
  append_object(out, record.fields, record.volatiles);
}

// Members without their last comma, in brackets.
std::size_t least_line_bytes(const Record& record) {
  return text_bytes(record.fields) + text_bytes(record.volatiles);
}

Result<Record> parse_record(Section section, std::string_view line) {
  QSNAP_ASSIGN(const CanonicalSpans spans, spans_of(section, line));
  for (const MemberSpan& member : spans.members) {
    const bool is_volatile = line.substr(member.begin, member.value - member.begin) == "\"volatile\":";
    if (is_volatile && holds_empty_or_no_object(line, member)) {
      return bad_record(section, "\"volatile\" is empty or no object");
    }
  }
  auto fields = read_fields(line, spans.members);
  auto volatiles = read_fields(line, spans.volatiles);
  if (!fields || !volatiles) {
    return bad_record(section, "members are not sorted");
  }
  fields->erase(k_volatile);  // what is in it is in `volatiles`, even a member of that name
  for (const auto& [name, shape] : required_members(section)) {
    const auto value = fields->find(name);
    if (!value || !has_shape(*value, shape)) {
      return bad_record(section, fmt::format("member \"{}\" is missing or of the wrong type", name));
    }
  }
  return Record{section, *std::move(fields), *std::move(volatiles)};
}

std::string record_key(const Record& record, std::string_view line) {
  const Fields& fields = record.fields;
  const bool chosen_id = fields.contains("id");
  const std::string id = identity(chosen_id ? fields : record.volatiles, "id");
  const std::string queue = identity(fields, fields.contains("queue") ? "queue" : "framework");
  switch (record.section) {
    case Section::queues:
      return joined("queue", std::array{queue});
    case Section::keys:
      return joined("key", std::array{identity(fields, "key"), identity(fields, "part")});
    case Section::jobs:
      return id.empty() ? std::string{line} : joined("job", std::array{queue, id});
    case Section::config:
    case Section::workers:
      return id.empty() ? std::string{line}
                        : joined(model::to_text(record.section), std::array{identity(fields, "kind"), queue, id});
  }
  return std::string{line};
}

}  // namespace qsnap::codec
