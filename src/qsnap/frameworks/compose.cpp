// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/compose.hpp>
#include <qsnap/frameworks/detect_readings.hpp>
#include <qsnap/frameworks/proof.hpp>
#include <qsnap/frameworks/record_line.hpp>
#include <qsnap/frameworks/record_owner.hpp>
#include <qsnap/frameworks/scoped_links.hpp>
#include <qsnap/frameworks/verbatim.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::frameworks {

using model::KeyId;

/// One reading with what belongs to it.
struct Composer::Source {
  const Adapter* adapter = nullptr;
  std::unique_ptr<Reading> reading;
  model::FrameworkInfo info;
  Origin origin = Origin::detected;
  std::string owner;      ///< "bullmq:bull"
  bool given_up = false;  ///< it still plans roles and queues, but emits nothing
};

namespace {

/// Hands the writes of one reading's rebuild to the proof. Remembers an error of the proof itself, to tell it from
/// one of the rebuild.
class ProofSink final : public model::KeySink {
 public:
  ProofSink(KeyProof& proof, std::uint32_t owner) : m_proof(proof), m_owner(owner) {}

  Result<void> write(const model::KeyWrite& write) override {
    auto written = m_proof.write(m_owner, write);
    if (!written) {
      m_failure = written.error();
    }
    return written;
  }
  [[nodiscard]] const std::optional<Error>& failure() const { return m_failure; }

 private:
  KeyProof& m_proof;
  std::uint32_t m_owner;
  std::optional<Error> m_failure;
};

/// Rebuilds what one reading emits, into the proof. A rebuild that fails is broken and is asked no more.
class Trial {
 public:
  Trial(std::unique_ptr<Rebuild> rebuild, std::string owner, KeyProof& proof, std::uint32_t number)
      : m_rebuild(std::move(rebuild)), m_owner(std::move(owner)), m_sink(proof, number) {}

  Result<void> add(const model::Record& record) {
    m_has_records = true;
    if (!m_broken && !is_mine(record)) {
      m_broken = "it emitted a record of another namespace";
    }
    return m_broken ? Result<void>{} : judge(m_rebuild->add(record, m_sink));
  }
  /// Like a load, which does not know of a reading without records.
  Result<void> finish() { return m_broken || !m_has_records ? Result<void>{} : judge(m_rebuild->finish(m_sink)); }

  /// Why the rebuild is broken; absent while it is not.
  [[nodiscard]] const std::optional<std::string>& broken() const { return m_broken; }

 private:
  /// A load finds the rebuild by this member, so it must name this one. Neighbours mostly have the same queue.
  bool is_mine(const model::Record& record) {
    const auto member = owner_member(record);
    if (!member) {
      return false;
    }
    if (*member != m_last_member) {
      m_last_member = *member;
      m_last_is_mine = owner_of(*member) == m_owner;
    }
    return m_last_is_mine;
  }

  Result<void> judge(const Result<void>& outcome) {
    if (m_sink.failure()) {
      return *m_sink.failure();
    }
    if (!outcome) {
      m_broken = outcome.error().message;
    }
    return {};
  }

  std::unique_ptr<Rebuild> m_rebuild;
  std::string m_owner;
  ProofSink m_sink;
  std::optional<std::string> m_broken;
  bool m_has_records = false;
  std::string m_last_member;
  bool m_last_is_mine = false;
};

/// Whether anything is written into an existing key that is not selected.
class OutsideProbe final : public model::KeySink {
 public:
  OutsideProbe(const model::Keyspace& keyspace, const std::vector<bool>& selected)
      : m_keyspace(keyspace), m_selected(selected) {}

  Result<void> write(const model::KeyWrite& write) override {
    const auto key = m_keyspace.find(write.key);
    m_outside = m_outside || (key && !m_selected[*key]);
    return {};
  }
  [[nodiscard]] bool outside() const { return m_outside; }

