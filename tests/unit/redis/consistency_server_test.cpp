// SPDX-License-Identifier: Apache-2.0
// Whether an image is one point in time, against a real redis-server that is written to while it is read.
#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>
#include <unit/redis/server_fixture.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/redis_server.hpp>

#include <qsnap/base/text.hpp>
#include <qsnap/model/stream_items.hpp>
#include <qsnap/redis/plain_capture.hpp>
#include <qsnap/redis/server_info.hpp>
#include <qsnap/redis/tracking.hpp>
#include <qsnap/redis/tracking_capture.hpp>

namespace qsnap::redis {

namespace {

using model::Keyspace;

CaptureOptions by(Consistency consistency) {
  CaptureOptions options;
  options.consistency = consistency;
  return options;
}

Capture tracked(const Endpoint& endpoint, const CaptureOptions& options = by(Consistency::freeze),
                const Progress& progress = {}) {
  auto result = capture_by_tracking(endpoint, options, progress);
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().message));
  return *std::move(result);
}

/// Calls `action` the first time that keys have been read: between two batches.
Progress once(std::function<void()> action) {
  return Progress{[action = std::move(action), done = false](const ProgressEvent& event) mutable {
                    if (event.doing == "reading keys" && !std::exchange(done, true)) {
                      action();
                    }
                  },
                  nullptr};
}

constexpr int k_ids = 300;
constexpr std::uint64_t k_unacknowledged = 50;

/// Moves ids round between two lists, one transaction each. At every point in time
///   - the two lists hold each id once,
///   - group g has read as many entries of stream s as the hash counts moves, and the last 50 of them are pending.
class Mover {
 public:
  explicit Mover(const Endpoint& endpoint) : m_thread([this, endpoint] { run_moves(endpoint); }) {}
  Mover(const Mover&) = delete;
  Mover& operator=(const Mover&) = delete;
  ~Mover() {
    m_stop = true;
    m_thread.join();
  }
  [[nodiscard]] std::uint64_t moves() const { return m_moves; }
  void await_next() const {
    const std::uint64_t before = m_moves;
    while (m_moves == before) {
      std::this_thread::yield();
    }
  }

  static void fill(Connection& redis) {
    for (int i = 0; i < k_ids; ++i) {
      run(redis, fmt::format("RPUSH {} {}", i % 2 == 0 ? "a" : "b", i));
      run(redis, fmt::format("XADD s {}-1 f v", i + 1));
    }
    run(redis, "XGROUP CREATE s g 0");
  }

 private:
  void run_moves(const Endpoint& endpoint) {
    auto connection = Connection::open(endpoint, {}, {});
    while (!m_stop && connection) {
      move(*connection);
    }
  }

  void move(Connection& connection) {
    const std::uint64_t number = m_moves + 1;
    const bool there = number % 2 == 0;
    const std::string_view from = there ? "b" : "a";
    const std::string_view to = there ? "a" : "b";
    const std::string added = fmt::format("{}-1", number + k_ids);
    const std::string done = fmt::format("{}-1", number < k_unacknowledged ? 0 : number - k_unacknowledged);
    const Command commands[] = {{"MULTI"},
                                {"LMOVE", from, to, "RIGHT", "LEFT"},
                                {"HINCRBY", "h", to, "1"},
                                {"XADD", "s", "MAXLEN", "500", added, "f", "v"},
                                {"XREADGROUP", "GROUP", "g", "c", "COUNT", "1", "STREAMS", "s", ">"},
                                {"XACK", "s", "g", done},
                                {"EXEC"}};
    for (const Command& command : commands) {
      static_cast<void>(connection.send(command));
    }
    Reply reply;
    for (std::size_t i = 0; i < std::size(commands); ++i) {
      static_cast<void>(connection.receive(reply));
    }
    ++m_moves;
  }

  std::atomic<bool> m_stop = false;
  std::atomic<std::uint64_t> m_moves = 0;
  std::thread m_thread;
};

