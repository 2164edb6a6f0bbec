// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/bull/bull.hpp>
#include <qsnap/frameworks/bullmq/keys.hpp>
#include <qsnap/frameworks/bullmq/options.hpp>
#include <qsnap/frameworks/bullmq/settings.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/layout/detecting.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/frameworks/layout/stock_satellites.hpp>

namespace qsnap::frameworks {

namespace {

using layout::Found;
using layout::Holds;
using layout::JobContext;
using layout::KeyPattern;
using layout::Layout;
using layout::Next;
using layout::StateSpec;
using model::ItemBlock;
using model::KeyId;
using model::Keyspace;
using model::LoadStage;
using model::Record;
using model::RedisType;

/// What Bull 4.16 writes (lib/job.js, Job.prototype.toData); opts has rules of its own.
constexpr std::array k_fields = {
    HashField{"attemptsMade", "retry_count", Form::attempts, Place::fields},
    HashField{"data", "payload", Form::embedded, Place::fields},
    HashField{"delay", "delay_ms", Form::integer, Place::fields},
    HashField{"failedReason", "error", Form::bytes, Place::fields},
    HashField{"finishedOn", "finished_at_ms", Form::instant, Place::volatiles},
    HashField{"name", "name", Form::bytes, Place::fields},
    HashField{"priority", "priority", Form::integer, Place::fields},
    HashField{"processedOn", "started_at_ms", Form::instant, Place::volatiles},
    HashField{"progress", "progress", Form::embedded, Place::fields},
    HashField{"returnvalue", "return_value", Form::embedded, Place::fields},
    HashField{"stacktrace", "stacktrace", Form::embedded, Place::volatiles},
    HashField{"timestamp", "created_at_ms", Form::instant, Place::volatiles},
};
/// The delay of a repeated job is the time to its slot: noise, where a producer's delay is a wish.
constexpr HashField k_slot_delay{"delay", "delay_ms", Form::integer, Place::volatiles};
/// The member that says how a job stands among those with a priority.
constexpr std::string_view k_rank = "priority_rank";
constexpr std::array<std::string_view, 3> k_required = {"data", "opts", "timestamp"};

const HashField* find_line(std::string_view field, bullmq::JobOrigin origin) {
  if (field == k_slot_delay.field && origin == bullmq::JobOrigin::scheduler) {
    return &k_slot_delay;
  }
  const auto* const at =
      std::find_if(k_fields.begin(), k_fields.end(), [&](const HashField& line) { return line.field == field; });
  return at == k_fields.end() ? nullptr : at;
}

bool looks_like_job(const ItemBlock& hash) {
  return std::all_of(k_required.begin(), k_required.end(),
                     [&](std::string_view name) { return find_field(hash, name).has_value(); });
}

class BullJob final : public layout::JobFormat {
 public:
  bool describe(const JobContext& job, const ItemBlock& body, Record& record) const override {
    if (!looks_like_job(body)) {
      return false;
    }
    const auto origin = bullmq::parse_scheduled_id(job.id) ? bullmq::JobOrigin::scheduler : bullmq::JobOrigin::producer;
    LeftoverFields leftovers;
    for (std::size_t i = 0; i + 1 < body.size(); i += 2) {
      if (body[i] == "opts") {
        bullmq::describe_options(body[i + 1], job.id, origin, record);
        continue;
      }
      const HashField* const line = find_line(body[i], origin);
      if (line == nullptr || !describe_field(*line, body[i + 1], record)) {
        leftovers.add(body[i], body[i + 1]);
      }
    }
    leftovers.describe(record);
    return true;
  }

