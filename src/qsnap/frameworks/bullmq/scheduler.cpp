// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/frameworks/bullmq/job.hpp>
#include <qsnap/frameworks/bullmq/scheduler.hpp>
#include <qsnap/frameworks/hash_fields.hpp>

namespace qsnap::frameworks::bullmq {

namespace {

/// Dates are absolute instants, and offset is where in its interval a scheduler happened to be made: noise.
constexpr std::array k_scheduler_fields = {
    HashField{"data", "data", Form::embedded, Place::fields},
    HashField{"endDate", "end_at_ms", Form::instant, Place::volatiles},
    HashField{"every", "every", Form::integer, Place::fields},
    HashField{"ic", "iteration_count", Form::integer, Place::volatiles},
    HashField{"limit", "limit", Form::integer, Place::fields},
    HashField{"name", "name", Form::bytes, Place::fields},
    HashField{"offset", "offset", Form::integer, Place::volatiles},
    HashField{"opts", "opts", Form::embedded, Place::fields},
    HashField{"pattern", "pattern", Form::bytes, Place::fields},
    HashField{"startDate", "start_at_ms", Form::instant, Place::volatiles},
    HashField{"tz", "tz", Form::bytes, Place::fields},
};

constexpr std::string_view k_next_run = "next_at_ms";

}  // namespace

void describe_scheduler(const model::ItemBlock& hash, model::Record& record) {
  LeftoverFields leftovers;
  for (std::size_t i = 0; i + 1 < hash.size(); i += 2) {
    const auto field = std::find_if(k_scheduler_fields.begin(), k_scheduler_fields.end(),
                                    [&](const HashField& known) { return known.field == hash[i]; });
    if (field == k_scheduler_fields.end() || !describe_field(*field, hash[i + 1], record)) {
      leftovers.add(hash[i], hash[i + 1]);
    }
  }
  leftovers.describe(record);
}

void describe_next_run(double score, model::Record& record) {
  if (const auto ms = score_ms(score)) {
    record.volatiles.set(k_next_run, fmt::format("{}", *ms));
  } else {
    record.volatiles.set("score", score_json(score));
  }
}

Result<model::ItemBlock> scheduler_hash(const model::Record& record) {
  HashBuilder hash;
  QSNAP_TRY(hash.add_table(k_scheduler_fields, record));
  QSNAP_TRY(hash.add_leftovers(record));
  return hash.take();
}

Result<double> next_run_score(const model::Record& record) {
  if (const auto score = record.volatiles.find("score")) {
    return parse_score(*score);
  }
  QSNAP_ASSIGN(const auto ms, integer_member(record.volatiles, k_next_run));
  if (!ms) {
    return make_error(ErrorCode::corrupt, "a scheduler record has no next run");
  }
  return static_cast<double>(*ms);
}

}  // namespace qsnap::frameworks::bullmq
