// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include <doctest/doctest.h>
#include <support/fake_records.hpp>

#include <qsnap/base/limits.hpp>
#include <qsnap/frameworks/verbatim.hpp>
#include <qsnap/model/stream_items.hpp>

namespace qsnap::frameworks {

namespace {

using model::MemoryKeyspace;
using model::Record;
using model::RedisType;
using qsnap::test::key_of;

std::vector<Record> emit(const MemoryKeyspace::Key& key, KeyRole role = KeyRole::data) {
  const MemoryKeyspace keyspace{{key}};
  qsnap::test::CollectingSink sink;
  REQUIRE(emit_verbatim(keyspace, 0, role, sink));
  return sink.records;
}

std::string text_of(const Record& record) {
  std::string text;
  for (const model::Field& field : record.fields) {
    text += field.name + "=" + field.json + " ";
  }
  return text;
}

/// A value that hands itself over in blocks of any size.
class BlockwiseKeyspace final : public model::Keyspace {
 public:
  BlockwiseKeyspace(std::vector<std::string> list, std::size_t per_block)
      : m_list(std::move(list)), m_per_block(per_block) {}

  [[nodiscard]] std::size_t size() const override { return 1; }
  [[nodiscard]] std::string_view name(model::KeyId /*key*/) const override { return "l"; }
  [[nodiscard]] RedisType type(model::KeyId /*key*/) const override { return RedisType::list; }
  [[nodiscard]] std::optional<Instant> expires_at(model::KeyId /*key*/) const override { return std::nullopt; }
  Result<void> read(model::KeyId /*key*/, Direction /*direction*/, const BlockReader& reader) const override {
    for (std::size_t at = 0; at < m_list.size(); at += m_per_block) {
      const auto end = std::min(at + m_per_block, m_list.size());
      QSNAP_TRY(reader(qsnap::test::block_of(
          {m_list.begin() + static_cast<std::ptrdiff_t>(at), m_list.begin() + static_cast<std::ptrdiff_t>(end)})));
    }
    return {};
  }

 private:
  std::vector<std::string> m_list;
  std::size_t m_per_block;
};

}  // namespace

TEST_SUITE("frameworks::emit_verbatim") {
  TEST_CASE("every type has its form") {
    struct Case {
      MemoryKeyspace::Key key;
      std::string_view wanted;
    };
    model::ItemBlock stream;
    model::push_stream_tuple(stream, {"meta", "0-0", "0", "0-0"});
    const std::vector<Case> cases = {
        {key_of("s", RedisType::string, {"v"}), R"(items=["v"] key="s" part=0 role="data" type="string" )"},
        {key_of("s", RedisType::string, {""}), R"(items=[""] key="s" part=0 role="data" type="string" )"},
        {key_of("l", RedisType::list, {"b", "a"}), R"(items=["b","a"] key="l" part=0 role="data" type="list" )"},
        {key_of("t", RedisType::set, {"a", "b"}), R"(items=["a","b"] key="t" part=0 role="data" type="set" )"},
        {key_of("h", RedisType::hash, {"f", "\xff"}),
         R"(items=[["f",{"$b64":"/w=="}]] key="h" part=0 role="data" type="hash" )"},
        {key_of("z", RedisType::zset, {"m", "inf"}), R"(items=[["m","inf"]] key="z" part=0 role="data" type="zset" )"},
        {MemoryKeyspace::Key{"x", RedisType::stream, std::nullopt, stream},
         R"(items=[["meta","0-0","0","0-0"]] key="x" part=0 role="data" type="stream" )"},
        {key_of("\xfe", RedisType::string, {"v"}, instant_from_ms(5)),
         R"(expire_at_ms=5 items=["v"] key={"$b64":"/g=="} part=0 role="data" type="string" )"},
    };
    for (const Case& c : cases) {
      const auto records = emit(c.key);
      REQUIRE(records.size() == 1);
      CHECK(text_of(records.front()) == c.wanted);
    }
  }

  TEST_CASE("a role is told") {
    CHECK(emit(key_of("s", RedisType::string, {"v"}), KeyRole::lock).front().fields.find("role") == R"("lock")");
    CHECK(emit(key_of("s", RedisType::string, {"v"}), KeyRole::derived).front().fields.find("role") == R"("derived")");
  }

  TEST_CASE("a long value is split between items, and no part is over the limit") {
    std::vector<std::string> items;
    for (int i = 0; i < 5000; ++i) {
      items.push_back("item " + std::to_string(i) + std::string(static_cast<std::size_t>(i % 50), '"'));
    }
    const auto records = emit(key_of("l", RedisType::list, items));
    CHECK(records.size() > 4);
    std::vector<std::string> back;
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto json = records[i].fields.find("items").value();
      CHECK(json.size() <= limits::k_key_part_bytes + 2);
      const bool full = json.size() + 100 > limits::k_key_part_bytes;
      CHECK((full || i + 1 == records.size()));
      const auto part = parse_verbatim(records[i]);
      REQUIRE(part);
      CHECK(part->part == i);
      for (std::size_t k = 0; k < part->items.size(); ++k) {
        back.emplace_back(part->items[k]);
      }
    }
    CHECK(back == items);
  }

