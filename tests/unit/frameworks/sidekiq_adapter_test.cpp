// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "keyspace_file.hpp"
#include "sidekiq_support.hpp"

namespace {

using namespace std::string_literals;
using qsnap::model::KeyWrite;
using qsnap::model::LoadStage;
using qsnap::model::MemoryKeyspace;
using qsnap::model::RedisType;
using qsnap::model::Section;
using qsnap::test::compose;
using qsnap::test::differences;
using qsnap::test::Document;
using qsnap::test::Key;
using qsnap::test::load;
using qsnap::test::make_key;
using qsnap::test::take;

using Strings = std::vector<std::string>;

std::string job(std::string_view jid, std::string_view queue) {
  return fmt::format(R"({{"retry":true,"queue":"{}","class":"Work","args":["{}"],"jid":"{}"}})", queue, jid, jid);
}

Key list(std::string name, const Strings& jobs) {
  return make_key(std::move(name), RedisType::list, jobs);
}
Key set(std::string name, const Strings& members) {
  return make_key(std::move(name), RedisType::set, members);
}
Key hash(std::string name, const Strings& pairs) {
  return make_key(std::move(name), RedisType::hash, pairs);
}
Key zset(std::string name, const Strings& pairs) {
  return make_key(std::move(name), RedisType::zset, pairs);
}
Key text(std::string name, std::string value) {
  return make_key(std::move(name), RedisType::string, {value});
}

/// The namespaces that were found, "namespace version".
Strings found(const std::vector<Key>& keys) {
  Strings out;
  for (const auto& info : compose(MemoryKeyspace{keys}).frameworks) {
    out.push_back(info.name_space + ' ' + info.version);
  }
  return out;
}

/// Composes and loads, and checks that nothing was lost and nothing had to be refuted.
Document round_trip(const std::vector<Key>& keys) {
  Document document = compose(MemoryKeyspace{keys});
  CHECK(document.refuted == Strings{});
  CHECK(differences(keys, load(document)) == Strings{});
  return document;
}

/// "queue state name-of-job" for each job; jobs of job() are named by their jid.
Strings order_of_jobs(const Document& document) {
  Strings out;
  take(qsnap::model::for_each_record(
      *document.reader, Section::jobs, [&](const qsnap::model::Record& record) -> qsnap::Result<void> {
        const auto id = record.fields.contains("id") ? record.fields.find("id") : record.volatiles.find("id");
        out.push_back(fmt::format("{} {} {}", *record.fields.find("queue"), *record.fields.find("state"),
                                  id.value_or(*record.fields.find("payload"))));
        return {};
      }));
  return out;
}

std::vector<Key> real_data() {
  return qsnap::test::read_keys_file(QSNAP_SOURCE_DIR "/tests/fixtures/sidekiq6.keys");
}

TEST_SUITE("qsnap::frameworks sidekiq detection") {
  TEST_CASE("a namespace is found by its jobs, or drained by its processes and counters") {
    const std::string sidekiq = job("j", "q"), resque = R"({"class":"A","args":[]})";
    struct Case {
      std::string_view why;
      std::vector<Key> keys;
      Strings found;
    };
    const std::vector<Case> cases = {
        {"nothing", {}, {}},
        {"a list of jobs", {list("queue:q", {sidekiq})}, {" "}},
        {"a sorted set of jobs", {zset("retry", {sidekiq, "1"})}, {" "}},
        {"some odd elements in front", {list("queue:q", {"x", "{}", sidekiq})}, {" "}},
        {"a namespace", {set("app:queues", {"q"}), list("app:queue:q", {sidekiq})}, {"app "}},
        {"a namespace with colons", {zset("my:app:dead", {sidekiq, "1"})}, {"my:app "}},
        {"two namespaces", {list("queue:q", {sidekiq}), list("b:queue:q", {sidekiq})}, {" ", "b "}},
        {"resque",
         {set("resque:queues", {"q"}), list("resque:queue:q", {resque}), text("resque:stat:processed", "1")},
         {}},
        {"resque without a namespace", {set("queues", {"q"}), list("queue:q", {resque})}, {}},
        {"a BullMQ queue named queue", {list("bull:queue:wait", {"1", "2"})}, {}},
        {"other types", {text("queues", "x"), text("retry", "x"), list("schedule", {sidekiq})}, {}},
        {"drained, with processes", {set("queues", {"q"}), set("processes", {"h:1:a"})}, {" "}},
        {"drained, with counters", {set("queues", {"q"}), text("stat:processed", "7")}, {" "}},
        {"a set of queues alone", {set("queues", {"q"})}, {}},
    };
    for (const Case& each : cases) {
      CAPTURE(each.why);
      CHECK(found(each.keys) == each.found);
    }
  }

  TEST_CASE("the version is what the shape proves") {
    const auto with_time = [](std::string_view created_at) {
      return list("queue:q", {fmt::format(R"({{"class":"A","args":[],"jid":"x","created_at":{}}})", created_at)});
    };
    const Key processes = set("processes", {"h:1:a"});
    CHECK(found({with_time("1795168754.5")}) == Strings{" 6-7"});
    CHECK(found({with_time("1795168754500")}) == Strings{" 8"});
    CHECK(found({with_time("1795168754.5"), processes, hash("h:1:a:workers", {"t", "{}"})}) == Strings{" 6"});
    CHECK(found({with_time("1795168754.5"), processes, hash("h:1:a:work", {"t", "{}"})}) == Strings{" 7"});
    CHECK(found({with_time("1795168754500"), processes, hash("h:1:a:work", {"t", "{}"})}) == Strings{" 8"});
  }
}

TEST_SUITE("qsnap::frameworks sidekiq") {
  TEST_CASE("real data of Sidekiq 6 comes back whole, and is modelled but for what is derived") {
    const std::vector<Key> keys = real_data();
    const Document document = round_trip(keys);
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks.front().version == "6");
    for (const auto& verbatim : document.roles) {
      CAPTURE(verbatim.first);
      CHECK(verbatim.second == "derived");
    }
    CHECK(document.lines(Section::config).size() == 2);
    CHECK(document.lines(Section::queues).size() == 5);
    CHECK(document.lines(Section::jobs).size() == 46);
    for (const std::string& line : document.lines(Section::jobs)) {
      CHECK(line.find(R"("form":"raw")") == std::string::npos);
    }
  }

