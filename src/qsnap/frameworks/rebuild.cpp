// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/stage.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/rebuild.hpp>
#include <qsnap/frameworks/record_owner.hpp>
#include <qsnap/frameworks/verbatim.hpp>
#include <qsnap/model/meaning.hpp>
#include <qsnap/model/time_shift.hpp>

namespace qsnap::frameworks {

namespace {

using model::KeyWrite;
using model::Record;
using model::Section;

/// Whatever a record says must be found out here: a server would refuse it in the middle of a load.
Result<void> check_scores(const KeyWrite& write) {
  for (std::size_t i = 1; write.type == model::RedisType::zset && i < write.items->size(); i += 2) {
    if (!parse_double((*write.items)[i])) {
      return make_error(ErrorCode::corrupt,
                        fmt::format("'{}' is no score for an element of {}", (*write.items)[i], write.key));
    }
  }
  return {};
}

/// Lets through what has not lapsed, and counts the keys that have. Where a load pauses its queues, what says so goes
/// first, so that no worker gets a job before it.
class LapseFilter final : public model::KeySink {
 public:
  LapseFilter(const RebuildOptions& options, model::KeySink& sink)
      : m_now(options.now), m_pause(options.policy.pause), m_sink(sink) {}

  Result<void> write(const KeyWrite& write) override {
    QSNAP_TRY(check_scores(write));
    if (write.expires_at && *write.expires_at <= m_now) {
      m_lapsed.insert(codec::xxh3(write.key));
      return {};
    }
    if (m_pause == PauseRule::paused && write.stage == model::LoadStage::pause) {
      KeyWrite early = write;
      early.stage = model::LoadStage::body;
      return m_sink.write(early);
    }
    return m_sink.write(write);
  }
  [[nodiscard]] std::uint64_t lapsed() const { return m_lapsed.size(); }

 private:
  Instant m_now;
  PauseRule m_pause;
  model::KeySink& m_sink;
  std::unordered_set<std::uint64_t> m_lapsed;  ///< hashes of names: a key may come in many writes
};

/// Finds the rebuild of each record, and makes it when its first record comes.
class Dispatcher {
 public:
  Dispatcher(const AdapterList& adapters, const model::Metadata& metadata) : m_adapters(adapters) {
    // A framework may be there with verbatim keys alone; its rebuild still knows their stages.
    for (const model::FrameworkInfo& info : metadata.frameworks) {
      if (const Adapter* adapter = find_adapter(info.name, m_adapters)) {
        m_rebuilds.try_emplace(owner_text(info.name, info.name_space), Entry{adapter->rebuild(info.name_space)});
      }
    }
  }

  Result<Rebuild*> find(const Record& record) {
    const auto member = owner_member(record);
    if (!member) {
      return make_error(ErrorCode::corrupt, fmt::format("a record of section {} names neither queue nor framework",
                                                        model::to_text(record.section)));
    }
    if (*member != m_last_member || m_last == nullptr) {  // neighbours mostly have the same queue
      QSNAP_ASSIGN(m_last, find(*member));
      m_last_member = *member;
    }
    return m_last;
  }

  [[nodiscard]] model::LoadStage stage(std::string_view key) {
    // Verbatim keys come in byte order, so neighbours mostly belong to the same namespace.
    if (const auto stage = m_last_stager == nullptr ? std::nullopt : m_last_stager->stage(key)) {
      return *stage;
    }
    for (const auto& [owner, entry] : m_rebuilds) {
      if (const auto stage = entry.rebuild->stage(key)) {
        m_last_stager = entry.rebuild.get();
        return *stage;
      }
    }
    return model::LoadStage::structure;
  }

