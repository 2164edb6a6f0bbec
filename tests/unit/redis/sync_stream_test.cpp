// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <qsnap/redis/sync_stream.hpp>

using namespace qsnap;
using namespace qsnap::redis;

namespace {

const std::string k_mark = "0123456789abcdef0123456789abcdef01234567";

/// What an image's reader gets when the wire brings `stream` in pieces of `size` bytes and then ends.
Result<std::string> image_of(const std::string& stream, std::size_t size) {
  std::string piece;
  std::size_t at = 0;
  SyncImage image{SyncHeader{k_mark, ""}, [&]() -> Result<std::string_view> {
                    if (at == stream.size()) {
                      return make_error(ErrorCode::redis_unreachable, "closed");
                    }
                    piece = stream.substr(at, size);
                    at += piece.size();
                    return std::string_view{piece};
                  }};
  std::string out;
  while (true) {
    QSNAP_ASSIGN(const std::string_view bytes, image.next());
    if (bytes.empty()) {
      return out;
    }
    out += bytes;
  }
}

ErrorCode code_of(const Result<std::optional<SyncHeader>>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

}  // namespace

TEST_SUITE("qsnap::redis::SyncImage") {
  TEST_CASE("ends in front of the mark, wherever the reads cut it") {
    const std::string stream = "REDIS0010 some image" + k_mark;
    for (std::size_t size = 1; size <= stream.size(); ++size) {
      CAPTURE(size);
      const auto image = image_of(stream, size);
      REQUIRE(image.has_value());
      CHECK(*image == "REDIS0010 some image");
    }
  }

  TEST_CASE("hands out nothing of what comes behind the mark") {
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
      const auto image = image_of("image" + k_mark + "*1\r\n$4\r\nPING\r\n" + k_mark, size);
      REQUIRE(image.has_value());
      CHECK(*image == "image");
    }
  }

  TEST_CASE("takes what only looks like the beginning of the mark for image") {
    const std::string almost = k_mark.substr(0, 39) + "8" + k_mark.substr(0, 20);
    for (std::size_t size = 1; size < 100; ++size) {
      CAPTURE(size);
      const auto image = image_of(almost + k_mark, size);
      REQUIRE(image.has_value());
      CHECK(*image == almost);
    }
  }

  TEST_CASE("is an error when the wire ends before the mark, also in the midst of it") {
    for (const std::string& stream : {std::string{"image"}, "image" + k_mark.substr(0, 39), std::string{}}) {
      CAPTURE(stream);
      const auto image = image_of(stream, 3);
      REQUIRE_FALSE(image.has_value());
      CHECK(image.error().code == ErrorCode::redis_unreachable);
    }
  }

  TEST_CASE("may be empty, and stays at its end") {
    const auto image = image_of(k_mark, 40);
    REQUIRE(image.has_value());
    CHECK(image->empty());
  }
}

TEST_SUITE("qsnap::redis::parse_sync_header") {
  TEST_CASE("waits for the end of the line, behind any number of newlines") {
    const std::string header = "\n\n\n$EOF:" + k_mark + "\r\nREDIS";
    for (std::size_t length = 0; length < header.size() - 5; ++length) {
      CAPTURE(length);
      const auto parsed = parse_sync_header(header.substr(0, length));
      REQUIRE(parsed.has_value());
      CHECK_FALSE(parsed->has_value());
    }
    const auto parsed = parse_sync_header(header);
    REQUIRE(parsed.has_value());
    REQUIRE(parsed->has_value());
    CHECK((*parsed)->mark == k_mark);
    CHECK((*parsed)->image == "REDIS");
  }

  TEST_CASE("refuses an image of known length: the server has written it to its disk") {
    CHECK(code_of(parse_sync_header("\n$182\r\nREDIS0010")) == ErrorCode::refused);
  }

  TEST_CASE("tells why a server refuses") {
    CHECK(code_of(parse_sync_header("-NOPERM this user has no permissions to run the 'sync' command\r\n")) ==
          ErrorCode::redis_denied);
    CHECK(code_of(parse_sync_header("-ERR unknown command 'SYNC', with args beginning with: \r\n")) ==
          ErrorCode::redis_denied);
    CHECK(code_of(parse_sync_header("-NOMASTERLINK Can't SYNC while not connected with my master\r\n")) ==
          ErrorCode::inconsistent);
    CHECK(code_of(parse_sync_header("-LOADING Redis is loading the dataset in memory\r\n")) ==
          ErrorCode::redis_unreachable);
    const auto no_fork = parse_sync_header("-ERR BGSAVE failed, replication can't continue\r\n");
    CHECK(code_of(no_fork) == ErrorCode::inconsistent);
    CHECK(no_fork.error().hints.front().find("vm.overcommit_memory") != std::string::npos);
  }

  TEST_CASE("refuses what is no answer to SYNC, however long it is") {
    CHECK(code_of(parse_sync_header("+OK\r\n")) == ErrorCode::redis_protocol);
    CHECK(code_of(parse_sync_header("$EOF:short\r\nREDIS")) == ErrorCode::redis_protocol);
    CHECK(code_of(parse_sync_header(std::string(5000, 'x'))) == ErrorCode::redis_protocol);
  }
}
