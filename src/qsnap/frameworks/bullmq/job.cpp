// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/bullmq/job.hpp>
#include <qsnap/frameworks/bullmq/options.hpp>
#include <qsnap/frameworks/hash_fields.hpp>

namespace qsnap::frameworks::bullmq {

namespace {

/// Sorted by field. opts, parentKey and nrjid have rules of their own.
constexpr std::array k_job_fields = {
    HashField{"atm", "retry_count", Form::attempts, Place::fields},
    HashField{"ats", "attempts_started", Form::integer, Place::volatiles},
    HashField{"data", "payload", Form::embedded, Place::fields},
    HashField{"defa", "deferred_failure", Form::bytes, Place::fields},
    HashField{"deid", "dedup", Form::bytes, Place::fields},
    HashField{"delay", "delay_ms", Form::integer, Place::fields},
    HashField{"failedReason", "error", Form::bytes, Place::fields},
    HashField{"finishedOn", "finished_at_ms", Form::instant, Place::volatiles},
    HashField{"name", "name", Form::bytes, Place::fields},
    HashField{"parent", "parent", Form::embedded, Place::volatiles},
    HashField{"pb", "worker", Form::bytes, Place::volatiles},
    HashField{"priority", "priority", Form::integer, Place::fields},
    HashField{"processedOn", "started_at_ms", Form::instant, Place::volatiles},
    HashField{"progress", "progress", Form::embedded, Place::fields},
    HashField{"returnvalue", "return_value", Form::embedded, Place::fields},
    HashField{"rjk", "scheduler", Form::bytes, Place::fields},
    HashField{"stacktrace", "stacktrace", Form::embedded, Place::volatiles},
    HashField{"stc", "stalled_count", Form::integer, Place::fields},
    HashField{"timestamp", "created_at_ms", Form::instant, Place::volatiles},
};

/// The delay of a scheduler's job is the time to its slot: noise, where a producer's delay is a wish.
constexpr HashField k_slot_delay{"delay", "delay_ms", Form::integer, Place::volatiles};
/// Before version 5 the attempts had another field. Only without atm; the marker tells where it came from.
constexpr HashField k_old_attempts{"attemptsMade", "retry_count", Form::attempts, Place::fields};
constexpr std::string_view k_old_attempts_marker = "retry_count_field";
/// The id of the scheduler's next job: an instant in an id again.
constexpr HashField k_next_job{"nrjid", "next_job", Form::bytes, Place::volatiles};
constexpr HashField k_next_slot{"nrjid", "next_slot_at_ms", Form::instant, Place::volatiles};

constexpr std::string_view k_slot = "slot_at_ms";

/// 12 low bits of a delayed job's score order the jobs of one millisecond.
constexpr std::int64_t k_ties = 4096;

const HashField* find_job_field(std::string_view name) {
  const auto at =
      std::lower_bound(k_job_fields.begin(), k_job_fields.end(), name,
                       [](const HashField& field, std::string_view wanted) { return field.field < wanted; });
  return at != k_job_fields.end() && at->field == name ? &*at : nullptr;
}

/// One hash on its way into a record.
struct JobFields {
  std::string_view prefix;
  std::string_view id;
  std::string_view scheduler;  ///< rjk
  JobOrigin origin;
  bool has_attempts;  ///< atm is there, and has its form
  OptionsReader& options;
};

bool describe_next_job(const JobFields& job, std::string_view value, model::Record& record) {
  const auto next = parse_scheduled_id(value);
  return next && !job.scheduler.empty() && next->scheduler == job.scheduler
             ? describe_field(k_next_slot, next->slot_ms, record)
             : describe_field(k_next_job, value, record);
}

bool describe_job_field(const JobFields& job, std::string_view name, std::string_view value, model::Record& record) {
  if (name == "opts") {
    job.options.describe(value, job.id, job.origin, record);
    return true;
  }
  if (name == "parentKey") {
    return parse_job_key(job.prefix, value).has_value();
  }
  if (name == k_next_job.field) {
    return describe_next_job(job, value, record);
  }
  if (name == k_slot_delay.field && job.origin == JobOrigin::scheduler) {
    return describe_field(k_slot_delay, value, record);
  }
  if (name == k_old_attempts.field && !job.has_attempts && describe_field(k_old_attempts, value, record)) {
    record.volatiles.set(k_old_attempts_marker, json_string(k_old_attempts.field));
    return true;
  }
  const HashField* field = find_job_field(name);
  return field != nullptr && describe_field(*field, value, record);
}

/// Which instant of the record a score repeats, and the member that holds it if it does not.
struct ScoreMembers {
  std::string_view repeats;
  std::string_view member;
};

ScoreMembers score_members(State state) {
  const bool finished = state == State::completed || state == State::failed;
  return {finished ? "finished_at_ms" : "created_at_ms", "entered_at_ms"};
}

bool has_instant_score(State state) {
  return state == State::completed || state == State::failed || state == State::waiting_children;
}

Result<std::optional<std::string>> next_job_value(const model::Record& record) {
  QSNAP_ASSIGN(auto whole, field_value(k_next_job, record));
  QSNAP_ASSIGN(const auto slot, field_value(k_next_slot, record));
  if (!slot) {
    return whole;
  }
  QSNAP_ASSIGN(const std::string scheduler, need_bytes(record.fields, "scheduler"));
  return std::optional{scheduled_id(scheduler, *slot)};
}

Result<void> add_special_fields(const model::Record& record, std::string_view id, OptionsWriter& options,
                                HashBuilder& hash) {
  QSNAP_ASSIGN(auto text, options.text(record, id));
  if (text) {
    hash.add("opts", *std::move(text));
  }
  QSNAP_ASSIGN(auto next, next_job_value(record));
  if (next) {
    hash.add(k_next_job.field, *std::move(next));
  }
  QSNAP_ASSIGN(auto delay, field_value(k_slot_delay, record));
  if (delay) {
    hash.add(k_slot_delay.field, *std::move(delay));
  }
  return {};
}

}  // namespace

void describe_id(std::string_view id, model::Record& record) {
  if (const auto scheduled = parse_scheduled_id(id)) {
    record.fields.set("scheduler", json_bytes(scheduled->scheduler));
    record.volatiles.set(k_slot, std::string{scheduled->slot_ms});
  } else if (is_generated_id(id)) {
    record.volatiles.set("id", json_bytes(id));
  } else {
    record.fields.set("id", json_bytes(id));
  }
}

void describe_fixed_id(std::string_view id, model::Record& record) {
  if (!parse_scheduled_id(id)) {
    describe_id(id, record);
    return;
  }
  record.volatiles.erase(k_slot);
  record.volatiles.set("id", json_bytes(id));
}

void describe_job(std::string_view prefix, std::string_view id, const model::ItemBlock& hash, OptionsReader& options,
                  model::Record& record) {
  const auto scheduled = parse_scheduled_id(id);
  const std::string_view scheduler = find_field(hash, "rjk").value_or(std::string_view{});
  const bool made_by_scheduler = scheduled && find_field(hash, "rjk") && scheduled->scheduler == scheduler;
  if (made_by_scheduler) {
    describe_id(id, record);
  } else {
    describe_fixed_id(id, record);
  }
  const auto attempts = find_field(hash, "atm");
  const JobFields job{prefix,
                      id,
                      scheduler,
                      made_by_scheduler ? JobOrigin::scheduler : JobOrigin::producer,
                      attempts && retries_of_attempts(*attempts),
                      options};
  LeftoverFields leftovers;
  for (std::size_t i = 0; i + 1 < hash.size(); i += 2) {
    if (!describe_job_field(job, hash[i], hash[i + 1], record)) {
      leftovers.add(hash[i], hash[i + 1]);
    }
  }
  leftovers.describe(record);
}

void describe_score(State state, double score, model::Record& record) {
  const auto ms = score_ms(score);
  if (state == State::delayed && ms) {
    record.volatiles.set("due_at_ms", fmt::format("{}", *ms / k_ties));
    if (*ms % k_ties != 0) {
      record.volatiles.set("due_tie", fmt::format("{}", *ms % k_ties));
    }
    return;
  }
  if (!has_instant_score(state) || !ms) {
    record.volatiles.set("score", score_json(score));
    return;
  }
  const ScoreMembers members = score_members(state);
  const std::string text = fmt::format("{}", *ms);
  if (record.volatiles.find(members.repeats) != text) {
    record.volatiles.set(members.member, text);
  }
}

Result<std::string> job_id(const model::Record& record) {
  QSNAP_ASSIGN(auto chosen, bytes_member(record.fields, "id"));
  if (chosen) {
    return *std::move(chosen);
  }
  const auto slot = record.volatiles.find(k_slot);
  if (!slot) {
    return need_bytes(record.volatiles, "id");
  }
  QSNAP_ASSIGN(const std::string scheduler, need_bytes(record.fields, "scheduler"));
  return scheduled_id(scheduler, *slot);
}

Result<model::ItemBlock> job_hash(const model::Record& record, std::string_view id,
                                  std::optional<std::string> parent_key, OptionsWriter& options) {
  HashBuilder hash;
  const bool old_attempts = record.volatiles.contains(k_old_attempts_marker);
  for (const HashField& field : k_job_fields) {
    QSNAP_ASSIGN(auto value, field_value(field, record));
    if (value) {
      const bool renamed = old_attempts && field.member == k_old_attempts.member;
      hash.add(renamed ? k_old_attempts.field : field.field, *std::move(value));
    }
  }
  QSNAP_TRY(add_special_fields(record, id, options, hash));
  if (parent_key) {
    hash.add("parentKey", *std::move(parent_key));
  }
  QSNAP_TRY(hash.add_leftovers(record));
  return hash.take();
}

Result<double> job_score(State state, const model::Record& record) {
  if (const auto score = record.volatiles.find("score")) {
    return parse_score(*score);
  }
  if (state == State::delayed) {
    QSNAP_ASSIGN(const auto due, integer_member(record.volatiles, "due_at_ms"));
    QSNAP_ASSIGN(const auto tie, integer_member(record.volatiles, "due_tie"));
    if (due) {
      return static_cast<double>(*due) * k_ties + static_cast<double>(tie.value_or(0));
    }
  } else if (has_instant_score(state)) {
    const ScoreMembers members = score_members(state);
    QSNAP_ASSIGN(const auto entered, integer_member(record.volatiles, members.member));
    QSNAP_ASSIGN(const auto repeated, integer_member(record.volatiles, members.repeats));
    if (entered || repeated) {
      return static_cast<double>(entered ? *entered : *repeated);
    }
  }
  return make_error(ErrorCode::corrupt, fmt::format("a job record of state {} has no score", info_of(state).word));
}

std::string score_json(double score) {
  std::string text = format_double(score);
  return std::isfinite(score) ? text : json_string(text);
}

Result<double> parse_score(std::string_view json) {
  const auto text = codec::json_text(json);
  const auto score = parse_double(text ? std::string_view{*text} : json);
  if (!score) {
    return make_error(ErrorCode::corrupt, "a score is not a number");
  }
  return *score;
}

std::optional<std::int64_t> score_ms(double score) {
  constexpr double k_exact_integers = 9007199254740992.0;  // 2^53
  const bool whole = score >= 0 && score < k_exact_integers && std::trunc(score) == score && !std::signbit(score);
  return whole ? std::optional{static_cast<std::int64_t>(score)} : std::nullopt;
}

}  // namespace qsnap::frameworks::bullmq
