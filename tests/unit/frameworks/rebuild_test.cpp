// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <doctest/doctest.h>
#include <support/fake_records.hpp>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/rebuild.hpp>
#include <qsnap/frameworks/record_owner.hpp>

#include "toy_adapter.hpp"

namespace qsnap::frameworks {

namespace {

using model::Record;
using model::RedisType;
using model::Section;
using qsnap::test::describe;
using qsnap::test::FakeRecords;
using qsnap::test::key_of;
using qsnap::test::MemorySink;
using test::toy_adapters;

Record job(std::string_view state, std::string_view id, std::string_view body = {}) {
  Record record{.section = Section::jobs, .fields = {}, .volatiles = {}};
  record.fields.set("queue", R"("toy:toy:mail")");
  record.fields.set("state", json_bytes(state));
  record.volatiles.set("id", json_bytes(id));
  if (body.empty()) {
    record.fields.set("hash", R"(["f","v"])");
  } else {
    record.fields.set("body", json_bytes(body));
  }
  return record;
}

Record key_record(std::string_view key, std::string_view items, std::string_view role = "data", int part = 0) {
  Record record;
  record.fields.set("key", json_bytes(key));
  record.fields.set("type", R"("list")");
  record.fields.set("role", json_bytes(role));
  record.fields.set("part", std::to_string(part));
  record.fields.set("items", std::string{items});
  return record;
}

struct Rebuilt {
  Dropped dropped;
  std::string keys;
  std::vector<MemorySink::Written> written;
};

Result<Rebuilt> rebuild(const std::vector<Record>& records, const RebuildOptions& options,
                        const model::Metadata& metadata = {}) {
  const auto adapters = toy_adapters();
  MemorySink sink;
  QSNAP_ASSIGN(const RebuildOutcome outcome, rebuild_keys(FakeRecords{records, metadata}, options, sink, adapters));
  return Rebuilt{outcome.dropped, describe(sink.keys()), sink.written()};
}

const RebuildOptions k_exact{.exact = true, .shift = {}, .now = {}};
const RebuildOptions k_ordinary{.exact = false, .shift = {}, .now = {}};

}  // namespace

TEST_SUITE("frameworks::rebuild_keys") {
  TEST_CASE("dangling ids and locks come back with exact alone") {
    const std::vector<Record> records = {job("waiting", "1"),
                                         job("waiting", "2", "missing"),
                                         job("waiting", "1", "duplicate"),
                                         key_record("plain", R"(["a"])"),
                                         key_record("lock", R"(["a"])", "lock"),
                                         key_record("lock", R"(["b"])", "lock", 1)};
    const auto exact = rebuild(records, k_exact);
    REQUIRE(exact);
    CHECK(exact->dropped == Dropped{});
    CHECK(exact->keys == describe({key_of("plain", RedisType::list, {"a"}), key_of("lock", RedisType::list, {"a", "b"}),
                                   key_of("toy:q:mail:job:1", RedisType::hash, {"f", "v"}),
                                   key_of("toy:q:mail:list", RedisType::list, {"1", "2", "1"})}));
    const auto ordinary = rebuild(records, k_ordinary);
    REQUIRE(ordinary);
    CHECK(ordinary->dropped == Dropped{.locks = 1, .dangling_ids = 2, .lapsed = 0});
    CHECK(ordinary->keys ==
          describe({key_of("plain", RedisType::list, {"a"}), key_of("toy:q:mail:job:1", RedisType::hash, {"f", "v"}),
                    key_of("toy:q:mail:list", RedisType::list, {"1"})}));
  }

  TEST_CASE("instants move by the shift, and expiries are judged after it") {
    Record expiring = job("done", "1"), lapsing = job("done", "2"), key = key_record("k", R"(["a"])");
    expiring.volatiles.set("score_at_ms", "5000");
    expiring.volatiles.set("expire_at_ms", "9000");
    lapsing.volatiles.set("expire_at_ms", "8500");
    key.fields.set("expire_at_ms", "8500");
    const auto shifted =
        rebuild({expiring, lapsing, key},
                {.exact = false, .shift = std::chrono::milliseconds{1000}, .now = instant_from_ms(9500)});
    REQUIRE(shifted);
    CHECK(shifted->dropped == Dropped{.locks = 0, .dangling_ids = 0, .lapsed = 2});
    CHECK(shifted->keys == describe({key_of("toy:q:mail:job:1", RedisType::hash, {"f", "v"}, instant_from_ms(10'000)),
                                     key_of("toy:q:mail:done", RedisType::zset, {"2", "0", "1", "6000"})}));
  }

  TEST_CASE("a key lapses at its expiry, and counts once however many parts it has") {
    std::vector<Record> records = {key_record("k", R"(["a"])"), key_record("k", R"(["b"])", "data", 1)};
    for (Record& record : records) {
      record.fields.set("expire_at_ms", "1000");
    }
    const auto at = [&](std::int64_t now_ms) {
      return rebuild(records, {.exact = true, .shift = {}, .now = instant_from_ms(now_ms)});
    };
    CHECK(at(999)->dropped.lapsed == 0);
    CHECK(at(1000)->dropped.lapsed == 1);
    CHECK(at(1000)->keys.empty());
  }

  TEST_CASE("the framework that owns a verbatim key tells its stage, also where it has no records") {
    model::Metadata metadata;
    metadata.frameworks = {{"toy", "toy", "1"}, {"unheard-of", "x", ""}};
    const std::vector<Record> records = {key_record("a", R"(["a"])"), key_record("toy:q:mail:job:1", R"(["a"])"),
                                         key_record("toy:x", R"(["a"])"), key_record("z", R"(["a"])")};
    const auto with = rebuild(records, k_exact, metadata);
    REQUIRE(with);
    std::vector<model::LoadStage> stages;
    for (const auto& written : with->written) {
      stages.push_back(written.stage);
    }
    using enum model::LoadStage;
    CHECK(stages == std::vector{structure, body, counter, structure});
    CHECK(rebuild(records, k_exact)->written[1].stage == structure);
  }

  TEST_CASE("a snapshot of an unknown framework is refused by name") {
    Record record = job("waiting", "1");
    record.fields.set("queue", R"("chronos:x:mail")");
    const auto outcome = rebuild({record}, k_exact);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == ErrorCode::corrupt);
    CHECK(outcome.error().message == "this snapshot needs an adapter for chronos, which this version lacks");
    CHECK_FALSE(outcome.error().hints.empty());
  }

  TEST_CASE("records that belong to nobody and parts that do not follow are corrupt") {
    Record nobody = job("waiting", "1"), no_queue = nobody, not_text = nobody;
    nobody.fields.erase("queue");
    no_queue.fields.set("queue", R"("mail")");
    not_text.fields.set("queue", "5");
    Record other_role = key_record("k", R"(["a"])", "lock", 1), other_expiry = key_record("k", R"(["a"])", "data", 1);
    other_expiry.fields.set("expire_at_ms", "5");
    const Record first = key_record("k", R"(["a"])"), second = key_record("k", R"(["a"])", "data", 1);
    struct Case {
      std::string_view what;
      std::vector<Record> records;
    };
    const std::vector<Case> cases = {
        {"neither queue nor framework", {nobody}},
        {"not a queue", {no_queue}},
        {"not a text", {not_text}},
        {"begins in the middle", {second}},
        {"a part twice", {first, first}},
        {"a part left out", {first, key_record("k", R"(["a"])", "data", 2)}},
        {"another key's part", {first, key_record("l", R"(["a"])", "data", 1)}},
        {"another role", {first, other_role}},
        {"another expiry", {first, other_expiry}},
    };
    for (const Case& c : cases) {
      CAPTURE(c.what);
      const auto outcome = rebuild(c.records, k_exact);
      REQUIRE_FALSE(outcome);
      CHECK(outcome.error().code == ErrorCode::corrupt);
    }
    CHECK(rebuild({first, second}, k_exact));
  }

  TEST_CASE("two threads write the same as one, in the same order") {
    std::vector<Record> records;
    for (int i = 0; i < 2000; ++i) {
      records.push_back(job(i % 3 == 0 ? "waiting" : "failed", std::to_string(i)));
    }
    records.push_back(key_record("plain", R"(["a"])"));
    const auto one = rebuild(records, {.exact = true, .shift = {}, .now = {}, .threads = 1});
    const auto two = rebuild(records, {.exact = true, .shift = {}, .now = {}, .threads = 2});
    REQUIRE(one);
    REQUIRE(two);
    CHECK(one->keys == two->keys);
    const auto same = [](const MemorySink::Written& a, const MemorySink::Written& b) {
      return a.key == b.key && a.stage == b.stage;
    };
    CHECK(one->written.size() > records.size());
    CHECK(std::equal(one->written.begin(), one->written.end(), two->written.begin(), two->written.end(), same));
  }

  TEST_CASE("what the second thread finds wrong ends the work, and comes back") {
    std::vector<Record> records;
    for (int i = 0; i < 2000; ++i) {
      records.push_back(job("waiting", std::to_string(i)));
    }
    records[700].fields.set("queue", R"("nobody:knows:this")");
    for (const std::size_t threads : {1U, 2U}) {
      const auto rebuilt = rebuild(records, {.exact = true, .shift = {}, .now = {}, .threads = threads});
      REQUIRE_FALSE(rebuilt);
      CHECK(rebuilt.error().code == ErrorCode::corrupt);
      CHECK(rebuilt.error().message.find("nobody") != std::string::npos);
    }
  }
}

TEST_SUITE("frameworks::owner_of") {
  TEST_CASE("a queue and its framework's member have one owner") {
    CHECK(owner_of(R"("bullmq:bull:mail")") == "bullmq:bull");
    CHECK(owner_of(R"("bullmq:bull")") == "bullmq:bull");
    CHECK(owner_of(R"("sidekiq::default")") == "sidekiq:");
    CHECK(owner_of(R"("sidekiq:")") == owner_text("sidekiq", ""));
    CHECK(owner_of(R"("bullmq:a%3Ab:mail")") == owner_text("bullmq", "a:b"));
    CHECK_FALSE(owner_of(R"("mail")"));
    CHECK_FALSE(owner_of(R"("a:b:c:d")"));
    CHECK_FALSE(owner_of("5"));
  }

  TEST_CASE("an owner text can be taken apart") {
    const Owner owner = parse_owner(owner_text("bullmq", "a:b%"));
    CHECK(owner.framework == "bullmq");
    CHECK(owner.name_space == "a:b%");
  }
}

}  // namespace qsnap::frameworks
