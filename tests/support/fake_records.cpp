// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/format.h>
#include <support/fake_records.hpp>

#include <qsnap/base/text.hpp>
#include <qsnap/model/stream_items.hpp>

namespace qsnap::test {

using model::ItemBlock;
using model::RedisType;

FakeRecords::FakeRecords(std::vector<model::Record> records, model::Metadata metadata)
    : m_records(std::move(records)), m_metadata(std::move(metadata)) {
  constexpr std::size_t k_most_records = 7;
  for (std::size_t i = 0; i < m_records.size(); ++i) {
    const model::Section section = m_records[i].section;
    if (m_chunks.empty() || m_chunks.back().section != section || m_chunks.back().records == k_most_records) {
      m_chunks.push_back({.section = section, .digest = {}, .queue = {}, .state = {}});
      m_firsts.push_back(i);
    }
    ++m_chunks.back().records;
  }
}

Result<void> FakeRecords::read_chunk(std::size_t index, const ChunkReader& reader) const {
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < m_chunks[index].records; ++i) {
    numbers.push_back(std::to_string(m_firsts[index] + i));
  }
  model::Chunk chunk;
  chunk.lines.assign(numbers.begin(), numbers.end());
  return reader(chunk);
}

Result<model::Record> FakeRecords::parse(model::Section /*section*/, std::string_view line) const {
  return m_records.at(static_cast<std::size_t>(*parse_integer(line)));
}

Result<void> MemorySink::write(const model::KeyWrite& write) {
  m_written.push_back({std::string{write.key}, write.stage});
  Value& value = m_values[std::string{write.key}];
  value.type = write.type;
  value.expires_at = write.expires_at;
  const ItemBlock& items = *write.items;
  if (write.type == RedisType::string) {
    value.sequence.clear();
  }
  const bool paired = write.type == RedisType::hash || write.type == RedisType::zset;
  for (std::size_t i = 0; i < items.size(); i += paired ? 2 : 1) {
    if (paired) {
      value.by_name[std::string{items[i]}] = items[i + 1];
    } else if (write.type == RedisType::set) {
      value.by_name[std::string{items[i]}];
    } else if (write.end == model::KeyWrite::ListEnd::left) {
      value.sequence.emplace_front(items[i]);
    } else {
      value.sequence.emplace_back(items[i]);
    }
  }
  return {};
}

ItemBlock MemorySink::items_of(const Value& value) {
  ItemBlock items;
  for (const std::string& item : value.sequence) {
    items.push(item);
  }
  std::vector<std::pair<std::string, std::string>> members{value.by_name.begin(), value.by_name.end()};
  if (value.type == RedisType::zset) {
    std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
      return parse_double(a.second).value_or(0) < parse_double(b.second).value_or(0);
    });
  }
  for (const auto& [name, rest] : members) {
    items.push(name);
    if (value.type != RedisType::set) {
      items.push(rest);
    }
  }
  return items;
}

Keys MemorySink::keys() const {
  Keys keys;
  for (const auto& [name, value] : m_values) {
    keys.push_back({name, value.type, value.expires_at, items_of(value)});
  }
  return keys;
}

ItemBlock block_of(const std::vector<std::string>& items) {
  ItemBlock block;
  for (const std::string& item : items) {
    block.push(item);
  }
  return block;
}

model::MemoryKeyspace::Key key_of(std::string name, RedisType type, const std::vector<std::string>& items,
                                  std::optional<Instant> expires_at) {
  return {std::move(name), type, expires_at, block_of(items)};
}

namespace {

std::string escaped(std::string_view bytes) {
  constexpr std::size_t k_most_shown = 60;
  std::string out;
  for (const char c : bytes.substr(0, k_most_shown)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte >= ' ' && byte < 0x7F && c != '\\' ? std::string{c} : fmt::format("\\x{:02x}", byte);
  }
  // Long values are shown by their beginning, so that a difference behind it must show in the hash.
  return bytes.size() > k_most_shown
             ? fmt::format("{}…({} bytes, hash {:x})", out, bytes.size(), std::hash<std::string_view>{}(bytes))
             : out;
}

std::string describe_key(const model::Keyspace& keyspace, model::KeyId key) {
  std::string line = fmt::format("{} {}", model::to_text(keyspace.type(key)), escaped(keyspace.name(key)));
  if (const auto expires_at = keyspace.expires_at(key)) {
    line += fmt::format(" until {}", to_ms(*expires_at));
  }
  const auto items = keyspace.read_all(key);
  if (!items) {
    return line + " cannot be read: " + items.error().message;
  }
  for (std::size_t i = 0; i < items->size(); ++i) {
    line += i == 0 ? ": " : " | ";
    line += escaped((*items)[i]);
  }
  return line;
}

}  // namespace

std::string describe(const model::Keyspace& keyspace) {
  std::string out;
  for (model::KeyId key = 0; key < keyspace.size(); ++key) {
    out += describe_key(keyspace, key) + '\n';
  }
  return out;
}

std::string describe(Keys keys) {
  return describe(model::MemoryKeyspace{std::move(keys)});
}

namespace {

/// Random values, everything that a Redis may hold and a parser may trip over.
class Generator {
 public:
  explicit Generator(std::mt19937_64& random) : m_random(random) {}

