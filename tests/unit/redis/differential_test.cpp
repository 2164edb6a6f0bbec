// SPDX-License-Identifier: Apache-2.0
// What typed commands read = what the RDB reader reads = what is loaded back, for random keyspaces.
// QSNAP_KEYSPACES says how many (tests/long/differential), QSNAP_SEED where to start.
#include <cstdlib>
#include <unit/redis/random_keyspace.hpp>
#include <unit/redis/rdb_fixture.hpp>
#include <unit/redis/server_fixture.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/redis_server.hpp>

#include <qsnap/redis/key_writer.hpp>
#include <qsnap/redis/plain_capture.hpp>
#include <qsnap/redis/rdb/rdb_file.hpp>

namespace qsnap::redis {

namespace {

using model::Keyspace;

constexpr std::uint32_t k_copy_database = 1;
constexpr std::uint32_t k_other_database = 2;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoull(text);
}

void send_all(Connection& connection, const std::vector<Words>& commands) {
  const auto make = [&](std::size_t i, Command& command) { command.assign(commands[i].begin(), commands[i].end()); };
  const auto take = [&](std::size_t i, const Reply& reply) -> Result<void> {
    CAPTURE(commands[i].front());
    CHECK_MESSAGE(!reply.is_error(), reply.text());
    return {};
  };
  REQUIRE(pipeline(connection, commands.size(), 200, make, take));
}

Capture typed(const test::RedisServer& server, std::uint32_t database) {
  Endpoint endpoint = endpoint_of(server);
  endpoint.database = database;
  auto result = capture_plainly(endpoint, {}, {});
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().message));
  return *std::move(result);
}

RdbImage saved(const test::RedisServer& server, Instant captured_at, std::uint64_t elsewhere) {
  auto file = RdbFile::open(server.socket_path().parent_path() / "dump.rdb", {});
  REQUIRE(file);
  auto image = read_image(*file, {}, captured_at);
  REQUIRE_MESSAGE(image.has_value(), (image ? "" : image.error().message));
  CHECK(image->info.checked);
  CHECK(image->info.keys_elsewhere == elsewhere);
  return *std::move(image);
}

void load(const Keyspace& keyspace, Connection& connection) {
  KeyWriter writer{connection, 100};
  for (model::KeyId key = 0; key < keyspace.size(); ++key) {
    REQUIRE(keyspace.read(key, Keyspace::Direction::forward, [&](const model::ItemBlock& block) {
      model::KeyWrite write;
      write.key = keyspace.name(key);
      write.type = keyspace.type(key);
      write.expires_at = keyspace.expires_at(key);
      write.items = &block;
      return writer.write(write);
    }));
  }
  const auto finished = writer.finish();
  REQUIRE_MESSAGE(finished.has_value(), (finished ? "" : finished.error().message));
}

/// A server that keeps large items as nodes of their own and may compress.
test::RedisServer::Options debuggable() {
  test::RedisServer::Options options;
  options.arguments = {"--enable-debug-command", "yes"};
  return options;
}

void check_keyspace(const test::RedisServer& server, Connection& redis, Connection& copy, std::uint64_t seed) {
  RandomKeyspace keyspace{seed};
  run(redis, "FLUSHALL SYNC");
  run(redis, keyspace.one_in(2) ? "DEBUG QUICKLIST-PACKED-THRESHOLD 100b" : "DEBUG QUICKLIST-PACKED-THRESHOLD 0");
  run(redis, fmt::format("CONFIG SET list-compress-depth {}", keyspace.below(2)));
  run(redis, keyspace.one_in(2) ? "CONFIG SET rdbcompression yes" : "CONFIG SET rdbcompression no");
  send_all(redis, keyspace.commands());
  const std::size_t elsewhere = keyspace.below(3);
  std::vector<Words> others{{"SELECT", std::to_string(k_other_database)}};
  for (std::size_t i = 0; i < elsewhere; ++i) {
    others.push_back({"XADD", fmt::format("s{}", i), "1-1", "a", "b"});
    others.push_back({"XGROUP", "CREATE", fmt::format("s{}", i), "g", "0"});
    others.push_back({"XREADGROUP", "GROUP", "g", "c", "STREAMS", fmt::format("s{}", i), ">"});
  }
  others.push_back({"SELECT", "0"});
  send_all(redis, others);
  run(redis, "SAVE");

  const Capture original = typed(server, 0);
  check_equal(*original.keyspace, saved(server, original.captured_at, elsewhere).keyspace, "the RDB");
  load(*original.keyspace, copy);
  check_equal(*original.keyspace, *typed(server, k_copy_database).keyspace, "the copy");
}

}  // namespace

TEST_SUITE_BEGIN("qsnap::redis::differential");

TEST_CASE("a typed read, a read of the RDB and what is loaded back are the same for random keyspaces") {
  const std::uint64_t count = number_from("QSNAP_KEYSPACES", 60);
  const std::uint64_t first = number_from("QSNAP_SEED", 1);
  const test::RedisServer server{debuggable()};
  Connection redis = connect(endpoint_of(server));
  Endpoint copy_endpoint = endpoint_of(server);
  copy_endpoint.database = k_copy_database;
  Connection copy = connect(copy_endpoint);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    CAPTURE(seed);
    check_keyspace(server, redis, copy, seed);
  }
  MESSAGE(count << " random keyspaces from seed " << first);
}

TEST_SUITE_END();

}  // namespace qsnap::redis
