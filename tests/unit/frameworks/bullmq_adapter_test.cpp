// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/fake_records.hpp>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/fingerprint.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/record_json.hpp>
#include <qsnap/frameworks/bullmq/bullmq.hpp>
#include <qsnap/frameworks/compose.hpp>
#include <qsnap/frameworks/rebuild.hpp>

#include "keyspace_file.hpp"

namespace qsnap::frameworks {

namespace {

using model::MemoryKeyspace;
using model::Record;
using model::RedisType;
using model::Section;
using test::key_of;
using test::Keys;

const AdapterList& bullmq_alone() {
  static const AdapterList list = [] {
    AdapterList one;
    one.push_back(make_bullmq_adapter());
    return one;
  }();
  return list;
}

/// A document and how it came about.
struct Document {
  std::vector<Record> records;
  std::vector<std::string> refuted;
  std::map<std::string, KeyRole> verbatim;

  [[nodiscard]] std::string text() const {
    std::string lines;
    for (const Record& record : records) {
      lines += codec::format_record(record) + '\n';
    }
    return lines;
  }
  [[nodiscard]] std::string lines_with(std::string_view part) const {
    std::string lines;
    for (const Record& record : records) {
      const std::string line = codec::format_record(record);
      lines += line.find(part) != std::string::npos ? line + '\n' : "";
    }
    return lines;
  }
  [[nodiscard]] std::string fingerprint() const {
    codec::FingerprintBuilder builder;
    for (const Record& record : records) {
      REQUIRE(builder.add(record));
    }
    return to_hex(builder.finish());
  }
};

Document compose(Keys keys) {
  const MemoryKeyspace keyspace{std::move(keys)};
  Composer composer{keyspace, bullmq_alone()};
  std::unique_ptr<test::CollectingSink> sink;
  const auto run = composer.run([&](const Composition&) -> Result<model::RecordSink*> {
    sink = std::make_unique<test::CollectingSink>();
    return sink.get();
  });
  REQUIRE(run);
  Document document{std::move(sink->records), composer.refuted().readings, {}};
  for (const model::KeyId key : composer.refuted().keys) {
    document.refuted.emplace_back(keyspace.name(key));
  }
  for (model::KeyId key = 0; key < keyspace.size(); ++key) {
    if (!composer.plan()[key].modelled) {
      document.verbatim.emplace(keyspace.name(key), composer.plan()[key].role);
    }
  }
  return document;
}

Keys rebuild(const Document& document, std::chrono::milliseconds shift = {}) {
  test::MemorySink sink;
  const auto dropped = rebuild_keys(test::FakeRecords{document.records},
                                    {.exact = true, .shift = shift, .now = instant_from_ms(0)}, sink, bullmq_alone());
  REQUIRE(dropped);
  return sink.keys();
}

/// Composing needs no second attempt, and everything comes back.
Document check_round_trip(const Keys& keys) {
  Document document = compose(keys);
  CHECK(document.refuted == std::vector<std::string>{});
  CHECK(test::describe(rebuild(document)) == test::describe(keys));
  return document;
}

model::MemoryKeyspace::Key meta(const std::string& base) {
  return key_of(base + "meta", RedisType::hash, {"opts.maxLenEvents", "10000", "version", "bullmq:6.7.0"});
}

model::MemoryKeyspace::Key job(const std::string& key, const std::string& name = "send") {
  return key_of(key, RedisType::hash, {"data", "{}", "name", name, "opts", R"({"attempts":0})", "timestamp", "1000"});
}

/// One queue of everything that BullMQ keeps.
Keys all_at_once() {
  const std::string uuid = "06410b1e-4e54-4433-a2dd-8018e7edc41d";
  return {
      key_of("bull:q:meta", RedisType::hash,
             {"concurrency", "5", "opts.maxLenEvents", "10000", "paused", "1", "version", "bullmq:6.7.0"}),
      key_of("bull:q:id", RedisType::string, {"9"}),
      key_of("bull:q:pc", RedisType::string, {"2"}),
      key_of("bull:q:wait", RedisType::list, {"2", "order-1", "repeat:every:1000"}),
      key_of("bull:q:paused", RedisType::list, {"3"}),
      key_of("bull:q:active", RedisType::list, {"4"}),
      key_of("bull:q:prioritized", RedisType::zset, {"5", "4294967297", "6", "8589934594"}),
      key_of("bull:q:delayed", RedisType::zset, {"7", "7353254707200001"}),
      key_of("bull:q:completed", RedisType::zset, {"8", "1795168744743"}),
      key_of("bull:q:failed", RedisType::zset, {"9", "1795168744744"}),
      key_of("bull:q:waiting-children", RedisType::zset, {uuid, "1000"}),
      key_of("bull:q:marker", RedisType::zset, {"0", "0"}),
      key_of("bull:q:repeat", RedisType::zset, {"every", "1000", "daily", "2000"}),
      key_of("bull:q:repeat:every", RedisType::hash, {"every", "1000", "ic", "4", "name", "tick", "offset", "3"}),
      key_of("bull:q:repeat:daily", RedisType::hash,
             {"data", "{\"a\":1}", "endDate", "9000", "name", "daily", "opts", "{\"attempts\":3}", "pattern",
              "0 3 * * *", "tz", "Europe/Paris"}),
      key_of("bull:q:repeat:every:1000", RedisType::hash,
             {"data", "{}", "delay", "17", "name", "tick", "opts",
              R"({"repeatJobKey":"every","jobId":"repeat:every:1000","delay":17,"repeat":{"every":1000,"count":4}})",
              "rjk", "every", "timestamp", "983"}),
      key_of("bull:q:de:d-1", RedisType::string, {"2"}, instant_from_ms(4070995199054)),
      key_of("bull:q:de:d-2", RedisType::string, {"order-1"}),
      key_of("bull:q:dn:d-1", RedisType::hash, {"name", "next"}),
      key_of("bull:q:limiter", RedisType::string, {"3"}, instant_from_ms(4070995199054)),
      key_of("bull:q:stalled-check", RedisType::string, {"1"}, instant_from_ms(4070995199054)),
      key_of("bull:q:stalled", RedisType::set, {"4"}),
      key_of("bull:q:metrics:completed", RedisType::hash, {"count", "16"}),
      key_of("bull:q:metrics:completed:data", RedisType::list, {"1"}),
      key_of("bull:q:2", RedisType::hash, {"data", "{}", "deid", "d-1", "name", "send", "timestamp", "1000"}),
      key_of("bull:q:order-1", RedisType::hash,
             {"data", "{}", "deid", "d-2", "name", "send", "opts", R"({"jobId":"order-1"})", "timestamp", "1000"}),
      job("bull:q:3"),
      key_of("bull:q:4", RedisType::hash,
             {"ats", "1", "data", "[1,2.50]", "name", "send", "pb", "mailer-1", "processedOn", "1100", "timestamp",
              "1000"}),
      key_of("bull:q:4:lock", RedisType::string, {"token"}, instant_from_ms(4070995199054)),
      key_of("bull:q:4:logs", RedisType::list, {"first", "", "third\xff"}),
      job("bull:q:5"),
      job("bull:q:6"),
      job("bull:q:7"),
      key_of("bull:q:8", RedisType::hash,
             {"atm", "1", "data", "{}", "finishedOn", "1795168744743", "name", "send", "returnvalue", "null",
              "timestamp", "1"}),
      key_of("bull:q:9", RedisType::hash,
             {"atm", "3", "data", "{}", "failedReason", "boom", "finishedOn", "1795168744744", "name", "child",
              "parent", R"({"id":")" + uuid + R"(","queueKey":"bull:q"})", "parentKey", "bull:q:" + uuid, "stacktrace",
              "[]", "timestamp", "1"}),
      key_of("bull:q:" + uuid, RedisType::hash, {"data", "{}", "name", "parent", "timestamp", "1000"}),
      key_of("bull:q:" + uuid + ":dependencies", RedisType::set, {"bull:gone:1", "bull:q:5"}),
      key_of("bull:q:" + uuid + ":processed", RedisType::hash, {"bull:q:8", "{\"ok\":true}", "bull:r:1", "not json"}),
      key_of("bull:q:" + uuid + ":failed", RedisType::hash, {"bull:q:9", "boom"}),
      key_of("bull:q:" + uuid + ":unsuccessful", RedisType::zset, {"bull:q:z", "5", "bull:q:a", "6.5"}),
      meta("bull:r:"),
      job("bull:r:1", "other"),
  };
}

}  // namespace

TEST_SUITE("qsnap::frameworks BullMQ adapter") {
  TEST_CASE("everything that BullMQ keeps goes into records and comes back") {
    const Document document = check_round_trip(all_at_once());
    const std::map<std::string, KeyRole> verbatim = {
        {"bull:q:4:lock", KeyRole::lock},
        {"bull:q:dn:d-1", KeyRole::data},
        {"bull:q:limiter", KeyRole::lock},
        {"bull:q:marker", KeyRole::derived},
        {"bull:q:metrics:completed", KeyRole::derived},
        {"bull:q:metrics:completed:data", KeyRole::derived},
        {"bull:q:stalled", KeyRole::derived},
        {"bull:q:stalled-check", KeyRole::lock},
    };
    CHECK(document.verbatim == verbatim);
  }

  TEST_CASE("a queue record tells settings, counts and counters") {
    const Document document = compose(all_at_once());
    CHECK(document.lines_with(R"("counts")") ==
          R"({"counts":{"active":1,"completed":1,"delayed":1,"failed":1,"paused":1,"prioritized":2,"waiting":3,)"
          R"("waiting-children":1},"framework":"bullmq","meta":{"concurrency":"5","opts.maxLenEvents":"10000"},)"
          R"("paused":true,"queue":"bullmq:bull:q","version":"6.7.0","volatile":{"id_counter":9,"priority_counter":2}})"
          "\n"
          R"({"counts":{"orphan":1},"framework":"bullmq","meta":{"opts.maxLenEvents":"10000"},"paused":false,)"
          R"("queue":"bullmq:bull:r","version":"6.7.0"})"
          "\n");
  }

  TEST_CASE("the job that runs next comes first") {
    const Document document = compose(all_at_once());
    const std::string waiting = document.lines_with(R"("state":"waiting",)");
    CHECK(waiting.find("slot_at_ms") < waiting.find("order-1"));
    CHECK(waiting.find("order-1") < waiting.find(R"("id":"2")"));
  }

  TEST_CASE("a flow's links are told by name and queue, and their ids stand apart") {
    const Document document = compose(all_at_once());
    CHECK(document.lines_with(R"("state":"waiting-children")") ==
          R"({"enc":"json","name":"parent","payload":{},"queue":"bullmq:bull:q","refs":[)"
          R"({"name":"send","queue":"bullmq:bull:q","role":"pending"},)"
          R"({"name":null,"queue":"bullmq:bull:gone","role":"pending"},)"
          R"({"name":"other","queue":"bullmq:bull:r","role":"processed","value":"not json","value_enc":"text"},)"
          R"({"name":"send","queue":"bullmq:bull:q","role":"processed","value":{"ok":true}},)"
          R"({"name":"child","queue":"bullmq:bull:q","role":"failed","value":"boom"},)"
          R"({"name":null,"queue":"bullmq:bull:q","role":"unsuccessful"},)"
          R"({"name":null,"queue":"bullmq:bull:q","role":"unsuccessful"}],"state":"waiting-children",)"
          R"("volatile":{"created_at_ms":1000,"id":"06410b1e-4e54-4433-a2dd-8018e7edc41d",)"
          R"("ref_ids":["5","1","1","8","9","a","z"],"ref_scores":[6.5,5]}})"
          "\n");
    CHECK(document.lines_with(R"("role":"parent")")
              .find(R"("refs":[{"name":"parent","queue":"bullmq:bull:q","role":"parent"}])") != std::string::npos);
  }

  TEST_CASE("a scheduler is a config record, its next run noise") {
    const Document document = compose(all_at_once());
    CHECK(
        document.lines_with(R"("kind":"scheduler")") ==
        R"({"data":{"a":1},"id":"daily","kind":"scheduler","name":"daily","opts":{"attempts":3},"pattern":"0 3 * * *",)"
        R"("queue":"bullmq:bull:q","tz":"Europe/Paris","volatile":{"end_at_ms":9000,"next_at_ms":2000}})"
        "\n"
        R"({"every":1000,"id":"every","kind":"scheduler","name":"tick","queue":"bullmq:bull:q",)"
        R"("volatile":{"iteration_count":4,"next_at_ms":1000,"offset":3}})"
        "\n");
  }

  TEST_CASE("damage is shown as records, and the structures stay modelled") {
    Keys keys = {meta("bull:q:"),
                 key_of("bull:q:wait", RedisType::list, {"1", "gone", "1", "meta", "text", "repeat:x:5"}),
                 key_of("bull:q:failed", RedisType::zset, {"1", "7"}),
                 key_of("bull:q:repeat", RedisType::zset, {"lost", "7.5"}),
                 key_of("bull:q:text", RedisType::string, {"no job"}),
                 key_of("bull:q:7:logs", RedisType::list, {"of nobody"}),
                 key_of("bull:q:de:x", RedisType::string, {"1"}),
                 key_of("bull:q:thing", RedisType::hash, {"name", "no job"}),
                 key_of("bull:q:a:b", RedisType::hash, {"data", "{}", "name", "n", "timestamp", "1"}),
                 job("bull:q:1"),
                 job("bull:q:8")};
    const Document document = check_round_trip(keys);
    CHECK(document.lines_with(R"("body")") ==
          R"({"body":"missing","id":"lost","kind":"scheduler","queue":"bullmq:bull:q","volatile":{"score":7.5}})"
          "\n"
          R"({"body":"missing","queue":"bullmq:bull:q","scheduler":"x","state":"waiting","volatile":{"slot_at_ms":5}})"
          "\n"
          R"({"body":"verbatim","id":"text","queue":"bullmq:bull:q","state":"waiting"})"
          "\n"
          R"({"body":"verbatim","id":"meta","queue":"bullmq:bull:q","state":"waiting"})"
          "\n"
          R"({"body":"duplicate","queue":"bullmq:bull:q","state":"waiting","volatile":{"id":"1"}})"
          "\n"
          R"({"body":"missing","id":"gone","queue":"bullmq:bull:q","state":"waiting"})"
          "\n"
          R"({"body":"duplicate","queue":"bullmq:bull:q","state":"waiting","volatile":{"id":"1"}})"
          "\n");
    CHECK(document.lines_with(R"("state":"orphan")").find(R"("id":"8")") != std::string::npos);
    std::vector<std::string> verbatim;
    for (const auto& [key, role] : document.verbatim) {
      verbatim.push_back(key);
    }
    CHECK(verbatim ==
          std::vector<std::string>{"bull:q:7:logs", "bull:q:a:b", "bull:q:de:x", "bull:q:text", "bull:q:thing"});
  }

  TEST_CASE("keys of an unexpected kind are kept verbatim, and the records say so") {
    const auto soon = instant_from_ms(4070995199054);
    const std::map<std::string, model::MemoryKeyspace::Key> odd = {
        {"waiting", key_of("bull:q:wait", RedisType::list, {"1"}, soon)},
        {"waiting ", key_of("bull:q:wait", RedisType::string, {"1"})},
        {"delayed", key_of("bull:q:delayed", RedisType::zset, {"1", "5"}, soon)},
        {"repeat", key_of("bull:q:repeat", RedisType::zset, {"x", "5"}, soon)},
        {"repeat ", key_of("bull:q:repeat", RedisType::list, {"x"})},
        {"", key_of("bull:q:id", RedisType::string, {"007"})},
        {" ", key_of("bull:q:pc", RedisType::list, {"1"})},
    };
    for (const auto& [word, key] : odd) {
      const std::string& name = key.name;
      CAPTURE(name);
      const Document document = check_round_trip({meta("bull:q:"), job("bull:q:1"), key});
      CHECK(document.verbatim.contains(key.name));
      const std::string wanted = fmt::format(R"("verbatim":["{}"])", word.substr(0, word.find(' ')));
      CHECK((document.lines_with(R"("counts")").find(wanted) != std::string::npos) == (word.size() > 1));
    }
  }

  TEST_CASE("a time shift moves the id of a scheduler's job exactly if it moves the key with its body") {
    const auto scheduled = [](const std::string& slot, const std::string& scheduler) {
      return key_of("bull:q:repeat:every:" + slot, RedisType::hash,
                    {"data", "{}", "name", "tick", "rjk", scheduler, "timestamp", "1"});
    };
    auto expiring = scheduled("1000", "every");
    expiring.expires_at = instant_from_ms(4070995199054);
    const Keys keys = {meta("bull:q:"), expiring, scheduled("2000", "every"), scheduled("3000", "another"),
                       key_of("bull:q:wait", RedisType::list,
                              {"repeat:every:1000", "repeat:every:1000", "repeat:every:2000", "repeat:every:2000",
                               "repeat:every:3000", "repeat:every:3000"})};
    const Document document = check_round_trip(keys);
    std::map<std::string, model::ItemBlock> moved;
    for (const auto& key : rebuild(document, std::chrono::milliseconds{7})) {
      moved.emplace(key.name, key.items);
    }
    CHECK(moved.contains("bull:q:repeat:every:1000"));
    CHECK(moved.contains("bull:q:repeat:every:2007"));
    CHECK(moved.contains("bull:q:repeat:every:3000"));
    const model::ItemBlock& waiting = moved.at("bull:q:wait");
    CHECK(waiting.size() == 6);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      CHECK_MESSAGE(moved.contains(fmt::format("bull:q:{}", waiting[i])), waiting[i]);
    }
  }

