// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <random>

#include <doctest/doctest.h>
#include <support/fake_records.hpp>

#include <qsnap/redis/sorted_elements.hpp>

namespace qsnap::redis {

namespace {

using model::RedisType;

/// All items of a value, from its parts.
std::vector<std::string> items_in(const Spool& spool, const std::vector<SpoolRef>& parts) {
  std::vector<std::string> items;
  for (const SpoolRef part : parts) {
    const auto block = model::ItemBlock::decode(*spool.read(part));
    REQUIRE(block);
    for (std::size_t i = 0; i < block->size(); ++i) {
      items.emplace_back((*block)[i]);
    }
  }
  return items;
}

std::string random_name(std::mt19937_64& random) {
  std::string name(random() % 6, '\0');
  for (char& c : name) {
    c = static_cast<char>(random() % 8 == 0 ? random() : 'a' + random() % 4);
  }
  return name;
}

}  // namespace

TEST_SUITE_BEGIN("qsnap::redis::sorted_elements");

TEST_CASE("elements in any order leave sorted and once each, in memory and in many runs") {
  const std::uint64_t seed = test::property_seed();
  CAPTURE(seed);
  std::mt19937_64 random{seed};
  auto spool = Spool::create();
  REQUIRE(spool);
  for (const std::size_t run_bytes : {std::size_t{1}, std::size_t{200}, std::size_t{5000}, std::size_t{1} << 20U}) {
    for (const RedisType type : {RedisType::set, RedisType::hash}) {
      CAPTURE(run_bytes);
      SortedElements sorted{*spool, type, run_bytes};
      CHECK(sorted.empty());
      std::map<std::string, std::string> expected;
      for (int i = 0; i < 500; ++i) {
        const std::string name = random_name(random);
        const std::string value = "value of " + name;
        REQUIRE(sorted.add(name, value));
        expected.emplace(name, value);
      }
      CHECK(!sorted.empty());
      std::vector<std::string> wanted;
      for (const auto& [name, value] : expected) {
        wanted.push_back(name);
        if (type == RedisType::hash) {
          wanted.push_back(value);
        }
      }
      const auto parts = sorted.finish();
      REQUIRE(parts);
      CHECK(items_in(*spool, *parts) == wanted);
      CHECK(sorted.empty());
    }
  }
}

TEST_CASE("elements larger than a run and a block stay whole") {
  auto spool = Spool::create();
  SortedElements sorted{*spool, RedisType::hash, 1000};
  const std::string large(300'000, 'x');
  REQUIRE(sorted.add("b", large));
  REQUIRE(sorted.add("a", "small"));
  REQUIRE(sorted.add("c", large));
  REQUIRE(sorted.add("", ""));
  const auto parts = sorted.finish();
  REQUIRE(parts);
  CHECK(items_in(*spool, *parts) == std::vector<std::string>{"", "", "a", "small", "b", large, "c", large});
}

TEST_SUITE_END();

}  // namespace qsnap::redis
