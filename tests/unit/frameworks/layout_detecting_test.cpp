// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/frameworks/layout/detecting.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::ItemBlock;
using model::MemoryKeyspace;
using model::RedisType;

MemoryKeyspace::Key key(std::string_view name, RedisType type, std::vector<std::string> items = {"a", "1"}) {
  MemoryKeyspace::Key result{std::string{name}, type, std::nullopt, {}};
  for (const std::string& item : items) {
    result.items.push(item);
  }
  return result;
}

/// "namespace | keys of the first probe | keys of the second"
std::vector<std::string> shown(const MemoryKeyspace& keyspace, const std::vector<Candidate>& candidates) {
  std::vector<std::string> lines;
  for (const Candidate& candidate : candidates) {
    std::string line = candidate.name_space;
    for (const auto& keys : candidate.keys) {
      line += " |";
      for (const model::KeyId each : keys) {
        line += fmt::format(" {}", keyspace.name(each));
      }
    }
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

TEST_SUITE("qsnap::frameworks::layout detecting") {
  TEST_CASE("candidates are found by name and type, with or without a namespace") {
    const MemoryKeyspace keyspace{{key("queue:mail", RedisType::list), key("queues", RedisType::set),
                                   key("app:queue:mail", RedisType::list), key("app:x:queue:queue:a", RedisType::list),
                                   key("a:queues", RedisType::set), key("b:queues", RedisType::string),
                                   key("queue:", RedisType::list), key("myqueue:x", RedisType::list),
                                   key(":queue:x", RedisType::list)}};
    const std::array probes = {Probe{KeyPattern{"queue:<queue>"}, RedisType::list},
                               Probe{KeyPattern{"queues"}, RedisType::set}};
    CHECK(shown(keyspace, find_candidates(keyspace, probes)) ==
          std::vector<std::string>{" | queue:mail | queues", "a | | a:queues", "app | app:queue:mail |",
                                   "app:x | app:x:queue:queue:a |"});
  }

  TEST_CASE("a pattern that begins with a hole is tried behind the first part") {
    const MemoryKeyspace keyspace{{key("bull:mail:meta", RedisType::hash), key("mail:meta", RedisType::hash),
                                   key("{bull}:a:b:meta", RedisType::hash)}};
    const std::array probes = {Probe{KeyPattern{"<queue>:meta"}, RedisType::hash}};
    CHECK(shown(keyspace, find_candidates(keyspace, probes)) ==
          std::vector<std::string>{"bull | bull:mail:meta", "{bull} | {bull}:a:b:meta"});
  }

  TEST_CASE("of many keys a sample is kept, and names of many parts end the search") {
    std::vector<MemoryKeyspace::Key> keys;
    for (std::size_t i = 0; i < 2 * k_sampled_keys; ++i) {
      keys.push_back(key(fmt::format("q:{:03}", i), RedisType::list));
    }
    std::string deep;
    for (int i = 0; i < 10'000; ++i) {
      deep += "x:";
    }
    keys.push_back(key(deep + "q:a", RedisType::list));
    const MemoryKeyspace keyspace{std::move(keys)};
    const std::array probes = {Probe{KeyPattern{"q:<queue>"}, RedisType::list}};
    const auto candidates = find_candidates(keyspace, probes);
    REQUIRE(candidates.size() == 1);
    CHECK(candidates[0].keys[0].size() == k_sampled_keys);
    CHECK(keyspace.name(candidates[0].keys[0].back()) == "q:063");
  }

  TEST_CASE("what stands in front of a suffix is a namespace") {
    const MemoryKeyspace keyspace{{key("queues", RedisType::set), key("b:queues", RedisType::set),
                                   key("b-:queues", RedisType::set), key("a:b:queues", RedisType::set),
                                   key("c:queues", RedisType::list), key(":queues", RedisType::set),
                                   key("myqueues", RedisType::set)}};
    CHECK(prefixes_before(keyspace, ":queues", RedisType::set) == std::vector<std::string>{"", "a:b", "b", "b-"});
    CHECK(key_prefix("") == "");
    CHECK(key_prefix("a:b") == "a:b:");
    CHECK(find_typed(keyspace, "queues", RedisType::set));
    CHECK_FALSE(find_typed(keyspace, "queues", RedisType::list));
    CHECK_FALSE(find_typed(keyspace, "nothing", RedisType::set));
  }

  TEST_CASE("the first elements of a value are read, and no more") {
    const MemoryKeyspace keyspace{{key("h", RedisType::hash, {"f", "v", "g", "w"}),
                                   key("l", RedisType::list, {"a", "b", "c"}), key("s", RedisType::string, {"text"}),
                                   key("t", RedisType::stream, {"1", "meta"}), key("z", RedisType::zset, {"m", "1"})}};
    const auto elements = [&](std::string_view name, std::size_t count) {
      const auto found = first_elements(keyspace, *keyspace.find(name), count);
      REQUIRE(found);
      return *found;
    };
    CHECK(elements("h", 1) == std::vector<std::string>{"v"});
    CHECK(elements("h", 9) == std::vector<std::string>{"v", "w"});
    CHECK(elements("l", 2) == std::vector<std::string>{"a", "b"});
    CHECK(elements("s", 2) == std::vector<std::string>{"text"});
    CHECK(elements("z", 2) == std::vector<std::string>{"m"});
    CHECK(elements("t", 2).empty());
    const auto items = first_items(keyspace, *keyspace.find("h"), 1);
    REQUIRE(items);
    CHECK(items->size() == 2);
    CHECK((*items)[0] == "f");
  }

  TEST_CASE("JSON is known by its members") {
    CHECK(looks_like_json_with(R"({"class":"A","args":[]})", {"class", "args"}));
    CHECK_FALSE(looks_like_json_with(R"({"class":"A"})", {"class", "args"}));
    CHECK(looks_like_json_with(R"({"headers": {"task": "t"}})", {"headers.task"}));
    CHECK_FALSE(looks_like_json_with(R"({"headers": "task"})", {"headers.task"}));
    CHECK_FALSE(looks_like_json_with("17", {"class"}));
    const MemoryKeyspace keyspace{{key("l", RedisType::list, {"odd", R"({"jid":"x"})"})}};
    const auto begins = [&](std::string_view member) {
      const auto answer = begins_with_json(keyspace, 0, {member});
      return answer && *answer;
    };
    CHECK(begins("jid"));
    CHECK_FALSE(begins("class"));
  }
}

}  // namespace qsnap::frameworks::layout