bool ids_are_whole(const Keyspace& image) {
  std::vector<std::string> ids;
  for (const std::string_view name : {"a", "b"}) {
    const auto items = image.read_all(*image.find(name));
    for (std::size_t i = 0; i < items->size(); ++i) {
      ids.emplace_back((*items)[i]);
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids.size() == k_ids && std::unique(ids.begin(), ids.end()) == ids.end();
}

std::uint64_t moves_in(const Keyspace& image) {
  const auto key = image.find("h");
  std::uint64_t moves = 0;
  if (key) {
    const auto items = image.read_all(*key);
    for (std::size_t i = 1; i < items->size(); i += 2) {
      moves += static_cast<std::uint64_t>(*parse_integer((*items)[i]));
    }
  }
  return moves;
}

bool stream_fits(const Keyspace& image) {
  const std::uint64_t moves = moves_in(image);
  const auto items = image.read_all(*image.find("s"));
  const auto tuples = model::stream_tuples(*items);
  std::vector<std::string> expected;
  const std::uint64_t first = moves < k_unacknowledged ? 1 : moves - k_unacknowledged + 1;
  for (std::uint64_t i = first; i <= moves; ++i) {
    expected.push_back(fmt::format("{}-1", i));
  }
  std::vector<std::string> pending;
  bool read_as_many = false;
  for (const model::StreamTuple& tuple : *tuples) {
    if (tuple[0] == model::stream_tag::k_pending) {
      pending.emplace_back(tuple[2]);
    } else if (tuple[0] == model::stream_tag::k_group) {
      read_as_many = moves == 0 || tuple[3] == std::to_string(moves);
    }
  }
  return read_as_many && pending == expected;
}

void add_cold_keys(Connection& redis, int count) {
  for (int i = 0; i < count; ++i) {
    run(redis, fmt::format("HSET cold:{} f v", i));
  }
}

}  // namespace

TEST_SUITE_BEGIN("qsnap::redis::consistency");

TEST_CASE("a capture under atomic moves is never torn") {
  const test::RedisServer server;
  Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  Mover::fill(redis);
  SUBCASE("among cold keys") {
    add_cold_keys(redis, 700);
  }
  SUBCASE("where every key is hot") {}
  SUBCASE("by a user who may not DUMP") {
    run(redis, "ACL SETUSER reader on >pw ~* &* +@all -dump");
    endpoint.user = "reader";
    endpoint.password = "pw";
  }
  const Mover mover{endpoint_of(server)};
  for (int i = 0; i < 20; ++i) {
    mover.await_next();
    const Capture result = tracked(endpoint);
    CHECK(ids_are_whole(*result.keyspace));
    CHECK(stream_fits(*result.keyspace));
    CHECK(result.mode == CaptureMode::freeze);
  }
}

TEST_CASE("plain reading under the same moves is torn, so that the test above can fail") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  Mover::fill(redis);
  const Mover mover{endpoint};
  bool torn_ids = false;
  bool torn_stream = false;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!(torn_ids && torn_stream) && std::chrono::steady_clock::now() < deadline) {
    const auto result = capture_plainly(endpoint, {}, {});
    REQUIRE(result);
    CHECK(result->mode == CaptureMode::none);
    torn_ids = torn_ids || !ids_are_whole(*result->keyspace);
    torn_stream = torn_stream || !stream_fits(*result->keyspace);
  }
  CHECK(torn_ids);
  CHECK(torn_stream);
}

TEST_CASE("what is written while a large value is read is in the image, whatever its type") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  for (int i = 0; i < 1000; ++i) {
    run(redis, fmt::format("RPUSH list {}", i));
    run(redis, fmt::format("SADD set member-{}", i));
    run(redis, fmt::format("HSET hash field-{} {}", i, i));
    run(redis, fmt::format("ZADD zset {}.5 member-{}", i * 7, i));
    run(redis, fmt::format("XADD stream {}-1 f {}", i + 1, i));
  }
  run(redis, "XGROUP CREATE stream g 0");
  run(redis, "XREADGROUP GROUP g one COUNT 300 STREAMS stream >");
  const auto write_all = [&] {
    run(redis, "LPOP list");
    run(redis, "SREM set member-500");
    run(redis, "HSET hash field-500 changed");
    run(redis, "ZADD zset -inf member-999");
    run(redis, "XADD stream * f new");
    run(redis, "XREADGROUP GROUP g two COUNT 1 STREAMS stream >");
  };
  for (const auto mode : {Consistency::freeze, Consistency::rounds}) {
    const Capture result = tracked(endpoint, by(mode), once(write_all));
    const auto plain = capture_plainly(endpoint, {}, {});
    CHECK(show(*result.keyspace) == show(*plain->keyspace));
    run(redis, "XTRIM stream MAXLEN 900");
  }
}

