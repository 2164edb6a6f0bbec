// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/decode/inflate.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/rq/job.hpp>
#include <qsnap/frameworks/rq/references.hpp>
#include <qsnap/frameworks/rq/traceback.hpp>

namespace qsnap::frameworks::rq {

namespace {

using layout::JobContext;
using model::Fields;
using model::ItemBlock;
using model::Record;

constexpr std::string_view k_pickle = "pickle";
constexpr std::string_view k_null = "null";
constexpr std::string_view k_empty = "empty";  ///< volatile: the hash fields that are there and say nothing

std::string serializer_of(std::string_view bytes) {
  constexpr char k_protocol = '\x80';
  return bytes.starts_with(k_protocol) ? std::string{k_pickle} : std::string{};
}

/// Fields whose values are taken as they are. RQ's own order does not matter: a hash has none.
constexpr auto k_f = Place::fields;
constexpr auto k_v = Place::volatiles;
constexpr std::array k_table = {
    HashField{"created_at", "created_at_iso", Form::iso, k_v},
    HashField{"enqueued_at", "enqueued_at_iso", Form::iso, k_v},
    HashField{"started_at", "started_at_iso", Form::iso, k_v},
    HashField{"ended_at", "finished_at_iso", Form::iso, k_v},
    HashField{"last_heartbeat", "heartbeat_at_iso", Form::iso, k_v},
    HashField{"worker_name", "worker", Form::bytes, k_v},
    HashField{"timeout", "timeout_s", Form::integer, k_f},
    HashField{"result_ttl", "result_ttl_s", Form::integer, k_f},
    HashField{"failure_ttl", "failure_ttl_s", Form::integer, k_f},
    HashField{"ttl", "ttl_s", Form::integer, k_f},
    HashField{"number_of_retries", "retry_count", Form::integer, k_f},
    HashField{"retries_left", "retries_left", Form::integer, k_f},
    HashField{"retry_intervals", "retry_intervals_s", Form::embedded, k_f},
    HashField{"repeats_left", "repeats_left", Form::integer, k_f},
    HashField{"repeat_intervals", "repeat_intervals_s", Form::embedded, k_f},
    HashField{"enqueue_at_front", "enqueue_at_front", Form::integer, k_f},
    HashField{"enqueue_at_front_on_retry", "enqueue_at_front_on_retry", Form::integer, k_f},
    HashField{"allow_dependency_failures", "allow_dependency_failures", Form::integer, k_f},
    HashField{"rate_limit_key", "rate_limit_key", Form::bytes, k_f},
    HashField{"rate_limit_concurrency", "rate_limit_concurrency", Form::integer, k_f},
    HashField{"success_callback_name", "success_callback", Form::bytes, k_f},
    HashField{"success_callback_timeout", "success_callback_timeout_s", Form::integer, k_f},
    HashField{"failure_callback_name", "failure_callback", Form::bytes, k_f},
    HashField{"failure_callback_timeout", "failure_callback_timeout_s", Form::integer, k_f},
    HashField{"stopped_callback_name", "stopped_callback", Form::bytes, k_f},
    HashField{"stopped_callback_timeout", "stopped_callback_timeout_s", Form::integer, k_f},
    HashField{"webhooks", "webhooks", Form::embedded, k_f},
    HashField{.field = "meta", .member = "meta", .form = Form::embedded, .place = k_f, .codec_of = serializer_of},
    HashField{.field = "result", .member = "result", .form = Form::embedded, .place = k_f, .codec_of = serializer_of},
    HashField{"exc_info", "exc_info", Form::bytes, k_v},
};

/// The status that RQ gives to the jobs of a structure.
std::string_view status_of(std::string_view state) {
  if (state == "waiting" || state == "taken") {
    return "queued";
  }
  return state == "ready" ? "ready_to_enqueue" : state;
}

/// A field whose value the job's place tells: a member where it says something else, null where the field is not there.
void describe_implied(std::string_view field, std::string_view implied, const ItemBlock& body, Record& record) {
  const auto value = find_field(body, field);
  if (!value || value->empty()) {
    record.fields.set(field, std::string{k_null});
  } else if (*value != implied) {
    record.fields.set(field, json_bytes(*value));
  }
}

Result<void> add_implied(std::string_view field, std::string_view implied, const Record& record, HashBuilder& hash) {
  if (record.fields.find(field) == k_null) {
    return {};
  }
  QSNAP_ASSIGN(auto value, bytes_member(record.fields, field));
  hash.add(field, value ? *std::move(value) : std::string{implied});
  return {};
}

/// Fields that are there and empty, as RQ writes most of those that a job has no use for.
void describe_empty(const std::vector<std::string_view>& fields, Record& record) {
  if (fields.empty()) {
    return;
  }
  JsonWriter names;
  names.begin_array();
  for (const std::string_view field : fields) {
    names.bytes(field);
  }
  record.volatiles.set(k_empty, names.end_array().take());
}

Result<void> add_empty(const Record& record, HashBuilder& hash) {
  const auto json = record.volatiles.find(k_empty);
  if (!json) {
    return {};
  }
  QSNAP_ASSIGN(const auto names, codec::array_elements(*json));
  for (const std::string& name : names) {
    const auto field = codec::json_to_bytes(name);
    if (!field) {
      return make_error(ErrorCode::corrupt, "member empty of a job is no list of names");
    }
    hash.add(*field, {});
  }
  return {};
}

/// RQ prints "module.function(arguments)" where nobody described the job. That tells nothing that the payload does not,
/// and may hold the addresses of objects.
bool is_default_description(std::string_view description, std::string_view function) {
  return !function.empty() && description.starts_with(function) && description.ends_with(')') &&
         description.substr(function.size()).starts_with('(');
}

void describe_call(std::string_view data, std::optional<std::string_view> description, Record& record) {
  const Call call = read_call(data);
  describe_embedded("payload", data, record.fields, call.codec);
  const std::string_view told = description.value_or(std::string_view{});
  const std::string function = call.function.value_or(std::string{told.substr(0, told.find('('))});
  if (!function.empty()) {
    record.fields.set("name", json_bytes(function));
  }
  if (description) {
    Fields& members = is_default_description(told, function) ? record.volatiles : record.fields;
    members.set("description", json_bytes(told));
  }
}

void describe_group(std::string_view group, Record& record) {
  (is_uuid_hex(group) ? record.volatiles : record.fields).set("group", json_bytes(group));
}

/// False for what goes to the leftovers. REQUIRES: value is not empty
bool describe_value(std::string_view field, std::string_view value, Record& record) {
  constexpr std::array<std::string_view, 4> k_told_apart = {"data", "description", "origin", "status"};
  if (std::find(k_told_apart.begin(), k_told_apart.end(), field) != k_told_apart.end()) {
    return true;
  }
  if (field == "group_id") {
    describe_group(value, record);
    return true;
  }
  if (field == "exc_info") {
    describe_error(read_trace(value, "zlib"), record.fields);
  }
  const auto line = std::find_if(k_table.begin(), k_table.end(), [&](const auto& each) { return each.field == field; });
  return line != k_table.end() && describe_field(*line, value, record);
}

class JobFormat final : public layout::JobFormat {
 public:
  bool describe(const JobContext& job, const ItemBlock& body, Record& record) const override {
    const auto data = find_field(body, "data");
    if (!data || data->empty()) {
      return false;
    }
    const bool has_dependencies = describe_dependencies(body, record);
    LeftoverFields leftovers;
    std::vector<std::string_view> empty;
    for (std::size_t i = 0; i + 1 < body.size(); i += 2) {
      const std::string_view field = body[i], value = body[i + 1];
      if (value.empty()) {
        empty.push_back(field);
      } else if (!(has_dependencies && is_dependency_field(field)) && !describe_value(field, value, record)) {
        leftovers.add(field, value);
      }
    }
    const auto description = find_field(body, "description");
    describe_call(*data, description && !description->empty() ? description : std::nullopt, record);
    describe_implied("origin", job.queue, body, record);
    describe_implied("status", status_of(job.state), body, record);
    describe_empty(empty, record);
    leftovers.describe(record);
    return true;
  }