  Result<ItemBlock> body(const JobContext& job, const Record& record) const override {
    HashBuilder hash;
    QSNAP_TRY(hash.add_table(k_fields, record));
    QSNAP_ASSIGN(auto slot_delay, field_value(k_slot_delay, record));
    if (slot_delay) {
      hash.add(k_slot_delay.field, *std::move(slot_delay));
    }
    QSNAP_ASSIGN(auto options, bullmq::options_text(record, job.id));
    if (options) {
      hash.add("opts", *std::move(options));
    }
    QSNAP_TRY(hash.add_leftovers(record));
    return hash.take();
  }
};

/// The prefix is BullMQ's as well; there, every queue has this hash. Bull writes one too, but neither of its fields.
Result<bool> is_bullmq_queue(const Keyspace& keyspace, const std::string& prefix, std::string_view queue) {
  const auto key = layout::find_typed(keyspace, fmt::format("{}{}:meta", prefix, queue), RedisType::hash);
  if (!key) {
    return false;
  }
  QSNAP_ASSIGN(const ItemBlock meta, keyspace.read_all(*key));
  return !bullmq::version_of(meta).empty() || find_field(meta, "opts.maxLenEvents").has_value();
}

/// Whether one of the first hashes of the queue is a job.
Result<bool> has_jobs(const Keyspace& keyspace, const std::string& queue_prefix) {
  std::size_t looked_at = 0;
  for (KeyId key = keyspace.lower_bound(queue_prefix); key < keyspace.size(); ++key) {
    if (!keyspace.name(key).starts_with(queue_prefix) || looked_at == layout::k_sampled_elements) {
      break;
    }
    if (keyspace.type(key) == RedisType::hash) {
      ++looked_at;
      QSNAP_ASSIGN(const ItemBlock hash, keyspace.read_all(key));
      if (looks_like_job(hash)) {
        return true;
      }
    }
  }
  return false;
}

Result<std::vector<Found>> find_bull(const Keyspace& keyspace) {
  const std::array probes = {layout::Probe{KeyPattern{"<queue>:id"}, RedisType::string}};
  std::vector<Found> all;
  for (const layout::Candidate& candidate : layout::find_candidates(keyspace, probes)) {
    const std::string prefix = layout::key_prefix(candidate.name_space);
    Found found{candidate.name_space, "3-4", {}};
    for (const KeyId counter : candidate.keys.front()) {
      const std::string_view queue_key = keyspace.name(counter);
      const std::string_view queue = queue_key.substr(prefix.size(), queue_key.size() - prefix.size() - 3);
      QSNAP_ASSIGN(const bool bullmq, is_bullmq_queue(keyspace, prefix, queue));
      if (bullmq) {
        continue;
      }
      QSNAP_ASSIGN(const bool jobs, has_jobs(keyspace, fmt::format("{}{}:", prefix, queue)));
      if (jobs) {
        found.evidence.push_back(
            fmt::format("{} counts ids, its queue has jobs with data and opts, and no meta of BullMQ", queue_key));
      }
    }
    if (!found.evidence.empty()) {
      all.push_back(std::move(found));
    }
  }
  return all;
}

std::vector<StateSpec> states() {
  const auto list = [](std::string_view name, std::string_view key) {
    StateSpec state;
    state.name = name;
    state.key = KeyPattern{key};
    state.holds = Holds::ids;
    state.next = Next::right;
    return state;
  };
  const auto zset = [&](std::string_view name, std::string_view key, std::string_view score) {
    StateSpec state = list(name, key);
    state.type = RedisType::zset;
    state.score_member = score;
    return state;
  };
  std::vector<StateSpec> all = {list("waiting", "<queue>:wait"),
                                list("paused", "<queue>:paused"),
                                list("active", "<queue>:active"),
                                zset("delayed", "<queue>:delayed", "due_at_ms"),
                                zset("completed", "<queue>:completed", "entered_at_ms"),
                                zset("failed", "<queue>:failed", "entered_at_ms")};
  all[2].active = true;
  all[2].requeue_to = "waiting";
  all[0].paused_to = "paused";
  all[3].score_scale = 4096;  // the 12 low bits order the jobs of one millisecond
  return all;
}

std::shared_ptr<const Layout> bull_layout() {
  auto bull = std::make_shared<Layout>();
  bull->framework = "bull";
  bull->states = states();
  bull->body = {KeyPattern{"<queue>:<id>"}, RedisType::hash, false, nullptr};
  bull->format = std::make_shared<BullJob>();
  bull->satellites = {
      layout::make_list_satellite({.key = "<queue>:<id>:logs", .member = "logs", .place = Place::fields})};
  bull->sides = {{KeyPattern{"<queue>:priority"}, RedisType::zset, k_rank, {}, LoadStage::structure}};
  bull->queue_values = {{KeyPattern{"<queue>:id"}, "id_counter", {}, LoadStage::counter},
                        {KeyPattern{"<queue>:meta-paused"}, "meta_paused", "paused", LoadStage::pause}};
  bull->schedules = {{KeyPattern{"<queue>:repeat"}, "next_run_at_ms"}};
  bull->keeps = {{KeyPattern{"<queue>:meta"}, KeyRole::data, LoadStage::pause},
                 {KeyPattern{"<queue>:<id>:lock"}, KeyRole::lock, {}},
                 {KeyPattern{"<queue>:stalled"}, KeyRole::lock, {}},
                 {KeyPattern{"<queue>:stalled-check"}, KeyRole::lock, {}},
                 {KeyPattern{"<queue>:limiter"}, KeyRole::lock, {}},
                 {KeyPattern{"<queue>:de:<id>"}, KeyRole::data, LoadStage::body}};
  bull->merge_obstacle = [](const Record& job) -> std::string_view {
    const bool ranked = job.volatiles.contains(k_rank);
    return ranked ? "Bull keeps priorities in the order of its waiting list" : "";
  };
  bull->is_foreign = is_bullmq_queue;
  bull->is_generated = bullmq::is_generated_id;
  bull->find = find_bull;
  return bull;
}

}  // namespace

std::unique_ptr<Adapter> make_bull_adapter() {
  return layout::make_layout_adapter(bull_layout());
}

}  // namespace qsnap::frameworks
