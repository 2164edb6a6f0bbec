// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/decode/decode.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>
#include <qsnap/frameworks/decode/pickle.hpp>
#include <qsnap/frameworks/decode/protobuf.hpp>
#include <qsnap/frameworks/decode/wire.hpp>

using namespace std::string_literals;

namespace qsnap::frameworks::decode {

namespace {

/// {"a": [1, None]} of protocol 4.
const std::string k_pickle =
    "\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01"
    "a\x94]\x94(K\x01Nes."s;
/// {"b":1} by zlib.
const std::string k_packed = "\x78\x9c\xab\x56\x4a\x52\xb2\x32\xac\x05\x00\x08\x2f\x02\x0a"s;

}  // namespace

TEST_SUITE("qsnap::frameworks::decode::decode") {
  TEST_CASE("words are taken from the outermost to the innermost") {
    CHECK(*decode(k_pickle, "pickle") == R"({"a":[1,null]})");
    CHECK(*decode(to_base64(k_pickle), "base64+pickle") == R"({"a":[1,null]})");
    CHECK(*decode(k_packed, "zlib+json") == R"({"b":1})");
    CHECK(*decode(to_base64(k_packed), "base64+zlib+json") == R"({"b":1})");
    CHECK(*decode("[1, 2]", "json") == "[1,2]");
  }

  TEST_CASE("what is inside a wrapping and has no word is given as bytes") {
    CHECK(*decode(k_packed, "zlib") == R"("{\"b\":1}")");
    CHECK(*decode("/w==", "base64") == R"({"$b64":"/w=="})");
    CHECK(*decode("plain", "") == R"("plain")");
  }

  TEST_CASE("an unknown word and a wrong order are errors") {
    for (const char* const codec : {"yaml", "zlib+", "base64+zlib+x", "json+zlib", "pickle+json", "+json", " json"}) {
      CAPTURE(codec);
      const auto json = decode("[1]", codec);
      REQUIRE_FALSE(json);
      CHECK(json.error().code == ErrorCode::corrupt);
    }
    CHECK_FALSE(decode("not base64", "base64"));
    const std::string thrice = to_base64(to_base64(to_base64("[1]")));
    CHECK(*decode(thrice, "base64+base64+base64+json") == "[1]");
    CHECK_FALSE(decode(to_base64(thrice), "base64+base64+base64+base64+json"));
    CHECK_FALSE(decode("[1", "json"));
  }
}

TEST_SUITE("qsnap::frameworks::decode::sniff") {
  TEST_CASE("what is sure has a name") {
    CHECK(sniff(k_pickle) == "pickle");
    CHECK(sniff(to_base64(k_pickle)) == "base64+pickle");
    CHECK(sniff(k_packed) == "zlib+json");
    CHECK(sniff(to_base64(k_packed) + "\n") == "base64+zlib+json");
    CHECK(sniff(to_base64(R"([[1],{}])")) == "base64+json");
    CHECK(sniff("a:1:{i:0;i:1;}") == "php");
    CHECK(sniff("O:8:\"stdClass\":0:{}") == "php");
  }

  TEST_CASE("what is not sure has none") {
    for (const std::string& bytes :
         {""s, "plain text"s, "{\"a\":1}"s, "[1]"s, "i:1;"s, "s:1:\"a\";"s, "deadbeefdeadbeef"s, "bWFpbA=="s,
          "a:1:{x}"s, "x\x9cnot zlib"s, "\x80\x04not a pickle."s, "\x08\x01"s, "\x93\x01\x02\x03"s,
          to_base64("only some text"), k_pickle + "x", k_packed.substr(0, k_packed.size() - 1)}) {
      CAPTURE(bytes);
      CHECK_FALSE(sniff(bytes));
    }
  }

  TEST_CASE("strings inside of JSON are decoded, names and others are left alone") {
    const std::string php = json_string("O:3:\"Job\":1:{s:2:\"id\";i:7;}");
    CHECK(decode_inside(fmt::format(R"({{"data":{{"command":{}}},"n":1e400,"t":"x \"y\""}})", php)) ==
          R"({"data":{"command":{"$class":"Job","id":7}},"n":1e400,"t":"x \"y\""})");
    CHECK(decode_inside(php) == R"({"$class":"Job","id":7})");
    CHECK(decode_inside(fmt::format(R"({{{}:1}})", php)) == fmt::format(R"({{{}:1}})", php));
    CHECK(decode_inside(fmt::format("[{}]", json_string(to_base64(k_packed)))) == R"([{"b":1}])");
    for (const char* const json : {"null", "12", "\"\"", "[]", R"(["a","\\"])", R"({"a":"b"})"}) {
      CHECK(decode_inside(json) == json);
    }
  }

  TEST_CASE("a decoded value that would be too deep where it stands is left encoded") {
    std::string outside(100, '['), inside(100, '[');
    inside += std::string(100, ']');
    const std::string json = outside + json_string(to_base64(inside)) + std::string(100, ']');
    CHECK(decode_inside(json) == json);
  }
}

TEST_SUITE("qsnap::frameworks::decode::DecodingPayloadReader") {
  TEST_CASE("a payload is read by style and codec, and told by size and digest") {
    const DecodingPayloadReader reader;
    const codec::Embedded embedded = codec::embed(k_packed);
    CHECK(*reader.decoded(embedded.json, embedded.enc, "zlib+json") == R"({"b":1})");
    CHECK_FALSE(reader.decoded(embedded.json, embedded.enc, "pickle"));
    CHECK(*reader.decoded(R"({"b":"x"})", "json", "") == R"({"b":"x"})");
    CHECK(reader.summary(R"("abc")", "text") == "3 bytes, sha256 ba7816bf8f01");
  }
}

