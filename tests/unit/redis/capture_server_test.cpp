// SPDX-License-Identifier: Apache-2.0
// Against a real redis-server.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <unit/redis/server_fixture.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/redis_server.hpp>

#include <qsnap/base/text.hpp>
#include <qsnap/model/stream_items.hpp>
#include <qsnap/redis/capture.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/key_writer.hpp>
#include <qsnap/redis/server_info.hpp>

namespace qsnap::redis {

namespace {

using model::Keyspace;

void load(const Keyspace& keyspace, const Endpoint& target) {
  Connection connection = connect(target);
  KeyWriter writer{connection, 100};
  for (model::KeyId key = 0; key < keyspace.size(); ++key) {
    REQUIRE(keyspace.read(key, Keyspace::Direction::forward, [&](const model::ItemBlock& block) {
      model::KeyWrite write;
      write.stage = key % 2 == 0 ? model::LoadStage::body : model::LoadStage::structure;
      write.key = keyspace.name(key);
      write.type = keyspace.type(key);
      write.expires_at = keyspace.expires_at(key);
      write.items = &block;
      return writer.write(write);
    }));
  }
  const auto finished = writer.finish();
  REQUIRE_MESSAGE(finished.has_value(), (finished ? "" : finished.error().message));
  CHECK(writer.keys_written() == keyspace.size());
}

/// Law 1 for these keys: written into an empty server and captured there they are the same.
void check_copy(const Keyspace& keyspace) {
  const test::RedisServer target;
  load(keyspace, endpoint_of(target));
  const Capture copy = captured(endpoint_of(target));
  const std::string expected = show(keyspace);
  const std::string actual = show(*copy.keyspace);
  if (actual != expected) {  // the whole text would fill the log
    const auto [a, b] = std::mismatch(expected.begin(), expected.end(), actual.begin(), actual.end());
    const auto at = static_cast<std::size_t>(a - expected.begin());
    const std::size_t line = expected.rfind('\n', at) + 1;
    FAIL_CHECK("expected: " << expected.substr(line, 600) << "\nactual: " << actual.substr(line, 600));
  }
}

constexpr std::string_view k_streams[] = {
    "XADD s 1-1 a b",
    "XADD s 2-1 a b c d",
    "XADD s 3-1 a b",
    "XADD s 3-2 a b",
    "XGROUP CREATE s g 0",
    "XGROUP CREATE s idle 2-5",
    "XGROUP CREATECONSUMER s idle nobody",
    "XREADGROUP GROUP g one COUNT 2 STREAMS s >",
    "XREADGROUP GROUP g two COUNT 1 STREAMS s >",
    "XCLAIM s g two 0 1-1",
};

}  // namespace

TEST_SUITE_BEGIN("qsnap::redis::capture");

TEST_CASE("every type is captured in its layout") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  run(redis, "SET string value");
  run(redis, "SET timed value PXAT 4000000000123");
  run(redis, "RPUSH list c a b");
  run(redis, "SADD set c a b");
  run(redis, "SADD ints 3 10 2");
  run(redis, "HSET hash f2 v2 f1 v1");
  run(redis, "ZADD zset 0.1 b 1e300 c -inf a 3 d");
  for (const std::string_view line : k_streams) {
    run(redis, line);
  }
  const Capture result = captured(endpoint);
  const Keyspace& image = *result.keyspace;
  CHECK(result.mode == CaptureMode::freeze);
  CHECK(result.pause.count() > 0);
  CHECK(image.size() == 8);
  CHECK(value(image, "string") == "value");
  CHECK(image.expires_at(*image.find("string")) == std::nullopt);
  CHECK(image.expires_at(*image.find("timed")) == instant_from_ms(4000000000123));
  CHECK(value(image, "list") == "c a b");
  CHECK(value(image, "set") == "a b c");
  CHECK(value(image, "ints") == "10 2 3");
  CHECK(value(image, "hash") == "f1 v1 f2 v2");
  CHECK(value(image, "zset") == "a -inf b 0.1 d 3 c " + format_double(1e300));
  const std::string stream = value(image, "s");
  CHECK(
      stream.starts_with("4 meta 3-2 4 0-0 4 entry 1-1 a b 6 entry 2-1 a b c d 4 entry 3-1 a b 4 entry 3-2 a b "
                         "4 group g 3-1 3 3 consumer g one 3 consumer g two 6 pending g 1-1 two "));
  CHECK(stream.find(" 4 group idle 2-5  3 consumer idle nobody") != std::string::npos);
  CHECK(value(image, "no") == "absent");
  CHECK(show(image) == show(*captured(endpoint).keyspace));
  check_copy(image);
}

