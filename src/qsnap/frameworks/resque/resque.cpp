// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/frameworks/layout/job_record.hpp>
#include <qsnap/frameworks/layout/json_job.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/frameworks/layout/signs.hpp>
#include <qsnap/frameworks/resque/resque.hpp>

namespace qsnap::frameworks {

namespace {

using namespace layout;
using model::ItemBlock;
using model::Record;
using model::RedisType;

constexpr std::string_view k_framework = "resque";
constexpr std::string_view k_delayed = "delayed";
constexpr std::string_view k_due = "due_at_s";
constexpr std::string_view k_indexed = "indexed";

/// Sidekiq's jobs have a jid besides.
bool is_job(std::string_view element) {
  return looks_like_json_with(element, {"class", "args"}) && !looks_like_json_with(element, {"jid"});
}

bool is_failure(std::string_view element) {
  return looks_like_json_with(element, {"failed_at", "payload", "exception"});
}

bool is_work(std::string_view value) {
  return looks_like_json_with(value, {"queue", "run_at", "payload"});
}

/// What a delayed job's `queue` says is where it goes to; it stands in a list of its second, whatever its queue.
std::shared_ptr<const JobFormat> job_format() {
  return make_json_job({
      .framework = k_framework,
      .members = {{"class", "name"}, {"args", "payload"}, {"queue", "target_queue"}},
      .required = {{"class", JsonType::text}, {"args"}},
  });
}

std::shared_ptr<const JobFormat> failure_format() {
  return make_json_job({
      .framework = k_framework,
      .members =
          {
              {"failed_at", "failed_at_iso", JsonKind::iso},
              {"payload.class", "name"},
              {"payload.args", "payload"},
              {"payload.*", "job", JsonKind::rest},
              {"exception", "error_class"},
              {"error", "error"},
              {"backtrace", "stacktrace", JsonKind::noise},
              {"worker", "worker", JsonKind::noise},
              {"queue", "target_queue"},
              {"retried_at", "retried_at_iso", JsonKind::iso},
          },
      .required = {{"payload", JsonType::object}},
  });
}

std::shared_ptr<const JobFormat> work_format() {
  return make_json_job({
      .framework = k_framework,
      .members =
          {
              {"queue", "queue", JsonKind::queue},
              {"run_at", "started_at_iso", JsonKind::iso},
              {"payload.class", "name"},
              {"payload.args", "payload"},
              {"payload.*", "job", JsonKind::rest},
          },
      .required = {{"payload", JsonType::object}},
  });
}

StateSpec failed(std::string_view key, std::string_view fixed_queue) {
  StateSpec spec{.name = "failed", .key = KeyPattern{key}, .accepts = is_failure, .fixed_queue = fixed_queue};
  spec.format = failure_format();
  return spec;
}

/// A worker's current job, which is nowhere else. Resque itself makes a failure of it when it prunes dead workers.
StateSpec active() {
  StateSpec spec{.name = "active", .key = KeyPattern{"worker:<worker>"}, .type = RedisType::string, .own_key = true};
  spec.accepts = is_work;
  spec.other = Weight::noise;
  spec.queue_of = [](std::string_view value) { return peek_text(value, "queue"); };
  spec.format = work_format();
  spec.active = true;
  spec.requeue_to = "waiting";
  return spec;
}

/// timestamps:<job> is the set of the lists that a delayed job stands in: it follows from them.
class Timestamps final : public Satellite {
 public:
  explicit Timestamps(std::shared_ptr<const JobFormat> format) : m_format(std::move(format)) {}

  const KeyPattern& pattern() const override { return m_pattern; }
  RedisType type() const override { return RedisType::set; }
  KeyRole role() const override { return KeyRole::derived; }

  std::optional<std::string> key(const JobContext& job, const Record& record) const override {
    if (job.state != k_delayed) {
      return std::nullopt;
    }
    const auto body = body_of(*m_format, RedisType::string, job, record);
    return body && body->size() == 1 ? std::optional{fmt::format("timestamps:{}", (*body)[0])} : std::nullopt;
  }

  bool describe(const JobContext& /*job*/, const Value& value, Record& record) const override {
    record.volatiles.set(k_indexed, "true");
    return !value.expires_at;
  }

  Result<std::optional<Value>> value(const JobContext& /*job*/, const Record& record) const override {
    QSNAP_ASSIGN(const auto due, get_mark(k_due, Weight::noise, record));
    if (!due || record.volatiles.find(k_indexed) != "true") {
      return std::optional<Value>{};
    }
    ItemBlock items;
    items.push(fmt::format("delayed:{}", *due));
    return std::optional{Value{std::move(items), {}}};
  }

 private:
  KeyPattern m_pattern{"timestamps:<job>"};
  std::shared_ptr<const JobFormat> m_format;
};

Result<std::vector<Found>> find(const model::Keyspace& keyspace) {
  const std::array signs = {
      Sign{KeyPattern{"queue:<queue>"}, RedisType::list, is_job, "JSON with class and args, and no jid"},
      Sign{KeyPattern{"delayed:<due_at_s>"}, RedisType::list, is_job, "JSON with class and args, and no jid"},
      Sign{KeyPattern{"failed"}, RedisType::list, is_failure, "JSON with failed_at, payload and exception"},
      Sign{KeyPattern{"worker:<worker>"}, RedisType::string, is_work, "JSON with queue, run_at and payload"},
  };
  return find_by_signs(keyspace, signs);
}

std::vector<KeepSpec> keeps() {
  using model::LoadStage;
  return {
      {KeyPattern{"workers"}, KeyRole::derived},
      {KeyPattern{"worker:<worker>:started"}, KeyRole::derived},
      {KeyPattern{"workers:heartbeat"}, KeyRole::derived},  // without it nobody prunes a dead worker
      {KeyPattern{"pruning_dead_workers_in_progress"}, KeyRole::lock},
      {KeyPattern{"stat:<what>"}, KeyRole::derived},
      {KeyPattern{"schedules"}, KeyRole::data},
      {KeyPattern{"persistent_schedules"}, KeyRole::data},
      {KeyPattern{"schedules_changed"}, KeyRole::derived, LoadStage::wakeup},
      {KeyPattern{"delayed:last_enqueued_at"}, KeyRole::derived},
      {KeyPattern{"resque_scheduler_master_lock"}, KeyRole::lock},
  };
}

}  // namespace

std::unique_ptr<Adapter> make_resque_adapter() {
  Layout layout;
  layout.framework = k_framework;
  layout.states = {
      {.name = "waiting", .key = KeyPattern{"queue:<queue>"}, .accepts = is_job},
      {.name = k_delayed, .key = KeyPattern{"delayed:<due_at_s>"}, .accepts = is_job, .fixed_queue = k_delayed},
      active(),
      failed("failed", "failed"),
      failed("<queue>_failed", {}),  // Resque::Failure::RedisMultiQueue
  };
  layout.format = job_format();
  layout.satellites = {std::make_shared<Timestamps>(layout.format)};
  layout.companions = {{.name = "delayed_queue_schedule",
                        .key = KeyPattern{"delayed_queue_schedule"},
                        .state = k_delayed,
                        .type = RedisType::zset,
                        .fixed_queue = k_delayed}};
  layout.listed = {{KeyPattern{"queues"}, ""}};
  layout.keeps = keeps();
  layout.find = find;
  return make_layout_adapter(std::make_shared<const Layout>(std::move(layout)));
}

}  // namespace qsnap::frameworks