 private:
  const model::Keyspace& m_keyspace;
  const std::vector<bool>& m_selected;
  bool m_outside = false;
};

}  // namespace

/// One emission of everything: records through the rebuilds into the proof, and on to the sink.
class Composer::Attempt {
 public:
  Attempt(const Composer& composer, model::RecordSink& out, std::size_t threads)
      : m_composer(composer),
        m_seen(composer.m_keyspace),
        m_proof(m_seen, composer.m_plan, composer.m_selected),
        m_line(
            threads, [this](RecordBatch& batch) { return prove(batch); }, out) {
    for (const Source& source : composer.m_sources) {
      const auto number = static_cast<std::uint32_t>(m_trials.size() + 1);
      m_trials.emplace_back(source.adapter->rebuild(source.info.name_space), source.owner, m_proof, number);
    }
  }

  Result<void> emit_modelled() {
    using model::Section;
    for (const Section section : {Section::config, Section::queues, Section::jobs, Section::workers}) {
      for (std::size_t i = 0; i < m_trials.size(); ++i) {
        if (!m_composer.m_sources[i].given_up) {
          Gate gate{*this, i};
          QSNAP_TRY(m_composer.m_sources[i].reading->emit(section, m_composer.m_plan, gate));
        }
      }
    }
    return {};
  }

  /// Rebuilds what needs all records, and judges.
  Result<void> judge() {
    QSNAP_TRY(m_line.settle());
    m_seen.look_first_at({});
    for (std::size_t i = 0; i < m_trials.size(); ++i) {
      if (!m_composer.m_sources[i].given_up) {
        QSNAP_TRY(m_trials[i].finish());
      }
    }
    QSNAP_ASSIGN(m_verdict, m_proof.finish());
    return {};
  }

  /// The verbatim keys, after a good verdict.
  Result<void> emit_keys() {
    KeyGate gate{m_line};
    QSNAP_TRY(m_composer.emit_keys(gate));
    return m_line.finish();
  }

  [[nodiscard]] const std::vector<KeyId>& guilty() const { return m_verdict.guilty; }
  /// Why reading `i` cannot be believed whatever its keys look like; absent if it can.
  [[nodiscard]] std::optional<std::string> broken(std::size_t i) const {
    if (m_trials[i].broken()) {
      return m_trials[i].broken();
    }
    return m_verdict.strayed.contains(static_cast<std::uint32_t>(i + 1))
               ? std::optional<std::string>{"it rebuilt a key that is not there or not its own"}
               : std::nullopt;
  }

 private:
  /// What one reading emits into.
  class Gate final : public model::RecordSink {
   public:
    Gate(Attempt& attempt, std::size_t source) : m_attempt(attempt), m_source(source) {}
    Result<void> add(const model::Record& record) override { return take(record); }
    Result<void> take(model::Record record) override { return m_attempt.take(m_source, std::move(record)); }

   private:
    Attempt& m_attempt;
    std::size_t m_source;
  };

  /// What needs no proof goes through here.
  class KeyGate final : public model::RecordSink {
   public:
    explicit KeyGate(RecordLine& line) : m_line(line) {}
    Result<void> add(const model::Record& record) override { return take(record); }
    Result<void> take(model::Record record) override { return m_line.write(std::move(record)); }

   private:
    RecordLine& m_line;
  };

  Result<void> take(std::size_t source, model::Record record) {
    const WatchedKeyspace& watched = m_composer.m_watched;
    Result<void> taken;
    if (is_selected(source, record)) {
      if (!m_composer.m_queues.empty()) {
        forget_names_outside(record, m_composer.m_queues);
      }
      taken = m_line.prove(source, std::move(record), watched.seen());
    }
    watched.forget();
    return taken;
  }