TEST_CASE("values of many windows come whole, in order and without doubles") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  const auto fill = [&](auto make) {
    REQUIRE(pipeline(
        redis, 7001, 100,
        [&, text = std::string{}](std::size_t i, Command& command) mutable {
          text = fmt::format("{:06}", (i * 1237) % 7001);
          command = make(text);
        },
        [](std::size_t, const Reply& reply) -> Result<void> {
          CHECK(!reply.is_error());
          return {};
        }));
  };
  fill([](const std::string& text) { return Command{"RPUSH", "list", text}; });
  fill([](const std::string& text) { return Command{"HSET", "hash", text, text}; });
  fill([](const std::string& text) { return Command{"SADD", "set", text}; });
  fill([](const std::string& text) { return Command{"ZADD", "zset", text, text}; });
  fill([](const std::string& text) { return Command{"XADD", "stream", "*", "f", text}; });
  run(redis, "XGROUP CREATE stream g 0");
  run(redis, "XREADGROUP GROUP g c COUNT 1234 STREAMS stream >");
  const Capture result = captured(endpoint);
  const Keyspace& image = *result.keyspace;
  for (const auto& key : {std::pair{"list", 7001U}, {"hash", 14002U}, {"set", 7001U}, {"zset", 14002U}}) {
    CHECK_MESSAGE(image.read_all(*image.find(key.first))->size() == key.second, key.first);
  }
  const auto stream = image.read_all(*image.find("stream"));
  CHECK(model::stream_tuples(*stream)->size() == 1 + 7001 + 1 + 1 + 1234);
  check_copy(image);
}

TEST_CASE("streams in every state can be captured and written again") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  const auto prepare = [&] {
    for (const std::string_view line : k_streams) {
      run(redis, line);
    }
  };
  std::vector<std::string_view> further;
  SUBCASE("as it is") {}
  SUBCASE("a pending entry was deleted") {
    further = {"XDEL s 2-1"};
  }
  SUBCASE("the first pending entries were trimmed away") {
    further = {"XTRIM s MINID 3-1"};
  }
  SUBCASE("deleted, and then all trimmed away") {
    further = {"XDEL s 1-1", "XTRIM s MAXLEN 0"};
  }
  SUBCASE("all trimmed away") {
    further = {"XTRIM s MAXLEN 0"};
  }
  SUBCASE("all deleted") {
    further = {"XDEL s 1-1 2-1 3-1 3-2"};
  }
  SUBCASE("with ids and counters of its own") {
    further = {"XSETID s 99-9 ENTRIESADDED 77 MAXDELETEDID 3-3", "XGROUP SETID s g 3-2 ENTRIESREAD 5"};
  }
  SUBCASE("made empty with a group") {
    further = {"DEL s", "XGROUP CREATE s g 0 MKSTREAM"};
  }
  SUBCASE("made empty without a group") {
    further = {"DEL s", "XADD s 5-5 a b", "XDEL s 5-5"};
  }
  SUBCASE("made empty, its group ahead") {
    further = {"DEL s", "XGROUP CREATE s g 7-7 MKSTREAM ENTRIESREAD 3"};
  }
  prepare();
  for (const std::string_view line : further) {
    run(redis, line);
  }
  const Capture first = captured(endpoint);
  const Capture second = captured(endpoint);
  CHECK(show(*first.keyspace) == show(*second.keyspace));
  CHECK(first.keyspace->size() == 1);
  check_copy(*first.keyspace);
}

TEST_CASE("an empty database is an empty image") {
  const test::RedisServer server;
  const Capture result = captured(endpoint_of(server));
  CHECK(result.keyspace->size() == 0);
}

TEST_CASE("prefixes select exactly, glob characters stand for themselves") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  for (const std::string_view key : {"a*:1", "ab:1", "a*", "b[x]", "bx", "bull:1", "bull:2", "bull"}) {
    run(redis, fmt::format("SET {} v", key));
  }
  CaptureOptions options;
  options.prefixes = {"a*", "b[x]", "bull:", "bull:1"};
  const Capture result = captured(endpoint, options);
  std::string names;
  for (model::KeyId key = 0; key < result.keyspace->size(); ++key) {
    names += std::string{result.keyspace->name(key)} + ' ';
  }
  CHECK(names == "a* a*:1 b[x] bull:1 bull:2 ");
}