  Result<ItemBlock> body(const JobContext& job, const Record& record) const override {
    const auto payload = record.fields.find("payload");
    if (!payload) {
      return make_error(ErrorCode::corrupt, "a job has no payload");
    }
    HashBuilder hash;
    QSNAP_ASSIGN(std::string data, embedded_bytes("payload", *payload, record.fields));
    hash.add("data", std::move(data));
    for (const Fields* members : {&record.fields, &record.volatiles}) {
      for (const auto& [member, field] : {std::pair{"description", "description"}, std::pair{"group", "group_id"}}) {
        QSNAP_ASSIGN(auto value, bytes_member(*members, member));
        if (value) {
          hash.add(field, *std::move(value));
        }
      }
    }
    QSNAP_TRY(add_implied("origin", job.queue, record, hash));
    QSNAP_TRY(add_implied("status", status_of(job.state), record, hash));
    QSNAP_TRY(add_dependencies(record, hash));
    QSNAP_TRY(hash.add_table(k_table, record));
    QSNAP_TRY(add_empty(record, hash));
    QSNAP_TRY(hash.add_leftovers(record));
    return hash.take();
  }
};

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

/// The bytes of the first text of a pickle, if it is that of a tuple of at least four: what RQ pickles is
/// (function, instance, args, kwargs). Opcodes: https://docs.python.org/3/library/pickletools.html
std::optional<std::string_view> first_text_of_pickle(std::string_view bytes) {
  constexpr std::size_t k_frame_bytes = 9, k_length_bytes = 4;
  bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 2));  // PROTO and its number
  if (bytes.starts_with('\x95')) {                              // FRAME
    bytes.remove_prefix(std::min(bytes.size(), k_frame_bytes));
  }
  std::size_t length = 0, head = 0;
  if (bytes.starts_with("(\x8c") && bytes.size() > 2) {  // MARK, SHORT_BINUNICODE
    length = static_cast<unsigned char>(bytes[2]);
    head = 3;
  } else if (bytes.starts_with("(X") && bytes.size() > 2 + k_length_bytes) {  // MARK, BINUNICODE
    for (std::size_t i = 0; i < k_length_bytes; ++i) {
      length |= std::size_t{static_cast<unsigned char>(bytes[2 + i])} << (8 * i);
    }
    head = 2 + k_length_bytes;
  }
  return head > 0 && length <= bytes.size() - head ? std::optional{bytes.substr(head, length)} : std::nullopt;
}