  Result<KeyFate> follow_key(const LoadPolicy& policy, const VerbatimPart& part) {
    for (auto& [owner, entry] : m_rebuilds) {
      QSNAP_ASSIGN(const KeyFate fate, entry.rebuild->follow_key(policy, part));
      if (fate == KeyFate::left_out) {
        return fate;
      }
    }
    return KeyFate::written;
  }
  [[nodiscard]] HeldJobs held_jobs() const {
    HeldJobs sum;
    for (const auto& [owner, entry] : m_rebuilds) {
      const HeldJobs held = entry.rebuild->held_jobs();
      sum.requeued += held.requeued;
      sum.lost += held.lost;
    }
    return sum;
  }

  /// Without a record a rebuild has nothing to say: the capture kept its framework verbatim as a whole.
  Result<void> finish(model::KeySink& sink) {
    for (const auto& [owner, entry] : m_rebuilds) {
      if (entry.has_records || entry.rebuild->held_jobs().requeued > 0) {
        QSNAP_TRY(entry.rebuild->finish(sink));
      }
    }
    return {};
  }

 private:
  struct Entry {
    std::unique_ptr<Rebuild> rebuild;
    bool has_records = false;
  };

  Result<Rebuild*> find(std::string_view member_json) {
    const auto owner = owner_of(member_json);
    if (!owner) {
      return make_error(ErrorCode::corrupt, fmt::format("{} is neither a queue nor a framework", member_json));
    }
    if (const auto at = m_rebuilds.find(*owner); at != m_rebuilds.end()) {
      at->second.has_records = true;
      return at->second.rebuild.get();
    }
    const Owner parts = parse_owner(*owner);
    const Adapter* const adapter = find_adapter(parts.framework, m_adapters);
    if (adapter == nullptr) {
      return make_error(ErrorCode::corrupt,
                        fmt::format("this snapshot needs an adapter for {}, which this version lacks", parts.framework),
                        {"use the version of git-qsnap that wrote the snapshot, or a later one"});
    }
    return m_rebuilds.emplace(*owner, Entry{adapter->rebuild(parts.name_space), true}).first->second.rebuild.get();
  }

  const AdapterList& m_adapters;
  std::map<std::string, Entry, std::less<>> m_rebuilds;  ///< by owner text
  std::string m_last_member;
  Rebuild* m_last = nullptr;               ///< into m_rebuilds, as is the next one
  const Rebuild* m_last_stager = nullptr;  ///< the one that knew the last key
};

/// Which jobs are to be added.
enum class JobPick { all, active, others };

/// Whether a worker holds a job. Neighbours mostly have the same answer.
class Activity {
 public:
  bool is_active(const Record& job, const Rebuild& rebuild) {
    const std::string_view state = job.fields.find("state").value_or("");
    if (&rebuild != m_rebuild || state != m_state_json) {
      m_rebuild = &rebuild;
      m_state_json = state;
      m_active = rebuild.is_active(codec::json_to_bytes(state).value_or(std::string{}));
    }
    return m_active;
  }

 private:
  const Rebuild* m_rebuild = nullptr;
  std::string m_state_json;
  bool m_active = false;
};

/// The parts of a verbatim key must follow each other: 0, 1, 2… of one type, role and expiry.
class PartOrder {
 public:
  Result<void> check(const VerbatimPart& next) {
    const bool continues = next.key == m_key;
    const std::uint64_t wanted = continues ? m_part + 1 : 0;
    const auto kind = std::tuple{next.type, next.role, next.expires_at};
    if (next.part != wanted || (continues && kind != m_kind)) {
      return make_error(ErrorCode::corrupt, fmt::format("part {} of verbatim key {} does not follow what is before it",
                                                        next.part, next.key));
    }
    m_key = next.key;
    m_part = next.part;
    m_kind = kind;
    return {};
  }

 private:
  std::optional<std::string> m_key;
  std::uint64_t m_part = 0;
  std::tuple<model::RedisType, KeyRole, std::optional<Instant>> m_kind;
};

class Rebuilder {
 public:
  Rebuilder(const RebuildOptions& options, const model::Metadata& metadata, const AdapterList& among,
            model::KeySink& sink)
      : m_options(options), m_dispatcher(among, metadata), m_sink(options, sink), m_counter(options.now) {}

