// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/codec/base64.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/decode/decode.hpp>

/// Payloads that Python, msgpack, PHP and real queues wrote: tests/fixtures/make/make-decode-fixtures.
namespace qsnap::frameworks::decode {

namespace {

struct Sample {
  std::string codec;
  std::string payload;
  std::string json;
};

std::vector<Sample> samples(const std::string& file) {
  std::ifstream lines{fmt::format("{}/tests/fixtures/decode/{}.tsv", QSNAP_SOURCE_DIR, file)};
  std::vector<Sample> list;
  for (std::string codec, base64, json; std::getline(lines, codec, '\t');) {
    std::getline(lines, base64, '\t');
    std::getline(lines, json);
    list.push_back({codec, codec::from_base64(base64).value(), json});
  }
  return list;
}

/// Where it reads as something, that is canonical JSON.
void check_answer(std::string_view bytes, std::string_view codec) {
  const auto json = decode(bytes, codec);
  if (!json) {
    const ErrorCode code = json.error().code;
    CHECK((code == ErrorCode::corrupt || code == ErrorCode::limit_exceeded));
    return;
  }
  const auto canonical = codec::canonical_json(*json);
  REQUIRE(canonical);
  CHECK(*canonical == *json);
}

}  // namespace

TEST_SUITE("qsnap::frameworks::decode: what others wrote") {
  TEST_CASE("every sample decodes to the JSON that its writer tells") {
    struct File {
      const char* name;
      std::size_t samples;
    };
    for (const auto& [name, count] : {File{"pickle", 216}, {"msgpack", 66}, {"php", 19}, {"frameworks", 9}}) {
      CAPTURE(name);
      const std::vector<Sample> list = samples(name);
      CHECK(list.size() == count);
      for (const Sample& sample : list) {
        CAPTURE(sample.codec);
        CAPTURE(sample.json);
        const auto json = decode(sample.payload, sample.codec);
        REQUIRE_MESSAGE(json, json.error().message);
        CHECK(*json == sample.json);
        check_answer(sample.payload, sample.codec);
      }
    }
  }

  TEST_CASE("the codec of what a real queue wrote is found") {
    for (const Sample& sample : samples("frameworks")) {
      CHECK(sniff(sample.payload) == sample.codec);
    }
  }

  TEST_CASE("a cut payload is an error, at every length") {
    for (const char* const file : {"pickle", "msgpack", "php"}) {
      for (const Sample& sample : samples(file)) {
        // Base64 may come without its last line feed.
        const bool short_one = sample.payload.size() < 200 && !sample.codec.starts_with("base64");
        for (std::size_t length = 0; short_one && length < sample.payload.size(); ++length) {
          CAPTURE(sample.json);
          CAPTURE(length);
          CHECK_FALSE(decode(std::string_view{sample.payload}.substr(0, length), sample.codec));
        }
      }
    }
  }

  TEST_CASE("a payload with one changed byte is an error or another value, never more") {
    for (const char* const file : {"pickle", "msgpack", "php", "frameworks"}) {
      std::size_t number = 0;
      for (const Sample& sample : samples(file)) {
        const bool chosen = sample.payload.size() < 400 && number++ % 4 == 0;
        for (std::size_t at = 0; chosen && at < sample.payload.size(); ++at) {
          for (const unsigned flip : {0x01U, 0x20U, 0x80U, 0xFFU}) {
            std::string damaged = sample.payload;
            damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ flip);
            check_answer(damaged, sample.codec);
          }
        }
      }
    }
  }
}

}  // namespace qsnap::frameworks::decode