  TEST_CASE("bodies and settings that records cannot hold are kept verbatim") {
    const auto soon = instant_from_ms(4070995199054);
    auto expiring = job("bull:q:1");
    expiring.expires_at = soon;
    const Document body = check_round_trip({meta("bull:q:"), key_of("bull:q:wait", RedisType::list, {"1"}), expiring});
    CHECK(body.lines_with(R"("body":"verbatim")").find(R"("id":"1")") != std::string::npos);
    auto settings = meta("bull:q:");
    settings.items.push("\xff");
    settings.items.push("x");
    const Document odd_settings = check_round_trip({settings, key_of("bull:q:wait", RedisType::list, {"1"})});
    CHECK(odd_settings.lines_with(R"("verbatim":["meta"])") != "");
  }

  TEST_CASE("queues are told by their meta key, prefixes may have colons, and Bull 4 is not ours") {
    const Keys keys = {meta("my:app:q:"), job("my:app:q:1"), meta("bull:r:"),
                       key_of("bull:old:meta", RedisType::hash, {"paused", "1"}), job("bull:old:1")};
    const MemoryKeyspace keyspace{keys};
    const auto readings = make_bullmq_adapter()->detect(keyspace);
    REQUIRE(readings);
    REQUIRE(readings->size() == 2);
    CHECK((*readings)[0]->info() == model::FrameworkInfo{"bullmq", "bull", "6.7.0"});
    CHECK((*readings)[1]->info() == model::FrameworkInfo{"bullmq", "my:app", "6.7.0"});
    const Document document = check_round_trip(keys);
    CHECK(document.lines_with(R"("queue":"bullmq:my%3Aapp:q")") != "");
    CHECK(document.verbatim.contains("bull:old:1"));
  }

