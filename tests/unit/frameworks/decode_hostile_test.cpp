// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <zlib.h>

#include <qsnap/base/cursor.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/frameworks/decode/decode.hpp>
#include <qsnap/frameworks/decode/inflate.hpp>
#include <qsnap/frameworks/decode/msgpack.hpp>
#include <qsnap/frameworks/decode/php.hpp>
#include <qsnap/frameworks/decode/pickle.hpp>
#include <qsnap/frameworks/decode/protobuf.hpp>

using namespace std::string_literals;

namespace qsnap::frameworks::decode {

namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

std::string deflated(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string packed(size, '\0');
  REQUIRE(compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                   bytes.size()) == Z_OK);
  packed.resize(size);
  return packed;
}

ErrorCode code_of(const Result<std::string>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}

}  // namespace

TEST_SUITE("qsnap::frameworks::decode: what is hostile") {
  TEST_CASE("a pickle that names a function does not call it") {
    const auto json = pickle_json("cos\nsystem\n(S'touch /tmp/x'\ntR.");
    REQUIRE(json);
    CHECK(*json == R"({"$object":"os.system","args":["touch /tmp/x"]})");
  }

  TEST_CASE("a pickle inside itself refers to the value that it is in") {
    struct Case {
      const char* pickle;
      const char* json;
    };
    const Case cases[] = {
        {"(lp0\ng0\na.", R"([{"$ref":1}])"},
        {"(lp0\n(lp1\ng0\naa.", R"([[{"$ref":2}]])"},
        {"(dp0\nS'me'\ng0\ns.", R"({"me":{"$ref":1}})"},
        {"(lp0\nI1\nag0\nag0\na.", R"([1,{"$ref":1},{"$ref":1}])"},
    };
    for (const auto& [pickle, expected] : cases) {
      const auto json = pickle_json(pickle);
      REQUIRE_MESSAGE(json, json.error().message);
      CHECK(*json == expected);
    }
  }

  TEST_CASE("what a pickle uses twice is printed twice, and a later key wins") {
    CHECK(*pickle_json("(lp0\n(dp1\nI1\nI2\nsag1\na.") == R"([{"$dict":[[1,2]]},{"$dict":[[1,2]]}])");
    CHECK(*pickle_json("(dS'a'\nI1\nsS'b'\nI2\nsS'a'\nI3\ns.") == R"({"a":3,"b":2})");
  }

  TEST_CASE("ten levels of ten lists each are over the limit of output, not of patience") {
    std::string laughs = "(lp0\nS'ha'\na";
    for (int level = 1; level <= 10; ++level) {
      laughs += fmt::format("0(lp{}\n{}", level, repeated(fmt::format("g{}\na", level - 1), 10));
    }
    CHECK(code_of(pickle_json(laughs + ".")) == ErrorCode::limit_exceeded);
  }

  TEST_CASE("a million calls with one long text are over the limit, too") {
    const std::string text = "X\x00\x00\x10\x00"s + std::string(limits::k_mib, 'x') + "q\x00"s;
    const std::string call = "c_codecs\nencode\nq\x01"s + repeated("0h\x01h\x00X\x06\x00\x00\x00latin1\x86R"s, 30000);
    CHECK(code_of(pickle_json(text + call + ".")) == ErrorCode::limit_exceeded);
  }

  TEST_CASE("a pickle grows neither stack, nor marks, nor memo without bound") {
    const std::size_t many = limits::k_decoded_values + 1;
    CHECK(code_of(pickle_json(std::string(many, '('))) == ErrorCode::limit_exceeded);
    CHECK(code_of(pickle_json("N" + std::string(many, '2'))) == ErrorCode::limit_exceeded);
    CHECK(code_of(pickle_json("N" + std::string(many, '\x94'))) == ErrorCode::limit_exceeded);
    CHECK(code_of(pickle_json(std::string(many, 'N'))) == ErrorCode::limit_exceeded);
  }

  TEST_CASE("a malformed pickle is corrupt") {
    const std::string pickles[] = {
        "",    ".",     "N",      "NN",         "N.N",     "\xFF.",   "\x80\x06N.", "t.",       "(N0.",
        "Na.", "(lNb.", "g0\n.",  "h\x07.",     "I1x\n.",  "I007\n.", "Fx\n.",      "S'a\n.",   "V\\u12\n.",
        "]NN", "}Ns.",  "(NNNd.", "NNR.",       "](NNNu.", "N\x93.",  "NN\x93.",    "(o.",      "p0\n.",
        "0.",  "1.",    "2.",     "X\xFF\xFF.", "S''\\n.", "e.",      "\x8B\xFF.",  "(N(NN1R.", "N(1e.",
    };
    for (const std::string& pickle : pickles) {
      CAPTURE(pickle);
      CHECK(code_of(pickle_json(pickle)) == ErrorCode::corrupt);
    }
  }

  TEST_CASE("values deeper than the limit are refused, and those of a good depth are not") {
    const auto lists = [](std::size_t levels) { return repeated("]", levels) + repeated("a", levels - 1) + "."; };
    CHECK(pickle_json(lists(limits::k_decoded_depth)));
    CHECK(code_of(pickle_json(lists(limits::k_decoded_depth + 1))) == ErrorCode::limit_exceeded);
    CHECK(code_of(pickle_json(lists(100000))) == ErrorCode::limit_exceeded);
    CHECK(code_of(php_json(repeated("a:1:{i:0;", 100000))) == ErrorCode::limit_exceeded);
    CHECK(code_of(msgpack_json(std::string(100000, '\x91'))) == ErrorCode::limit_exceeded);
  }

  TEST_CASE("counts that lie end at the end of the data") {
    CHECK(code_of(msgpack_json("\xDD\xFF\xFF\xFF\xFF")) == ErrorCode::corrupt);
    CHECK(code_of(msgpack_json("\xDF\xFF\xFF\xFF\xFF\x01")) == ErrorCode::corrupt);
    CHECK(code_of(msgpack_json("\xC6\xFF\xFF\xFF\xFFx")) == ErrorCode::corrupt);
    CHECK(code_of(msgpack_json("\xC1")) == ErrorCode::corrupt);
    CHECK(code_of(php_json("a:9223372036854775807:{i:0;i:1;")) == ErrorCode::corrupt);
    CHECK(code_of(php_json("s:9223372036854775807:\"x\";")) == ErrorCode::corrupt);
    CHECK(code_of(php_json("a:-1:{}")) == ErrorCode::corrupt);
  }

  TEST_CASE("malformed PHP is corrupt") {
    for (const char* const text : {"",
                                   "N",
                                   "i:1",
                                   "i:01;",
                                   "i:;",
                                   "b:2;",
                                   "d:1x;",
                                   "d:;",
                                   "s:1:\"ab\";",
                                   "s:2:\"a\";",
                                   "a:1:{}",
                                   "a:1:{i:0;}",
                                   "a:0:{};",
                                   "a:1:{N;N;}",
                                   "R:1;",
                                   "a:1:{i:0;R:3;}",
                                   "r:0;",
                                   "E:3:\"abc\";",
                                   "O:1:\"a\":0:{",
                                   "C:1:\"a\":9:{}",
                                   "x:1;",
                                   "i:1;i:2;"}) {
      CAPTURE(text);
      CHECK(code_of(php_json(text)) == ErrorCode::corrupt);
    }
  }

  TEST_CASE("a PHP class that writes its own form is shown with it") {
    CHECK(*php_json("C:3:\"Foo\":4:{a:b;}") == R"({"$class":"Foo","$serialized":"a:b;"})");
    CHECK(*php_json("O:1:\"A\":1:{s:6:\"$class\";i:1;}") == R"({"$class":"A","$$class":1})");
  }

  TEST_CASE("a stream that unpacks to too much ends there") {
    const std::string bomb = deflated(std::string(limits::k_decoded_bytes + 1, '\0'));
    CHECK(bomb.size() < 100 * limits::k_kib);
    CHECK(code_of(inflate(bomb)) == ErrorCode::limit_exceeded);
    CHECK(code_of(decode(bomb, "zlib+json")) == ErrorCode::limit_exceeded);
    CHECK_FALSE(sniff(bomb));
    CHECK(*inflate(deflated("0123456789"), 10) == "0123456789");
    CHECK(code_of(inflate(deflated("0123456789"), 9)) == ErrorCode::limit_exceeded);
  }

  TEST_CASE("a damaged stream is corrupt") {
    const std::string packed = deflated(repeated("hello ", 50));
    CHECK(*inflate(packed) == repeated("hello ", 50));
    for (std::size_t length = 0; length < packed.size(); ++length) {
      CHECK(code_of(inflate(std::string_view{packed}.substr(0, length))) == ErrorCode::corrupt);
    }
    CHECK(code_of(inflate(packed + "x")) == ErrorCode::corrupt);
    std::string other = packed;
    other.back() ^= 1;
    CHECK(code_of(inflate(other)) == ErrorCode::corrupt);
  }

  TEST_CASE("a protobuf message that is full of messages takes no more time than levels") {
    std::string message = "\x08\x01"s;
    for (int level = 0; level < 200; ++level) {
      std::string outer = "\x0A"s;
      append_varint(outer, message.size());
      message = outer + message;
    }
    CHECK(protobuf_json(message));
  }
}

}  // namespace qsnap::frameworks::decode
