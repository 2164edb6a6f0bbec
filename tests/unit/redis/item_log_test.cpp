// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/redis/item_log.hpp>

namespace qsnap::redis {

namespace {

/// Items joined by blanks, one text for each block.
std::vector<std::string> blocks_of(const ItemLog& log) {
  std::vector<std::string> blocks;
  REQUIRE(log.read([&](const model::ItemBlock& block) -> Result<void> {
    std::string& text = blocks.emplace_back();
    for (std::size_t i = 0; i < block.size(); ++i) {
      text.append(block[i]).append(" ");
    }
    return {};
  }));
  return blocks;
}

}  // namespace

TEST_SUITE_BEGIN("qsnap::redis::ItemLog");

TEST_CASE("items come back in order from many blocks, and what was appended together stays together") {
  ItemLog log;
  std::string all;
  for (int i = 0; i < 50'000; ++i) {
    const std::string name = fmt::format("key:{}", i), value = fmt::format("{}", 7 * i);
    REQUIRE(log.append({name, value}));
    all.append(name).append(" ").append(value).append(" ");
  }
  const std::vector<std::string> blocks = blocks_of(log);
  CHECK(blocks.size() > 10);
  std::string joined;
  for (const std::string& block : blocks) {
    CHECK(block.starts_with("key:"));
    joined += block;
  }
  CHECK(joined == all);
}

TEST_CASE("a log that is empty has nothing to say") {
  CHECK(blocks_of(ItemLog{}) == std::vector<std::string>{""});
}

TEST_SUITE_END();

}  // namespace qsnap::redis