  TEST_CASE("one prefix inside another costs nothing") {
    check_round_trip({meta("a:b:"), meta("a:b:c:"), job("a:b:1"), job("a:b:c:1"),
                      key_of("a:b:c:wait", RedisType::list, {"1"}), key_of("a:b:wait", RedisType::list, {"c:1"})});
  }

  TEST_CASE("a load writes counters after structures, the pause flag later, and the marker last") {
    const auto rebuild = make_bullmq_adapter()->rebuild("bull");
    using model::LoadStage;
    CHECK(rebuild->stage("bull:q:marker") == LoadStage::wakeup);
    CHECK(rebuild->stage("bull:q:meta") == LoadStage::pause);
    CHECK(rebuild->stage("bull:q:id") == LoadStage::counter);
    CHECK(rebuild->stage("bull:q:wait") == LoadStage::structure);
    CHECK(rebuild->stage("bull:q:17") == LoadStage::body);
    CHECK_FALSE(rebuild->stage("other:q:17"));
    CHECK_FALSE(rebuild->stage("bull"));
  }

  TEST_CASE("a shift in time moves scheduled ids wherever they stand") {
    const auto state = [](std::int64_t ms) {
      const std::string slot = fmt::format("repeat:x:{}", ms), key = "bull:q:" + slot;
      return Keys{
          meta("bull:q:"),
          key_of("bull:q:delayed", RedisType::zset, {slot, fmt::format("{}", ms * 4096)}),
          key_of("bull:q:repeat", RedisType::zset, {"x", fmt::format("{}", ms)}),
          key_of("bull:q:repeat:x", RedisType::hash, {"every", "1000"}),
          key_of("bull:q:de:d", RedisType::string, {slot}, instant_from_ms(ms + 5)),
          key_of(key, RedisType::hash, {"deid", "d", "rjk", "x", "timestamp", fmt::format("{}", ms)}),
          key_of(key + ":dependencies", RedisType::set, {"bull:q:2"}),
          key_of(key + ":logs", RedisType::list, {"l"}),
          key_of("bull:q:wait", RedisType::list, {"2"}),
          key_of("bull:q:2", RedisType::hash,
                 {"opts", fmt::format(R"({{"parent":{{"id":"{}","queue":"bull:q"}}}})", slot), "parent",
                  fmt::format(R"({{"id":"{}","queueKey":"bull:q"}})", slot), "parentKey", key}),
      };
    };
    const Document document = check_round_trip(state(1000));
    CHECK(test::describe(rebuild(document, std::chrono::milliseconds{77})) == test::describe(state(1077)));
  }

