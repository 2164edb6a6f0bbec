// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace qsnap::redis {

using Words = std::vector<std::string>;

/// The commands that make up a database of a few keys of each type, in all of Redis's encodings, with the bytes,
/// numbers and states that have hurt others. The same seed makes the same commands.
class RandomKeyspace {
 public:
  explicit RandomKeyspace(std::uint64_t seed) : m_random(seed) {}

  std::vector<Words> commands() {
    m_commands.clear();
    const std::size_t keys = 6 + below(24);
    for (std::size_t i = 0; i < keys; ++i) {
      add_key(fmt::format("{}:{}", i, binary(below(12))));
    }
    return std::move(m_commands);
  }

  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>{0, end - 1}(m_random); }
  bool one_in(std::size_t count) { return below(count) == 0; }

 private:
  void add_key(const std::string& key) {
    switch (below(7)) {
      case 0:
        add({"SET", key, value()});
        break;
      case 1:
        add_list(key);
        break;
      case 2:
        add_set(key);
        break;
      case 3:
        add_hash(key);
        break;
      case 4:
        add_zset(key);
        break;
      default:
        add_stream(key);
        break;
    }
    if (one_in(4)) {
      add({"PEXPIREAT", key, std::to_string(4'000'000'000'000 + below(1000))});
    }
  }

  /// Mostly small, at times too large for a listpack.
  std::size_t elements() { return one_in(5) ? 100 + below(700) : 1 + below(12); }

  void add_list(const std::string& key) {
    const std::size_t count = elements();
    for (std::size_t i = 0; i < count; ++i) {
      add({one_in(3) ? "LPUSH" : "RPUSH", key, value()});
    }
  }

  void add_set(const std::string& key) {
    const std::size_t count = elements();
    const bool integers = one_in(2);
    const std::int64_t width = std::int64_t{1} << (8 * (1 + below(7)));
    for (std::size_t i = 0; i < count; ++i) {
      add({"SADD", key, integers ? std::to_string(static_cast<std::int64_t>(m_random()) % width) : value()});
    }
  }

  void add_hash(const std::string& key) {
    const std::size_t count = elements();
    for (std::size_t i = 0; i < count; ++i) {
      add({"HSET", key, one_in(3) ? value() : fmt::format("field{}", i), value()});
    }
  }

  void add_zset(const std::string& key) {
    const std::size_t count = elements();
    for (std::size_t i = 0; i < count; ++i) {
      add({"ZADD", key, score(), value()});
    }
  }

  std::string score() {
    constexpr std::array<std::string_view, 16> k_scores = {"inf",
                                                           "-inf",
                                                           "-0",
                                                           "0",
                                                           "5e-324",
                                                           "-5e-324",
                                                           "2.2250738585072014e-308",
                                                           "1e308",
                                                           "0.1",
                                                           "-1.5",
                                                           "1e-10",
                                                           "3.25e17",
                                                           "9007199254740993",
                                                           "-9223372036854775808",
                                                           "1.7976931348623157e308",
                                                           "1"};
    switch (below(3)) {
      case 0:
        return std::string{k_scores.at(below(k_scores.size()))};
      case 1:
        return fmt::format("{}", std::normal_distribution<double>{0, 1e6}(m_random));
      default:
        return std::to_string(below(40));
    }
  }

  std::string id(std::size_t entry) const { return fmt::format("{}-{}", 1'700'000'000'000 + entry / 3, entry % 3 + 1); }

  void add_stream(const std::string& key) {
    const std::size_t entries = one_in(4) ? 100 + below(300) : 1 + below(10);
    const bool same_fields = one_in(2);
    for (std::size_t i = 0; i < entries; ++i) {
      Words words{"XADD", key, id(i)};
      const std::size_t fields = same_fields ? 2 : 1 + below(4);
      for (std::size_t field = 0; field < fields; ++field) {
        words.push_back(same_fields ? fmt::format("f{}", field) : value());
        words.push_back(value());
      }
      add(std::move(words));
    }
    const std::size_t groups = one_in(2) ? 0 : 1 + below(3);
    for (std::size_t i = 0; i < groups; ++i) {
      add_group(key, fmt::format("{}group{}", binary(below(3)), i), entries);
    }
    shrink_stream(key, entries);
    if (groups > 0 && one_in(2)) {  // its counter cannot be told any more
      add({"XGROUP", "CREATE", key, "late", id(below(entries))});
    }
  }

  void add_group(const std::string& key, const std::string& group, std::size_t entries) {
    add({"XGROUP", "CREATE", key, group, one_in(3) ? id(below(entries)) : "0"});
    const std::size_t consumers = below(4);
    for (std::size_t i = 0; i < consumers; ++i) {
      const std::string consumer = binary(below(3)) + std::to_string(i);
      add({"XGROUP", "CREATECONSUMER", key, group, consumer});
      if (one_in(4)) {
        continue;
      }
      add({"XREADGROUP", "GROUP", group, consumer, "COUNT", std::to_string(1 + below(entries)), "STREAMS", key, ">"});
      for (std::size_t j = below(4); j > 0; --j) {
        add({"XACK", key, group, id(below(entries))});
      }
      add({"XCLAIM", key, group, consumer, "0", id(below(entries)), "TIME",
           std::to_string(1'600'000'000'000 + below(1000)), "RETRYCOUNT", std::to_string(below(100)), "JUSTID"});
    }
  }

  /// Deletes, trims or empties; pending entries stay in their groups.
  void shrink_stream(const std::string& key, std::size_t entries) {
    switch (below(5)) {
      case 0:
        for (std::size_t i = 0; i < 1 + entries / 3; ++i) {
          add({"XDEL", key, id(below(entries))});
        }
        break;
      case 1:
        add({"XTRIM", key, "MAXLEN", "0"});
        break;
      case 2:
        add({"XTRIM", key, "MINID", id(entries / 2)});
        break;
      case 3:
        add({"XSETID", key, fmt::format("{}-7", 1'800'000'000'000)});
        break;
      default:
        break;
    }
  }

  /// A string of any kind that Redis keeps in its own way.
  std::string value() {
    switch (below(9)) {
      case 0:
        return {};
      case 1:
        return border();
      case 2:
        return std::to_string(below(300));
      case 3:
        return std::string(below(300), static_cast<char>('a' + below(26)));  // compressed where it is long
      case 4:
        return binary(below(80));
      case 5:
        return one_in(20) ? binary(4000 + below(20000)) : fmt::format("00{}", below(50));
      case 6:
        return fmt::format(R"({{"id":{},"name":"Zoë","tags":["a","b","a","b"],"at":17000000{}}})", below(1000),
                           below(99));
      default:
        return fmt::format("job:{}", below(100000));
    }
  }

  /// An integer at the edge of one of the encodings, or what only looks like an integer.
  std::string border() {
    constexpr std::array<int, 9> k_bits = {0, 4, 6, 7, 12, 15, 23, 31, 63};
    const int bits = k_bits.at(below(k_bits.size()));
    const auto power = static_cast<std::int64_t>((std::uint64_t{1} << static_cast<unsigned>(bits)) - 1);
    switch (below(6)) {
      case 0:
        return std::to_string(power);
      case 1:
        return std::to_string(-power);
      case 2:
        return std::to_string(-power - 1);
      case 3:
        return fmt::format("{}", static_cast<std::uint64_t>(power) + 1);
      case 4:
        return one_in(2) ? "-0" : "18446744073709551616";
      default:
        return fmt::format("{}", static_cast<std::int64_t>(below(10)) - static_cast<std::int64_t>(below(5000)));
    }
  }

  std::string binary(std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) {
      text += static_cast<char>(below(256));
    }
    return text;
  }

  void add(Words words) { m_commands.push_back(std::move(words)); }

  std::mt19937_64 m_random;
  std::vector<Words> m_commands;
};

}  // namespace qsnap::redis