  TEST_CASE("real data in a namespace comes back, too") {
    std::vector<Key> keys = real_data();
    for (Key& key : keys) {
      key.name.insert(0, "my:app:");
    }
    const Document document = round_trip(keys);
    CHECK(document.frameworks.front().name_space == "my:app");
    CHECK(document.lines(Section::queues).front().find(R"("queue":"sidekiq:my%3Aapp:critical")") != std::string::npos);
  }

  TEST_CASE("jobs stand by queue, state and position; the right end of a list is position 0") {
    const Document document = round_trip({
        set("queues", {"a", "b"}),
        list("queue:a", {job("a3", "a"), job("a2", "a"), job("a1", "a")}),
        list("queue:b", {job("b1", "b")}),
        zset("retry", {job("r1", "b"), "10", job("r2", "a"), "20", job("r3", "b"), "30"}),
        zset("schedule", {job("s1", "a"), "10.5"}),
        zset("dead", {job("d1", "a"), "10", "raw", "11"}),
    });
    CHECK(order_of_jobs(document) == Strings{
                                         R"("sidekiq::a" "dead" "d1")",
                                         R"("sidekiq::a" "retry" "r2")",
                                         R"("sidekiq::a" "scheduled" "s1")",
                                         R"("sidekiq::a" "waiting" "a1")",
                                         R"("sidekiq::a" "waiting" "a2")",
                                         R"("sidekiq::a" "waiting" "a3")",
                                         R"("sidekiq::b" "retry" "r1")",
                                         R"("sidekiq::b" "retry" "r3")",
                                         R"("sidekiq::b" "waiting" "b1")",
                                         R"("sidekiq::default" "dead" "raw")",
                                     });
    CHECK(document.lines(Section::queues) ==
          Strings{
              R"({"counts":{"dead":1,"retry":1,"scheduled":1,"waiting":3},"framework":"sidekiq","listed":true,)"
              R"("paused":false,"queue":"sidekiq::a"})",
              R"({"counts":{"retry":2,"waiting":1},"framework":"sidekiq","listed":true,"paused":false,)"
              R"("queue":"sidekiq::b"})",
              R"({"counts":{"dead":1},"framework":"sidekiq","listed":false,"paused":false,)"
              R"("queue":"sidekiq::default"})",
          });
  }