  TEST_CASE("the fingerprint does not see ids and times, and sees payloads and links") {
    const auto state = [](const std::string& id, const std::string& at, const std::string& data) {
      return compose({meta("bull:q:"), key_of("bull:q:id", RedisType::string, {id}),
                      key_of("bull:q:wait", RedisType::list, {id}),
                      key_of("bull:q:waiting-children", RedisType::zset, {id + "1", at}),
                      key_of("bull:q:" + id + "1", RedisType::hash, {"name", "p", "timestamp", at}),
                      key_of("bull:q:" + id + "1:dependencies", RedisType::set, {"bull:q:" + id}),
                      key_of("bull:q:" + id, RedisType::hash,
                             {"data", data, "name", "c", "parentKey", "bull:q:" + id + "1", "timestamp", at})})
          .fingerprint();
    };
    CHECK(state("17", "1000", "{\"a\":1}") == state("18", "2000", "{\"a\":1}"));
    CHECK(state("17", "1000", "{\"a\":1}") != state("17", "1000", "{\"a\":2}"));
  }

  TEST_CASE("records that no queue can be made of are corrupt") {
    const auto add = [](std::vector<std::pair<std::string, std::string>> fields, Section section) {
      Record record{section, {}, {}};
      for (auto& [name, json] : fields) {
        record.fields.set(name, json);
      }
      test::MemorySink sink;
      const auto rebuild = make_bullmq_adapter()->rebuild("bull");
      return rebuild->add(record, sink);
    };
    const std::pair<std::string, std::string> queue{"queue", R"("bullmq:bull:q")"};
    CHECK(add({queue}, Section::queues));
    CHECK_FALSE(add({}, Section::jobs));
    CHECK_FALSE(add({{"queue", R"("bullmq:other:q")"}}, Section::queues));
    CHECK_FALSE(add({queue, {"state", R"("done")"}, {"id", R"("1")"}}, Section::jobs));
    CHECK_FALSE(add({queue, {"state", R"("waiting")"}}, Section::jobs));
    CHECK_FALSE(
        add({queue, {"state", R"("waiting")"}, {"id", R"("1")"}, {"refs", R"([{"role":"parent"}])"}}, Section::jobs));
    CHECK_FALSE(add({queue, {"state", R"("waiting")"}, {"id", R"("1")"}, {"logs", "[1]"}}, Section::jobs));
    CHECK_FALSE(add({queue, {"id", R"("1")"}}, Section::config));
    CHECK_FALSE(add({queue}, Section::workers));
  }