  /// Of the jobs, only these are added from here on. REQUIRES: nobody is adding
  void pick(JobPick pick) { m_pick = pick; }

  Result<void> add(Record record) {
    if (record.section == Section::keys) {
      shift(record);
      return add_key(std::move(record));
    }
    QSNAP_ASSIGN(Rebuild* const rebuild, m_dispatcher.find(record));
    if (record.section == Section::jobs) {
      return add_job(std::move(record), *rebuild);
    }
    shift(record);
    if (m_options.policy.changes_something()) {
      QSNAP_TRY(rebuild->follow(m_options.policy, record));
    }
    return rebuild->add(record, m_sink);
  }

  Result<RebuildOutcome> finish() {
    const HeldJobs held = m_dispatcher.held_jobs();
    m_counter.tally().requeued += held.requeued;
    m_counter.tally().lost = held.lost;
    QSNAP_TRY(m_dispatcher.finish(m_sink));
    m_dropped.lapsed = m_sink.lapsed();
    return RebuildOutcome{m_dropped, std::move(m_counter.tally())};
  }

 private:
  void shift(Record& record) const {
    if (m_options.shift.count() != 0) {
      model::shift_time(record, m_options.shift);
    }
  }

  Result<void> add_job(Record record, Rebuild& rebuild) {
    const bool active = m_activity.is_active(record, rebuild);
    if (m_pick != JobPick::all && active != (m_pick == JobPick::active)) {
      return {};
    }
    if (!m_options.exact && !model::has_body(record)) {
      ++m_dropped.dangling_ids;
      return {};
    }
    shift(record);
    if (m_options.due_shift.count() != 0) {
      shift_instants(record, "due_at", m_options.due_shift);
    }
    bool still_active = active;
    if (m_options.policy.changes_something()) {
      QSNAP_TRY(rebuild.follow(m_options.policy, record));
      still_active = active && m_activity.is_active(record, rebuild);
    }
    m_counter.add(record);
    m_counter.tally().active += still_active ? 1U : 0U;
    m_counter.tally().requeued += active && !still_active ? 1U : 0U;
    return rebuild.add(record, m_sink);
  }

  Result<void> add_key(Record record) {
    QSNAP_ASSIGN(const VerbatimPart part, parse_verbatim(std::move(record)));
    QSNAP_TRY(m_parts.check(part));
    if (!m_options.exact && part.role == KeyRole::lock) {
      m_dropped.locks += part.part == 0 ? 1U : 0U;
      return {};
    }
    if (!m_options.exact) {
      QSNAP_ASSIGN(const KeyFate fate, m_dispatcher.follow_key(m_options.policy, part));
      if (fate == KeyFate::left_out) {
        return {};
      }
    }
    return m_sink.write({.stage = m_dispatcher.stage(part.key),
                         .key = part.key,
                         .type = part.type,
                         .expires_at = part.expires_at,
                         .items = &part.items,
                         .existing = existing_rule(part)});
  }

  /// What follows from jobs, and wakes workers up, the target has itself; sets only say what there is.
  [[nodiscard]] KeyWrite::Existing existing_rule(const VerbatimPart& part) {
    const model::LoadStage stage = m_dispatcher.stage(part.key);
    if (part.type == model::RedisType::set) {
      return KeyWrite::Existing::add;
    }
    if (part.role == KeyRole::derived || stage == model::LoadStage::pause || stage == model::LoadStage::wakeup) {
      return KeyWrite::Existing::stays;
    }
    return stage == model::LoadStage::counter ? KeyWrite::Existing::raise : KeyWrite::Existing::whole;
  }