TEST_SUITE("qsnap::frameworks::decode::WireReader") {
  TEST_CASE("fields are read and written back to the same bytes") {
    const std::string message = WireWriter{}
                                    .bytes(1, "mail")
                                    .varint(2, 300)
                                    .varint(3, UINT64_MAX)
                                    .field({4, WireType::fixed32, 7, {}})
                                    .field({5, WireType::fixed64, 8, {}})
                                    .bytes(1, "")
                                    .varint((1U << 29U) - 1, 0)
                                    .take();
    std::string again;
    WireWriter writer;
    std::size_t fields = 0;
    for (WireReader reader{message}; !reader.at_end(); ++fields) {
      const auto field = reader.next();
      REQUIRE(field);
      writer.field(*field);
    }
    CHECK(fields == 7);
    CHECK(writer.message() == message);
    CHECK(message.starts_with("\x0A\x04mail\x10\xAC\x02"));
  }

  TEST_CASE("what is no message is corrupt") {
    for (const std::string& message :
         {"\x0A\x05mail"s, "\x08"s, "\x00\x01"s, "\x0B"s, "\x0C"s, "\x0E\x01"s, "\x09\x01"s, "\x0D\x01"s,
          "\x08\x80\x00"s, "\x80\x80\x80\x80\x10\x00"s, "\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"s}) {
      CAPTURE(to_base64(message));
      const auto field = WireReader{message}.next();
      REQUIRE_FALSE(field);
      CHECK(field.error().code == ErrorCode::corrupt);
    }
  }

  TEST_CASE("a message without its schema is shown by field numbers") {
    const std::string inner = WireWriter{}.varint(1, 5).bytes(2, "x\x01y").take();
    const std::string message = WireWriter{}.bytes(1, "send mail").varint(9, 1).bytes(3, inner).bytes(3, "\xFF").take();
    CHECK(*protobuf_json(message) == R"({"1":"send mail","3":[{"1":5,"2":{"$b64":"eAF5"}},{"$b64":"/w=="}],"9":1})");
    CHECK(*protobuf_json("") == "{}");
  }
}

TEST_SUITE("qsnap::frameworks::decode::pickle_json") {
  TEST_CASE("opcodes of old protocols and old Pythons") {
    struct Case {
      std::string pickle;
      const char* json;
    };
    const Case cases[] = {
        {"I00\n.", "false"},
        {"I01\n.", "true"},
        {"I1\n.", "1"},
        {"L-12345678901234567890L\n.", "-12345678901234567890"},
        {"Finf\n.", R"({"$float":"inf"})"},
        {"Fnan\n.", R"({"$float":"nan"})"},
        {"S'a\\'\\n\\x41'\n.", R"("a'\nA")"},
        {"S'\\xff'\n.", R"({"$b64":"/w=="})"},
        {"V\\u00e9\xE9\\U0001f600\n.", "\"éé😀\""},
        {"U\x02hi.", R"("hi")"},
        {"T\x02\x00\x00\x00hi."s, R"("hi")"},
        {"(I1\nI2\nt.", "[1,2]"},
        {"(I1\nI2\nd.", R"({"$dict":[[1,2]]})"},
        {"(S'a'\nI2\nd.", R"({"a":2})"},
        {"(iapp\nJob\n(dS'a'\nI1\nsb.", R"({"$object":"app.Job","state":{"a":1}})"},
        {"(capp\nJob\nI1\no.", R"({"$object":"app.Job","args":[1]})"},
        {"Pkey 1\n.", R"({"$persistent":"key 1"})"},
        {"K\x05Q.", R"({"$persistent":5})"},
        {"\x82\x07.", R"({"$extension":7})"},
        {"\x97\x98.", R"({"$buffer":0})"},
        {"capp\nf\n)R(I1\nI2\ne.", R"({"$object":"app.f","items":[1,2]})"},
        {"capp\nf\n)RS'k'\nI2\ns.", R"({"$object":"app.f","dict":{"k":2}})"},
        {"capp\nf\n)}S'k'\nI2\ns\x92.", R"({"$object":"app.f","kwargs":{"k":2}})"},
        {"capp\nf\n)R)R.", R"({"$object":{"$object":"app.f"}})"},
        {"(N1N.", "null"},
        {"(N0(00N.", "null"},
    };
    for (const auto& [pickle, expected] : cases) {
      CAPTURE(pickle);
      const auto json = pickle_json(pickle);
      REQUIRE_MESSAGE(json, json.error().message);
      CHECK(*json == expected);
    }
  }

  TEST_CASE("an integer beyond 1 KiB is given in hexadecimal") {
    const auto long4 = [](std::size_t bytes, char top) {
      return "\x8B"s + static_cast<char>(bytes & 0xFFU) + static_cast<char>(bytes >> 8U) + "\x00\x00"s +
             std::string(bytes - 1, '\0') + top + ".";
    };
    CHECK(pickle_json(long4(1024, '\1'))->size() == 2464);
    CHECK(*pickle_json(long4(1025, '\1')) == R"({"$int":"0x01)" + std::string(2048, '0') + "\"}");
    CHECK(*pickle_json(long4(1025, '\xFF')) == R"({"$int":"-0x01)" + std::string(2048, '0') + "\"}");
  }
}

}  // namespace qsnap::frameworks::decode
