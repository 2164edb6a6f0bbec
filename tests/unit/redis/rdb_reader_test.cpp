// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <unit/redis/rdb_fixture.hpp>
#include <unit/redis/server_fixture.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/redis_server.hpp>

#include <qsnap/redis/plain_capture.hpp>

namespace qsnap::redis {

namespace {

constexpr std::string_view k_by_server = "v10-redis-7.0.rdb";

Result<RdbImage> read_bytes(std::string_view bytes, const RdbOptions& options = {},
                            std::size_t piece = std::string_view::npos) {
  RdbBytes input{bytes, piece};
  return read_image(input, options);
}

RdbImage read_fixture(std::string_view name, const RdbOptions& options = {}) {
  auto image = read_bytes(rdb_bytes(name), options);
  REQUIRE_MESSAGE(image.has_value(), (image ? "" : image.error().message));
  return *std::move(image);
}

std::string line_of(const RdbImage& image, std::string_view key) {
  const auto found = image.keyspace.find(key);
  REQUIRE(found);
  return lines_of(image.keyspace).at(*found);
}

/// An RDB of a version that has no checksum.
std::string unchecked_rdb(std::string_view body) {
  return fmt::format("REDIS0003{}\xff", body);
}

ErrorCode code_of(std::string_view bytes) {
  const auto image = read_bytes(bytes);
  REQUIRE(!image.has_value());
  return image.error().code;
}

}  // namespace

TEST_SUITE_BEGIN("qsnap::redis::rdb_reader");

TEST_CASE("dumps of every version that redis-server loads are read as it answers") {
  for (const std::string_view name :
       {std::string_view{"v2-by-hand.rdb"}, std::string_view{"v9-by-hand.rdb"}, std::string_view{"v10-by-hand.rdb"},
        std::string_view{"v10-unchecked-by-hand.rdb"}, k_by_server}) {
    CAPTURE(name);
    test::RedisServer::Options options;
    options.rdb = rdb_fixture(name);
    const test::RedisServer server{options};
    for (const std::uint32_t database : {0U, 3U, 7U}) {
      Endpoint endpoint = endpoint_of(server);
      endpoint.database = database;
      const auto typed = capture_plainly(endpoint, {}, {});
      REQUIRE_MESSAGE(typed.has_value(), (typed ? "" : typed.error().message));
      check_equal(*typed->keyspace, read_fixture(name, {database, {}}).keyspace, name);
    }
  }
}

TEST_CASE("types of Redis 7.2 are read as those of 7.0") {
  const RdbImage newer = read_fixture("v11-by-hand.rdb");
  CHECK(newer.info.version == 11);
  CHECK(newer.info.redis_version == "7.2.0");
  CHECK(line_of(newer, "stream") == line_of(read_fixture("v10-by-hand.rdb"), "stream"));
  CHECK(line_of(newer, "set") == line_of(read_fixture("v2-by-hand.rdb"), "set"));
}

TEST_CASE("a dump says of itself what is needed") {
  const RdbImage image = read_fixture("v9-by-hand.rdb");
  CHECK(image.info.version == 9);
  CHECK(image.info.redis_version == "6.2.0");
  CHECK(image.info.created_at == instant_from_ms(1'700'000'000'000));
  CHECK(image.info.checked);
  CHECK(image.keyspace.expires_at(*image.keyspace.find("zset-large")) == instant_from_ms(4'000'000'000'123));
  const RdbImage old = read_fixture("v2-by-hand.rdb");
  CHECK(!old.info.checked);
  CHECK(old.info.created_at == std::nullopt);
  CHECK(old.info.keys_elsewhere == 1);
  CHECK(old.keyspace.expires_at(*old.keyspace.find("timed")) == instant_from_ms(2'000'000'000'000));
  CHECK(!read_fixture("v10-unchecked-by-hand.rdb").info.checked);
  CHECK(read_fixture(k_by_server).info.functions == 1);
}

TEST_CASE("a dump is the same however its bytes are split") {
  for (const std::string_view name :
       {std::string_view{"v2-by-hand.rdb"}, std::string_view{"v9-by-hand.rdb"}, k_by_server}) {
    const std::string bytes = rdb_bytes(name);
    const auto whole = read_bytes(bytes);
    REQUIRE(whole);
    for (const std::size_t piece : {1U, 2U, 7U, 1000U}) {
      const auto split = read_bytes(bytes, {}, piece);
      REQUIRE(split);
      CHECK(split->info.checked == whole->info.checked);
      check_equal(whole->keyspace, split->keyspace, "the split one");
    }
  }
}

TEST_CASE("what is not wanted is walked over whatever its type") {
  for (const std::string_view name : {std::string_view{"v2-by-hand.rdb"}, std::string_view{"v9-by-hand.rdb"},
                                      std::string_view{"v11-by-hand.rdb"}, k_by_server}) {
    CAPTURE(name);
    const RdbImage all = read_fixture(name);
    const RdbImage none = read_fixture(name, {5, {}});
    CHECK(none.keyspace.size() == 0);
    CHECK(none.info.keys_elsewhere == all.info.keys + all.info.keys_elsewhere);
    const RdbImage some = read_fixture(name, {0, {"set", "zset-"}});
    CHECK(some.info.keys == some.keyspace.size());
    for (const std::string& line : lines_of(some.keyspace)) {
      const std::vector<std::string> lines = lines_of(all.keyspace);
      CHECK(std::find(lines.begin(), lines.end(), line) != lines.end());
    }
  }
  CHECK(read_fixture(k_by_server, {0, {"set", "zset-"}}).keyspace.size() == 2);
}

TEST_CASE("a key that had expired by the given instant is left out") {
  const std::string bytes = rdb_bytes("v9-by-hand.rdb");
  RdbBytes input{bytes};
  const auto late = read_image(input, {}, instant_from_ms(4'000'000'000'123));
  REQUIRE(late);
  CHECK(late->keyspace.find("zset-large") == std::nullopt);
  CHECK(late->keyspace.find("zset") != std::nullopt);
}

TEST_CASE("what cannot be read is refused by name") {
  constexpr std::string_view k_prefix = "--prefix", k_freeze = "--consistency=freeze";
  struct Refusal {
    std::string_view name, message, hint;
  };
  const std::vector<Refusal> refused = {
      {"v10-module-by-hand.rdb", "reading key m: a value of a Redis module cannot be read from an RDB", k_prefix},
      {"v10-module-aux-by-hand.rdb", "data of a Redis module cannot be read from an RDB", k_freeze},
      {"v12-hash-with-expiring-fields-by-hand.rdb",
       "reading key h: a hash with fields that expire cannot be read from an RDB", k_prefix},
      {"v99-by-hand.rdb", "an RDB of version 99; this program reads 1 to 12", k_freeze},
  };
  for (const auto& [name, message, hint] : refused) {
    const auto image = read_bytes(rdb_bytes(name));
    REQUIRE(!image.has_value());
    CHECK(image.error().code == ErrorCode::unsupported_version);
    CHECK(image.error().message == message);
    CHECK(image.error().hints.back().find(hint) != std::string::npos);
  }
}

TEST_CASE("values that cannot be read are walked over where they are not wanted") {
  using namespace std::string_literals;
  const std::string wanted = "\x00\x01w\x01v"s;
  for (const std::string& value : {
           "\x16\x01h\x01\x05\x01"
           "f\x01v"s,  // a draft of fields with expiries
           "\x17\x01h\x07"
           "1234567"s,  // packed
           "\x18\x01h\0\0\0\0\0\0\0\0\x02\x05\x01"
           "f\x01v\x00\x01g\x01v"s,  // as 7.4 writes them
           "\x19\x01h\0\0\0\0\0\0\0\0\x07"
           "1234567"s,  //
           "\x07\x01m\x05\x01\x01\x02\x02\x03"
           "1234\x04"
           "12345678\x05\x01s\x00"s,  // a module's pieces of all kinds
       }) {
    const std::string bytes = "REDIS0003" + value + wanted + '\xff';
    const auto others = read_bytes(bytes, {0, {"w"}});
    REQUIRE_MESSAGE(others.has_value(), (others ? "" : others.error().message));
    CHECK(others->keyspace.size() == 1);
    CHECK(read_bytes("REDIS0003\xfe\x05" + value + "\xfe\x00"s + wanted + '\xff')->info.keys_elsewhere == 1);
    for (std::size_t length = 9; length < bytes.size(); ++length) {
      const auto cut = read_bytes(std::string_view{bytes}.substr(0, length), {0, {"w"}});
      REQUIRE(!cut.has_value());
      CHECK(cut.error().code == ErrorCode::corrupt);
    }
  }
}

TEST_CASE("a dump that is cut anywhere is damaged") {
  for (const std::string_view name : {std::string_view{"v11-by-hand.rdb"}, k_by_server}) {
    const std::string bytes = rdb_bytes(name);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      CAPTURE(length);
      CHECK(code_of(bytes.substr(0, length)) == ErrorCode::corrupt);
    }
    CHECK(code_of(bytes + '\0') == ErrorCode::corrupt);
  }
}