TEST_CASE("a large key that becomes one of another type while it is read comes as what it is in the end") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  for (int i = 0; i < 1000; ++i) {
    run(redis, fmt::format("RPUSH list {}", i));
    run(redis, fmt::format("ZADD zset {} {}", i, i));
  }
  const Capture swapped = tracked(endpoint, by(Consistency::freeze), once([&] {
                                    run(redis, "RENAME list other");
                                    run(redis, "RENAME zset list");
                                  }));
  CHECK(show(*swapped.keyspace) == show(*capture_plainly(endpoint, {}, {})->keyspace));
  CHECK(swapped.keyspace->type(*swapped.keyspace->find("list")) == model::RedisType::zset);
}

TEST_CASE("a key that expires between its reading and the point in time is not in the image") {
  const test::RedisServer server{{{}, {"--hz", "1"}}};
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  run(redis, "SET stays v");
  bool was_there = false;
  const Progress progress = once([&] {
    run(redis, "SET short v PX 40");  // told by tracking, so that it is read while it is there
    was_there = true;
    const auto start = server_time(redis);
    while (to_ms(*server_time(redis)) < to_ms(*start) + 41) {
    }
  });
  const Capture result = tracked(endpoint, by(Consistency::freeze), progress);
  CHECK(was_there);
  CHECK(result.keyspace->size() == 1);
  CHECK(value(*result.keyspace, "stays") == "v");
}

TEST_CASE("rounds without a pause bring a quiet database, and a busy one never") {
  const test::RedisServer server;
  Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  Mover::fill(redis);
  run(redis, "ACL SETUSER reader on >pw ~* &* +@all -client|pause -pexpiretime");
  run(redis, "SET timed v PXAT 4000000000000");
  SUBCASE("asked for, with the right to pause") {
    CHECK(tracked(endpoint, by(Consistency::rounds)).mode == CaptureMode::rounds);
  }
  endpoint.user = "reader";
  endpoint.password = "pw";
  SUBCASE("quiet") {
    const Capture result = tracked(endpoint, {});
    CHECK(result.mode == CaptureMode::rounds);
    CHECK(ids_are_whole(*result.keyspace));
    CHECK(result.keyspace->expires_at(*result.keyspace->find("timed")) == instant_from_ms(4000000000000));
  }
  SUBCASE("quiet and empty") {
    run(redis, "FLUSHALL");
    CHECK(tracked(endpoint, {}).keyspace->size() == 0);
  }
  SUBCASE("busy") {
    // Written whenever the capture reads, so that no round can be quiet, however slow or fast this machine is.
    const Progress busy{[&](const ProgressEvent&) { run(redis, "INCR busy"); }, nullptr};
    const auto result = capture_by_tracking(endpoint, {}, busy);
    REQUIRE(!result);
    CHECK(result.error().code == ErrorCode::inconsistent);
    CHECK(result.error().message.find("most written key is") != std::string::npos);
    CHECK(result.error().hints.back().find("client|pause") != std::string::npos);
  }
  SUBCASE("freeze asked for, without the right to pause") {
    const auto result = capture_by_tracking(endpoint, by(Consistency::freeze), {});
    REQUIRE(!result);
    CHECK(result.error().code == ErrorCode::redis_denied);
    CHECK(result.error().hints.front().find("+client|pause") != std::string::npos);
  }
}

TEST_CASE("a write to the watched key does not mean that a cold large value has to be read within the pause") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  run(redis, "SETRANGE cold 100000000 x");
  std::string write_others = "MSET";
  for (int i = 0; i < 50; ++i) {
    write_others += fmt::format(" key-{} v", i);
  }
  run(redis, write_others);
  CaptureOptions options = by(Consistency::freeze);
  options.pause_bound = std::chrono::milliseconds{16};
  const Capture result = tracked(endpoint, options, once([&] { run(redis, write_others); }));
  CHECK(result.keyspace->size() == 51);
}

