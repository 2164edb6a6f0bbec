// SPDX-License-Identifier: Apache-2.0
// Against a real redis-server, and against peers that are none.
#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <unit/redis/server_fixture.hpp>

#include <doctest/doctest.h>
#include <support/redis_server.hpp>
#include <support/temp_dir.hpp>

#include <qsnap/base/unique_fd.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/key_writer.hpp>

namespace qsnap::redis {

TEST_SUITE_BEGIN("qsnap::redis::Connection");

TEST_CASE("a peer that accepts and never answers is given up after the reply timeout") {
  const test::TempDir dir;
  Endpoint endpoint;
  endpoint.socket_path = dir.path() / "s";
  const UniqueFd listener{::socket(AF_UNIX, SOCK_STREAM, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  endpoint.socket_path.native().copy(address.sun_path, sizeof(address.sun_path) - 1);
  REQUIRE(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  REQUIRE(::listen(listener.get(), 1) == 0);
  ConnectionOptions options;
  options.reply_timeout = std::chrono::milliseconds{30};
  const auto start = std::chrono::steady_clock::now();
  const auto connection = Connection::open(endpoint, options, {});
  REQUIRE(!connection);
  CHECK(connection.error().code == ErrorCode::redis_unreachable);
  CHECK(connection.error().message.find("did not answer within 30 ms") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{5});
}

TEST_CASE("where nobody listens the error names the address and a next step") {
  const test::TempDir dir;
  Endpoint endpoint;
  endpoint.socket_path = dir.path() / "s";
  const auto connection = Connection::open(endpoint, {}, {});
  REQUIRE(!connection);
  CHECK(connection.error().code == ErrorCode::redis_unreachable);
  CHECK(connection.error().message.find(endpoint.display()) != std::string::npos);
  CHECK(connection.error().hints.front().find("ping") != std::string::npos);
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("qsnap::redis::KeyWriter");

TEST_CASE("left writes push in front, later stages wait, undo takes everything away") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  model::ItemBlock items;
  items.push("1");
  items.push("2");
  const auto write = [&](model::LoadStage stage, std::string_view key, model::KeyWrite::ListEnd end) {
    model::KeyWrite out;
    out.stage = stage;
    out.key = key;
    out.type = model::RedisType::list;
    out.items = &items;
    out.end = end;
    return out;
  };
  using End = model::KeyWrite::ListEnd;
  KeyWriter writer{redis, 10};
  REQUIRE(writer.write(write(model::LoadStage::wakeup, "late", End::right)));
  REQUIRE(writer.write(write(model::LoadStage::body, "list", End::left)));
  REQUIRE(writer.write(write(model::LoadStage::body, "list", End::right)));
  REQUIRE(writer.finish());
  CHECK(writer.keys_written() == 2);
  const Capture result = captured(endpoint);
  CHECK(value(*result.keyspace, "list") == "2 1 1 2");
  CHECK(value(*result.keyspace, "late") == "1 2");
  CHECK(*has_keys(redis, {}));
  CHECK(*has_keys(redis, {"la"}));
  CHECK(!*has_keys(redis, {"x", "l?"}));
  REQUIRE(writer.undo(redis));
  CHECK(!*has_keys(redis, {}));
}

TEST_CASE("a sorted set keeps the score -0, which a small one would lose") {
  const test::RedisServer server;
  Connection redis = connect(endpoint_of(server));
  model::ItemBlock items;
  for (const std::string_view item : {"minus", "-0", "plus", "0"}) {
    items.push(item);
  }
  model::KeyWrite zset;
  zset.key = "zset";
  zset.type = model::RedisType::zset;
  zset.items = &items;
  KeyWriter writer{redis, 10};
  REQUIRE(writer.write(zset));
  REQUIRE(writer.finish());
  CHECK(value(*captured(endpoint_of(server)).keyspace, "zset") == "minus -0 plus 0");
}

TEST_CASE("the first refused write is the error, and undo still works") {
  const test::RedisServer server;
  Connection redis = connect(endpoint_of(server));
  run(redis, "SET string v");
  model::ItemBlock items;
  items.push("1");
  model::KeyWrite bad;
  bad.key = "string";
  bad.type = model::RedisType::list;
  bad.items = &items;
  KeyWriter writer{redis, 10};
  REQUIRE(writer.write(bad));
  const auto finished = writer.finish();
  REQUIRE(!finished);
  CHECK(finished.error().message.find("writing key string: ") == 0);
  CHECK(writer.undo(redis));
}

TEST_SUITE_END();

}  // namespace qsnap::redis