  std::size_t below(std::size_t bound) { return m_random() % bound; }
  bool one_in(std::size_t n) { return below(n) == 0; }

  std::string bytes() {
    static constexpr std::string_view k_words[] = {"",   "0",  "-1",   "a",         "é",   "\"",
                                                   "\\", "\n", "日本", "{\"a\":1}", "\x7f"};
    if (one_in(3)) {
      return std::string{k_words[below(std::size(k_words))]};
    }
    const std::size_t length = one_in(40) ? below(100'000) : below(40);
    const bool binary = one_in(4);
    std::string out;
    for (std::size_t i = 0; i < length; ++i) {
      out += static_cast<char>(binary ? below(256) : 'a' + below(26));
    }
    return out;
  }

  std::set<std::string> distinct() {
    std::set<std::string> out;
    for (std::size_t n = 1 + below(one_in(10) ? 3000 : 8); out.size() < n;) {
      out.insert(out.size() < 8 ? bytes() : std::to_string(m_random()));
    }
    return out;
  }

  std::string score() {
    static constexpr double k_scores[] = {0, 1, -1.5, 1e300, 0.1, 1763632800.123456, 5e-324, 9007199254740992.0};
    return one_in(8) ? (one_in(2) ? "inf" : "-inf") : format_double(k_scores[below(std::size(k_scores))]);
  }

  ItemBlock items(RedisType type) {
    switch (type) {
      case RedisType::string:
        return block_of({bytes()});
      case RedisType::list:
        return list();
      case RedisType::set:
      case RedisType::hash:
        return named(type);
      case RedisType::zset:
        return zset();
      case RedisType::stream:
        return stream();
    }
    return {};
  }

 private:
  ItemBlock list() {
    ItemBlock out;
    for (std::size_t n = 1 + below(one_in(10) ? 3000 : 8), i = 0; i < n; ++i) {
      out.push(i < 8 ? bytes() : std::to_string(i));
    }
    return out;
  }

  ItemBlock named(RedisType type) {
    ItemBlock out;
    for (const std::string& name : distinct()) {
      out.push(name);
      if (type == RedisType::hash) {
        out.push(bytes());
      }
    }
    return out;
  }

  ItemBlock zset() {
    std::vector<std::pair<double, std::string>> members;
    for (const std::string& name : distinct()) {
      members.emplace_back(*parse_double(score()), name);
    }
    std::sort(members.begin(), members.end());
    ItemBlock out;
    for (const auto& [score_value, name] : members) {
      out.push(name);
      out.push(format_double(score_value));
    }
    return out;
  }

  ItemBlock stream() {
    ItemBlock out;
    const std::size_t entries = below(one_in(5) ? 2000 : 6);
    const std::string last = fmt::format("{}-{}", 1000 + entries, below(3));
    model::push_stream_tuple(out, {model::stream_tag::k_meta, last, std::to_string(entries + below(5)), "0-0"});
    for (std::size_t i = 0; i < entries; ++i) {
      const std::string id = fmt::format("{}-0", 1000 + i), field = bytes(), value = i < 8 ? bytes() : "v";
      model::push_stream_tuple(out, {model::stream_tag::k_entry, id, field, value});
    }
    for (std::size_t groups = below(3), i = 0; i < groups; ++i) {
      push_group(out, fmt::format("group{}{}", i, bytes()), entries);
    }
    return out;
  }

  void push_group(ItemBlock& out, const std::string& group, std::size_t entries) {
    namespace tag = model::stream_tag;
    const std::string consumer = bytes();
    model::push_stream_tuple(out, {tag::k_group, group, "1000-0", one_in(2) ? "" : "1"});
    model::push_stream_tuple(out, {tag::k_consumer, group, consumer});
    for (std::size_t pending = below(3), i = 0; i < pending; ++i) {
      const std::string id = fmt::format("{}-0", 1000 + i + (one_in(3) ? entries : 0));
      model::push_stream_tuple(out, {tag::k_pending, group, id, consumer, std::to_string(1'700'000'000'000 + i), "2"});
    }
  }

  std::mt19937_64& m_random;
};

}  // namespace

Keys random_keys(std::mt19937_64& random, std::size_t count) {
  constexpr std::int64_t k_far_future_ms = 4'000'000'000'000;
  Generator generate{random};
  std::map<std::string, model::MemoryKeyspace::Key> keys;
  while (keys.size() < count) {
    const auto type = static_cast<RedisType>(generate.below(6));
    std::string name = keys.size() < 20 ? generate.bytes() : std::to_string(random());
    std::optional<Instant> expires_at;
    if (generate.one_in(5)) {
      expires_at = instant_from_ms(k_far_future_ms + static_cast<std::int64_t>(generate.below(1000)));
    }
    keys.insert_or_assign(name, model::MemoryKeyspace::Key{name, type, expires_at, generate.items(type)});
  }
  Keys out;
  for (auto& [name, key] : keys) {
    out.push_back(std::move(key));
  }
  return out;
}

std::uint64_t property_seed() {
  const char* const wanted = std::getenv("QSNAP_SEED");
  return wanted == nullptr ? std::random_device{}() : static_cast<std::uint64_t>(std::atoll(wanted));
}

}  // namespace qsnap::test
