// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <qsnap/base/ascii.hpp>
#include <qsnap/frameworks/laravel/job.hpp>
#include <qsnap/frameworks/layout/detecting.hpp>
#include <qsnap/frameworks/layout/json_job.hpp>

namespace qsnap::frameworks::laravel {

namespace {

using namespace layout;
using model::ItemBlock;
using model::Record;

constexpr std::string_view k_framework = "laravel";
constexpr std::string_view k_command_name = "command_name";

/// Str::random(32): the queue's own id of a job, where uuid is everybody's.
bool is_generated(std::string_view id) {
  constexpr std::size_t k_length = 32;
  return id.size() == k_length && std::all_of(id.begin(), id.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
         });
}

/// Objects are serialized; what is encrypted (ShouldBeEncrypted) is base64 instead, and stays closed.
std::string codec_of_command(std::string_view bytes) {
  return bytes.starts_with("O:") ? "php" : "";
}

/// In the order of Queue::createObjectPayload(), RedisQueue::createPayloadArray() and Horizon's JobPayload::prepare().
/// A reserved job was written anew by cjson, in an order of its own.
JsonJobSpec spec(LastTry last_try, std::vector<JsonMember> data, std::vector<JsonRequired> required) {
  JsonJobSpec spec{.framework = k_framework, .members = {}, .is_generated = is_generated, .style = "json-cjson"};
  spec.members = {
      {"uuid", "uuid", JsonKind::noise},
      {"displayName", "name"},
      {"job", "job"},
      {"maxTries", "max_retries", JsonKind::attempts},
      {"maxExceptions", "max_exceptions"},
      {"failOnTimeout", "fail_on_timeout"},
      {"backoff", "backoff"},
      {"timeout", "timeout_s"},
      {"*", "opts", JsonKind::rest},
      {"retryUntil", "retry_until_at_s", JsonKind::seconds},
  };
  spec.members.insert(spec.members.end(), data.begin(), data.end());
  const std::vector<JsonMember> behind = {
      {"createdAt", "created_at_s", JsonKind::seconds},
      {"delay", "delay_s"},
      {"id", "id", JsonKind::id},
      {"attempts", "retry_count", last_try == LastTry::under_way ? JsonKind::attempts : JsonKind::meaning},
      {"type", "type"},
      {"tags", "tags"},
      {"silenced", "silenced"},
      {"pushedAt", "pushed_at", JsonKind::noise},
      {"retry_of", "retry_of", JsonKind::noise},
  };
  spec.members.insert(spec.members.end(), behind.begin(), behind.end());
  required.push_back({"displayName"});
  required.push_back({"job", JsonType::text});
  spec.required = std::move(required);
  return spec;
}

class LaravelJob final : public JobFormat {
 public:
  explicit LaravelJob(LastTry last_try)
      : m_command(make_json_job(spec(last_try,
                                     {{"data.commandName", k_command_name},
                                      {"data.command", "payload", JsonKind::json_text, {}, codec_of_command},
                                      {"data.batchId", "batch_id", JsonKind::noise}},
                                     {{"data.commandName", JsonType::text}, {"data.command", JsonType::text}}))),
        m_plain(make_json_job(spec(last_try, {{"data", "payload"}}, {{"data"}}))) {}

  bool describe(const JobContext& job, const ItemBlock& body, Record& record) const override {
    return m_command->describe(job, body, record) || m_plain->describe(job, body, record);
  }

  Result<ItemBlock> body(const JobContext& job, const Record& record) const override {
    return (record.fields.contains(k_command_name) ? m_command : m_plain)->body(job, record);
  }

 private:
  std::shared_ptr<const JobFormat> m_command;
  std::shared_ptr<const JobFormat> m_plain;
};

}  // namespace

std::shared_ptr<const JobFormat> make_job_format(LastTry last_try) {
  return std::make_shared<LaravelJob>(last_try);
}

bool is_job(std::string_view element) {
  return looks_like_json_with(element, {"displayName", "job", "data", "attempts"});
}

}  // namespace qsnap::frameworks::laravel
