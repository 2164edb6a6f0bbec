// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/record_json.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/frameworks/compose.hpp>
#include <qsnap/frameworks/rebuild.hpp>
#include <qsnap/frameworks/sidekiq/sidekiq.hpp>

/// What the tests of the Sidekiq adapter share: hand-made keyspaces, and the whole way from keys to a document and back
/// with this adapter alone.
namespace qsnap::test {

/// Inline, because tests of other adapters have a Document, too, and are in the same program.
inline namespace sidekiq {

using Key = model::MemoryKeyspace::Key;

template <class T>
T take(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  return *std::move(result);
}

inline void take(const Result<void>& result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
}

/// Items as they lie in a keyspace: sets and hashes must be given sorted.
inline Key make_key(std::string name, model::RedisType type, const std::vector<std::string>& items) {
  Key key{std::move(name), type, {}, {}};
  for (const std::string& item : items) {
    key.items.push(item);
  }
  return key;
}

inline const frameworks::AdapterList& sidekiq_alone() {
  static const frameworks::AdapterList list = [] {
    frameworks::AdapterList adapters;
    adapters.push_back(frameworks::make_sidekiq_adapter());
    return adapters;
  }();
  return list;
}

/// A document in memory, with what composing it said.
struct Document {
  std::unique_ptr<codec::SnapshotReader> reader;
  std::vector<model::FrameworkInfo> frameworks;
  std::vector<std::string> refuted;          ///< key names and readings
  std::map<std::string, std::string> roles;  ///< of verbatim keys

  /// The lines of one section.
  [[nodiscard]] std::vector<std::string> lines(model::Section section) const {
    std::vector<std::string> out;
    take(model::for_each_record(*reader, section, [&](const model::Record& record) -> Result<void> {
      out.push_back(codec::format_record(record));
      return {};
    }));
    return out;
  }
};

inline Document compose(const model::Keyspace& keyspace, const std::vector<std::string>& queues = {}) {
  frameworks::Composer composer{keyspace, sidekiq_alone()};
  Document document;
  std::string bytes;
  std::unique_ptr<codec::SnapshotWriter> writer;
  if (!queues.empty()) {
    take(composer.select_queues(queues));
  }
  take(composer.run([&](const frameworks::Composition& composition) -> Result<model::RecordSink*> {
    document.frameworks = composition.frameworks;
    bytes.clear();
    writer = std::make_unique<codec::SnapshotWriter>(
        take(codec::SnapshotWriter::begin({}, codec::Encoding::stored, [&](std::string_view part) -> Result<void> {
          bytes += part;
          return {};
        })));
    return writer.get();
  }));
  take(writer->finish());
  for (const model::KeyId key : composer.refuted().keys) {
    document.refuted.emplace_back(keyspace.name(key));
  }
  document.refuted.insert(document.refuted.end(), composer.refuted().readings.begin(),
                          composer.refuted().readings.end());
  for (model::KeyId key = 0; key < keyspace.size(); ++key) {
    if (!composer.plan()[key].modelled) {
      document.roles.emplace(keyspace.name(key), frameworks::to_text(composer.plan()[key].role));
    }
  }
  document.reader = std::make_unique<codec::SnapshotReader>(
      take(codec::SnapshotReader::open(codec::memory_source(std::move(bytes)))));
  return document;
}

/// A Redis that is good enough to load into.
class FakeRedis final : public model::KeySink {
 public:
  Result<void> write(const model::KeyWrite& write) override {
    Value& value = m_values[std::string{write.key}];
    value.type = write.type;
    value.expires_at = write.expires_at;
    const std::size_t step = model::items_per_element(write.type).value_or(1);
    for (std::size_t i = 0; i + step <= write.items->size(); i += step) {
      Element element{std::string{(*write.items)[i]}, step == 2 ? std::string{(*write.items)[i + 1]} : std::string{}};
      const bool left = write.type == model::RedisType::list && write.end == model::KeyWrite::ListEnd::left;
      value.elements.insert(left ? value.elements.begin() : value.elements.end(), std::move(element));
    }
    return {};
  }

  /// Every key as a keyspace would show it.
  [[nodiscard]] std::vector<Key> keys() {
    std::vector<Key> keys;
    for (auto& [name, value] : m_values) {
      sort(value);
      Key key{name, value.type, value.expires_at, {}};
      for (const Element& element : value.elements) {
        key.items.push(element.first);
        if (model::items_per_element(value.type) == 2) {
          key.items.push(element.second);
        }
      }
      keys.push_back(std::move(key));
    }
    return keys;
  }

 private:
  using Element = std::pair<std::string, std::string>;
  struct Value {
    model::RedisType type = model::RedisType::string;
    std::optional<Instant> expires_at;
    std::vector<Element> elements;
  };

  static void sort(Value& value) {
    if (value.type == model::RedisType::set || value.type == model::RedisType::hash) {
      std::sort(value.elements.begin(), value.elements.end());
    } else if (value.type == model::RedisType::zset) {
      std::sort(value.elements.begin(), value.elements.end(), [](const Element& a, const Element& b) {
        return std::pair{*parse_double(a.second), a.first} < std::pair{*parse_double(b.second), b.first};
      });
    }
  }

  std::map<std::string, Value> m_values;
};

inline std::vector<Key> load(const Document& document,
                             const frameworks::RebuildOptions& options = {.exact = true, .shift = {}, .now = {}}) {
  FakeRedis redis;
  take(frameworks::rebuild_keys(*document.reader, options, redis, sidekiq_alone()));
  return redis.keys();
}

/// The names of the keys that differ.
inline std::vector<std::string> differences(std::vector<Key> a, std::vector<Key> b) {
  const auto by_name = [](const Key& x, const Key& y) { return x.name < y.name; };
  std::sort(a.begin(), a.end(), by_name);
  std::sort(b.begin(), b.end(), by_name);
  std::map<std::string, std::pair<const Key*, const Key*>> pairs;
  for (const Key& key : a) {
    pairs[key.name].first = &key;
  }
  for (const Key& key : b) {
    pairs[key.name].second = &key;
  }
  std::vector<std::string> names;
  for (const auto& [name, pair] : pairs) {
    const auto& [x, y] = pair;
    const bool equal =
        x != nullptr && y != nullptr && x->type == y->type && x->expires_at == y->expires_at && x->items == y->items;
    if (!equal) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace sidekiq

}  // namespace qsnap::test
