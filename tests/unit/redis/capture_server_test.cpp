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

namespace qsnap::redis {

namespace {

using model::Keyspace;

std::string hex(const model::ItemBlock& items) {
  return to_hex(items.encode());
}

/// Every key with its type, expiry and value, one line each: two images are equal if their texts are.
std::string show(const Keyspace& keyspace) {
  std::string out;
  for (model::KeyId key = 0; key < keyspace.size(); ++key) {
    const auto items = keyspace.read_all(key);
    REQUIRE(items);
    out += fmt::format("{} {} {} {}\n", keyspace.name(key), model::to_text(keyspace.type(key)),
                       keyspace.expires_at(key) ? to_ms(*keyspace.expires_at(key)) : -1, hex(*items));
  }
  return out;
}

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

namespace {

/// Moves ids round between two lists, one transaction each, with a hash that counts the moves: at every point in
/// time the two lists hold each id once.
class Mover {
 public:
  explicit Mover(const Endpoint& endpoint) : m_thread([this, endpoint] { move(endpoint); }) {}
  ~Mover() {
    m_stop = true;
    m_thread.join();
  }
  [[nodiscard]] std::uint64_t moves() const { return m_moves; }

 private:
  void move(const Endpoint& endpoint) {
    auto connection = Connection::open(endpoint, {}, {});
    Reply reply;
    for (bool there = false; !m_stop && connection; there = !there) {
      const std::string_view from = there ? "b" : "a";
      const std::string_view to = there ? "a" : "b";
      const Command commands[] = {{"MULTI"},
                                  {"LMOVE", from, to, "RIGHT", "LEFT"},
                                  {"HINCRBY", "h", to, "1"},
                                  {"XREADGROUP", "GROUP", "g", "c", "COUNT", "1", "STREAMS", "s", ">"},
                                  {"EXEC"}};
      for (const Command& command : commands) {
        static_cast<void>(connection->send(command));
      }
      for (std::size_t i = 0; i < std::size(commands); ++i) {
        static_cast<void>(connection->receive(reply));
      }
      ++m_moves;
    }
  }