TEST_CASE("a key whose expiry has come is not in the image, also before Redis deletes it") {
  const test::RedisServer server{{{}, {"--hz", "1"}}};
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  run(redis, "SET stays v");
  run(redis, "SET short v PX 1");
  const auto start = server_time(redis);
  while (to_ms(*server_time(redis)) < to_ms(*start) + 3) {
  }
  const Capture result = captured(endpoint);
  CHECK(result.keyspace->size() == 1);
  CHECK(value(*result.keyspace, "stays") == "v");
}

TEST_CASE("real states of every framework are the same after a copy") {
  int dumps = 0;
  for (const auto& file : std::filesystem::directory_iterator{QSNAP_SOURCE_DIR "/tests/fixtures"}) {
    if (file.path().extension() != ".rdb") {
      continue;
    }
    ++dumps;
    CAPTURE(file.path().native());
    const test::RedisServer server{{file.path(), {}}};
    const Capture result = captured(endpoint_of(server));
    CHECK(result.keyspace->size() > 0);
    CHECK(show(*result.keyspace) == show(*captured(endpoint_of(server)).keyspace));
    check_copy(*result.keyspace);
  }
  CHECK(dumps >= 4);
}

TEST_CASE("what the server refuses is told as what it is") {
  const test::RedisServer server;
  Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  run(redis, "SET other v");
  run(redis, "ACL SETUSER blind on >pw ~* &* +@all -client|tracking");
  run(redis, "ACL SETUSER narrow on >pw %R~bull:* &* +@all");
  run(redis, "ACL SETUSER unwatched on >pw ~* &* +@all -watch");
  endpoint.user = "blind";
  endpoint.password = "pw";
  CaptureOptions freeze;
  freeze.consistency = Consistency::freeze;
  SUBCASE("no tracking") {
    const auto result = capture(endpoint, freeze, {});
    REQUIRE(!result);
    CHECK(result.error().code == ErrorCode::inconsistent);
    CHECK(result.error().hints.front().find("+client|tracking") != std::string::npos);
  }
  SUBCASE("no watch") {
    endpoint.user = "unwatched";
    CHECK(capture(endpoint, freeze, {}).error().code == ErrorCode::redis_denied);
  }
  SUBCASE("a wrong password, which is not repeated") {
    endpoint.password = "secret";
    const auto result = capture(endpoint, {}, {});
    CHECK(result.error().code == ErrorCode::redis_denied);
    CHECK(result.error().message.find("secret") == std::string::npos);
  }
  SUBCASE("keys outside the user's rights") {
    endpoint.user = "narrow";
    CHECK(capture(endpoint, freeze, {}).error().code == ErrorCode::redis_denied);
    freeze.prefixes = {"bull:"};
    CHECK(capture(endpoint, freeze, {}).has_value());
  }
  SUBCASE("a database that is not there") {
    endpoint = endpoint_of(server);
    endpoint.database = 16;
    const auto result = capture(endpoint, {}, {});
    CHECK(result.error().code == ErrorCode::usage);
    CHECK(result.error().message.find("16") != std::string::npos);
  }
}

TEST_CASE("another database of the same server is another state") {
  const test::RedisServer server;
  Endpoint endpoint = endpoint_of(server);
  Connection zero = connect(endpoint);
  run(zero, "SET zero v");
  endpoint.database = 5;
  Connection five = connect(endpoint);
  run(five, "SET five v");
  const Capture result = captured(endpoint);
  CHECK(result.keyspace->size() == 1);
  CHECK(value(*result.keyspace, "five") == "v");
}

TEST_CASE("a cluster node is refused") {
  const test::RedisServer server{{{}, {"--cluster-enabled", "yes", "--port", "0"}}};
  const auto result = capture(endpoint_of(server), {}, {});
  REQUIRE(!result);
  CHECK(result.error().code == ErrorCode::refused);
  CHECK(result.error().message.find("clusters are not supported") != std::string::npos);
}

TEST_CASE("a server that dies in the middle of a capture is an error") {
  test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  for (int i = 0; i < 2000; ++i) {
    run(redis, fmt::format("SET key:{} v", i));
  }
  const Progress progress{[&](const ProgressEvent& event) {
                            if (event.doing == "reading keys") {
                              server.kill();
                            }
                          },
                          nullptr};
  const auto result = capture(endpoint, {}, progress);
  REQUIRE(!result);
  CHECK(result.error().code == ErrorCode::redis_unreachable);
}

TEST_CASE("a capture ends when the user asks") {
  const test::RedisServer server;
  std::atomic<bool> cancelled = true;
  const auto result = capture(endpoint_of(server), {}, Progress{{}, &cancelled});
  REQUIRE(!result);
  CHECK(result.error().code == ErrorCode::cancelled);
}

TEST_SUITE_END();

}  // namespace qsnap::redis
