// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/layout/string_job.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::ItemBlock;
using model::Record;

ItemBlock one(std::string_view text) {
  ItemBlock items;
  items.push(text);
  return items;
}

/// A job with a priority of one byte in front.
StringJobSpec with_priority() {
  return {.codec = "pickle",
          .codec_of = nullptr,
          .split = [](std::string_view bytes, Record& record) -> std::optional<std::string> {
            if (bytes.empty()) {
              return std::nullopt;
            }
            record.fields.set("priority", json_bytes(bytes.substr(0, 1)));
            return std::string{bytes.substr(1)};
          },
          .join = [](std::string_view payload, const Record& record) -> Result<std::string> {
            QSNAP_ASSIGN(std::string bytes, need_bytes(record.fields, "priority"));
            return bytes += payload;
          }};
}

}  // namespace

TEST_SUITE("qsnap::frameworks::layout string_job") {
  TEST_CASE("bytes are the payload with their codec, JSON has none") {
    const auto format = make_string_job({.codec = "pickle"});
    Record record;
    REQUIRE(format->describe({}, one("\x80\x04."), record));
    CHECK(record.fields.find("payload") == R"("gAQu")");
    CHECK(record.fields.find("enc") == R"("base64")");
    CHECK(record.fields.find("codec") == R"("pickle")");
    CHECK(record.fields.size() == 3);
    CHECK(format->body({}, record).has_value());
    CHECK(*format->body({}, record) == one("\x80\x04."));

    Record json;
    REQUIRE(format->describe({}, one(R"({"a": 1})"), json));
    CHECK(json.fields.find("enc") == R"("json-py")");
    CHECK_FALSE(json.fields.contains("codec"));
    CHECK(*format->body({}, json) == one(R"({"a": 1})"));
  }

  TEST_CASE("members are taken out of the bytes and put back") {
    const auto format = make_string_job(with_priority());
    Record record;
    REQUIRE(format->describe({}, one("5rest"), record));
    CHECK(record.fields.find("priority") == R"("5")");
    CHECK(record.fields.find("payload") == R"("rest")");
    CHECK(*format->body({}, record) == one("5rest"));
    CHECK_FALSE(format->describe({}, one(""), record));
    record.fields.erase("priority");
    CHECK_FALSE(format->body({}, record));
  }

  TEST_CASE("a body of several items is none, and a record without payload has none") {
    const auto format = make_string_job({});
    ItemBlock two = one("a");
    two.push("b");
    Record record;
    CHECK_FALSE(format->describe({}, two, record));
    CHECK_FALSE(format->describe({}, ItemBlock{}, record));
    CHECK_FALSE(format->body({}, Record{}));
  }
}

}  // namespace qsnap::frameworks::layout
