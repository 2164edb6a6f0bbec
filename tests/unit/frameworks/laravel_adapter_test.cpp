// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <qsnap/frameworks/laravel/horizon.hpp>
#include <qsnap/frameworks/laravel/laravel.hpp>

#include "adapter_contract.hpp"

namespace qsnap::frameworks {

namespace {

using model::RedisType;
using test::Document;
using Key = model::MemoryKeyspace::Key;
using Keys = std::vector<Key>;
using Counts = std::map<std::string, int>;

const AdapterList& laravel_alone() {
  static const AdapterList list = [] {
    AdapterList both;
    both.push_back(make_horizon_adapter());
    both.push_back(make_laravel_adapter());
    return both;
  }();
  return list;
}

/// What Laravel 8.83 wrote by phpredis: waiting jobs, one without a command, one that was released with a backoff, one
/// delayed, two reserved by a worker that died.
Keys fixture() {
  return test::read_keys_file(QSNAP_SOURCE_DIR "/tests/fixtures/laravel8.keys");
}

Key make_key(std::string name, RedisType type, const std::vector<std::string>& items) {
  Key key;
  key.name = std::move(name);
  key.type = type;
  for (const std::string& item : items) {
    key.items.push(item);
  }
  return key;
}

Key& key_named(Keys& keys, std::string_view name) {
  const auto at = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
  REQUIRE(at != keys.end());
  return *at;
}

/// Replaces the first `what` in the key's first item.
void replace(Key& key, std::string_view what, std::string_view by) {
  model::ItemBlock items;
  for (std::size_t i = 0; i < key.items.size(); ++i) {
    std::string item{key.items[i]};
    if (i == 0) {
      REQUIRE(item.find(what) != std::string::npos);
      item.replace(item.find(what), what.size(), by);
    }
    items.push(item);
  }
  key.items = std::move(items);
}

std::string fingerprint(const Keys& keys) {
  return test::compose(keys, laravel_alone()).fingerprint();
}

}  // namespace

TEST_SUITE("laravel adapter") {
  TEST_CASE("a state that Laravel 8 wrote is modelled, and every byte comes back") {
    const Document document = test::check_round_trip(fixture(), laravel_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks[0].name == "laravel");
    CHECK(document.frameworks[0].name_space == "laravel_database_");
    CHECK(document.frameworks[0].version == "8+");
    CHECK(document.verbatim.empty());
    CHECK(document.lines_with(R"("form":"raw")").empty());
  }

  TEST_CASE("jobs are counted as Laravel's connection counts them") {
    CHECK(test::compose(fixture(), laravel_alone()).jobs_by_state() ==
          Counts{{"laravel:laravel_database_:emails pending", 10},
                 {"laravel:laravel_database_:images delayed", 2},
                 {"laravel:laravel_database_:legacy pending", 1},
                 {"laravel:laravel_database_:payments reserved", 2}});
  }

  TEST_CASE("a job's members are told apart, its command is PHP") {
    const Document document = test::compose(fixture(), laravel_alone());
    const std::string pending = document.lines_with(R"("queue":"laravel:laravel_database_:emails")");
    for (const std::string_view member :
         {R"("name":"SendEmail")", R"("command_name":"SendEmail")", R"("max_retries":2)", R"("retry_count":0)",
          R"("backoff":"3600,7200")", R"("timeout_s":60)", R"("codec":"php")", R"("enc":"text")",
          R"("object_enc":"json-cjson")"}) {
      CAPTURE(member);
      CHECK(pending.find(member) != std::string::npos);
    }
    CHECK(document.lines_with(R"("name":"App\\Legacy")").find(R"("payload":{"a":1,"é":[]})") != std::string::npos);
    // Of two delayed jobs, one has failed once. Those that are reserved are at their first try.
    CHECK(document.lines_with(R"("state":"delayed")").find(R"("retry_count":1)") != std::string::npos);
    CHECK(document.lines_with(R"("state":"reserved")").find(R"("retry_count":0)") != std::string::npos);
    CHECK(document.lines_with(R"("state":"reserved")").find(R"("retry_count":1)") == std::string::npos);
  }

  TEST_CASE("the list to wait on follows from the jobs, and is kept where it does not") {
    const Document document = test::compose(fixture(), laravel_alone());
    CHECK(document.lines_with("notify").empty());
    Document fewer = document;
    std::erase_if(fewer.records, [](const model::Record& record) {
      return record.section == model::Section::jobs && record.fields.find("name") == R"("SendEmail")";
    });
    Keys rebuilt = test::rebuild(fewer, laravel_alone());
    CHECK(std::none_of(rebuilt.begin(), rebuilt.end(),
                       [](const Key& key) { return key.name == "laravel_database_queues:emails:notify"; }));

    Keys short_of_one = fixture();
    key_named(short_of_one, "laravel_database_queues:emails:notify").items = {};
    key_named(short_of_one, "laravel_database_queues:emails:notify").items.push("1");
    Keys none = fixture();
    std::erase_if(none, [](const Key& key) { return key.name == "laravel_database_queues:emails:notify"; });
    for (const Keys& keys : {short_of_one, none}) {
      const Document odd = test::check_round_trip(keys, laravel_alone());
      CHECK(odd.lines_with(R"("verbatim":["notify"])") != "");
      CHECK(odd.fingerprint() == document.fingerprint());
    }
  }

  TEST_CASE("two runs of a scenario have one fingerprint, and it sees payloads, retries and states") {
    const std::string same = fingerprint(fixture());
    CHECK(fingerprint(test::read_keys_file(QSNAP_SOURCE_DIR "/tests/fixtures/laravel8-again.keys")) == same);
    Keys payload = fixture();
    replace(key_named(payload, "laravel_database_queues:emails"), "SendEmail\\\":14", "SendEmail\\\":15");
    CHECK(fingerprint(payload) != same);
    Keys retried = fixture();
    replace(key_named(retried, "laravel_database_queues:emails"), "\"attempts\":0", "\"attempts\":1");
    CHECK(fingerprint(retried) != same);
    Keys moved = fixture();
    key_named(moved, "laravel_database_queues:images:delayed").name = "laravel_database_queues:images:reserved";
    CHECK(fingerprint(moved) != same);
    Keys other_id = fixture();
    replace(key_named(other_id, "laravel_database_queues:emails"), "\"uuid\":\"", "\"uuid\":\"0");
    CHECK(fingerprint(other_id) == same);
  }

  TEST_CASE("a shift of time moves scores, and what a job says of times") {
    const std::string job = R"({"uuid":"u","displayName":"A","job":"A@b","retryUntil":1795168800,"data":[],)"
                            R"("createdAt":1795168000,"delay":60,"id":"x","attempts":0})";
    const Keys keys = {make_key("queues:q:delayed", RedisType::zset, {job, "1795168060"})};
    const Document document = test::check_round_trip(keys, laravel_alone());
    CHECK(document.frameworks[0].name_space.empty());
    CHECK(document.frameworks[0].version == "5-7");
    Keys shifted = test::rebuild(document, laravel_alone(), std::chrono::seconds{5});
    CHECK(shifted[0].items[1] == "1795168065");
    CHECK(shifted[0].items[0].find(R"("retryUntil":1795168805)") != std::string_view::npos);
    CHECK(shifted[0].items[0].find(R"("createdAt":1795168005,"delay":60)") != std::string_view::npos);
  }

  TEST_CASE("it is found by what its keys hold, in every namespace") {
    Keys keys = fixture();
    for (Key& key : fixture()) {
      key.name = "shop_" + key.name;
      keys.push_back(std::move(key));
    }
    keys.push_back(make_key("x_queues:q", RedisType::list, {"{}"}));
    const Document document = test::check_round_trip(keys, laravel_alone());
    CHECK(document.frameworks.size() == 2);
    CHECK(document.verbatim == std::map<std::string, KeyRole>{{"x_queues:q", KeyRole::data}});
    for (const auto& file : std::filesystem::directory_iterator{QSNAP_SOURCE_DIR "/tests/fixtures"}) {
      const std::string name = file.path().filename().string();
      if (name.ends_with(".keys") && !name.starts_with("laravel")) {
        CAPTURE(name);
        CHECK(test::compose(test::read_keys_file(file.path().string()), laravel_alone()).frameworks.empty());
      }
    }
  }

  TEST_CASE("whatever happens to a state, every byte comes back") {
    test::check_damaged(fixture(), laravel_alone(), 1, 300);
  }
}

TEST_SUITE("horizon adapter") {
  /// Written by hand after Horizon's RedisJobRepository and RedisMasterSupervisorRepository.
  Keys horizon() {
    const auto job = [](const std::string& id, const std::string& status) {
      return make_key("shop_horizon:" + id, RedisType::hash,
                      {"connection", "redis", "id", id, "payload", "{}", "queue", "default", "status", status});
    };
    return {job("1", "failed"),
            job("2", "completed"),
            make_key("shop_horizon:failed:tag", RedisType::zset, {"1", "-1795168000.5"}),
            make_key("shop_horizon:failed_jobs", RedisType::zset, {"1", "-1795168000.5"}),
            make_key("shop_horizon:master:a-1", RedisType::hash, {"environment", "x", "pid", "1", "supervisors", "[]"}),
            make_key("shop_horizon:masters", RedisType::zset, {"a-1", "1795168000"}),
            make_key("shop_horizon:recent_jobs", RedisType::zset, {"2", "-1795168001", "1", "-1795168000.5"})};
  }

  TEST_CASE("what Horizon repeats is derived, what it alone knows of failed jobs is data") {
    const Document document = test::check_round_trip(horizon(), laravel_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks[0].name == "horizon");
    CHECK(document.frameworks[0].name_space == "shop_horizon");
    CHECK(document.verbatim == std::map<std::string, KeyRole>{{"shop_horizon:1", KeyRole::data},
                                                              {"shop_horizon:2", KeyRole::derived},
                                                              {"shop_horizon:failed:tag", KeyRole::derived},
                                                              {"shop_horizon:failed_jobs", KeyRole::data},
                                                              {"shop_horizon:master:a-1", KeyRole::derived},
                                                              {"shop_horizon:masters", KeyRole::derived},
                                                              {"shop_horizon:recent_jobs", KeyRole::derived}});
  }

  TEST_CASE("names alone are no sign of Horizon") {
    const Keys keys = {make_key("x:failed_jobs", RedisType::zset, {"1", "1"}),
                       make_key("x:masters", RedisType::zset, {"a", "1"})};
    CHECK(test::compose(keys, laravel_alone()).frameworks.empty());
  }
}

}  // namespace qsnap::frameworks
