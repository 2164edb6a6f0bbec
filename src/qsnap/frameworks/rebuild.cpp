// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_set>

#include <fmt/format.h>

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

  Result<void> add(const Record& record) {
    if (m_options.shift.count() == 0) {
      return add_shifted(record);
    }
    Record moved = record;
    model::shift_time(moved, m_options.shift);
    return add_shifted(moved);
  }

  Result<Dropped> finish() {
    QSNAP_TRY(m_dispatcher.finish(m_sink));
    m_dropped.lapsed = m_sink.lapsed();
    return m_dropped;
  }

 private:
  Result<void> add_shifted(const Record& record) {
    if (record.section == Section::keys) {
      return add_key(record);
    }
    if (!m_options.exact && is_dangling(record)) {
      ++m_dropped.dangling_ids;
      return {};
    }
    QSNAP_ASSIGN(Rebuild* const rebuild, m_dispatcher.find(record));
    return rebuild->add(record, m_sink);
  }

  static bool is_dangling(const Record& record) { return record.section == Section::jobs && !model::has_body(record); }

  Result<void> add_key(const Record& record) {
    QSNAP_ASSIGN(const VerbatimPart part, parse_verbatim(record));
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

}  // namespace

Result<Dropped> rebuild_keys(const model::RecordSource& source, const RebuildOptions& options, model::KeySink& sink,
                             const AdapterList& among) {
  Rebuilder rebuilder{options, source.metadata(), among, sink};
  QSNAP_TRY(model::for_each_record(source, [&](const Record& record) { return rebuilder.add(record); }));
  return rebuilder.finish();
}

}  // namespace qsnap::frameworks
