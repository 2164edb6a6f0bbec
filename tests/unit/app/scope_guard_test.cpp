// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/fake_records.hpp>
#include <support/redis_server.hpp>

#include <qsnap/app/scope_guard.hpp>

namespace qsnap::app {

namespace {

using model::Record;
using model::Section;

Record verbatim(const std::string& key, const std::string& type, const std::string& items) {
  Record record{Section::keys, {}, {}};
  record.fields.set("items", items);
  record.fields.set("key", '"' + key + '"');
  record.fields.set("part", "0");
  record.fields.set("role", R"("data")");
  record.fields.set("type", '"' + type + '"');
  return record;
}

test::FakeRecords snapshot(std::vector<Record> records, model::Scope scope) {
  model::Metadata metadata;
  metadata.scope = std::move(scope);
  return test::FakeRecords{std::move(records), std::move(metadata)};
}

redis::Connection connect(const test::RedisServer& server) {
  redis::Endpoint endpoint;
  endpoint.socket_path = server.socket_path();
  auto connection = redis::Connection::open(endpoint, {}, {});
  REQUIRE(connection);
  return *std::move(connection);
}

}  // namespace

TEST_SUITE_BEGIN("scope guard");

TEST_CASE("a snapshot that writes outside the prefixes of its own scope is refused") {
  const test::RedisServer server;
  redis::Connection redis = connect(server);
  const auto hostile =
      snapshot({verbatim("app:a", "string", R"(["1"])"), verbatim("session:1", "string", R"(["x"])")}, {{"app:"}, {}});
  const auto answer = sets_to_share(hostile, {}, {}, redis);
  REQUIRE(!answer);
  CHECK(answer.error().code == ErrorCode::refused);
  CHECK(answer.error().message.find("session:1") != std::string::npos);
}

TEST_CASE("beside a queue a load may add to sets, and writes into no other key that exists") {
  const test::RedisServer server;
  redis::Connection redis = connect(server);
  REQUIRE(redis.call({"SADD", "queues", "other"}));
  REQUIRE(redis.call({"SET", "session:1", "keep"}));
  const Record names = verbatim("queues", "set", R"(["mail"])"), session = verbatim("session:1", "string", R"(["x"])");

  const auto shared = sets_to_share(snapshot({names}, {{}, {"mail"}}), {}, {}, redis);
  REQUIRE(shared);
  CHECK(*shared == std::vector<std::string>{"queues"});

  const auto hostile = snapshot({names, session}, {{}, {"mail"}});
  const auto answer = sets_to_share(hostile, {}, {}, redis);
  REQUIRE(!answer);
  CHECK(answer.error().code == ErrorCode::refused);
  CHECK(answer.error().message.find("session:1") != std::string::npos);

  const std::vector<std::string> to_delete = {"session:1"};
  CHECK(sets_to_share(hostile, {}, to_delete, redis));
}

TEST_SUITE_END();

}  // namespace qsnap::app
