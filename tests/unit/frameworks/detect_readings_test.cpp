// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include <qsnap/frameworks/detect_readings.hpp>
#include <qsnap/frameworks/inventory.hpp>

#include "adapter_fixture.hpp"

namespace qsnap::frameworks {

namespace {

using namespace qsnap::test;

/// Composes with the readings, and rebuilds.
void check_forced(const Keys& keys, const std::vector<model::ForcedFramework>& forced) {
  const model::MemoryKeyspace keyspace{keys};
  Composer composer{keyspace, adapters(), forced};
  std::unique_ptr<CollectingSink> sink;
  REQUIRE(composer.run([&](const Composition&) -> Result<model::RecordSink*> {
    sink = std::make_unique<CollectingSink>();
    return sink.get();
  }));
  Document document;
  document.records = std::move(sink->records);
  CHECK(describe(rebuild(document, adapters())) == describe(keys));
}

std::set<std::string> namespaces_of(const Keys& keys) {
  std::set<std::string> namespaces = {""};
  for (const auto& info : compose(keys, adapters()).frameworks) {
    namespaces.insert(info.name_space);
  }
  return namespaces;
}

const model::ForcedFramework k_bullmq{"bullmq", "bull"};

Keys without_meta() {
  Keys keys = fixture("bullmq6");
  std::erase_if(keys, [](const auto& key) { return key.name.ends_with(":meta"); });
  return keys;
}

}  // namespace

TEST_SUITE("frameworks::detect_readings") {
  TEST_CASE("a forced reading of any framework over the state of any other loses nothing") {
    constexpr std::array k_fixtures = {"arq026",  "asynq024", "bee-queue2", "bull4", "bullmq6",
                                       "celery5", "huey3",    "laravel8",   "rq1",   "sidekiq6"};
    for (const std::string_view name : k_fixtures) {
      const Keys keys = fixture(name);
      for (const std::string& name_space : namespaces_of(keys)) {
        for (const auto& adapter : adapters()) {
          if (adapter->name() != "stream" || name_space.empty()) {
            CAPTURE(name);
            CAPTURE(name_space);
            CAPTURE(adapter->name());
            check_forced(keys, {{std::string{adapter->name()}, name_space}});
          }
        }
      }
    }
  }

  TEST_CASE("a forced reading claims its keys first, and its queues are those of the framework") {
    const Keys keys = without_meta();
    const model::MemoryKeyspace keyspace{keys};
    const auto blind = take_inventory(keyspace);
    REQUIRE(blind);
    const auto is_bullmq = [](const FoundFramework& found) { return found.info.name == "bullmq"; };
    CHECK(std::none_of(blind->frameworks.begin(), blind->frameworks.end(), is_bullmq));
    const auto seen = take_inventory(keyspace, std::array{k_bullmq});
    REQUIRE(seen);
    REQUIRE(seen->frameworks.size() == 1);
    CHECK(is_bullmq(seen->frameworks[0]));
    CHECK(seen->frameworks[0].keys == keys.size());
    CHECK(seen->frameworks[0].evidence == std::vector<std::string>{"--framework says so"});
  }

  TEST_CASE("what detection found as well is there once") {
    const model::MemoryKeyspace keyspace{fixture("bullmq6")};
    const auto readings = detect_readings(keyspace, std::array{k_bullmq});
    REQUIRE(readings);
    CHECK(std::count_if(readings->begin(), readings->end(),
                        [](const FoundReading& each) { return each.adapter->name() == "bullmq"; }) == 1);
  }

  TEST_CASE("an empty keyspace can be read as anything") {
    const model::MemoryKeyspace keyspace{Keys{}};
    for (const auto& adapter : adapters()) {
      const auto seen = take_inventory(keyspace, std::array{model::ForcedFramework{std::string{adapter->name()}, ""}});
      REQUIRE(seen);
      REQUIRE(seen->frameworks.size() == 1);
      CHECK(seen->frameworks[0].keys == 0);
    }
  }

  TEST_CASE("NAME=PREFIX is parsed, and an unknown name is answered with those there are") {
    const auto bullmq = parse_forced_framework("bullmq=a:b=c");
    REQUIRE(bullmq);
    CHECK(*bullmq == model::ForcedFramework{"bullmq", "a:b=c"});
    CHECK(parse_forced_framework("sidekiq=")->name_space.empty());
    CHECK(parse_forced_framework("sidekiq").error().code == ErrorCode::usage);
    const auto unknown = parse_forced_framework("bulmq=bull");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().code == ErrorCode::usage);
    CHECK(unknown.error().hints.at(0).find("bullmq") != std::string::npos);
    CHECK_FALSE(detect_readings(model::MemoryKeyspace{Keys{}}, std::array{model::ForcedFramework{"nope", ""}}));
  }
}

}  // namespace qsnap::frameworks
