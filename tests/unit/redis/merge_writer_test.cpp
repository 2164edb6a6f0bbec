// SPDX-License-Identifier: Apache-2.0
// Writing beside what others have, against a real redis-server.
#include <string>
#include <unit/redis/server_fixture.hpp>

#include <doctest/doctest.h>
#include <support/redis_server.hpp>

#include <qsnap/base/limits.hpp>
#include <qsnap/redis/merge_writer.hpp>

namespace qsnap::redis {

namespace {

using model::KeyWrite;
using model::LoadStage;
using model::RedisType;

constexpr std::size_t k_depth = 100;

model::ItemBlock block(std::initializer_list<std::string_view> items) {
  model::ItemBlock all;
  for (const std::string_view item : items) {
    all.push(item);
  }
  return all;
}

KeyWrite structure(std::string_view key, RedisType type, const model::ItemBlock& items) {
  KeyWrite write;
  write.stage = LoadStage::structure;
  write.key = key;
  write.type = type;
  write.items = &items;
  return write;
}

}  // namespace

TEST_SUITE_BEGIN("qsnap::redis::MergeWriter");

TEST_CASE("elements that are there stay as they are, and counters only rise") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection connection = connect(endpoint);
  run(connection, "ZADD set 1 old");
  run(connection, "HSET table old kept");
  run(connection, "RPUSH list old");
  run(connection, "SET low 3");
  run(connection, "SET high 30");
  MergeWriter writer{connection, k_depth, {}};
  const model::ItemBlock scored = block({"old", "9", "new", "2"}), fields = block({"old", "lost", "new", "added"}),
                         ids = block({"new", "newer"});
  KeyWrite left = structure("list", RedisType::list, ids);
  left.end = KeyWrite::ListEnd::left;
  REQUIRE(writer.append(structure("set", RedisType::zset, scored)));
  REQUIRE(writer.append(structure("table", RedisType::hash, fields)));
  REQUIRE(writer.append(left));
  REQUIRE(writer.raise("low", 20));
  REQUIRE(writer.raise("high", 20));
  REQUIRE(writer.raise("fresh", 20));
  REQUIRE(writer.finish());

  const Capture image = captured(endpoint);
  CHECK(value(*image.keyspace, "set") == "old 1 new 2");
  CHECK(value(*image.keyspace, "table") == "new added old kept");
  CHECK(value(*image.keyspace, "list") == "newer new old");
  CHECK(value(*image.keyspace, "low") == "20");
  CHECK(value(*image.keyspace, "high") == "30");
  CHECK(value(*image.keyspace, "fresh") == "20");
}

TEST_CASE("a command that the server refuses leaves nothing of its transaction, and what was created can be undone") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection connection = connect(endpoint);
  run(connection, "RPUSH list old");
  run(connection, "ACL SETUSER default -sadd");
  MergeWriter writer{connection, k_depth, {}};
  const model::ItemBlock items = block({"new"});
  KeyWrite body = structure("body", RedisType::string, items);
  body.stage = LoadStage::body;
  REQUIRE(writer.create(body));
  REQUIRE(writer.append(structure("list", RedisType::list, items)));
  REQUIRE(writer.append(structure("names", RedisType::set, items)));
  CHECK_FALSE(writer.finish());
  CHECK(writer.appended().done == 0);
  Connection other = connect(endpoint);
  REQUIRE(writer.undo(other));

  const Capture image = captured(endpoint);
  CHECK(image.keyspace->size() == 1);
  CHECK(value(*image.keyspace, "list") == "old");
}

TEST_CASE("what is more than one transaction is told apart: those that were carried out stay") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection connection = connect(endpoint);
  MergeWriter writer{connection, k_depth, {}};
  const std::string large(5 * limits::k_mib, 'x');
  const model::ItemBlock items = block({large});
  for (const std::string_view key : {"first", "second", "third"}) {
    REQUIRE(writer.append(structure(key, RedisType::list, items)));
  }
  run(connection, "SET second taken");  // somebody else, behind our back
  const auto finished = writer.finish();
  REQUIRE_FALSE(finished);
  CHECK(writer.appended().done == 2);
  CHECK(writer.appended().all == 3);
  Connection other = connect(endpoint);
  const auto first = other.call({"LLEN", "first"}), third = other.call({"EXISTS", "third"});
  REQUIRE(first);
  REQUIRE(third);
  CHECK(first->integer() == 1);
  CHECK(third->integer() == 0);
}

TEST_CASE("a key that holds no number is no counter") {
  const test::RedisServer server;
  Connection connection = connect(endpoint_of(server));
  run(connection, "SET word abc");
  run(connection, "SET below -4");
  run(connection, "SADD set member");
  const auto word = read_counter(connection, "word"), below = read_counter(connection, "below"),
             absent = read_counter(connection, "absent"), set = read_counter(connection, "set");
  CHECK((!word && word.error().code == ErrorCode::refused));
  CHECK((!set && set.error().code == ErrorCode::refused));
  CHECK_FALSE(below);
  CHECK((absent && *absent == 0));
}

TEST_SUITE_END();

}  // namespace qsnap::redis
