// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <set>
#include <string>

#include "adapter_fixture.hpp"

namespace qsnap::frameworks {

namespace {

/// "bullmq" of "bullmq6-after.keys".
std::string framework_of(const std::filesystem::path& fixture) {
  const std::string stem = fixture.stem().string();
  return stem.substr(0, std::min(stem.find_first_of("0123456789"), stem.find("-again")));
}

}  // namespace

TEST_SUITE("detection") {
  TEST_CASE("every fixture is one framework's and nobody else's") {
    int fixtures = 0;
    for (const auto& entry : std::filesystem::directory_iterator{QSNAP_SOURCE_DIR "/tests/fixtures"}) {
      if (entry.path().extension() != ".keys") {
        continue;
      }
      CAPTURE(entry.path());
      const model::MemoryKeyspace keyspace{test::read_keys_file(entry.path().string())};
      std::set<std::string_view> found;
      for (const auto& adapter : adapters()) {
        auto readings = adapter->detect(keyspace);
        REQUIRE(readings);
        if (!readings->empty() && adapter->turn() == Turn::usual) {
          found.insert(adapter->name());
        }
      }
      const std::string framework = framework_of(entry.path());
      CHECK(found == std::set<std::string_view>{framework});
      ++fixtures;
    }
    CHECK(fixtures > 10);
  }
}

}  // namespace qsnap::frameworks