TEST_CASE("a structure too hot to be read within the pause ends in an error that names it and says what to do") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  Mover::fill(redis);
  const Progress busy{[&](const ProgressEvent&) { run(redis, "LMOVE a a LEFT RIGHT"); }, nullptr};
  CaptureOptions options = by(Consistency::freeze);
  options.pause_bound = std::chrono::milliseconds{1};
  const auto result = capture_by_tracking(endpoint, options, busy);
  REQUIRE(!result);
  CHECK(result.error().code == ErrorCode::inconsistent);
  CHECK(result.error().message.find("the largest one that is being written is a (") != std::string::npos);
  CHECK(result.error().hints.front().find("--consistency=fork") != std::string::npos);
}

TEST_CASE("a broken redirection is seen although the subscriber still answers") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection reader = connect(endpoint);
  Connection writer = connect(endpoint);
  Heat heat;
  auto tracking = Tracking::start(endpoint, reader, {}, {});
  REQUIRE(tracking);
  run(writer, "SET key v");
  REQUIRE(tracking->sync(heat));
  REQUIRE(tracking->confirm(reader));
  CHECK(tracking->take_dirty() == std::vector<std::string>{"key"});
  std::string redirect;
  {
    Connection other = connect(endpoint);  // what stands behind a proxy that reconnects: a client that is gone
    redirect = fmt::format_int(*other.call({"CLIENT", "ID"})->integer()).str();
    run(reader, "CLIENT TRACKING OFF");
    SUBCASE("no tracking at all") {}
    SUBCASE("to another client") {
      run(reader, "CLIENT TRACKING ON BCAST REDIRECT " + redirect);
    }
    SUBCASE("to a client that is gone") {
      run(reader, "CLIENT TRACKING ON BCAST REDIRECT " + redirect);
      run(writer, "CLIENT KILL ID " + redirect);
      run(writer, "SET key w");
    }
  }
  REQUIRE(tracking->sync(heat));
  const auto confirmed = tracking->confirm(reader);
  REQUIRE(!confirmed);
  CHECK(confirmed.error().code == ErrorCode::redis_unreachable);
}

TEST_CASE("a subscriber that Redis cuts off because it cannot keep up ends the capture") {
  const test::RedisServer server{{{}, {"--client-output-buffer-limit", "pubsub 64kb 64kb 1"}}};
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  run(redis, "SET key v");
  const Progress flood = once([&] {
    const std::string long_name(1000, 'k');
    for (int i = 0; i < 3000; ++i) {
      run(redis, fmt::format("SET {}{} v", long_name, i));
    }
  });
  const auto result = capture_by_tracking(endpoint, by(Consistency::freeze), flood);
  REQUIRE(!result);
  CHECK(result.error().code == ErrorCode::redis_unreachable);
  CHECK(result.error().message.find("tells of writes") != std::string::npos);
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
    const auto result = capture_by_tracking(endpoint, {}, progress);
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
  const auto result = capture_by_tracking(endpoint, {}, flush);
  REQUIRE(result);
  CHECK(result->keyspace->size() == 0);
}

TEST_CASE("a pause that somebody else began goes on after a capture") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  run(redis, "SET key v");
  run(redis, "CLIENT PAUSE 600000 WRITE");
  static_cast<void>(tracked(endpoint));
  Reply reply;
  REQUIRE(redis.send({"SET", "key", "w"}));
  REQUIRE(redis.flush());
  CHECK(!*redis.receive_within(reply, std::chrono::milliseconds{100}));
}

TEST_CASE("a pause of all commands that somebody else began is waited for") {
  const test::RedisServer server;
  const Endpoint endpoint = endpoint_of(server);
  Connection redis = connect(endpoint);
  run(redis, "SET key v");
  run(redis, "CLIENT PAUSE 50 ALL");
  CHECK(value(*tracked(endpoint).keyspace, "key") == "v");
}

TEST_SUITE_END();

}  // namespace qsnap::redis
