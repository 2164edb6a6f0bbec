// SPDX-License-Identifier: Apache-2.0
#include <initializer_list>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include <qsnap/frameworks/layout/stock_satellites.hpp>
#include <qsnap/model/stream_items.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::ItemBlock;
using model::Record;

constexpr JobContext k_job{"mail", "waiting", "j1"};

ItemBlock block(std::initializer_list<std::string_view> items) {
  ItemBlock result;
  for (const std::string_view item : items) {
    result.push(item);
  }
  return result;
}

/// What the satellite makes of a value, after a check that it gives the same back.
Record described(const Satellite& satellite, const ItemBlock& items, std::optional<Instant> expires_at = std::nullopt) {
  Record record{model::Section::jobs, {}, {}};
  CHECK(satellite.describe(k_job, {items, expires_at}, record));
  const auto again = satellite.value(k_job, record);
  REQUIRE(again);
  REQUIRE(again->has_value());
  CHECK((*again)->items == items);
  CHECK((*again)->expires_at == expires_at);
  return record;
}

bool refused(const Satellite& satellite, std::string_view member, const char* json) {
  Record record{model::Section::jobs, {}, {}};
  record.volatiles.set(member, json);
  const auto value = satellite.value(k_job, record);
  return !value && value.error().code == ErrorCode::corrupt;
}

}  // namespace