  const RebuildOptions& m_options;
  Dispatcher m_dispatcher;
  LapseFilter m_sink;
  PartOrder m_parts;
  Activity m_activity;
  JobCounter m_counter;
  JobPick m_pick = JobPick::all;
  Dropped m_dropped;
};

/// Takes the chunks of a document apart, and hands their records to the rebuilder: on a second thread, if there may be
/// one. Not so a chunk of one oversized record, because two of those in memory would be too many.
class Feeder {
 public:
  Feeder(const model::RecordSource& source, std::size_t threads, Rebuilder& rebuilder)
      : m_source(source), m_threads(threads), m_rebuilder(rebuilder) {}

  Result<void> feed(std::size_t chunk) {
    const std::uint64_t bytes = m_source.chunks()[chunk].raw_bytes;
    if (m_threads < 2 || bytes > limits::k_chunk_bytes) {
      QSNAP_TRY(settle());
      QSNAP_ASSIGN(Batch batch, parse(chunk));
      return add(std::move(batch));
    }
    QSNAP_ASSIGN(Batch batch, parse(chunk));
    if (!m_stage) {
      m_stage.emplace(k_ahead_bytes, [this](Batch next) { return add(std::move(next)); });
    }
    return m_stage->push(std::move(batch), bytes);
  }

  /// Waits until every record has been added.
  Result<void> settle() {
    if (!m_stage) {
      return {};
    }
    Result<void> outcome = m_stage->finish();
    m_stage.reset();
    return outcome;
  }

 private:
  using Batch = std::vector<Record>;

  /// How much document may have been parsed and not been written yet; as records it is two to three times as long.
  static constexpr std::size_t k_ahead_bytes = limits::k_mib;

  [[nodiscard]] Result<Batch> parse(std::size_t chunk) const {
    const Section section = m_source.chunks()[chunk].section.value();
    Batch batch;
    QSNAP_TRY(m_source.read_chunk(chunk, [&](const model::Chunk& text) -> Result<void> {
      batch.reserve(text.lines.size());
      for (const std::string_view line : text.lines) {
        QSNAP_ASSIGN(Record record, m_source.parse(section, line));
        batch.push_back(std::move(record));
      }
      return {};
    }));
    return batch;
  }

  Result<void> add(Batch batch) {
    for (Record& record : batch) {
      QSNAP_TRY(m_rebuilder.add(std::move(record)));
    }
    return {};
  }

  const model::RecordSource& m_source;
  std::size_t m_threads;
  Rebuilder& m_rebuilder;
  std::optional<Stage<Batch>> m_stage;
};

Result<void> feed_section(const model::RecordSource& source, Section section, Feeder& feeder) {
  for (std::size_t i = 0; i < source.chunks().size(); ++i) {
    if (source.chunks()[i].section == section) {
      QSNAP_TRY(feeder.feed(i));
    }
  }
  return {};
}

/// Those that a policy requeues run before the ones that wait.
Result<void> feed_active_jobs_first(const model::RecordSource& source, Feeder& feeder, Rebuilder& rebuilder) {
  for (const JobPick pick : {JobPick::active, JobPick::others}) {
    QSNAP_TRY(feeder.settle());
    rebuilder.pick(pick);
    QSNAP_TRY(feed_section(source, Section::jobs, feeder));
  }
  return {};
}

}  // namespace

Result<RebuildOutcome> rebuild_keys(const model::RecordSource& source, const RebuildOptions& options,
                                    model::KeySink& sink, const AdapterList& among) {
  Rebuilder rebuilder{options, source.metadata(), among, sink};
  Feeder feeder{source, options.threads, rebuilder};
  for (const Section section : model::k_sections) {
    const bool sorted = section == Section::jobs && options.policy.active == ActiveRule::requeue;
    QSNAP_TRY(sorted ? feed_active_jobs_first(source, feeder, rebuilder) : feed_section(source, section, feeder));
  }
  QSNAP_TRY(feeder.settle());
  return rebuilder.finish();
}

}  // namespace qsnap::frameworks