  /// On the line's thread.
  Result<void> prove(RecordBatch& batch) {
    for (std::size_t i = 0; i < batch.items().size(); ++i) {
      RecordBatch::Item& item = batch.items()[i];
      Trial& trial = m_trials[item.source];
      m_seen.look_first_at(batch.seen(i));
      QSNAP_TRY(trial.add(item.record));
      item.lost = trial.broken().has_value();  // so is the document; going on is for the verdict on the others
    }
    return {};
  }

  [[nodiscard]] bool is_selected(std::size_t source, const model::Record& record) const {
    if (m_composer.m_queues.empty()) {
      return true;
    }
    const auto queue = record.fields.find("queue");
    if (!queue || !m_composer.m_queues.contains(std::string{*queue})) {
      return false;
    }
    return record.section == model::Section::queues || stays_inside(m_composer.m_sources[source], record);
  }

  /// A rebuild of its own for each record, so that a record which stays out leaves no trace in the trial.
  [[nodiscard]] bool stays_inside(const Source& source, const model::Record& record) const {
    OutsideProbe probe{m_composer.m_keyspace, m_composer.m_selected};
    const auto rebuild = source.adapter->rebuild(source.info.name_space);
    // Whether the rebuild can use the record is for the trial to judge.
    if (rebuild->add(record, probe)) {
      static_cast<void>(rebuild->finish(probe));
    }
    return !probe.outside();
  }

  const Composer& m_composer;
  SeenKeyspace m_seen;  ///< the line's until it is settled, like the next two
  KeyProof m_proof;
  std::vector<Trial> m_trials;  ///< parallel to the composer's sources
  Verdict m_verdict;
  RecordLine m_line;  ///< last, because its threads work on the others
};

Composer::Composer(const model::Keyspace& keyspace, const AdapterList& among,
                   std::vector<model::ForcedFramework> forced)
    : m_keyspace(keyspace),
      m_watched(keyspace),
      m_adapters(among),
      m_forced(std::move(forced)),
      m_plan(keyspace.size()) {}

Composer::~Composer() = default;

Result<void> Composer::prepare() {
  if (m_prepared) {
    return {};
  }
  QSNAP_TRY(detect());
  QSNAP_TRY(plan_keys());
  QSNAP_TRY(drop_idle());
  m_prepared = true;
  return {};
}

Result<void> Composer::detect() {
  m_sources.clear();
  QSNAP_ASSIGN(std::vector<FoundReading> readings, detect_readings(m_watched, m_forced, m_adapters));
  for (FoundReading& found : readings) {
    auto info = found.reading->info();
    auto owner = owner_text(found.adapter->name(), info.name_space);
    m_sources.push_back({found.adapter, std::move(found.reading), std::move(info), found.origin, std::move(owner)});
  }
  // With the colon that follows in a queue's text: "bull2:" is before "bull:".
  std::sort(m_sources.begin(), m_sources.end(),
            [](const Source& a, const Source& b) { return a.owner + ':' < b.owner + ':'; });
  return {};
}

