// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include <qsnap/merge/context.hpp>
#include <qsnap/merge/job_decisions.hpp>
#include <qsnap/merge/job_ids.hpp>
#include <qsnap/merge/job_order.hpp>
#include <qsnap/merge/job_writer.hpp>
#include <qsnap/merge/merge.hpp>
#include <qsnap/merge/merge_keys.hpp>
#include <qsnap/merge/merge_metadata.hpp>
#include <qsnap/merge/merge_section.hpp>
#include <qsnap/merge/queue_totals.hpp>

namespace qsnap::merge {

namespace {

using model::Record;
using model::RecordSource;
using model::Section;

/// The base of two documents that have none.
class EmptySource final : public RecordSource {
 public:
  [[nodiscard]] const model::Metadata& metadata() const override { return m_metadata; }
  [[nodiscard]] std::string_view root() const override { return {}; }
  [[nodiscard]] std::string_view fingerprint() const override { return {}; }
  [[nodiscard]] std::span<const model::ChunkInfo> chunks() const override { return {}; }
  Result<void> read_chunk(std::size_t /*index*/, const ChunkReader& /*reader*/) const override { return no_record(); }
  [[nodiscard]] Result<Record> parse(Section /*section*/, std::string_view /*line*/) const override {
    return no_record();
  }

 private:
  static Error no_record() { return make_error(ErrorCode::internal, "an empty document has no records"); }

  model::Metadata m_metadata;
};

/// What leaves a difference out of a comparison does not leave it out of a merge.
config::Config without_ignore_rules(config::Config config) {
  config.ignore.clear();
  config.tolerances.clear();
  return config;
}

Result<void> copy(const RecordSource& source, Section section, model::RecordSink& sink) {
  return for_each_record(source, section, [&](const Record& record) { return sink.add(record); });
}

bool same_root(const RecordSource& a, const RecordSource& b) {
  return !a.root().empty() && a.root() == b.root();
}

}  // namespace

struct Merge::State {
  State(const Sides& sides, const config::Config& the_config, const Ports& ports, Progress the_progress)
      : config(without_ignore_rules(the_config)),
        progress(std::move(the_progress)),
        book(config, ports.payloads),
        rules(config.merge, ports.payloads),
        later(later_side(sides.ours.metadata(), sides.theirs.metadata())),
        records(ports.payloads, rules, book, later),
        hash(diff::KeyedHash::with_random_key()),
        hasher(hash, ports.payloads, book, places),
        context{sides.base != nullptr ? *sides.base : empty,
                sides.ours,
                sides.theirs,
                ports.payloads,
                ports.ids,
                book,
                records,
                hash,
                hasher,
                places,
                later,
                findings,
                progress} {}

  Result<void> decide(const Sides& sides);
  Result<void> decide_jobs();
  Result<void> decide_queues(const HighestIds& highest);
  Result<void> decide_config();
  Result<void> write(model::RecordSink& sink);
  Result<void> write_records(const std::vector<Record>& list, model::RecordSink& sink) const;

  EmptySource empty;
  config::Config config;
  Progress progress;
  diff::Places places;
  diff::RuleBook book;
  RuleTable rules;
  Side later;
  RecordMerger records;
  diff::KeyedHash hash;
  diff::JobHasher hasher;
  Findings findings;
  Context context;

  model::Metadata metadata;
  const RecordSource* whole = nullptr;  ///< the result is this document, but for its metadata
  std::optional<JobWork> jobs;
  JobDeltas deltas;
  std::vector<Record> queue_records;
  std::vector<Record> config_records;
  const RecordSource* workers = nullptr;
  KeySteps keys;
};

Result<void> Merge::State::decide(const Sides& sides) {
  QSNAP_ASSIGN(metadata, merge_metadata(sides.base, sides.ours, sides.theirs, findings));
  const bool theirs_is_quiet = same_root(context.base, context.theirs) || same_root(context.ours, context.theirs);
  if (theirs_is_quiet || same_root(context.base, context.ours)) {
    whole = theirs_is_quiet ? &context.ours : &context.theirs;
    findings.count(theirs_is_quiet ? "whole state from ours" : "whole state from theirs");
    return {};
  }
  QSNAP_TRY(decide_config());
  QSNAP_TRY(decide_jobs());
  const bool theirs_kept = same_section(context.base, context.theirs, Section::workers);
  const bool ours_kept = same_section(context.base, context.ours, Section::workers);
  const bool take_ours = theirs_kept || (!ours_kept && later == Side::ours);
  workers = take_ours ? &context.ours : &context.theirs;
  QSNAP_ASSIGN(keys, decide_keys(context));
  return {};
}

Result<void> Merge::State::decide_jobs() {
  const JobLineage::Tools tools{context.payloads, hash, book, hasher, places, progress};
  QSNAP_ASSIGN(JobLineage ours, JobLineage::trace(context.base, context.ours, tools));
  QSNAP_ASSIGN(JobLineage theirs, JobLineage::trace(context.base, context.theirs, tools));
  jobs.emplace(JobWork{std::move(ours), std::move(theirs), {}, {}, {}, {}, {}});
  pair_added(*jobs);
  QSNAP_TRY(merge::decide_jobs(context, *jobs));
  QSNAP_ASSIGN(const HighestIds counters, id_counters(context));
  QSNAP_ASSIGN(const HighestIds highest, settle_ids(context, *jobs, counters));
  QSNAP_TRY(order_jobs(context, *jobs));
  QSNAP_TRY(check_references(context, *jobs));
  deltas = job_deltas(context, *jobs);
  return decide_queues(highest);
}

Result<void> Merge::State::decide_queues(const HighestIds& highest) {
  QueueTotals totals{context, deltas, highest};
  const SectionRules section_rules{
      [&](const Versions& versions, Record& merged) { return totals.correct(versions, merged); },
      [&](const Versions& versions) { return totals.has_jobs(versions); }};
  QSNAP_ASSIGN(queue_records, merge_section(context, Section::queues, section_rules));
  return {};
}

Result<void> Merge::State::decide_config() {
  QSNAP_ASSIGN(config_records, merge_section(context, Section::config, {}));
  return {};
}

Result<void> Merge::State::write(model::RecordSink& sink) {
  if (whole != nullptr) {
    return for_each_record(*whole, [&](const Record& record) { return sink.add(record); });
  }
  QSNAP_TRY(write_records(config_records, sink));
  QSNAP_TRY(write_records(queue_records, sink));
  QSNAP_TRY(write_jobs(context, *jobs, sink));
  QSNAP_TRY(copy(*workers, Section::workers, sink));
  return write_keys(context, keys, sink);
}

Result<void> Merge::State::write_records(const std::vector<Record>& list, model::RecordSink& sink) const {
  for (const Record& record : list) {
    QSNAP_TRY(sink.add(record));
  }
  return {};
}

Merge::Merge(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Merge::Merge(Merge&&) noexcept = default;
Merge::~Merge() = default;

const model::Metadata& Merge::metadata() const {
  return m_state->metadata;
}
const std::vector<Conflict>& Merge::conflicts() const {
  return m_state->findings.conflicts();
}
const Findings& Merge::findings() const {
  return m_state->findings;
}
Result<void> Merge::write(model::RecordSink& sink) {
  return m_state->write(sink);
}

Result<Merge> merge(const Sides& sides, const config::Config& config, const Ports& ports, const Progress& progress) {
  auto state = std::make_unique<Merge::State>(sides, config, ports, progress);
  QSNAP_TRY(state->decide(sides));
  return Merge{std::move(state)};
}

}  // namespace qsnap::merge
