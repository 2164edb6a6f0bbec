// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/base64.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/celery/ids.hpp>
#include <qsnap/frameworks/celery/lines.hpp>
#include <qsnap/frameworks/celery/message.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/json_peek.hpp>
#include <qsnap/frameworks/layout/json_job.hpp>

namespace qsnap::frameworks::celery {

namespace {

using layout::JobContext;
using layout::JobFormat;
using layout::JsonCustom;
using layout::JsonKind;
using layout::JsonMember;
using layout::JsonType;
using model::ItemBlock;
using model::Record;

using OptionalText = Result<std::optional<std::string>>;

constexpr std::string_view k_python = "json-py";  // json.dumps is what kombu writes with
constexpr std::string_view k_base64 = R"("base64")";

/// Serializers that kombu has beside JSON. YAML is text.
std::string codec_of_body(std::string_view bytes) {
  constexpr char k_pickle = '\x80', k_array_of_three = '\x93';
  if (bytes.starts_with(k_pickle)) {
    return "pickle";
  }
  return bytes.starts_with(k_array_of_three) ? "msgpack" : "";
}

/// `body` is [args, kwargs, embed], and embed has signatures of further tasks with the ids that they will have.
bool describe_body(const JobContext& /*job*/, std::string_view json, Record& record) {
  const auto text = codec::json_text(json);
  if (!text) {
    return false;
  }
  const auto decoded = codec::from_base64(*text);
  describe_embedded("payload", decoded ? *decoded : *text, record.fields, {}, codec_of_body);
  if (record.fields.contains("codec")) {
    return true;
  }
  auto without = take_ids(*record.fields.find("payload"), IdPlaces::options);
  if (without && !without->ids.empty()) {
    record.fields.set("payload", std::move(without->json));
    record.volatiles.set("payload_ids", ids_text(without->ids));
  }
  return true;
}

OptionalText body_value(const JobContext& /*job*/, const Record& record) {
  const auto json = record.fields.find("payload");
  if (!json) {
    return std::optional<std::string>{};
  }
  QSNAP_ASSIGN(const auto ids, parse_ids(record.volatiles.find("payload_ids")));
  QSNAP_ASSIGN(const std::string payload, put_ids(*json, ids, IdPlaces::options));
  QSNAP_ASSIGN(const std::string bytes, embedded_bytes("payload", payload, record.fields));
  const bool is_base64 = record.fields.find("body_encoding").value_or(k_base64) == k_base64;
  if (!is_base64 && !is_utf8(bytes)) {
    return make_error(ErrorCode::corrupt, "the body of a Celery message is no text, and has to be");
  }
  return std::optional{json_string(is_base64 ? to_base64(bytes) : bytes)};
}

/// Mostly the task's id once more.
bool describe_correlation(const JobContext& /*job*/, std::string_view json, Record& record) {
  const bool is_text = is_json_string(json);
  if (is_text && json != own_id(record)) {
    record.volatiles.set("correlation_id", std::string{json});
  }
  return is_text;
}

OptionalText correlation_value(const JobContext& /*job*/, const Record& record) {
  const auto other = record.volatiles.find("correlation_id");
  return other ? std::optional{std::string{*other}} : own_id(record);
}

/// Where the message was sent; mostly straight to its queue.
std::string direct_delivery(const JobContext& job) {
  return fmt::format(R"({{"exchange":"","routing_key":{}}})", json_bytes(job.queue));
}

bool describe_delivery_info(const JobContext& job, std::string_view json, Record& record) {
  if (json != direct_delivery(job)) {
    record.fields.set("delivery_info", std::string{json});
  }
  return true;
}

OptionalText delivery_info_value(const JobContext& job, const Record& record) {
  const auto other = record.fields.find("delivery_info");
  return std::optional{other ? std::string{*other} : direct_delivery(job)};
}

constexpr JsonCustom k_body = {describe_body, body_value};
constexpr JsonCustom k_correlation = {describe_correlation, correlation_value, true};
constexpr JsonCustom k_delivery_info = {describe_delivery_info, delivery_info_value, true};

layout::JsonJobSpec message_spec() {
  using enum JsonKind;
  std::vector<JsonMember> lines = {
      {.path = "body", .member = "payload", .kind = custom, .custom = &k_body},
      {.path = "content-encoding", .member = "content_encoding", .absent = R"("utf-8")"},
      {.path = "content-type", .member = "content_type", .absent = R"("application/json")"},
      {.path = "headers.lang", .member = "lang", .absent = R"("py")"},
      {.path = "headers.task", .member = "name"},
      {.path = "headers.id", .member = "id", .kind = id},
      {.path = "headers.shadow", .member = "shadow", .absent = "null"},
      {.path = "headers.eta", .kind = custom, .absent = "null", .custom = &k_eta},
      {.path = "headers.expires", .kind = custom, .absent = "null", .custom = &k_expires},
      {.path = "headers.group", .kind = custom, .absent = "null", .custom = &k_group},
      {.path = "headers.group_index", .member = "group_index", .absent = "null"},
      {.path = "headers.retries", .member = "retry_count"},
      {.path = "headers.timelimit", .member = "time_limit", .absent = "[null,null]"},
      {.path = "headers.root_id", .kind = custom, .custom = &k_root},
      {.path = "headers.parent_id", .kind = custom, .absent = "null", .custom = &k_parent},
      {.path = "headers.argsrepr", .member = "args_repr", .kind = noise},
      {.path = "headers.kwargsrepr", .member = "kwargs_repr", .kind = noise, .absent = R"("{}")"},
      {.path = "headers.origin", .member = "origin", .kind = noise},
      {.path = "headers.ignore_result", .member = "ignore_result", .absent = "false"},
      {.path = "headers.*", .member = "headers", .kind = rest},
      {.path = "headers.redelivered", .member = "redelivered"},
      {.path = "properties.correlation_id", .kind = custom, .custom = &k_correlation},
      {.path = "properties.reply_to", .member = "reply_to", .kind = noise},
      {.path = "properties.*", .member = "properties", .kind = rest},  // options of the first try stay with a retry
      {.path = "properties.origin", .member = "properties_origin", .kind = noise},
      {.path = "properties.delivery_mode", .member = "delivery_mode", .absent = "2"},
      {.path = "properties.expiration", .member = "expiration"},
      {.path = "properties.delivery_info", .kind = custom, .custom = &k_delivery_info},
      {.path = "properties.priority", .member = "priority", .absent = "0"},
      {.path = "properties.body_encoding", .member = "body_encoding", .absent = k_base64},
      {.path = "properties.delivery_tag", .member = "delivery_tag", .kind = noise},
  };
  return {.framework = "celery",
          .members = std::move(lines),
          .required = {{"body", JsonType::text}, {"properties.delivery_tag"}},
          .is_generated = is_uuid,
          .style = k_python};
}

/// The three parts of a delivery as canonical JSON; empty for what is none.
std::vector<std::string> parts_of_delivery(std::string_view bytes) {
  auto parts = codec::array_elements(bytes);
  return parts && parts->size() == 3 ? *std::move(parts) : std::vector<std::string>{};
}

/// kombu writes the whole array at once, so all of it has the message's style.
class DeliveryFormat final : public JobFormat {
 public:
  bool describe(const JobContext& job, const ItemBlock& body, Record& record) const override {
    const auto parts = body.size() == 1 ? parts_of_delivery(body[0]) : std::vector<std::string>{};
    if (parts.empty() || parts[2] != json_bytes(job.queue)) {
      return false;
    }
    const auto message = codec::unembed(parts[0], k_python);
    if (!message) {
      return false;
    }
    ItemBlock item;
    item.push(*message);
    if (!m_message->describe(job, item, record)) {
      return false;
    }
    if (parts[1] != k_direct) {
      record.fields.set("exchange", parts[1]);
    }
    return true;
  }