TEST_CASE("no flipped bit goes unnoticed") {
  const std::string bytes = rdb_bytes(k_by_server);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    CAPTURE(at);
    const ErrorCode code = code_of(damaged);
    CHECK((code == ErrorCode::corrupt || code == ErrorCode::unsupported_version || code == ErrorCode::limit_exceeded));
  }
}

TEST_CASE("collections without elements are no keys") {
  const auto image =
      read_bytes(unchecked_rdb(std::string_view{"\x01\x01l\x00\x02\x01s\x00\x04\x01h\x00\x00\x01k\x01v", 17}));
  REQUIRE_MESSAGE(image.has_value(), (image ? "" : image.error().message));
  CHECK(image->info.keys == 1);
  CHECK(image->keyspace.size() == 1);
  CHECK(value(image->keyspace, "k") == "v");
}

TEST_CASE("lengths that lie cost no memory") {
  // a string of 600 MB, a list of 2^62 elements, a compressed string that claims 2^31 bytes, an unknown length
  CHECK(code_of(unchecked_rdb(std::string_view{"\x00\x01k\x80\x24\x00\x00\x00", 8})) == ErrorCode::limit_exceeded);
  CHECK(code_of(unchecked_rdb(std::string_view{"\x01\x01k\x81\x40\x00\x00\x00\x00\x00\x00\x00", 12})) ==
        ErrorCode::corrupt);
  CHECK(code_of(unchecked_rdb(std::string_view{"\x00\x01k\xc3\x03\x80\x10\x00\x00\x00"
                                               "abc",
                                               13})) == ErrorCode::corrupt);
  CHECK(code_of(unchecked_rdb(std::string_view{"\x00\x01k\x8f", 4})) == ErrorCode::corrupt);
}

TEST_CASE("a key that is there twice is damage") {
  CHECK(code_of(unchecked_rdb(std::string_view{"\x00\x01k\x01v\x00\x01k\x01w", 10})) == ErrorCode::corrupt);
}

TEST_CASE("a score that is no number is damage") {
  CHECK(code_of(unchecked_rdb(std::string_view{"\x03\x01z\x01\x01m\xfd", 7})) == ErrorCode::corrupt);
  CHECK(code_of(unchecked_rdb(std::string_view{"\x03\x01z\x01\x01m\x01x", 8})) == ErrorCode::corrupt);
}

TEST_CASE("reading ends when the user wants it to") {
  std::atomic<bool> cancelled{true};
  const std::string bytes = rdb_bytes(k_by_server);
  RdbBytes input{bytes};
  auto spool = Spool::create();
  REQUIRE(spool);
  KeyTable table;
  const auto info = read_rdb(input, {}, table, *spool, Progress{{}, &cancelled});
  REQUIRE(!info.has_value());
  CHECK(info.error().code == ErrorCode::cancelled);
}

TEST_SUITE_END();

}  // namespace qsnap::redis
