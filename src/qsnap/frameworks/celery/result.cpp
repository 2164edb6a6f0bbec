// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/celery/ids.hpp>
#include <qsnap/frameworks/celery/lines.hpp>
#include <qsnap/frameworks/celery/result.hpp>
#include <qsnap/frameworks/json_peek.hpp>
#include <qsnap/frameworks/layout/json_job.hpp>
#include <qsnap/frameworks/layout/string_job.hpp>

namespace qsnap::frameworks::celery {

namespace {

using layout::JobContext;
using layout::JobFormat;
using layout::JsonCustom;
using layout::JsonKind;
using layout::JsonMember;
using model::ItemBlock;
using model::Record;
using model::RedisType;

using OptionalText = Result<std::optional<std::string>>;

constexpr std::string_view k_python = "json-py";

/// An exception's arguments. Most have one text, which then is the error.
bool describe_message(const JobContext& /*job*/, std::string_view json, Record& record) {
  const auto arguments = codec::array_elements(json);
  if (!arguments) {
    return false;
  }
  const bool is_text = arguments->size() == 1 && is_json_string(arguments->front());
  record.fields.set("error", is_text ? arguments->front() : std::string{json});
  return true;
}

OptionalText message_value(const JobContext& /*job*/, const Record& record) {
  const auto error = record.fields.find("error");
  if (!error) {
    return std::optional<std::string>{};
  }
  return std::optional{is_json_string(*error) ? fmt::format("[{}]", *error) : std::string{*error}};
}

/// The queue that the record tells; a result without one is of no queue.
bool describe_queue(const JobContext& job, std::string_view json, Record& /*record*/) {
  return !job.queue.empty() && json == json_bytes(job.queue);
}

OptionalText queue_value(const JobContext& job, const Record& /*record*/) {
  return job.queue.empty() ? std::optional<std::string>{} : std::optional{json_bytes(job.queue)};
}

constexpr JsonCustom k_message = {describe_message, message_value};
constexpr JsonCustom k_queue = {describe_queue, queue_value};

/// Errors are objects; what a running task says of itself names its process; else it is what the task returned.
std::vector<JsonMember> outcome_lines(std::string_view state) {
  if (state == "started") {
    return {{.path = "result", .member = "process", .kind = JsonKind::noise}};
  }
  if (state == "success" || state.empty()) {
    return {{.path = "result", .member = "result"}};
  }
  return {{.path = "result.exc_type", .member = "error_class"},
          {.path = "result.exc_message", .kind = JsonKind::custom, .custom = &k_message},
          {.path = "result.exc_module", .member = "error_module"}};
}

/// Without a status, it is a member. `quoted` is the status as JSON and outlives the spec.
layout::JsonJobSpec result_spec(std::string_view state, std::string_view quoted) {
  using enum JsonKind;
  std::vector<JsonMember> lines = {{.path = "status", .member = "status", .absent = quoted}};
  for (JsonMember& line : outcome_lines(state)) {
    lines.push_back(line);
  }
  const std::array<JsonMember, 13> others = {{
      {.path = "traceback", .member = "stacktrace", .kind = noise, .absent = "null"},
      {.path = "children", .kind = custom, .absent = "[]", .custom = &k_children},
      {.path = "date_done", .member = "finished_at_iso", .kind = iso, .absent = "null"},
      {.path = "group_id", .kind = custom, .custom = &k_group},
      {.path = "parent_id", .kind = custom, .custom = &k_parent},
      {.path = "name", .member = "name"},
      {.path = "args", .member = "args"},
      {.path = "kwargs", .member = "kwargs"},
      {.path = "worker", .member = "worker", .kind = noise},
      {.path = "retries", .member = "retry_count"},
      {.path = "queue", .kind = custom, .custom = &k_queue},
      {.path = "*", .member = "opts", .kind = rest},
      {.path = "task_id", .member = "id", .kind = id},
  }};
  lines.insert(lines.end(), others.begin(), others.end());
  return {.framework = "celery",
          .members = std::move(lines),
          .required = {{"status", layout::JsonType::text}, {"task_id"}},
          .is_generated = is_uuid,
          .style = k_python};
}

/// Keeps the text that its table looks at.
class ResultFormat final : public JobFormat {
 public:
  explicit ResultFormat(ResultState state)
      : m_status(json_string(state.status)), m_format(layout::make_json_job(result_spec(state.state, m_status))) {}

  bool describe(const JobContext& job, const ItemBlock& body, Record& record) const override {
    return m_format->describe(job, body, record);
  }
  Result<ItemBlock> body(const JobContext& job, const Record& record) const override {
    return m_format->body(job, record);
  }

