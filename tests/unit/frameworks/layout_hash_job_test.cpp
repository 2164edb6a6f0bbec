// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/frameworks/layout/hash_job.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::ItemBlock;
using model::Record;

std::string codec_by_first_byte(std::string_view bytes) {
  return bytes.starts_with('\x80') ? "pickle" : "";
}

HashJobSpec toy_spec() {
  return {
      .fields =
          {{.field = "data",
            .member = "payload",
            .form = Form::embedded,
            .place = Place::fields,
            .codec_of = codec_by_first_byte},
           {.field = "meta", .member = "meta", .form = Form::embedded, .place = Place::fields, .codec = "zlib+pickle"},
           {"created_at", "created_at_iso", Form::iso, Place::volatiles, Empty::kept},
           {"ended_at", "ended_at_iso", Form::iso, Place::volatiles},
           {"beat", "beat_at_s", Form::seconds, Place::volatiles, Empty::kept},
           {"since", "since_at_ns", Form::instant, Place::volatiles},
           {"retries", "retries", Form::integer, Place::fields, Empty::kept},
           {"origin", "origin", Form::bytes, Place::fields, Empty::kept}},
      .required = {"data"}};
}

using Hash = std::vector<std::pair<std::string, std::string>>;

ItemBlock block(const Hash& hash) {
  ItemBlock items;
  for (const auto& [field, value] : hash) {
    items.push(field);
    items.push(value);
  }
  return items;
}

/// The record in one line, and a check that it gives the hash back.
std::string described(const JobFormat& format, const Hash& hash) {
  const JobContext job{"q", "waiting", "1"};
  Record record{model::Section::jobs, {}, {}};
  if (!format.describe(job, block(hash), record)) {
    return "(no job)";
  }
  const auto again = format.body(job, record);
  CHECK(again);
  CHECK((again && *again == block(hash)));
  std::string line;
  for (const model::Field& field : record.fields) {
    line += fmt::format("{}={} ", field.name, field.json);
  }
  line += "|";
  for (const model::Field& field : record.volatiles) {
    line += fmt::format(" {}={}", field.name, field.json);
  }
  return line;
}

}  // namespace

TEST_SUITE("qsnap::frameworks::layout hash_job") {
  TEST_CASE("fields become members in their forms, and the others are kept") {
    const auto format = make_hash_job(toy_spec());
    CHECK(described(*format, {{"beat", "1700000000.25"},
                              {"created_at", "2026-11-20T10:00:00.123456Z"},
                              {"data", "[1]"},
                              {"origin", "mail"},
                              {"retries", "3"},
                              {"since", "1795168757532000000"},
                              {"unknown", "x"}}) ==
          R"(enc="json" fields={"unknown":"x"} origin="mail" payload=[1] retries=3 | beat_at_s=1700000000.25 )"
          R"(created_at_iso="2026-11-20T10:00:00.123456Z" since_at_ns=1795168757532000000)");
  }

  TEST_CASE("a value that has not its form is left over") {
    const auto format = make_hash_job(toy_spec());
    CHECK(
        described(*format, {{"beat", "1e9"},
                            {"created_at", "yesterday"},
                            {"data", "1"},
                            {"ended_at", ""},
                            {"retries", "03"},
                            {"since", "-1"}}) ==
        R"(enc="json" fields={"beat":"1e9","created_at":"yesterday","ended_at":"","retries":"03","since":"-1"} payload=1 |)");
  }

  TEST_CASE("an empty value that the framework writes for none is an empty text") {
    const auto format = make_hash_job(toy_spec());
    CHECK(described(*format, {{"beat", ""}, {"created_at", ""}, {"data", ""}, {"origin", ""}, {"retries", ""}}) ==
          R"(enc="text" origin="" payload="" retries="" | beat_at_s="" created_at_iso="")");
  }

  TEST_CASE("bytes that are no JSON tell their codec") {
    const auto format = make_hash_job(toy_spec());
    CHECK(described(*format, {{"data", "\x80\x04."}, {"meta", "\x78\x9c"}}) ==
          R"(codec="pickle" enc="base64" meta="eJw=" meta_codec="zlib+pickle" meta_enc="base64" payload="gAQu" |)");
    CHECK(described(*format, {{"data", "x"}, {"meta", "{}"}}) == R"(enc="text" meta={} payload="x" |)");
    // A JSON text of no characters is not an empty value.
    CHECK(described(*format, {{"data", R"("")"}, {"meta", R"("")"}}) == R"(enc="json" meta="" payload="" |)");
  }

  TEST_CASE("a hash without what is required is no job") {
    const auto format = make_hash_job(toy_spec());
    CHECK(described(*format, {{"meta", "1"}}) == "(no job)");
    CHECK(described(*format, {}) == "(no job)");
  }

  TEST_CASE("members of another form are refused") {
    const auto format = make_hash_job(toy_spec());
    const auto refused = [&](std::string_view member, const char* json, Place place) {
      Record record{model::Section::jobs, {}, {}};
      members_of(record, place).set(member, json);
      const auto body = format->body({}, record);
      return !body && body.error().code == ErrorCode::corrupt;
    };
    CHECK(refused("beat_at_s", R"("soon")", Place::volatiles));
    CHECK(refused("since_at_ns", R"("")", Place::volatiles));
    CHECK(refused("ended_at_iso", "7", Place::volatiles));
    CHECK(refused("retries", "1.5", Place::fields));
    CHECK_FALSE(refused("retries", R"("")", Place::fields));
  }
}

}  // namespace qsnap::frameworks::layout
