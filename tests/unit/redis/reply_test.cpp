// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <doctest/doctest.h>

#include <qsnap/redis/reply.hpp>

namespace qsnap::redis {

namespace {

/// A reply as text, so that tables can say what they expect.
std::string show(const Reply& reply) {
  std::string out;
  for (const Reply::Token& token : reply.tokens()) {
    switch (token.kind) {
      case Reply::Kind::status:
        out += "+" + std::string{reply.bytes(token)};
        break;
      case Reply::Kind::error:
        out += "-" + std::string{reply.bytes(token)};
        break;
      case Reply::Kind::integer:
        out += ":" + std::to_string(token.number);
        break;
      case Reply::Kind::bulk:
        out += "$" + std::string{reply.bytes(token)};
        break;
      case Reply::Kind::nil:
        out += "~";
        break;
      case Reply::Kind::array:
        out += "*" + std::to_string(token.number);
        break;
    }
    out += ' ';
  }
  return out;
}

}  // namespace

TEST_SUITE_BEGIN("qsnap::redis::ReplyParser");

TEST_CASE("each form of RESP2 is read") {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"+OK\r\n", "+OK "},
      {"+\r\n", "+ "},
      {"-ERR no\r\n", "-ERR no "},
      {":-12\r\n", ":-12 "},
      {"$5\r\na\r\nbc\r\n", "$a\r\nbc "},
      {"$0\r\n\r\n", "$ "},
      {"$-1\r\n", "~ "},
      {"*-1\r\n", "~ "},
      {"*0\r\n", "*0 "},
      {"*2\r\n$1\r\na\r\n:1\r\n", "*2 $a :1 "},
      {"*2\r\n*0\r\n*2\r\n*-1\r\n+x\r\n", "*2 *0 *2 ~ +x "},
      {"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*0\r\n", "*1 *1 *1 *1 *1 *1 *0 "},
  };
  for (const auto& one : cases) {
    const std::string_view wire = one.first, expected = one.second;
    CAPTURE(wire);
    ReplyParser parser;
    Reply reply;
    parser.feed(wire);
    const auto complete = parser.next(reply);
    REQUIRE(complete);
    REQUIRE(*complete);
    CHECK(show(reply) == expected);
    CHECK(*parser.next(reply) == false);
  }
}

TEST_CASE("nonsense is a protocol error, however it comes") {
  const std::string_view cases[] = {
      "\r\n",
      "?x\r\n",
      ":\r\n",
      ":1x\r\n",
      ":+1\r\n",
      ":01\r\n",
      ":99999999999999999999\r\n",
      "$-2\r\n",
      "$x\r\n",
      "$1\r\nabc\r\n",
      "$536870913\r\n",
      "$4611686018427387904\r\n",
      "*-2\r\n",
      "*16777217\r\n",
      "*2147483647\r\n",
      "%1\r\n",
      "HTTP/1.1 400 Bad Request\r\n",
      "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
  };
  for (const std::string_view wire : cases) {
    CAPTURE(wire);
    ReplyParser parser;
    Reply reply;
    Result<bool> state{false};
    for (const char c : wire) {
      parser.feed({&c, 1});
      state = parser.next(reply);
      if (!state) {
        break;
      }
      CHECK(!*state);
    }
    REQUIRE(!state);
    CHECK(state.error().code == ErrorCode::redis_protocol);
  }
}

TEST_CASE("a line without an end is not kept for ever") {
  ReplyParser parser;
  Reply reply;
  bool failed = false;
  for (int i = 0; i < 100 && !failed; ++i) {
    parser.feed("+" + std::string(1000, 'x'));
    failed = !parser.next(reply);
  }
  CHECK(failed);
}

TEST_CASE("an announced count reserves nothing") {
  ReplyParser parser;
  Reply reply;
  parser.feed("*16777216\r\n");
  REQUIRE(parser.next(reply));
  parser.feed(":1\r\n");
  const auto complete = parser.next(reply);
  REQUIRE(complete);
  CHECK(!*complete);
}

TEST_CASE("replies are the same however the bytes are split") {
  std::string wire;
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    const std::string body(static_cast<std::size_t>(i * 7 % 400), 'b');
    wire += "*3\r\n:" + std::to_string(i) + "\r\n$" + std::to_string(body.size()) + "\r\n" + body +
            "\r\n*1\r\n$-1\r\n+OK\r\n";
    expected += "*3 :" + std::to_string(i) + " $" + body + " *1 ~ +OK ";
  }
  const auto parsed = [&](auto next_length) {
    ReplyParser parser;
    Reply reply;
    std::string out;
    for (std::size_t at = 0; at < wire.size();) {
      const std::size_t length = std::min<std::size_t>(next_length(), wire.size() - at);
      parser.feed(std::string_view{wire}.substr(at, length));
      at += length;
      while (true) {
        const auto complete = parser.next(reply);
        REQUIRE(complete);
        if (!*complete) {
          break;
        }
        out += show(reply);
      }
    }
    return out;
  };
  CHECK(parsed([] { return std::size_t{1}; }) == expected);
  CHECK(parsed([&] { return wire.size(); }) == expected);
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  for (int i = 0; i < 20; ++i) {
    CHECK(parsed([&] { return std::size_t{1} + random() % 3000; }) == expected);
  }
}

TEST_CASE("random bytes never do worse than a protocol error") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  constexpr std::string_view k_alphabet = "+-:$*\r\n0123x";
  for (int round = 0; round < 2000; ++round) {
    ReplyParser parser;
    Reply reply;
    std::string wire;
    for (int i = 0; i < 60; ++i) {
      wire += random() % 5 == 0 ? std::string{"\r\n"} : std::string(1, k_alphabet[random() % k_alphabet.size()]);
    }
    parser.feed(wire);
    for (auto state = parser.next(reply); state && *state; state = parser.next(reply)) {
      CHECK(!reply.tokens().empty());
    }
  }
}

TEST_SUITE_END();

}  // namespace qsnap::redis