Result<void> Composer::drop_idle() {
  if (m_forced.empty()) {
    return {};
  }
  std::vector<bool> busy(m_sources.size(), false);
  for (KeyId key = 0; key < m_plan.size(); ++key) {
    if (m_plan[key].owner != 0) {
      busy[m_plan[key].owner - 1] = true;
    }
  }
  for (std::size_t i = m_sources.size(); i-- > 0;) {
    if (!busy[i] && m_sources[i].origin == Origin::detected) {
      m_sources.erase(m_sources.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return plan_keys();
}

Result<void> Composer::plan_keys() {
  m_plan.restart();
  for (int round = 0; round < k_planning_rounds; ++round) {
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
      if (planning_round(*m_sources[i].adapter, m_sources[i].origin) == round) {
        m_plan.plan_as(static_cast<std::uint32_t>(i + 1));
        QSNAP_TRY(m_sources[i].reading->plan(m_plan));
      }
    }
  }
  m_selected = keys_of_queues();
  return {};
}

std::vector<bool> Composer::keys_of_queues() const {
  std::vector<bool> selected(m_keyspace.size(), m_queues.empty());
  if (m_queues.empty()) {
    return selected;
  }
  for (KeyId key = 0; key < selected.size(); ++key) {
    selected[key] = m_plan[key].queue != 0 && m_queues.contains(json_bytes(m_plan.queue_of(key)));
  }
  return selected;
}

Result<void> Composer::select_queues(const std::vector<std::string>& queues) {
  QSNAP_TRY(prepare());
  std::set<std::string> chosen;
  for (const std::string& wanted : queues) {
    QSNAP_ASSIGN(const std::string queue, model::resolve_queue(wanted, m_plan.queues()));
    chosen.insert(json_bytes(queue));
  }
  m_queues = std::move(chosen);
  m_selected = keys_of_queues();
  return {};
}

Composition Composer::composition() const {
  Composition composition;
  std::vector<bool> present(m_sources.size(), m_queues.empty());
  for (std::size_t i = 0; i < m_sources.size(); ++i) {
    present[i] = present[i] && m_sources[i].adapter->turn() == Turn::usual;  // a fallback may have got nothing
  }
  for (KeyId key = 0; key < m_selected.size(); ++key) {
    if (m_selected[key] && m_plan[key].owner != 0) {
      present[m_plan[key].owner - 1] = true;
    }
  }
  for (std::size_t i = 0; i < m_sources.size(); ++i) {
    if (present[i]) {
      composition.frameworks.push_back(m_sources[i].info);
    }
  }
  std::sort(composition.frameworks.begin(), composition.frameworks.end(), [](const auto& a, const auto& b) {
    return std::tie(a.name, a.name_space) < std::tie(b.name, b.name_space);
  });
  return composition;
}

Result<void> Composer::run(const Begin& begin, std::size_t threads) {
  QSNAP_TRY(prepare());
  // Ends: an attempt that fails forces keys the first time, and gives up at least one reading every other time.
  for (int number = 1;; ++number) {
    QSNAP_ASSIGN(model::RecordSink* const out, begin(composition()));
    Attempt attempt{*this, *out, threads};
    QSNAP_TRY(attempt.emit_modelled());
    QSNAP_TRY(attempt.judge());
    if (!refute(attempt, number)) {
      return attempt.emit_keys();
    }
    QSNAP_TRY(plan_keys());
  }
}

bool Composer::refute(const Attempt& attempt, int number) {
  std::vector<bool> has_guilty_key(m_sources.size(), false);
  for (const KeyId key : attempt.guilty()) {
    has_guilty_key[m_plan[key].owner - 1] = true;
    m_plan.force_verbatim(key);
    m_refuted.keys.push_back(key);
  }
  bool refuted = !attempt.guilty().empty();
  for (std::size_t i = 0; i < m_sources.size(); ++i) {
    const auto broken = attempt.broken(i);
    refuted = refuted || broken;
    // Keys kept verbatim may cure a reading once. Without such keys nothing would change, and later it is hopeless.
    if ((broken && !has_guilty_key[i]) || (number > 1 && (broken || has_guilty_key[i]))) {
      give_up(i, broken.value_or("its keys did not come out equal a second time"));
    }
  }
  return refuted;
}

void Composer::give_up(std::size_t source, std::string_view why) {
  m_sources[source].given_up = true;
  m_refuted.readings.push_back(fmt::format("{}: {}", m_sources[source].owner, why));
  for (KeyId key = 0; key < m_plan.size(); ++key) {
    if (m_plan[key].owner == source + 1) {
      m_plan.force_verbatim(key);
    }
  }
}

Result<void> Composer::emit_keys(model::RecordSink& sink) const {
  for (KeyId key = 0; key < m_plan.size(); ++key) {
    if (m_selected[key] && !m_plan[key].modelled) {
      QSNAP_TRY(emit_verbatim(m_keyspace, key, m_plan[key].role, sink));
    }
  }
  return {};
}

}  // namespace qsnap::frameworks