  TEST_CASE("every key shape that Sidekiq allows comes back") {
    const std::string j = job("j", "q");
    struct Case {
      std::string_view why;
      std::vector<Key> keys;
    };
    const std::vector<Case> cases = {
        {"the same job twice in a list", {list("queue:q", {j, j, j})}},
        {"names that are not text", {set("queues", {"\xff"}), list("queue:\xff", {job("a", "q")})}},
        {"names with colons and percents",
         {set("queues", {"a%3Ab", "a:b"}), list("queue:a:b", {j}), list("queue:a%3Ab", {j})}},
        {"an empty name", {set("queues", {""}), list("queue:", {j})}},
        {"equal scores, infinite and negative ones",
         {zset("retry", {j, "-inf", job("a", "q"), "-5", job("b", "q"), "7", job("c", "r"), "7", "odd", "inf"})}},
        {"a queue that is paused and not listed", {set("paused", {"p", "q"}), list("queue:q", {j})}},
        {"foreign keys under like names",
         {list("queue:q", {j}), list("queue:other", {"1", "2"}), zset("schedule", {"x", "1"}),
          hash("retry", {"a", "b"}), text("stat:mine", "1"), text("queue:text", "x"), text("app:queue:x", "y")}},
        {"a schedule whose fields are not text",
         {list("queue:q", {j}), set("cron_jobs", {"cron_job:x"}), hash("cron_job:x", {"\xff", "1"})}},
        {"a schedule that has no hash", {list("queue:q", {j}), set("cron_jobs", {"cron_job:x", "what"})}},
        {"a schedule that is not listed", {list("queue:q", {j}), hash("cron_job:x", {"args", "not json"})}},
    };
    for (const Case& each : cases) {
      CAPTURE(each.why);
      round_trip(each.keys);
    }
  }

  TEST_CASE("a structure with an expiry stays verbatim, and its queue says so") {
    std::vector<Key> keys = {set("queues", {"q"}), list("queue:q", {job("a", "q")}),
                             zset("retry", {job("b", "q"), "1"})};
    keys[1].expires_at = keys[2].expires_at = qsnap::instant_from_ms(4'000'000'000'000);
    const Document document = round_trip(keys);
    CHECK(document.roles == std::map<std::string, std::string>{{"queue:q", "data"}, {"retry", "data"}});
    CHECK(document.lines(Section::jobs).empty());
    CHECK(document.lines(Section::queues).front() ==
          R"({"counts":{"retry":1,"waiting":1},"framework":"sidekiq","listed":true,"paused":false,)"
          R"("queue":"sidekiq::q","verbatim":["retry","waiting"]})");
  }

  TEST_CASE("a set that stays verbatim is not made once more by the records") {
    std::vector<Key> keys = {set("queues", {"q"}), list("queue:q", {job("a", "q")})};
    keys[0].expires_at = qsnap::instant_from_ms(4'000'000'000'000);
    const Document document = round_trip(keys);
    CHECK(document.lines(Section::queues).front().find("listed") == std::string::npos);
  }

  TEST_CASE("sidekiq-cron's schedules are config records") {
    const Document document = round_trip({
        list("queue:q", {job("j", "q")}),
        set("cron_jobs", {"cron_job:every5"}),
        hash("cron_job:every5", {"args", "[1]", "cron", "*/5 * * * *", "klass", "Nightly", "last_enqueue_time",
                                 "2026-11-20 09:55:00 +0000", "name", "every5", "status", "enabled"}),
        zset("cron_job:every5:enqueued", {"2026-11-20T09:55:00Z", "1795168757.5"}),
    });
    CHECK(document.lines(Section::config) ==
          Strings{R"({"cron":"*/5 * * * *","enc":"json","fields":{"name":"every5"},"framework":"sidekiq:",)"
                  R"("id":"every5","kind":"cron","listed":true,"name":"Nightly","payload":[1],"status":"enabled",)"
                  R"("volatile":{"last_enqueue_time":"2026-11-20 09:55:00 +0000"}})"});
    CHECK(document.roles == std::map<std::string, std::string>{{"cron_job:every5:enqueued", "derived"}});
  }

  TEST_CASE("a sorted set of very many queues is modelled all the same") {
    constexpr int k_queues = 3'000;
    Strings retry;
    for (int i = 0; i < k_queues; ++i) {
      retry.push_back(job(fmt::format("{:05}", i), fmt::format("q{}", i)));
      retry.push_back(std::to_string(i));
    }
    const Document document = round_trip({zset("retry", retry)});
    CHECK(document.lines(Section::queues).size() == k_queues);
    CHECK(document.roles.empty());
  }

  TEST_CASE("one queue alone is its list") {
    const std::vector<Key> keys = {set("queues", {"a", "b"}), list("queue:a", {job("1", "a")}),
                                   list("queue:b", {job("2", "b")}), zset("retry", {job("3", "a"), "1"})};
    const Document document = compose(MemoryKeyspace{keys}, {"a"});
    CHECK(order_of_jobs(document) == Strings{R"("sidekiq::a" "waiting" "1")"});
  }