TEST_SUITE("qsnap::frameworks::layout stock_satellites") {
  TEST_CASE("a string is a member, and so is its expiry") {
    const auto satellite = make_string_satellite({.key = "lock:<id>", .member = "lock"});
    const Record record = described(*satellite, block({"token"}), instant_from_ms(1795168757532));
    CHECK(record.fields.empty());
    CHECK(record.volatiles.size() == 2);
    CHECK(record.volatiles.find("lock") == R"("token")");
    CHECK(record.volatiles.find("lock_expires_at_ms") == "1795168757532");
    CHECK(satellite->type() == model::RedisType::string);
  }

  TEST_CASE("a string may be an instant, a number or a payload") {
    const auto instant = make_string_satellite({.key = "t:<id>", .member = "started_at_ms"}, Form::instant);
    CHECK(described(*instant, block({"12"})).volatiles.find("started_at_ms") == "12");
    Record record;
    CHECK_FALSE(instant->describe(k_job, {block({"soon"}), std::nullopt}, record));
    const auto result =
        make_string_satellite({.key = "r:<id>", .member = "result", .place = Place::fields}, Form::embedded, "pickle");
    CHECK(described(*result, block({"[1, 2]"})).fields.find("result_enc") == R"("json-py")");
    CHECK(described(*result, block({"\x80\x04."})).fields.find("result_codec") == R"("pickle")");
  }

  TEST_CASE("sets and lists are arrays, hashes objects, sorted sets and streams arrays of tuples") {
    const auto set = make_set_satellite({.key = "s:<id>", .member = "tags"});
    CHECK(described(*set, block({"a", "\xff"})).volatiles.find("tags") == R"(["a",{"$b64":"/w=="}])");
    const auto list = make_list_satellite({.key = "l:<id>", .member = "logs", .place = Place::fields});
    CHECK(described(*list, block({"b", "a", "b"})).fields.find("logs") == R"(["b","a","b"])");
    const auto hash = make_hash_satellite({.key = "h:<id>", .member = "done"});
    CHECK(described(*hash, block({"a", "1", "b", "\xff"})).volatiles.find("done") ==
          R"({"a":"1","b":{"$b64":"/w=="}})");
    const auto zset = make_zset_satellite({.key = "z:<id>", .member = "marks"});
    CHECK(described(*zset, block({"b", "1", "a", "2.5"})).volatiles.find("marks") == R"([["b","1"],["a","2.5"]])");
    ItemBlock tuples;
    model::push_stream_tuple(tuples, {"meta", "1-0", "1", "0-0"});
    model::push_stream_tuple(tuples, {"entry", "1-0", "f", "v"});
    const auto stream = make_stream_satellite({.key = "x:<id>", .member = "results"});
    CHECK(described(*stream, tuples).volatiles.find("results") ==
          R"([["meta","1-0","1","0-0"],["entry","1-0","f","v"]])");
  }

  TEST_CASE("a value that cannot be such a member is left to be verbatim") {
    Record record;
    const auto hash = make_hash_satellite({.key = "h:<id>", .member = "done"});
    CHECK_FALSE(hash->describe(k_job, {block({"\xff", "1"}), std::nullopt}, record));
    const auto stream = make_stream_satellite({.key = "x:<id>", .member = "results"});
    CHECK_FALSE(stream->describe(k_job, {block({"9", "meta"}), std::nullopt}, record));
    const auto text = make_string_satellite({.key = "t:<id>", .member = "text"});
    const std::string large(k_satellite_bytes + 1, 'x');
    CHECK_FALSE(text->describe(k_job, {block({large}), std::nullopt}, record));
    CHECK(record == Record{});
  }

  TEST_CASE("members that cannot be read are refused, and without elements there is no key") {
    CHECK(refused(*make_set_satellite({.key = "s:<id>", .member = "m"}), "m", "{}"));
    CHECK(refused(*make_set_satellite({.key = "s:<id>", .member = "m"}), "m", "[1]"));
    CHECK(refused(*make_hash_satellite({.key = "h:<id>", .member = "m"}), "m", R"({"a":1})"));
    CHECK(refused(*make_zset_satellite({.key = "z:<id>", .member = "m"}), "m", R"([["a","soon"]])"));
    CHECK(refused(*make_zset_satellite({.key = "z:<id>", .member = "m"}), "m", R"([["a"]])"));
    CHECK(refused(*make_zset_satellite({.key = "z:<id>", .member = "m"}), "m", "[[]]"));
    CHECK(refused(*make_stream_satellite({.key = "x:<id>", .member = "m"}), "m", "[[]]"));
    const auto set = make_set_satellite({.key = "s:<id>", .member = "m"});
    Record record{model::Section::jobs, {}, {}};
    const auto without = set->value(k_job, record);
    REQUIRE(without);
    CHECK_FALSE(without->has_value());
    record.volatiles.set("m", "[]");
    const auto empty = set->value(k_job, record);
    REQUIRE(empty);
    CHECK_FALSE(empty->has_value());
    record.volatiles.set("m", R"(["a"])");
    record.volatiles.set("m_expires_at_ms", R"("soon")");
    CHECK_FALSE(set->value(k_job, record));
  }

  TEST_CASE("references of several roles share one array") {
    const auto chosen = [](std::string_view id) { return id.size() > 1; };
    const auto waiting = make_refs_satellite({.key = "<id>:dependents", .member = "dependents"}, "dependents");
    const auto done = make_refs_satellite({.key = "<id>:done", .member = "done"}, "done", chosen);
    Record record{model::Section::jobs, {}, {}};
    CHECK(waiting->describe(k_job, {block({"b", "c"}), std::nullopt}, record));
    CHECK(done->describe(k_job, {block({"a", "long"}), instant_from_ms(5)}, record));
    CHECK(record.fields.find("refs") ==
          R"([{"role":"dependents"},{"role":"dependents"},{"id":"a","role":"done"},{"role":"done"}])");
    CHECK(record.volatiles.find("ref_ids") == R"(["b","c","a","long"])");
    CHECK(record.volatiles.find("done_expires_at_ms") == "5");
    const auto first = waiting->value(k_job, record);
    REQUIRE(first);
    REQUIRE(first->has_value());
    CHECK((*first)->items == block({"b", "c"}));
    const auto second = done->value(k_job, record);
    REQUIRE(second);
    REQUIRE(second->has_value());
    CHECK((*second)->items == block({"a", "long"}));
    record.volatiles.set("ref_ids", R"(["b"])");
    CHECK_FALSE(done->value(k_job, record));
  }

  TEST_CASE("a key is named after the id of the structure, or of the body, and what the record says") {
    const auto plain = make_string_satellite({.key = "<queue>:r:<id>", .member = "r"});
    CHECK(plain->key(k_job, Record{}) == "mail:r:j1");
    Record record{model::Section::jobs, {}, {}};
    CHECK_FALSE(plain->key({"mail", "waiting", {}}, record));
    record.volatiles.set("id", R"("inside")");
    CHECK(plain->key({"mail", "waiting", {}}, record) == "mail:r:inside");
    const auto unique = make_string_satellite(
        {.key = "unique:<digest>", .member = "u", .other = [](const JobContext&, const Record& job) {
           return job.fields.contains("unique") ? std::optional<std::string>{"abc"} : std::nullopt;
         }});
    CHECK_FALSE(unique->key(k_job, record));
    record.fields.set("unique", "true");
    CHECK(unique->key({"mail", "waiting", {}}, record) == "unique:abc");
  }
}

}  // namespace qsnap::frameworks::layout