  std::atomic<bool> m_stop = false;
  std::atomic<std::uint64_t> m_moves = 0;
  std::thread m_thread;
};

void fill_for_mover(const Endpoint& endpoint, int cold_keys) {
  Connection redis = connect(endpoint);
  for (int i = 0; i < 300; ++i) {
    run(redis, fmt::format("RPUSH {} {}", i % 2 == 0 ? "a" : "b", i));
    run(redis, fmt::format("XADD s {}-1 f v", i + 1));
  }
  for (int i = 0; i < cold_keys; ++i) {
    run(redis, fmt::format("HSET cold:{} f v", i));
  }
  run(redis, "XGROUP CREATE s g 0");
}

std::size_t ids_in_lists(const Keyspace& image) {
  std::vector<std::string> ids;
  for (const std::string_view name : {"a", "b"}) {
    const auto items = image.read_all(*image.find(name));
    for (std::size_t i = 0; i < items->size(); ++i) {
      ids.emplace_back((*items)[i]);
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids.size() == 300 ? static_cast<std::size_t>(std::unique(ids.begin(), ids.end()) - ids.begin()) : ids.size();
}

}  // namespace

TEST_CASE("a capture under atomic moves is never torn") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  int cold_keys = 0;
  SUBCASE("among cold keys") {
    cold_keys = 700;
  }
  SUBCASE("where every key is hot") {}
  fill_for_mover(endpoint, cold_keys);
  const Mover mover{endpoint};
  for (int i = 0; i < 20; ++i) {
    const std::uint64_t before = mover.moves();
    const Capture result = captured(endpoint);
    CHECK(ids_in_lists(*result.keyspace) == 300);
    CHECK(result.mode == CaptureMode::freeze);
    CHECK(result.pause < std::chrono::milliseconds{500});
    while (mover.moves() == before) {
      std::this_thread::yield();
    }
  }
}

TEST_CASE("plain reading under the same moves is torn, so that the test above can fail") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  fill_for_mover(endpoint, 0);
  const Mover mover{endpoint};
  Connection redis = connect(endpoint);
  bool torn = false;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!torn && std::chrono::steady_clock::now() < deadline) {
    const auto a = redis.call({"LRANGE", "a", "0", "-1"});
    const auto b = redis.call({"LRANGE", "b", "0", "-1"});
    torn = a->tokens().size() + b->tokens().size() != 302;
  }
  CHECK(torn);
}

TEST_CASE("a user without the right to pause gets a quiet database, and a busy one never") {
  const test::RedisServer server;
  Endpoint endpoint = endpoint_of(server);
  fill_for_mover(endpoint, 10);
  Connection redis = connect(endpoint);
  run(redis, "ACL SETUSER reader on >pw ~* &* +@all -client|pause -pexpiretime");
  run(redis, "SET timed v PXAT 4000000000000");
  endpoint.user = "reader";
  endpoint.password = "pw";
  SUBCASE("quiet") {
    const Capture result = captured(endpoint);
    CHECK(result.mode == CaptureMode::rounds);
    CHECK(ids_in_lists(*result.keyspace) == 300);
    CHECK(result.keyspace->expires_at(*result.keyspace->find("timed")) == instant_from_ms(4000000000000));
  }
  SUBCASE("quiet and empty") {
    run(redis, "FLUSHALL");
    CHECK(captured(endpoint).keyspace->size() == 0);
  }
  SUBCASE("busy") {
    // Written whenever the capture reads, so that no round can be quiet, however slow or fast this machine is.
    const Progress busy{[&](const ProgressEvent&) { run(redis, "INCR busy"); }, nullptr};
    const auto result = capture(endpoint, {}, busy);
    REQUIRE(!result);
    CHECK(result.error().code == ErrorCode::inconsistent);
    CHECK(result.error().message.find("most written key is") != std::string::npos);
    CHECK(result.error().hints.back().find("client|pause") != std::string::npos);
  }
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
  SUBCASE("no tracking") {
    const auto result = capture(endpoint, {}, {});
    REQUIRE(!result);
    CHECK(result.error().code == ErrorCode::inconsistent);
    CHECK(result.error().hints.front().find("+client|tracking") != std::string::npos);
  }
  SUBCASE("no watch") {
    endpoint.user = "unwatched";
    CHECK(capture(endpoint, {}, {}).error().code == ErrorCode::redis_denied);
  }
  SUBCASE("a wrong password, which is not repeated") {
    endpoint.password = "secret";
    const auto result = capture(endpoint, {}, {});
    CHECK(result.error().code == ErrorCode::redis_denied);
    CHECK(result.error().message.find("secret") == std::string::npos);
  }
  SUBCASE("keys outside the user's rights") {
    endpoint.user = "narrow";
    CHECK(capture(endpoint, {}, {}).error().code == ErrorCode::redis_denied);
    CaptureOptions options;
    options.prefixes = {"bull:"};
    CHECK(capture(endpoint, options, {}).has_value());
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

TEST_CASE("a capture during SWAPDB or FLUSHALL is that of one of the databases") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  for (int i = 0; i < 3000; ++i) {
    run(redis, fmt::format("SET left:{} v", i));
  }
  run(redis, "SELECT 1");
  for (int i = 0; i < 3000; ++i) {
    run(redis, fmt::format("SET right:{} v", i));
  }
  std::atomic<int> swaps = 0;
  const auto whole = [&](const Keyspace& image) {
    return image.size() == 3000 && image.name(0).substr(0, 4) == image.name(2999).substr(0, 4);
  };
  for (int i = 0; i < 5; ++i) {
    // The reading of the keys itself triggers the swap, so that it always falls between two batches.
    bool swapped = false;
    const Progress progress{[&](const ProgressEvent& event) {
                              if (event.doing == "reading keys" && !swapped) {
                                swapped = true;
                                run(redis, "SWAPDB 0 1");
                                ++swaps;
                              }
                            },
                            nullptr};
    const auto result = capture(endpoint, {}, progress);
    REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().message));
    CHECK(whole(*result->keyspace));
  }
  CHECK(swaps == 5);
  bool flushed = false;
  const Progress flush{[&](const ProgressEvent& event) {
                         if (event.doing == "reading keys" && !flushed) {
                           flushed = true;
                           run(redis, "FLUSHALL");
                         }
                       },
                       nullptr};
  const auto result = capture(endpoint, {}, flush);
  REQUIRE(result);
  CHECK(result->keyspace->size() == 0);
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

TEST_CASE("a pause that somebody else began goes on after a capture") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  run(redis, "SET key v");
  run(redis, "CLIENT PAUSE 600000 WRITE");
  static_cast<void>(captured(endpoint));
  Reply reply;
  REQUIRE(redis.send({"SET", "key", "w"}));
  REQUIRE(redis.flush());
  CHECK(!*redis.receive_within(reply, std::chrono::milliseconds{100}));
}

TEST_SUITE_END();

}  // namespace qsnap::redis
