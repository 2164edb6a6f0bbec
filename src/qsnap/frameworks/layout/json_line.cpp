// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/base64.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/layout/json_line.hpp>
#include <qsnap/model/iso_instant.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::Record;

/// The names of an instant whose unit its size tells.
std::string in_seconds(const JsonMember& line) {
  return std::string{line.member} += "_s";
}
std::string in_milliseconds(const JsonMember& line) {
  return std::string{line.member} += "_ms";
}

/// What the job's place tells of a line.
std::optional<std::string_view> implied_text(const JsonMember& line, const JobContext& job) {
  const std::string_view text = line.kind == JsonKind::queue ? job.queue : job.id;
  const bool told = line.kind == JsonKind::queue || (line.kind == JsonKind::id && !job.id.empty());
  return told && is_utf8(text) ? std::optional{text} : std::nullopt;
}

std::optional<std::string> implied_value(const JsonMember& line, const JobContext& job) {
  const auto text = implied_text(line, job);
  return text ? std::optional{json_string(*text)} : std::nullopt;
}

/// The member of an instant by its size: whole numbers of 13 digits or more count milliseconds. Absent for others.
std::optional<std::string> sized_member(const JsonMember& line, std::string_view json) {
  constexpr std::size_t k_ms_digits = 13;
  if (!is_plain_decimal(json)) {
    return std::nullopt;
  }
  const std::size_t digits = json.substr(0, json.find('.')).size();
  if (digits < k_ms_digits) {
    return in_seconds(line);
  }
  return digits == json.size() ? std::optional{in_milliseconds(line)} : std::nullopt;
}

bool has_form(JsonKind kind, std::string_view json) {
  switch (kind) {
    case JsonKind::seconds:
      return is_plain_decimal(json);
    case JsonKind::milliseconds:
    case JsonKind::microseconds:
    case JsonKind::nanoseconds:
      return parse_count(json).has_value();
    case JsonKind::iso: {
      const auto text = codec::json_text(json);
      return text && model::IsoInstant::parse(*text);
    }
    default:
      return true;
  }
}

bool describe_id(const JsonMember& line, const IsGenerated& is_generated, const JobContext& job, std::string_view json,
                 Record& record) {
  if (const auto told = implied_value(line, job)) {
    return json == *told;
  }
  const auto id = codec::json_text(json);
  if (id) {
    (is_generated(*id) ? record.volatiles : record.fields).set(line.member, std::string{json});
  }
  return id.has_value();
}

bool describe_embedded_text(const JsonMember& line, std::string_view json, Record& record) {
  auto bytes = codec::json_text(json);
  if (bytes && line.kind == JsonKind::base64) {
    bytes = codec::from_base64(*bytes);
  }
  if (bytes) {
    describe_embedded(line.member, *bytes, record.fields, line.codec, line.codec_of);
  }
  return bytes.has_value();
}

Result<std::optional<std::string>> embedded_text(const JsonMember& line, const Record& record) {
  const auto json = record.fields.find(line.member);
  if (!json) {
    return std::optional<std::string>{};
  }
  QSNAP_ASSIGN(const std::string bytes, embedded_bytes(line.member, *json, record.fields));
  if (line.kind == JsonKind::base64) {
    return std::optional{json_string(to_base64(bytes))};
  }
  if (!is_utf8(bytes)) {
    return make_error(ErrorCode::corrupt, fmt::format("member {} of a job is no text, and has to be", line.member));
  }
  return std::optional{json_string(bytes)};
}

Result<std::optional<std::string>> attempts_value(const JsonMember& line, const Record& record) {
  const auto retries = record.fields.find(line.member);
  if (!retries) {
    return std::optional<std::string>{};
  }
  auto attempts = attempts_of_retries(*retries);
  if (!attempts) {
    return make_error(ErrorCode::corrupt, fmt::format("member {} of a job is no count", line.member));
  }
  return attempts;
}

std::optional<std::string> found(std::optional<std::string_view> json) {
  return json ? std::optional{std::string{*json}} : std::nullopt;
}

/// What the record, or the job's place, says of the value.
Result<std::optional<std::string>> told_value(const JsonMember& line, const JobContext& job, const Record& record) {
  switch (line.kind) {
    case JsonKind::meaning:
      return found(record.fields.find(line.member));
    case JsonKind::queue:
      return implied_value(line, job);
    case JsonKind::id: {
      auto told = implied_value(line, job);
      const auto chosen = record.fields.find(line.member);
      return told ? std::move(told) : found(chosen ? chosen : record.volatiles.find(line.member));
    }
    case JsonKind::attempts:
      return attempts_value(line, record);
    case JsonKind::by_size: {
      const auto seconds = record.volatiles.find(in_seconds(line));
      return found(seconds ? seconds : record.volatiles.find(in_milliseconds(line)));
    }
    case JsonKind::json_text:
    case JsonKind::base64:
      return embedded_text(line, record);
    case JsonKind::custom:
      return line.custom->value(job, record);
    case JsonKind::rest:
      return std::optional<std::string>{};
    default:
      return found(record.volatiles.find(line.member));
  }
}

}  // namespace

bool is_implied(const JsonMember& line, const JobContext& job) {
  return !line.absent.empty() || (line.custom != nullptr && line.custom->implied) ||
         implied_text(line, job).has_value();
}

bool describe_line(const JsonMember& line, const IsGenerated& is_generated, const JobContext& job,
                   std::string_view json, Record& record) {
  if (!line.absent.empty() && json == line.absent) {
    return true;
  }
  switch (line.kind) {
    case JsonKind::custom:
      return line.custom->describe(job, json, record);
    case JsonKind::meaning:
      record.fields.set(line.member, std::string{json});
      return true;
    case JsonKind::noise:
      record.volatiles.set(line.member, std::string{json});
      return true;
    case JsonKind::queue:
      return implied_value(line, job) == json;
    case JsonKind::id:
      return describe_id(line, is_generated, job, json, record);
    case JsonKind::attempts: {
      const auto retries = retries_of_attempts(json);
      if (retries) {
        record.fields.set(line.member, *retries);
      }
      return retries.has_value();
    }
    case JsonKind::by_size: {
      const auto member = sized_member(line, json);
      if (member) {
        record.volatiles.set(*member, std::string{json});
      }
      return member.has_value();
    }
    case JsonKind::json_text:
    case JsonKind::base64:
      return describe_embedded_text(line, json, record);
    case JsonKind::rest:
      return false;
    default:
      break;
  }
  if (!has_form(line.kind, json)) {
    return false;
  }
  record.volatiles.set(line.member, std::string{json});
  return true;
}

Result<std::optional<std::string>> line_value(const JsonMember& line, const JobContext& job, const Record& record) {
  QSNAP_ASSIGN(auto value, told_value(line, job, record));
  return value || line.absent.empty() ? std::move(value) : std::optional{std::string{line.absent}};
}

}  // namespace qsnap::frameworks::layout