  TEST_CASE("real states of BullMQ 6.7.0 and 5.81.5 need no second attempt") {
    for (const char* file : {"bullmq6.keys", "bullmq5.keys"}) {
      CAPTURE(file);
      const Document document =
          check_round_trip(test::read_keys_file(fmt::format("{}/tests/fixtures/{}", QSNAP_SOURCE_DIR, file)));
      for (const auto& kept : document.verbatim) {
        CHECK_MESSAGE(kept.second != KeyRole::data, kept.first);
      }
      CHECK(document.lines_with(R"("fields")") == "");
    }
  }

  TEST_CASE("whatever stands in hashes and structures, it comes back") {
    const std::uint64_t seed = test::property_seed();
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    const std::vector<std::string> ids = {"1", "x", "repeat:s:5", "repeat:s", "meta", "1:logs", "", "\xff", "de:1"};
    const std::vector<std::string> fields = {"atm",  "attemptsMade", "data",      "deid", "delay",     "name", "nrjid",
                                             "opts", "parent",       "parentKey", "rjk",  "timestamp", "\xfe"};
    const std::vector<std::string> values = {"",           "1",        "01",
                                             "s",          "{}",       R"({"jobId":"1","attempts":2})",
                                             "repeat:s:9", "bull:q:x", "bull:q:repeat:s:5",
                                             "\xff",       "[1, 2]",   "-0"};
    const auto any = [&](const auto& list) { return list[random() % list.size()]; };
    for (int round = 0; round < 200; ++round) {
      Keys keys = {meta("bull:q:")};
      for (const std::string& id : ids) {
        std::map<std::string, std::string> hash;
        for (std::size_t i = random() % 6; i > 0; --i) {
          hash[any(fields)] = any(values);
        }
        std::vector<std::string> items;
        for (const auto& [field, value] : hash) {
          items.insert(items.end(), {field, value});
        }
        const std::string name = "bull:q:" + id;
        if (!items.empty() && id != "meta") {
          keys.push_back(key_of(name, RedisType::hash, items));
        }
      }
      std::vector<std::string> list;
      for (std::size_t i = random() % 8; i > 0; --i) {
        list.push_back(any(ids));
      }
      if (!list.empty()) {
        keys.push_back(key_of("bull:q:wait", RedisType::list, list));
      }
      keys.push_back(key_of("bull:q:delayed", RedisType::zset, {any(ids), "4096.5"}));
      keys.push_back(key_of("bull:q:repeat", RedisType::zset, {"s", "5"}));
      const Document document = compose(keys);
      CHECK(document.refuted == std::vector<std::string>{});
      CHECK(test::describe(rebuild(document)) == test::describe(keys));
    }
  }
}

}  // namespace qsnap::frameworks
