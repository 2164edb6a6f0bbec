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
#include <qsnap/codec/digest.hpp>
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

/// Lets through what has not lapsed, and counts the keys that have.
class LapseFilter final : public model::KeySink {
 public:
  LapseFilter(Instant now, model::KeySink& sink) : m_now(now), m_sink(sink) {}

  Result<void> write(const KeyWrite& write) override {
    if (write.expires_at && *write.expires_at <= m_now) {
      m_lapsed.insert(codec::xxh3(write.key));
      return {};
    }
    return m_sink.write(write);
  }
  [[nodiscard]] std::uint64_t lapsed() const { return m_lapsed.size(); }

 private:
  Instant m_now;
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

  /// Without a record a rebuild has nothing to say: the capture kept its framework verbatim as a whole.
  Result<void> finish(model::KeySink& sink) {
    for (const auto& [owner, entry] : m_rebuilds) {
      if (entry.has_records) {
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
      : m_options(options), m_dispatcher(among, metadata), m_sink(options.now, sink) {}

  Result<void> add(Record record) {
    if (m_options.shift.count() != 0) {
      model::shift_time(record, m_options.shift);
    }
    if (record.section == Section::keys) {
      return add_key(std::move(record));
    }
    if (!m_options.exact && is_dangling(record)) {
      ++m_dropped.dangling_ids;
      return {};
    }
    QSNAP_ASSIGN(Rebuild* const rebuild, m_dispatcher.find(record));
    return rebuild->add(record, m_sink);
  }

  Result<Dropped> finish() {
    QSNAP_TRY(m_dispatcher.finish(m_sink));
    m_dropped.lapsed = m_sink.lapsed();
    return m_dropped;
  }

 private:
  static bool is_dangling(const Record& record) { return record.section == Section::jobs && !model::has_body(record); }

  Result<void> add_key(Record record) {
    QSNAP_ASSIGN(const VerbatimPart part, parse_verbatim(std::move(record)));
    QSNAP_TRY(m_parts.check(part));
    if (!m_options.exact && part.role == KeyRole::lock) {
      m_dropped.locks += part.part == 0 ? 1U : 0U;
      return {};
    }
    return m_sink.write({.stage = m_dispatcher.stage(part.key),
                         .key = part.key,
                         .type = part.type,
                         .expires_at = part.expires_at,
                         .items = &part.items});
  }

  const RebuildOptions& m_options;
  Dispatcher m_dispatcher;
  LapseFilter m_sink;
  PartOrder m_parts;
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

}  // namespace

Result<Dropped> rebuild_keys(const model::RecordSource& source, const RebuildOptions& options, model::KeySink& sink,
                             const AdapterList& among) {
  Rebuilder rebuilder{options, source.metadata(), among, sink};
  Feeder feeder{source, options.threads, rebuilder};
  for (const Section section : model::k_sections) {
    for (std::size_t i = 0; i < source.chunks().size(); ++i) {
      if (source.chunks()[i].section == section) {
        QSNAP_TRY(feeder.feed(i));
      }
    }
  }
  QSNAP_TRY(feeder.settle());
  return rebuilder.finish();
}

}  // namespace qsnap::frameworks