  TEST_CASE("an item over the limit is a part of its own") {
    const std::string large(2 * limits::k_key_part_bytes, 'x');
    const auto records = emit(key_of("h", RedisType::hash, {"a", "1", "b", large, "c", "3"}));
    REQUIRE(records.size() == 3);
    CHECK(records[0].fields.find("items") == R"([["a","1"]])");
    CHECK(records[1].fields.find("items")->size() > limits::k_key_part_bytes);
    CHECK(records[2].fields.find("items") == R"([["c","3"]])");
  }

  TEST_CASE("the cut does not depend on how the keyspace hands blocks over") {
    std::vector<std::string> items;
    for (int i = 0; i < 4000; ++i) {
      items.push_back(std::string(static_cast<std::size_t>(i % 97), 'a'));
    }
    std::vector<std::vector<Record>> results;
    for (const std::size_t per_block : {1U, 7U, 1000U, 4000U}) {
      const BlockwiseKeyspace keyspace{items, per_block};
      qsnap::test::CollectingSink sink;
      REQUIRE(emit_verbatim(keyspace, 0, KeyRole::data, sink));
      results.push_back(sink.records);
    }
    for (const auto& result : results) {
      CHECK(result == results.front());
    }
  }
}

TEST_SUITE("frameworks::parse_verbatim") {
  TEST_CASE("reads back what was emitted") {
    const auto key = key_of("k\xff", RedisType::zset, {"a", "-inf", "b", "1.5"}, instant_from_ms(77));
    const auto part = parse_verbatim(emit(key, KeyRole::derived).front());
    REQUIRE(part);
    CHECK(part->key == key.name);
    CHECK(part->type == key.type);
    CHECK(part->role == KeyRole::derived);
    CHECK(part->part == 0);
    CHECK(part->expires_at == key.expires_at);
    CHECK(part->items == key.items);
  }

  TEST_CASE("refuses every record that emitting could not have made") {
    const auto with = [](std::string_view name, std::string json) {
      return [name, json](Record& record) { record.fields.set(name, json); };
    };
    const auto without = [](std::string_view name) { return [name](Record& record) { record.fields.erase(name); }; };
    struct Case {
      std::string_view what;
      RedisType type;
      std::function<void(Record&)> spoil;
    };
    const std::vector<Case> cases = {
        {"no key", RedisType::hash, without("key")},
        {"no type", RedisType::hash, without("type")},
        {"no role", RedisType::hash, without("role")},
        {"no part", RedisType::hash, without("part")},
        {"no items", RedisType::hash, without("items")},
        {"unknown member", RedisType::hash, with("ttl", "5")},
        {"volatile member", RedisType::hash, [](Record& record) { record.volatiles.set("a", "1"); }},
        {"key is a number", RedisType::hash, with("key", "5")},
        {"unknown type", RedisType::hash, with("type", R"("bitmap")")},
        {"unknown role", RedisType::hash, with("role", R"("boss")")},
        {"part is negative", RedisType::hash, with("part", "-1")},
        {"part is no integer", RedisType::hash, with("part", "1.5")},
        {"expiry is text", RedisType::hash, with("expire_at_ms", R"("5")")},
        {"items is no array", RedisType::hash, with("items", "{}")},
        {"no item", RedisType::hash, with("items", "[]")},
        {"half a pair", RedisType::hash, with("items", R"([["a"]])")},
        {"a triple", RedisType::hash, with("items", R"([["a","b","c"]])")},
        {"a pair that is a string", RedisType::hash, with("items", R"(["a"])")},
        {"value is null", RedisType::hash, with("items", R"([["a",null]])")},
        {"score is no number", RedisType::zset, with("items", R"([["a","x"]])")},
        {"score is NaN", RedisType::zset, with("items", R"([["a","nan"]])")},
        {"list item is an array", RedisType::list, with("items", R"([["a"]])")},
        {"string with two items", RedisType::string, with("items", R"(["a","b"])")},
        {"string in a second part", RedisType::string, with("part", "1")},
        {"empty stream tuple", RedisType::stream, with("items", "[[]]")},
        {"stream item is a string", RedisType::stream, with("items", R"(["meta"])")},
    };
    for (const Case& c : cases) {
      CAPTURE(c.what);
      model::ItemBlock stream;
      model::push_stream_tuple(stream, {"meta", "0-0", "0", "0-0"});
      const bool paired = model::items_per_element(c.type) == 2U;
      const auto plain =
          key_of("k", c.type, paired ? std::vector<std::string>{"a", "1"} : std::vector<std::string>{"a"});
      auto record =
          emit(c.type == RedisType::stream ? MemoryKeyspace::Key{"k", c.type, std::nullopt, stream} : plain).front();
      REQUIRE(parse_verbatim(record));
      c.spoil(record);
      const auto part = parse_verbatim(record);
      REQUIRE_FALSE(part);
      CHECK(part.error().code == ErrorCode::corrupt);
    }
  }
}

}  // namespace qsnap::frameworks
