// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <support/fake_records.hpp>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/fingerprint.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/record_json.hpp>
#include <qsnap/frameworks/compose.hpp>
#include <qsnap/frameworks/rebuild.hpp>

#include "keyspace_file.hpp"

/// What every adapter has to hold, whatever its framework: adapter tests include this.
namespace qsnap::test {

/// A document and how it came about.
struct Document {
  std::vector<model::Record> records;
  std::vector<std::string> refuted;                     ///< readings with the reason, then keys
  std::map<std::string, frameworks::KeyRole> verbatim;  ///< keys that are not modelled
  std::vector<model::FrameworkInfo> frameworks;

  [[nodiscard]] std::string text() const {
    std::string lines;
    for (const model::Record& record : records) {
      lines += codec::format_record(record) + '\n';
    }
    return lines;
  }
  /// The lines that have `part` in them.
  [[nodiscard]] std::string lines_with(std::string_view part) const {
    std::string lines;
    for (const model::Record& record : records) {
      const std::string line = codec::format_record(record);
      lines += line.find(part) != std::string::npos ? line + '\n' : "";
    }
    return lines;
  }
  [[nodiscard]] std::string fingerprint() const {
    codec::FingerprintBuilder builder;
    for (const model::Record& record : records) {
      REQUIRE(builder.add(record));
    }
    return to_hex(builder.finish());
  }
  /// Job records by "<queue> <state>", counted one by one: what a client of the framework is asked to confirm.
  [[nodiscard]] std::map<std::string, int> jobs_by_state() const {
    std::map<std::string, int> counts;
    for (const model::Record& record : records) {
      if (record.section == model::Section::jobs) {
        ++counts[*codec::json_to_bytes(*record.fields.find("queue")) + ' ' +
                 *codec::json_to_bytes(*record.fields.find("state"))];
      }
    }
    return counts;
  }
};

inline Document compose(std::vector<model::MemoryKeyspace::Key> keys, const frameworks::AdapterList& adapters) {
  const model::MemoryKeyspace keyspace{std::move(keys)};
  frameworks::Composer composer{keyspace, adapters};
  std::unique_ptr<CollectingSink> sink;
  Document document;
  const auto run = composer.run([&](const frameworks::Composition& composition) -> Result<model::RecordSink*> {
    sink = std::make_unique<CollectingSink>();
    document.frameworks = composition.frameworks;
    return sink.get();
  });
  REQUIRE(run);
  document.records = std::move(sink->records);
  document.refuted = composer.refuted().readings;
  for (const model::KeyId key : composer.refuted().keys) {
    document.refuted.emplace_back(keyspace.name(key));
  }
  for (model::KeyId key = 0; key < keyspace.size(); ++key) {
    if (!composer.plan()[key].modelled) {
      document.verbatim.emplace(keyspace.name(key), composer.plan()[key].role);
    }
  }
  return document;
}

inline std::vector<model::MemoryKeyspace::Key> rebuild(const Document& document,
                                                       const frameworks::AdapterList& adapters,
                                                       std::chrono::milliseconds shift = {}) {
  MemorySink sink;
  const auto dropped = frameworks::rebuild_keys(
      FakeRecords{document.records}, {.exact = true, .shift = shift, .now = instant_from_ms(0)}, sink, adapters);
  REQUIRE(dropped);
  return sink.keys();
}

/// Composing needs no second attempt, and every byte comes back.
inline Document check_round_trip(const std::vector<model::MemoryKeyspace::Key>& keys,
                                 const frameworks::AdapterList& adapters) {
  Document document = compose(keys, adapters);
  CHECK(document.refuted == std::vector<std::string>{});
  CHECK(describe(rebuild(document, adapters)) == describe(keys));
  return document;
}

/// Does one random bad thing to the keys: a key gone, an element gone or doubled or garbled, another type, an expiry.
inline void damage(std::vector<model::MemoryKeyspace::Key>& keys, std::mt19937_64& random) {
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  if (keys.empty()) {
    return;
  }
  const std::size_t at = below(keys.size());
  model::MemoryKeyspace::Key& key = keys[at];
  const std::size_t step = model::items_per_element(key.type).value_or(0);
  const auto change_element = [&](auto change) {
    if (step == 0 || key.items.empty()) {
      return;
    }
    const std::size_t element = below(key.items.size() / step) * step;
    model::ItemBlock items;
    for (std::size_t i = 0; i < key.items.size(); ++i) {
      change(items, std::string{key.items[i]}, i >= element && i < element + step, i % step);
    }
    key.items = std::move(items);
  };
  switch (below(7)) {
    case 0:
      keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(at));
      return;
    case 1:  // an element gone, or the whole key if it was the only one
      change_element([](model::ItemBlock& items, const std::string& item, bool chosen, std::size_t) {
        if (!chosen) {
          items.push(item);
        }
      });
      break;
    case 2: {  // one byte of a value other; scores stay scores, and what the server keeps distinct stays distinct
      const bool value_can_change = key.type == model::RedisType::string || key.type == model::RedisType::list ||
                                    key.type == model::RedisType::hash;
      if (value_can_change) {
        change_element([&](model::ItemBlock& items, std::string item, bool chosen, std::size_t part) {
          if (chosen && part + 1 == step && !item.empty()) {
            item[below(item.size())] = static_cast<char>(random());
          }
          items.push(item);
        });
      }
      break;
    }
    case 3:  // a value cut off
      if (key.type == model::RedisType::string || key.type == model::RedisType::list ||
          key.type == model::RedisType::hash) {
        change_element([&](model::ItemBlock& items, const std::string& item, bool chosen, std::size_t part) {
          items.push(chosen && part + 1 == step ? item.substr(0, below(item.size() + 1)) : item);
        });
      }
      break;
    case 4:  // an element of a list twice
      if (key.type == model::RedisType::list) {
        change_element([](model::ItemBlock& items, const std::string& item, bool chosen, std::size_t) {
          items.push(item);
          if (chosen) {
            items.push(item);
          }
        });
      }
      break;
    case 5: {  // another type
      const std::string text = key.items.empty() ? "x" : std::string{key.items[0]};
      model::ItemBlock items;
      items.push(text);
      key.type = below(2) == 0 ? model::RedisType::string : model::RedisType::list;
      key.items = std::move(items);
      break;
    }
    default:
      key.expires_at = key.expires_at ? std::nullopt : std::optional{instant_from_ms(4'000'000'000'000)};
      break;
  }
  if (key.items.empty()) {
    keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(at));  // Redis has no empty lists, and a string is one item
  }
}

/// Whatever happens to a keyspace, every byte comes back, modelled or verbatim.
inline void check_damaged(const std::vector<model::MemoryKeyspace::Key>& keys, const frameworks::AdapterList& adapters,
                          std::uint64_t seed, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    std::mt19937_64 random{seed + static_cast<std::uint64_t>(round)};
    CAPTURE(seed + static_cast<std::uint64_t>(round));
    auto damaged = keys;
    for (std::uint64_t times = 1 + random() % 4; times > 0; --times) {
      damage(damaged, random);
    }
    const Document document = compose(damaged, adapters);
    REQUIRE(describe(rebuild(document, adapters)) == describe(damaged));
  }
}

}  // namespace qsnap::test