  TEST_CASE("a load shifts scores and times by one delta") {
    const std::string scheduled = R"({"class":"A","args":[],"jid":"x","queue":"q","created_at":1795168754.7141597})";
    const Document document = compose(MemoryKeyspace{{zset("schedule", {scheduled, "1795168760.25"})}});
    const auto loaded = load(document, {.exact = false, .shift = std::chrono::seconds{100}, .now = {}});
    REQUIRE(loaded.size() == 1);
    CHECK(loaded.front().items[0] ==
          R"({"class":"A","args":[],"jid":"x","queue":"q","created_at":1795168854.7141597})");
    CHECK(loaded.front().items[1] == "1795168860.25");
  }

  TEST_CASE("any mixture of elements in any structures comes back") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random{seed};
    const auto below = [&](std::size_t bound) {
      return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random);
    };
    const Strings queues = {"default", "a", "a:b", "\xfe", ""};
    std::size_t serial = 0;
    const auto element = [&]() -> std::string {
      const std::string unique = std::to_string(serial++);
      const Strings forms = {
          job(unique, "a"),
          job(unique, "a:b"),
          R"({"jid":")" + unique + R"(","class":"X","args":[1.50,1e400,"\u0001"]})",
          R"({"jid": ")" + unique + R"(", "class": "X", "args": []})",
          R"({"jid":")" + unique + R"(","jid":"","class":"X","args":[]})",
          R"({"queue":)" + unique + R"(,"jid":"x","class":"X","args":[]})",
          "\xff" + unique,
          unique,
      };
      return forms[below(forms.size())];
    };
    for (int round = 0; round < 60; ++round) {
      std::vector<Key> keys = {set("queues", {"", "a"})};
      for (const std::string& queue : queues) {
        Key key = list("queue:" + queue, {job("first", queue == "\xfe" ? "x" : queue)});
        for (std::size_t i = below(30); i > 0; --i) {
          key.items.push(element());
        }
        keys.push_back(std::move(key));
      }
      for (const char* const name : {"dead", "retry", "schedule"}) {
        Key key = zset(name, {job("first", "a"), "0"});
        for (std::size_t i = 1 + below(30); i > 0; --i) {
          key.items.push(element());
          key.items.push(qsnap::format_double(1e9 / static_cast<double>(i)));
        }
        keys.push_back(std::move(key));
      }
      round_trip(keys);
    }
  }

  TEST_CASE("a heartbeat is derived even when its process is in no set any more") {
    const Document document = round_trip({
        list("queue:q", {job("j", "q")}),
        hash("web.1:4:9c7bdb6436ac", {"beat", "1"}),
        hash("web.1:4:9c7bdb6436ac:work", {"t", "{}"}),
        hash("web.1:x:9c7bdb6436ac", {"beat", "1"}),
        hash("web.1:4:9c7bdb6436", {"beat", "1"}),
        hash(":4:9c7bdb6436ac", {"beat", "1"}),
    });
    CHECK(document.roles == std::map<std::string, std::string>{{":4:9c7bdb6436ac", "data"},
                                                               {"web.1:4:9c7bdb6436", "data"},
                                                               {"web.1:4:9c7bdb6436ac", "derived"},
                                                               {"web.1:4:9c7bdb6436ac:work", "derived"},
                                                               {"web.1:x:9c7bdb6436ac", "data"}});
  }

  TEST_CASE("keys that stay verbatim are loaded in their turn") {
    const auto rebuild = qsnap::test::sidekiq_alone().front()->rebuild("ns");
    CHECK(rebuild->stage("ns:queue:a") == LoadStage::structure);
    CHECK(rebuild->stage("ns:retry") == LoadStage::structure);
    CHECK(rebuild->stage("ns:stat:processed:2026-11-20") == LoadStage::counter);
    CHECK(rebuild->stage("ns:paused") == LoadStage::pause);
    CHECK(rebuild->stage("ns:cron_job:x") == LoadStage::body);
    CHECK_FALSE(rebuild->stage("queue:a"));
    CHECK_FALSE(rebuild->stage("ns:other"));
  }

  TEST_CASE("records that make no sense are corrupt") {
    const Strings lines = {
        R"({"name":"A","payload":[],"queue":"sidekiq::q","state":"sleeping"})",
        R"({"name":"A","payload":[],"queue":"q","state":"waiting"})",
        R"({"name":"A","payload":[],"queue":"sidekiq::q","state":"retry"})",
        R"({"name":"A","payload":[],"queue":"sidekiq::q","state":"dead","volatile":{"dead_at_s":"soon"}})",
    };
    for (const std::string& line : lines) {
      CAPTURE(line);
      qsnap::test::FakeRedis redis;
      const auto rebuild = qsnap::test::sidekiq_alone().front()->rebuild("");
      const auto added = rebuild->add(take(qsnap::codec::parse_record(Section::jobs, line)), redis);
      REQUIRE_FALSE(added);
      CHECK(added.error().code == qsnap::ErrorCode::corrupt);
    }
  }
}

}  // namespace
