// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <qsnap/frameworks/rq/rq.hpp>
#include <qsnap/model/stream_items.hpp>
#include <qsnap/model/time_shift.hpp>

#include "adapter_contract.hpp"

namespace qsnap::frameworks {

namespace {

using test::Document;
using Key = model::MemoryKeyspace::Key;
using Keys = std::vector<Key>;

const AdapterList& rq_alone() {
  static const AdapterList list = [] {
    AdapterList one;
    one.push_back(make_rq_adapter());
    return one;
  }();
  return list;
}

/// "rq1", "rq2": tests/fixtures/make/generate-rq with RQ 1.13.0 and 2.10.0; "rq1-again", "rq2-again": another run.
Keys fixture(const std::string& name) {
  return test::read_keys_file(QSNAP_SOURCE_DIR "/tests/fixtures/" + name + ".keys");
}

Key& key_that(Keys& keys, const std::function<bool(const Key&)>& is_it) {
  const auto at = std::find_if(keys.begin(), keys.end(), is_it);
  REQUIRE(at != keys.end());
  return *at;
}

Key& key_named(Keys& keys, const std::string& name) {
  return key_that(keys, [&](const Key& key) { return key.name == name; });
}

std::string field_of(const Key& hash, std::string_view field) {
  for (std::size_t i = 0; i + 1 < hash.items.size(); i += 2) {
    if (hash.items[i] == field) {
      return std::string{hash.items[i + 1]};
    }
  }
  return {};
}

/// The first job of this status in this queue, by name.
Key& job_with(Keys& keys, std::string_view queue, std::string_view status) {
  return key_that(keys, [&](const Key& key) {
    return key.name.starts_with("rq:job:") && field_of(key, "origin") == queue && field_of(key, "status") == status;
  });
}

void set_field(Key& hash, std::string_view field, std::string_view value) {
  model::ItemBlock items;
  for (std::size_t i = 0; i + 1 < hash.items.size(); i += 2) {
    items.push(hash.items[i]);
    items.push(hash.items[i] == field ? value : hash.items[i + 1]);
  }
  hash.items = std::move(items);
}

void take_element(Key& zset, std::string_view element) {
  model::ItemBlock items;
  for (std::size_t i = 0; i + 1 < zset.items.size(); i += 2) {
    if (zset.items[i] != element) {
      items.push(zset.items[i]);
      items.push(zset.items[i + 1]);
    }
  }
  zset.items = std::move(items);
}

std::map<std::string, KeyRole> without_numbers(const std::map<std::string, KeyRole>& verbatim) {
  std::map<std::string, KeyRole> names;
  for (const auto& [key, role] : verbatim) {
    const std::size_t digits = key.find_first_of("0123456789");
    names.emplace(key.substr(0, digits), role);
  }
  return names;
}

/// What the client said when the fixtures were made (generate-rq prints it), and what it cannot count: RQ has no word
/// for a job that was taken and not started, and hides what a rate limit holds back in its own registry.
std::map<std::string, int> counts_of_client() {
  return {{"rq::email waiting", 4},    {"rq::email deferred", 1}, {"rq::email finished", 3},
          {"rq::email scheduled", 2},  {"rq::hold started", 1},   {"rq::images failed", 2},
          {"rq::images scheduled", 1}, {"rq::json waiting", 1},   {"rq::reports canceled", 1},
          {"rq::reports deferred", 1}, {"rq::reports waiting", 2}};
}

}  // namespace

TEST_SUITE("rq adapter") {
  TEST_CASE("a state that RQ 1 wrote is modelled, with the counts of its client, and every byte comes back") {
    const Document document = test::check_round_trip(fixture("rq1"), rq_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks[0].name_space.empty());
    CHECK(document.frameworks[0].version == "1");
    auto expected = counts_of_client();
    expected.emplace("rq::taken orphan", 1);  // RQ 1 takes a job by LPOP, so it is nowhere until it is started
    CHECK(document.jobs_by_state() == expected);
    CHECK(without_numbers(document.verbatim) ==
          std::map<std::string, KeyRole>{{"rq:clean_registries:email", KeyRole::lock},
                                         {"rq:clean_registries:hold", KeyRole::lock},
                                         {"rq:clean_registries:images", KeyRole::lock},
                                         {"rq:suspended", KeyRole::data},
                                         {"rq:worker:email-", KeyRole::lock},
                                         {"rq:worker:images-", KeyRole::lock},
                                         {"rq:worker:worker-", KeyRole::lock},
                                         {"rq:workers", KeyRole::lock},
                                         {"rq:workers:hold", KeyRole::lock}});
  }

  TEST_CASE("a state that RQ 2 wrote is modelled, with the counts of its client, and every byte comes back") {
    const Document document = test::check_round_trip(fixture("rq2"), rq_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks[0].version == "2");
    auto expected = counts_of_client();
    expected["rq::email waiting"] += 2;
    expected.emplace("rq::limited waiting", 1);
    expected.emplace("rq::limited rate_limited", 2);
    expected.emplace("rq::taken taken", 1);
    CHECK(document.jobs_by_state() == expected);
    auto verbatim = without_numbers(document.verbatim);
    std::erase_if(verbatim, [](const auto& each) { return each.second == KeyRole::lock; });
    std::erase_if(verbatim, [](const auto& each) { return each.first.starts_with("rq:group:"); });
    CHECK(verbatim == std::map<std::string, KeyRole>{{"rq:groups", KeyRole::derived},
                                                     {"rq:rl-keys", KeyRole::data},
                                                     {"rq:rl:smtp", KeyRole::data},
                                                     {"rq:rl:smtp:allowed", KeyRole::derived},
                                                     {"rq:suspended", KeyRole::data}});
  }

  TEST_CASE("jobs say what they call, how they ended and what they wait for") {
    const Document document = test::compose(fixture("rq2"), rq_alone());
    const std::string failed = document.lines_with(R"("state":"failed")");
    CHECK(failed.find(R"("error":"décodage impossible: user10@example.com","error_class":"rq_tasks.CodecError")") !=
          std::string::npos);
    CHECK(failed.find(R"("name":"rq_tasks.broken")") != std::string::npos);
    CHECK(failed.find(R"("result_type":"failed")") != std::string::npos);
    CHECK(failed.find(R"("codec":"zlib+pickle")") != std::string::npos);
    const std::string finished = document.lines_with(R"("state":"finished")");
    CHECK(finished.find(R"("result_type":"successful")") != std::string::npos);
    CHECK(finished.find(R"("return_value_codec":"base64+pickle")") != std::string::npos);
    CHECK(finished.find(R"("forgotten_at_s":"inf")") != std::string::npos);
    const std::string deferred = document.lines_with(R"("queue":"rq::email","refs":[{)");
    CHECK(deferred.find(R"([{"id":"report-1","name":"rq_tasks.report","queue":"rq::reports","role":"dependency"},)"
                        R"({"name":"rq_tasks.report","queue":"rq::reports","role":"dependency"}])") !=
          std::string::npos);
    const std::string json = document.lines_with(R"("queue":"rq::json")");
    CHECK(json.find(R"("codec":"zlib+json")") != std::string::npos);
    CHECK(json.find(R"("name":"rq_tasks.report")") != std::string::npos);
    CHECK(document.lines_with(R"("description":"a welcome mail")").find("\"ttl_s\":86400") != std::string::npos);
    CHECK(document.lines_with(R"("id":"mail-22")").find(R"("success_callback":"rq_tasks.on_success")") !=
          std::string::npos);
    CHECK(document.lines_with(R"("group":"monday")").find(R"("volatile")") != std::string::npos);
  }

  TEST_CASE("whatever happens to a keyspace of RQ, every byte comes back") {
    test::check_damaged(fixture("rq1"), rq_alone(), 1, 150);
    test::check_damaged(fixture("rq2"), rq_alone(), 1000, 200);
  }

  TEST_CASE("two runs of one scenario have one fingerprint") {
    for (const std::string version : {"rq1", "rq2"}) {
      CAPTURE(version);
      const Document one = test::compose(fixture(version), rq_alone());
      const Document other = test::compose(fixture(version + "-again"), rq_alone());
      CHECK(one.fingerprint() == other.fingerprint());
      CHECK(one.text() != other.text());
    }
  }

  TEST_CASE("a payload, a retry and a state each change the fingerprint; a worker's name and a lease do not") {
    const auto fingerprint_after = [](const std::function<void(Keys&)>& change) {
      Keys keys = fixture("rq2");
      change(keys);
      return test::compose(std::move(keys), rq_alone()).fingerprint();
    };
    const std::string before = fingerprint_after([](Keys&) {});
    CHECK(before != fingerprint_after([](Keys& keys) {
            const std::string data = field_of(job_with(keys, "email", "queued"), "data");
            set_field(job_with(keys, "email", "finished"), "data", data);
          }));
    CHECK(before !=
          fingerprint_after([](Keys& keys) { set_field(job_with(keys, "images", "scheduled"), "retries_left", "1"); }));
    CHECK(before != fingerprint_after([](Keys& keys) {
            Key& job = job_with(keys, "email", "finished");
            set_field(job, "status", "failed");
            const std::string id = job.name.substr(std::string_view{"rq:job:"}.size());
            take_element(key_named(keys, "rq:finished:email"), id);
            Key failed{.name = "rq:failed:email", .type = model::RedisType::zset, .expires_at = {}, .items = {}};
            failed.items.push(id);
            failed.items.push("4070908800");
            keys.push_back(std::move(failed));
          }));
    CHECK(before != fingerprint_after([](Keys& keys) {
            std::erase_if(keys, [](const Key& key) { return key.name == "rq:suspended"; });
          }));
    CHECK(before == fingerprint_after([](Keys& keys) {
            set_field(job_with(keys, "hold", "started"), "worker_name", "another");
            set_field(job_with(keys, "hold", "started"), "started_at", "2026-01-01T00:00:00.000000Z");
          }));
  }

  TEST_CASE("a shift of time moves the instants of registries, leases, results and jobs") {
    const Document document = test::compose(fixture("rq2"), rq_alone());
    const Document hour_later = test::compose(test::rebuild(document, rq_alone(), std::chrono::hours{1}), rq_alone());
    CHECK(document.fingerprint() == hour_later.fingerprint());
    const auto instants = [](const Document& of, std::string_view member) {
      std::vector<std::int64_t> all;
      for (const model::Record& record : of.records) {
        if (const auto json = record.volatiles.find(member)) {
          if (const auto ms = model::instant_ms(member, *json)) {
            all.push_back(*ms);
          }
        }
      }
      std::sort(all.begin(), all.end());
      return all;
    };
    constexpr std::array<std::string_view, 9> k_members = {
        "created_at_iso", "enqueued_at_iso", "due_at_s",          "lease_at_s",          "forgotten_at_s",
        "result_at_ms",   "deferred_at_s",   "result_ended_at_s", "execution_lease_at_s"};
    for (const std::string_view member : k_members) {
      CAPTURE(member);
      auto expected = instants(document, member);
      REQUIRE(!expected.empty());
      for (std::int64_t& ms : expected) {
        ms += 3'600'000;
      }
      CHECK(instants(hour_later, member) == expected);
    }
  }

  TEST_CASE("a job that ran more than once says how each time ended") {
    Keys keys = fixture("rq2");
    Key& results = key_that(keys, [&](const Key& key) {
      return key.name.starts_with("rq:results:") &&
             std::string{key.items.encode()}.find("exc_string") != std::string::npos;
    });
    model::ItemBlock items;
    model::push_stream_tuple(items, {"meta", "1795168766398-1", "3", "0-0"});
    model::push_stream_tuple(items, {"entry", "1795168760000-0", "type", "4", "return_value", "gASVAAAu"});
    model::push_stream_tuple(items, {"entry", "1795168766398-0", "type", "9", "worker_name", "w"});
    model::push_stream_tuple(items, {"entry", "1795168766398-1", "type", "2", "worker_name", "w"});
    results.items = std::move(items);
    const Document document = test::check_round_trip(keys, rq_alone());
    const std::string job = document.lines_with("earlier_results");
    CHECK(job.find(R"("result_type":"failed")") != std::string::npos);
    CHECK(job.find(R"("earlier_results":[{"result_type":"retried","return_value":"gASVAAAu",)") != std::string::npos);
    CHECK(job.find(R"({"before_ms":6398,"result_sequence":0})") != std::string::npos);
    CHECK(job.find(R"("result_at_ms":1795168766398)") != std::string::npos);
  }

  TEST_CASE("jobs of rq-scheduler stand in the queues that they name") {
    Keys keys = fixture("rq1");
    const Key& job = job_with(keys, "taken", "queued");
    Key scheduled{.name = "rq:scheduler:scheduled_jobs", .type = model::RedisType::zset, .expires_at = {}, .items = {}};
    scheduled.items.push(job.name.substr(std::string_view{"rq:job:"}.size()));
    scheduled.items.push("4070908800");
    keys.push_back(std::move(scheduled));
    const Document document = test::check_round_trip(keys, rq_alone());
    CHECK(document.jobs_by_state().at("rq::taken rq-scheduler") == 1);
    CHECK_FALSE(document.jobs_by_state().contains("rq::taken orphan"));
    CHECK(document.lines_with("rq-scheduler").find(R"("due_at_s":4070908800)") != std::string::npos);
  }

  TEST_CASE("a client's prefix is a namespace, and several stand side by side") {
    Keys keys = fixture("rq1");
    for (Key key : fixture("rq2")) {
      key.name = "app:" + key.name;
      keys.push_back(std::move(key));
    }
    const Document document = test::check_round_trip(keys, rq_alone());
    REQUIRE(document.frameworks.size() == 2);
    CHECK(document.frameworks[0].version == "1");
    CHECK(document.frameworks[1].name_space == "app");
    CHECK(document.frameworks[1].version == "2");
    CHECK(document.jobs_by_state().at("rq:app:images failed") == 2);
  }

  TEST_CASE("no other framework's keys are taken for RQ's") {
    for (const auto& entry : std::filesystem::directory_iterator{QSNAP_SOURCE_DIR "/tests/fixtures"}) {
      const std::filesystem::path& path = entry.path();
      if (path.extension() != ".keys" || path.stem().string().starts_with("rq")) {
        continue;
      }
      CAPTURE(path.string());
      const model::MemoryKeyspace keyspace{test::read_keys_file(path.string())};
      const auto found = rq_alone()[0]->detect(keyspace);
      REQUIRE(found);
      CHECK(found->empty());
    }
  }
}

}  // namespace qsnap::frameworks
