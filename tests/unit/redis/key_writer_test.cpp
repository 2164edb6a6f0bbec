// SPDX-License-Identifier: Apache-2.0
// Loads that fail, against a real redis-server.
#include <atomic>
#include <string>
#include <unit/redis/server_fixture.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/redis_server.hpp>

#include <qsnap/redis/key_writer.hpp>
#include <qsnap/redis/server_info.hpp>

namespace qsnap::redis {

namespace {

model::KeyWrite string_write(std::string_view key, const model::ItemBlock& value) {
  model::KeyWrite write;
  write.key = key;
  write.items = &value;
  return write;
}

model::ItemBlock value_of(std::size_t bytes) {
  model::ItemBlock value;
  value.push(std::string(bytes, 'v'));
  return value;
}

/// Writes keys until the writer says that something is wrong. The answer is what it said.
Error write_until_it_fails(KeyWriter& writer, std::size_t value_bytes) {
  const model::ItemBlock value = value_of(value_bytes);
  constexpr int k_more_than_it_takes = 1'000'000;
  for (int i = 0; i < k_more_than_it_takes; ++i) {
    if (const auto written = writer.write(string_write(fmt::format("app:{}", i), value)); !written) {
      return written.error();
    }
  }
  FAIL("every write succeeded");
  return {};
}

std::int64_t keys_in(Connection& connection) {
  const auto reply = connection.call({"DBSIZE"});
  REQUIRE(reply);
  return *reply->integer();
}

std::string id_of(Connection& connection) {
  const auto reply = connection.call({"CLIENT", "ID"});
  REQUIRE(reply);
  return fmt::format("{}", *reply->integer());
}

}  // namespace

TEST_SUITE_BEGIN("qsnap::redis::KeyWriter, when something fails");

TEST_CASE("after its connection was killed, another one takes away what was written, and nobody else's keys") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection loading = connect(endpoint), other = connect(endpoint);
  run(other, "SET foreign stays");
  const std::string id = id_of(loading);
  KeyWriter writer{loading, 100};
  const model::ItemBlock bytes = value_of(100);
  for (int i = 0; i < 5000; ++i) {
    REQUIRE(writer.write(string_write(fmt::format("before:{}", i), bytes)));
  }
  run(other, "CLIENT KILL ID " + id);
  const Error failure = write_until_it_fails(writer, 1000);
  CHECK(failure.code == ErrorCode::redis_unreachable);
  CHECK(keys_in(other) > 1000);
  REQUIRE(writer.undo(other));
  CHECK(keys_in(other) == 1);
  CHECK(value(*captured(endpoint).keyspace, "foreign") == "stays");
}

TEST_CASE("a load that was stopped in the middle of a command is ended before its keys are taken away") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  std::atomic<bool> stopped = false;
  auto opened = Connection::open(endpoint, {}, Progress{{}, &stopped});
  REQUIRE(opened);
  Connection& loading = *opened;
  Connection other = connect(endpoint);
  REQUIRE(*claim_load(loading, 0));
  KeyWriter writer{loading, 100};
  REQUIRE(writer.write(string_write("first", value_of(10))));
  run(other, "CLIENT PAUSE 60000 WRITE");  // so that commands lie unanswered, and unread, when the wait ends
  stopped = true;
  const Error failure = write_until_it_fails(writer, 100'000);
  CHECK(failure.code == ErrorCode::cancelled);
  run(other, "CLIENT UNPAUSE");
  REQUIRE(writer.undo(other));
  CHECK(keys_in(other) == 0);
  const auto clients = other.call({"CLIENT", "LIST"});
  REQUIRE(clients);
  CHECK(clients->text().find("git-qsnap-load") == std::string_view::npos);
}

TEST_CASE("a server without memory names the key, and what was written goes") {
  const test::RedisServer server{{{}, {"--maxmemory", "4mb", "--maxmemory-policy", "noeviction"}}};
  Connection loading = connect(endpoint_of(server)), other = connect(endpoint_of(server));
  KeyWriter writer{loading, 100};
  const Error failure = write_until_it_fails(writer, 10'000);
  CHECK(failure.message.find("writing key app:") == 0);
  CHECK(failure.message.find("OOM") != std::string::npos);
  CHECK(keys_in(other) > 0);
  REQUIRE(writer.undo(other));
  CHECK(keys_in(other) == 0);
}

TEST_CASE("what cannot be taken away can be named") {
  const test::RedisServer server;
  Connection loading = connect(endpoint_of(server)), other = connect(endpoint_of(server));
  KeyWriter writer{loading, 100};
  const model::ItemBlock value = value_of(1);
  for (const std::string_view key : {"a", "b", "b", "c", "a"}) {
    REQUIRE(writer.write(string_write(key, value)));
  }
  REQUIRE(writer.finish());
  CHECK(writer.keys_written() == 3);
  CHECK(*writer.first_keys(2) == std::vector<std::string>{"a", "b"});
  run(other, "ACL SETUSER weak on nopass ~* +@all -unlink");
  run(other, "AUTH weak any");
  const auto undone = writer.undo(other);
  REQUIRE(!undone);
  CHECK(undone.error().code == ErrorCode::redis_denied);
}

TEST_CASE("values of all lengths arrive, and so do more commands than are in flight") {
  const test::RedisServer server;
  Connection redis = connect(endpoint_of(server));
  KeyWriter writer{redis, 10};
  constexpr std::size_t k_mib = 1024 * 1024;
  const std::vector<std::size_t> lengths = {0, 1, 65'535, 65'536, 65'537, 3 * k_mib, 5};
  for (const std::size_t length : lengths) {
    REQUIRE(writer.write(string_write(fmt::format("{}", length), value_of(length))));
  }
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(writer.write(string_write(fmt::format("small:{}", i), value_of(3))));
  }
  REQUIRE(writer.finish());
  CHECK(keys_in(redis) == 1007);
  for (const std::size_t length : lengths) {
    const auto reply = redis.call({"GET", fmt::format("{}", length)});
    REQUIRE(reply);
    CHECK(reply->text() == std::string(length, 'v'));
  }
}

TEST_CASE("the last expiry of a key counts, and comes after its last write") {
  const test::RedisServer server;
  Connection redis = connect(endpoint_of(server));
  const auto time = server_time(redis);
  REQUIRE(time);
  KeyWriter writer{redis, 10};
  const model::ItemBlock value = value_of(1);
  model::KeyWrite write = string_write("key", value);
  write.expires_at = *time + std::chrono::hours{1};
  REQUIRE(writer.write(write));
  REQUIRE(writer.write(string_write("other", value)));
  write.expires_at = *time + std::chrono::hours{2};
  REQUIRE(writer.write(write));
  REQUIRE(writer.finish());
  const auto reply = redis.call({"PEXPIRETIME", "key"});
  REQUIRE(reply);
  CHECK(*reply->integer() == to_ms(*write.expires_at));
}

TEST_SUITE_END();

}  // namespace qsnap::redis