  Result<ItemBlock> body(const JobContext& job, const Record& record) const override {
    QSNAP_ASSIGN(const ItemBlock message, m_message->body(job, record));
    QSNAP_ASSIGN(const std::string exchange,
                 codec::unembed(record.fields.find("exchange").value_or(k_direct), k_python));
    QSNAP_ASSIGN(const std::string routing_key, codec::unembed(json_bytes(job.queue), k_python));
    ItemBlock items;
    items.push(fmt::format("[{}, {}, {}]", message[0], exchange, routing_key));
    return items;
  }

 private:
  static constexpr std::string_view k_direct = R"("")";
  std::shared_ptr<const JobFormat> m_message = make_message_format();
};

}  // namespace

std::shared_ptr<const JobFormat> make_message_format() {
  return layout::make_json_job(message_spec());
}

std::shared_ptr<const JobFormat> make_delivery_format() {
  return std::make_shared<DeliveryFormat>();
}

bool looks_like_message(std::string_view bytes) {
  const auto properties = peek_member(bytes, "properties");
  return properties && peek_member(*properties, "delivery_tag") && peek_member(bytes, "body") &&
         peek_member(bytes, "content-type");
}

std::string version_of_message(std::string_view bytes) {
  const auto headers = peek_member(bytes, "headers");
  if (!headers || !peek_member(*headers, "task")) {
    return {};
  }
  if (peek_member(*headers, "stamps")) {
    return "5.3+";
  }
  if (peek_member(*headers, "ignore_result")) {
    return "5.1-5.2";
  }
  return peek_member(*headers, "group_index") ? "4.4-5.0" : "4.0-4.3";
}

std::optional<std::string> queue_of_delivery(std::string_view bytes) {
  const auto parts = parts_of_delivery(bytes);
  return parts.empty() ? std::nullopt : codec::json_text(parts[2]);
}

bool has_eta(std::string_view delivery) {
  const auto parts = parts_of_delivery(delivery);
  const auto headers = parts.empty() ? std::nullopt : peek_member(parts[0], "headers");
  const auto eta = headers ? peek_member(*headers, "eta") : std::nullopt;
  return eta && is_json_string(*eta);
}

}  // namespace qsnap::frameworks::celery