 private:
  std::string m_status;
  std::shared_ptr<const JobFormat> m_format;
};

std::string codec_of_result(std::string_view bytes) {
  constexpr char k_pickle = '\x80';
  return bytes.starts_with(k_pickle) ? "pickle" : is_utf8(bytes) ? "" : "msgpack";
}

class OtherResultFormat final : public JobFormat {
 public:
  bool describe(const JobContext& job, const ItemBlock& body, Record& record) const override {
    Record as_json = record;
    if (m_json->describe(job, body, as_json)) {
      record = std::move(as_json);
      return true;
    }
    return m_bytes->describe(job, body, record);
  }
  Result<ItemBlock> body(const JobContext& job, const Record& record) const override {
    return record.fields.contains("payload") ? m_bytes->body(job, record) : m_json->body(job, record);
  }

 private:
  std::shared_ptr<const JobFormat> m_json = layout::make_json_job(result_spec({}, {}));
  std::shared_ptr<const JobFormat> m_bytes = layout::make_string_job({.codec_of = codec_of_result});
};

/// The id is the second of four. Elements that are none of kombu's JSON keep the key verbatim.
class ReturnedFormat final : public JobFormat {
 public:
  explicit ReturnedFormat(RedisType type) : m_step(model::items_per_element(type).value_or(1)) {}

  bool describe(const JobContext& /*job*/, const ItemBlock& body, Record& record) const override {
    JsonWriter returned;
    returned.begin_array();
    std::vector<std::string> ids;
    for (std::size_t i = 0; i + m_step <= body.size(); i += m_step) {
      const auto parts = codec::array_elements(body[i]);
      const auto id = parts && parts->size() == k_parts ? codec::json_text((*parts)[1]) : std::nullopt;
      if (!id || !is_uuid(*id)) {
        return false;
      }
      ids.push_back(*id);
      returned.begin_object();
      if (m_step > 1) {
        returned.key("index").bytes(body[i + 1]);
      }
      returned.key("mark").raw((*parts)[0]).key("result").raw((*parts)[3]).key("state").raw((*parts)[2]).end_object();
    }
    record.fields.set("returned", returned.end_array().take());
    record.volatiles.set("returned_ids", ids_text(ids));
    return true;
  }

  Result<ItemBlock> body(const JobContext& /*job*/, const Record& record) const override {
    QSNAP_ASSIGN(const auto returned, codec::array_elements(record.fields.find("returned").value_or("[]")));
    QSNAP_ASSIGN(const auto ids, parse_ids(record.volatiles.find("returned_ids")));
    if (returned.size() != ids.size()) {
      return make_error(ErrorCode::corrupt, "what a chord's tasks returned has not an id each");
    }
    ItemBlock items;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      QSNAP_TRY(push(returned[i], ids[i], items));
    }
    return items;
  }

 private:
  static constexpr std::size_t k_parts = 4;

  Result<void> push(std::string_view returned, std::string_view id, ItemBlock& items) const {
    const auto mark = peek_member(returned, "mark"), result = peek_member(returned, "result"),
               state = peek_member(returned, "state");
    const auto index = peek_text(returned, "index");
    if (!mark || !result || !state || (m_step > 1 && !(index && parse_double(*index)))) {
      return make_error(ErrorCode::corrupt, "what a task of a chord returned cannot be read");
    }
    const std::string canonical = fmt::format("[{},{},{},{}]", *mark, json_string(id), *state, *result);
    QSNAP_ASSIGN(const std::string element, codec::unembed(canonical, k_python));
    items.push(element);
    if (m_step > 1) {
      items.push(*index);
    }
    return {};
  }

  std::size_t m_step;
};

layout::JsonJobSpec group_spec() {
  return {.framework = "celery",
          .members = {{.path = "result", .kind = JsonKind::custom, .custom = &k_children}},
          .required = {{"result", layout::JsonType::array}},
          .style = k_python};
}

}  // namespace

std::shared_ptr<const JobFormat> make_result_format(ResultState state) {
  return std::make_shared<ResultFormat>(state);
}

std::shared_ptr<const JobFormat> make_other_result_format() {
  return std::make_shared<OtherResultFormat>();
}

bool has_status(std::string_view bytes, std::string_view status) {
  return peek_text(bytes, "status") == status;
}

std::shared_ptr<const JobFormat> make_group_format() {
  return layout::make_json_job(group_spec());
}

std::shared_ptr<const JobFormat> make_count_format() {
  return layout::make_string_job({});
}

std::shared_ptr<const JobFormat> make_returned_format(RedisType type) {
  return std::make_shared<ReturnedFormat>(type);
}

}  // namespace qsnap::frameworks::celery
