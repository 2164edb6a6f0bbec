// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <support/fake_records.hpp>

#include <qsnap/frameworks/proof.hpp>
#include <qsnap/model/stream_items.hpp>

namespace qsnap::frameworks {

namespace {

using model::ItemBlock;
using model::KeyWrite;
using model::MemoryKeyspace;
using model::RedisType;
using qsnap::test::block_of;
using qsnap::test::key_of;
using Items = std::vector<std::string>;

/// One write as a test says it.
struct Piece {
  Items items;
  KeyWrite::ListEnd end = KeyWrite::ListEnd::right;
};
constexpr auto k_left = KeyWrite::ListEnd::left;

/// Whether a key comes out equal when it is written in these pieces.
bool proves(const MemoryKeyspace::Key& key, const std::vector<Piece>& pieces) {
  const MemoryKeyspace keyspace{{key}};
  KeyPlan plan{1};
  plan.plan_as(1);
  plan.model(0);
  const std::vector<bool> selected{true};
  KeyProof proof{keyspace, plan, selected};
  for (const Piece& piece : pieces) {
    const ItemBlock items = block_of(piece.items);
    REQUIRE(proof.write(
        1, {.key = key.name, .type = key.type, .expires_at = key.expires_at, .items = &items, .end = piece.end}));
  }
  const auto verdict = proof.finish();
  REQUIRE(verdict);
  CHECK(verdict->strayed.empty());
  return verdict->guilty.empty();
}

}  // namespace

TEST_SUITE("frameworks::KeyProof") {
  TEST_CASE("a value may come whole or in pieces") {
    const auto list = key_of("k", RedisType::list, {"a", "b", "c"});
    CHECK(proves(list, {{{"a", "b", "c"}}}));
    CHECK(proves(list, {{{"a"}}, {{"b", "c"}}}));
    CHECK(proves(list, {{{"c", "b"}, k_left}, {{"a"}, k_left}}));
    CHECK(proves(list, {{{"c", "b", "a"}, k_left}}));
    CHECK(proves(key_of("k", RedisType::list, {"a"}), {{{"a"}, k_left}}));
    CHECK(proves(key_of("k", RedisType::string, {"v"}), {{{"v"}}}));
    CHECK(proves(key_of("k", RedisType::hash, {"a", "1", "b", "2"}), {{{"a", "1", "b", "2"}}}));
    CHECK(proves(key_of("k", RedisType::hash, {"a", "1", "b", "2"}), {{{"b", "2"}}, {{"a", "1"}}}));
    CHECK(proves(key_of("k", RedisType::hash, {"a", "1", "b", "2"}), {{{"b", "2", "a", "1"}}}));
    CHECK(proves(key_of("k", RedisType::zset, {"a", "1", "b", "2"}), {{{"b", "2"}}, {{"a", "1"}}}));
    CHECK(proves(key_of("k", RedisType::set, {"a", "b", "c"}), {{{"c"}}, {{"b", "a"}}}));
    CHECK(proves(key_of("k", RedisType::list, {"a"}, instant_from_ms(9)), {{{"a"}}}));
  }

  TEST_CASE("streams keep their order") {
    ItemBlock items;
    model::push_stream_tuple(items, {"meta", "1-0", "1", "0-0"});
    model::push_stream_tuple(items, {"entry", "1-0", "f", "v"});
    const MemoryKeyspace::Key key{"k", RedisType::stream, std::nullopt, items};
    CHECK(proves(key, {{{"4", "meta", "1-0", "1", "0-0"}}, {{"4", "entry", "1-0", "f", "v"}}}));
    CHECK_FALSE(proves(key, {{{"4", "entry", "1-0", "f", "v"}}, {{"4", "meta", "1-0", "1", "0-0"}}}));
  }

  TEST_CASE("every difference is found") {
    const auto list = key_of("k", RedisType::list, {"a", "b", "c"});
    const auto hash = key_of("k", RedisType::hash, {"a", "1", "b", "2"});
    const auto set = key_of("k", RedisType::set, {"a", "b"});
    const auto zset = key_of("k", RedisType::zset, {"a", "1", "b", "2"});
    struct Case {
      std::string_view what;
      MemoryKeyspace::Key key;
      std::vector<Piece> pieces;
    };
    const std::vector<Case> cases = {
        {"never written", list, {}},
        {"nothing in a write", list, {{{}}}},
        {"too short", list, {{{"a", "b"}}}},
        {"too long", list, {{{"a", "b", "c", "d"}}}},
        {"other order", list, {{{"a"}}, {{"c"}}, {{"b"}}}},
        {"reversed", list, {{{"a", "b", "c"}, k_left}}},
        {"both ends", list, {{{"b"}}, {{"a"}, k_left}, {{"c"}}}},
        {"one more after it was whole", list, {{{"a", "b", "c"}}, {{"d"}}}},
        {"items cut elsewhere", key_of("k", RedisType::list, {"ab", "c"}), {{{"a"}}, {{"bc"}}}},
        {"other string", key_of("k", RedisType::string, {"v"}), {{{"w"}}}},
        {"string twice", key_of("k", RedisType::string, {"v"}), {{{"v"}}, {{"v"}}}},
        {"other value", hash, {{{"a", "1", "b", "3"}}}},
        {"field missing", hash, {{{"a", "1"}}}},
        {"fields swapped", hash, {{{"a", "2"}}, {{"b", "1"}}}},
        {"field doubled", hash, {{{"a", "1", "a", "1", "b", "2"}}}},
        {"name and value swapped", hash, {{{"1", "a"}}, {{"2", "b"}}}},
        {"member missing", set, {{{"a"}}}},
        {"member doubled", set, {{{"a"}}, {{"a"}}, {{"b"}}}},
        {"other score", zset, {{{"a", "1"}}, {{"b", "3"}}}},
        {"scores swapped", zset, {{{"a", "2"}}, {{"b", "1"}}}},
    };
    for (const Case& c : cases) {
      CAPTURE(c.what);
      CHECK_FALSE(proves(c.key, c.pieces));
    }
  }

  TEST_CASE("type and expiry count, and a guilty key stays guilty") {
    const MemoryKeyspace keyspace{{key_of("a", RedisType::list, {"x"}), key_of("b", RedisType::list, {"x"}),
                                   key_of("c", RedisType::list, {"x"}, instant_from_ms(5))}};
    KeyPlan plan{3};
    plan.plan_as(1);
    const std::vector<bool> selected(3, true);
    KeyProof proof{keyspace, plan, selected};
    const ItemBlock items = block_of({"x"});
    for (model::KeyId key = 0; key < 3; ++key) {
      plan.model(key);
    }
    REQUIRE(proof.write(1, {.key = "a", .type = RedisType::set, .expires_at = {}, .items = &items}));
    REQUIRE(proof.write(1, {.key = "a", .type = RedisType::list, .expires_at = {}, .items = &items}));
    REQUIRE(proof.write(1, {.key = "b", .type = RedisType::list, .expires_at = instant_from_ms(5), .items = &items}));
    REQUIRE(proof.write(1, {.key = "c", .type = RedisType::list, .expires_at = instant_from_ms(6), .items = &items}));
    const auto verdict = proof.finish();
    REQUIRE(verdict);
    CHECK(verdict->guilty == std::vector<model::KeyId>{0, 1, 2});
  }

  TEST_CASE("writes to keys that are not the reading's own stray, and only selected keys are judged") {
    const MemoryKeyspace keyspace{{key_of("mine", RedisType::list, {"x"}), key_of("other", RedisType::list, {"x"}),
                                   key_of("outside", RedisType::list, {"x"}), key_of("plain", RedisType::list, {"x"})}};
    KeyPlan plan{4};
    plan.plan_as(1);
    plan.model(0);
    plan.model(2);
    plan.plan_as(2);
    plan.model(1);
    const std::vector<bool> selected{true, true, false, true};
    const ItemBlock items = block_of({"x"});
    const auto strayed = [&](std::string_view key) {
      KeyProof proof{keyspace, plan, selected};
      REQUIRE(proof.write(1, {.key = key, .type = RedisType::list, .expires_at = {}, .items = &items}));
      return proof.finish()->strayed == std::set<std::uint32_t>{1};
    };
    CHECK_FALSE(strayed("mine"));
    CHECK_FALSE(strayed("outside"));
    CHECK(strayed("other"));
    CHECK(strayed("plain"));
    CHECK(strayed("nowhere"));
  }
}

}  // namespace qsnap::frameworks