std::optional<std::string> first_text_of_json(std::string_view bytes) {
  const auto elements = codec::array_elements(bytes);
  return elements && !elements->empty() ? codec::json_text(elements->front()) : std::nullopt;
}

}  // namespace

Call read_call(std::string_view data) {
  const auto inflated = decode::inflate(data);
  const std::string_view bytes = inflated ? std::string_view{*inflated} : data;
  Call call;
  if (serializer_of(bytes) == k_pickle) {
    call.codec = k_pickle;
    if (const auto function = first_text_of_pickle(bytes); function && is_utf8(*function)) {
      call.function = *function;
    }
  } else if (bytes.starts_with('[')) {
    call.function = first_text_of_json(bytes);
    call.codec = call.function && inflated ? "json" : "";
  }
  if (inflated) {
    call.codec = call.codec.empty() ? "zlib" : "zlib+" + call.codec;
  }
  return call;
}

bool is_uuid_hex(std::string_view text) {
  constexpr std::size_t k_digits = 32;
  return text.size() == k_digits && is_lower_hex(text);
}

bool is_uuid(std::string_view id) {
  constexpr std::array<std::size_t, 4> k_dashes = {8, 13, 18, 23};
  std::string digits;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const bool dash = std::find(k_dashes.begin(), k_dashes.end(), i) != k_dashes.end();
    if (dash != (id[i] == '-')) {
      return false;
    }
    digits += dash ? "" : std::string{id[i]};
  }
  return is_uuid_hex(digits);
}

std::shared_ptr<const layout::JobFormat> make_job_format() {
  return std::make_shared<JobFormat>();
}

}  // namespace qsnap::frameworks::rq
