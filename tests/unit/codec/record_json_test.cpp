// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/codec/record_json.hpp>

using namespace std::string_literals;

namespace qsnap::codec {

namespace {

using model::Record;
using model::Section;

constexpr std::string_view k_job =
    R"({"enc":"json","name":"send","payload":{"to":"é","n":1.50},"queue":"bullmq:bull:mail","state":"waiting",)"
    R"("volatile":{"created_at_ms":1700000000000,"id":"17"}})";

struct Line {
  Section section = Section::workers;
  std::string text;
};

Record parsed(Section section, std::string_view line) {
  auto record = parse_record(section, line);
  REQUIRE(record);
  return *std::move(record);
}

std::string key_of(Section section, std::string_view line) {
  return record_key(parsed(section, line), line);
}

model::Metadata full_metadata() {
  model::Metadata metadata;
  metadata.captured_at = instant_from_ms(1'763'632'800'123);
  metadata.consistency = model::Consistency::none;
  metadata.description = "after the \"big\" sale\xff";
  metadata.tags = {"a", "b"};
  metadata.scope = {{"bull:", "\xfe"}, {"bullmq:bull:mail"}};
  metadata.frameworks = {{"bullmq", "bull", "5.1.0"}, {"sidekiq", "", ""}};
  return metadata;
}

}  // namespace

TEST_SUITE("codec::format_record") {
  TEST_CASE("sorts members and puts the volatile ones in their place") {
    Record record;
    record.fields.set("zone", "1");
    record.fields.set("a", R"({"z":1,"a":2})");
    CHECK(format_record(record) == R"({"a":{"z":1,"a":2},"zone":1})");
    record.volatiles.set("worker", R"("w")");
    record.volatiles.set("id", "7");
    CHECK(format_record(record) == R"({"a":{"z":1,"a":2},"volatile":{"id":7,"worker":"w"},"zone":1})");
    record.fields.erase("zone");
    CHECK(format_record(record) == R"({"a":{"z":1,"a":2},"volatile":{"id":7,"worker":"w"}})");
    record.fields.erase("a");
    CHECK(format_record(record) == R"({"volatile":{"id":7,"worker":"w"}})");
    CHECK(format_record(Record{}) == "{}");
  }
}

TEST_SUITE("codec::parse_record") {
  TEST_CASE("divides a line into fields and volatiles, and is undone by format_record") {
    const Record record = parsed(Section::jobs, k_job);
    CHECK(record.section == Section::jobs);
    CHECK(record.fields.size() == 5);
    CHECK((record.fields.find("payload") == R"({"to":"é","n":1.50})"));
    CHECK_FALSE(record.fields.contains("volatile"));
    CHECK(record.volatiles.size() == 2);
    CHECK((record.volatiles.find("created_at_ms") == "1700000000000"));
    CHECK(format_record(record) == k_job);
  }

  TEST_CASE("reads lines of every section") {
    const std::vector<Line> cases = {
        {Section::config, R"({"id":"nightly","kind":"cron"})"},
        {Section::queues, R"({"queue":{"$b64":"/w=="}})"},
        {Section::jobs, R"({"queue":"q","state":"s"})"},
        {Section::workers, "{}"},
        {Section::workers, R"({"volatile":{"pid":1}})"},
        {Section::workers, R"({"volatile":{"volatile":{"pid":1}}})"},
        {Section::keys, R"({"items":["v"],"key":"k","part":0,"role":"data","type":"string"})"},
        {Section::jobs, R"({"nested":{"volatile":{"z":1,"a":2}},"queue":"q","state":"s","unknown":[{"b":1,"a":2}]})"},
    };
    for (const Line& line : cases) {
      CAPTURE(line.text);
      CHECK(format_record(parsed(line.section, line.text)) == line.text);
    }
  }

  TEST_CASE("refuses lines that format_record would not have written, and records that miss something") {
    const std::vector<Line> cases = {
        {Section::workers, ""},
        {Section::workers, "[]"},
        {Section::workers, "1"},
        {Section::workers, "{} "},
        {Section::workers, "{},"},
        {Section::workers, R"({"a": 1})"},
        {Section::workers, R"({"a":"\/"})"},
        {Section::workers, R"({"b":1,"a":1})"},
        {Section::workers, R"({"a":1,"a":1})"},
        {Section::workers, R"({"a":{"b":1,"b":2}})"},
        {Section::workers, R"({"volatile":{}})"},
        {Section::workers, R"({"volatile":1})"},
        {Section::workers, R"({"volatile":[]})"},
        {Section::workers, R"({"volatile":{"b":1,"a":1}})"},
        {Section::workers, R"({"a":1,)"},
        {Section::config, "{}"},
        {Section::queues, R"({"name":"q"})"},
        {Section::queues, R"({"queue":1})"},
        {Section::jobs, R"({"queue":"q"})"},
        {Section::jobs, R"({"state":"s"})"},
        {Section::jobs, R"({"queue":"q","state":null})"},
        {Section::jobs, R"({"queue":"q","volatile":{"state":"s"}})"},
        {Section::jobs, R"({"queue":{"$b64":"cQ=="},"state":"s"})"},
        {Section::keys, R"({"items":["v"],"key":"k","part":0,"role":"data"})"},
        {Section::keys, R"({"items":{},"key":"k","part":0,"role":"data","type":"string"})"},
        {Section::keys, R"({"items":[],"key":"k","part":"0","role":"data","type":"string"})"},
        {Section::keys, R"({"items":[],"key":"k","part":1.5,"role":"data","type":"string"})"},
    };
    for (const Line& line : cases) {
      CAPTURE(line.text);
      const auto record = parse_record(line.section, line.text);
      REQUIRE_FALSE(record);
      CHECK(record.error().code == ErrorCode::corrupt);
    }
  }
}

TEST_SUITE("codec::record_key") {
  TEST_CASE("names a record by its identity") {
    CHECK((key_of(Section::jobs, k_job) == "job\0bullmq:bull:mail\00017"s));
    CHECK((key_of(Section::jobs, R"({"id":"mine","queue":"q","state":"s","volatile":{"id":"7"}})") == "job\0q\0mine"s));
    CHECK((key_of(Section::jobs, R"({"id":12,"queue":{"$b64":"/w=="},"state":"s"})") == "job\0\xff\0"s + "12"));
    CHECK((key_of(Section::queues, R"({"paused":true,"queue":"q"})") == "queue\0q"s));
    CHECK((key_of(Section::config, R"({"framework":"f","id":"i","kind":"cron"})") == "config\0cron\0f\0i"s));
    CHECK((key_of(Section::workers, R"({"framework":"f","volatile":{"id":"w1"}})") == "workers\0\0f\0w1"s));
    CHECK((key_of(Section::keys, R"({"items":[],"key":{"$b64":"/w=="},"part":3,"role":"data","type":"set"})") ==
           "key\0\xff\0"s + "3"));
  }

  TEST_CASE("is the line itself where there is no id") {
    for (const auto& [section, line] :
         {std::pair{Section::jobs, R"({"queue":"q","state":"s"})"s}, std::pair{Section::config, R"({"kind":"cron"})"s},
          std::pair{Section::workers, R"({"pid":1})"s}}) {
      CHECK(key_of(section, line) == line);
    }
  }
}

TEST_SUITE("codec::format_metadata") {
  TEST_CASE("prints all members, empty ones too") {
    CHECK(format_metadata(model::Metadata{}) ==
          R"({"captured_at":"1970-01-01T00:00:00.000Z","consistency":"point-in-time","description":"",)"
          R"("frameworks":[],"scope":{"prefixes":[],"queues":[]},"tags":[]})");
    CHECK(format_metadata(full_metadata()) ==
          R"({"captured_at":"2025-11-20T10:00:00.123Z","consistency":"none",)"
          R"("description":{"$b64":"YWZ0ZXIgdGhlICJiaWciIHNhbGX/"},)"
          R"("frameworks":[{"name":"bullmq","namespace":"bull","version":"5.1.0"},)"
          R"({"name":"sidekiq","namespace":"","version":""}],)"
          R"("scope":{"prefixes":["bull:",{"$b64":"/g=="}],"queues":["bullmq:bull:mail"]},"tags":["a","b"]})");
  }
}

TEST_SUITE("codec::parse_metadata") {
  TEST_CASE("is the inverse of format_metadata") {
    for (const model::Metadata& metadata : {model::Metadata{}, full_metadata()}) {
      const auto back = parse_metadata(format_metadata(metadata));
      REQUIRE(back);
      CHECK((*back == metadata));
    }
  }

  TEST_CASE("forced frameworks are in the scope, sorted, and only where there are some") {
    model::Metadata metadata = full_metadata();
    metadata.scope.frameworks = {{"bullmq", "a"}, {"bullmq", "b\xff"}, {"sidekiq", ""}};
    std::string json = format_metadata(metadata);
    CHECK(json.find(R"("scope":{"frameworks":[{"name":"bullmq","namespace":"a"},)") != std::string::npos);
    const auto back = parse_metadata(json);
    REQUIRE(back);
    CHECK((*back == metadata));
    json.replace(json.find(R"("namespace":"a")"), 15, R"("namespace":"z")");
    CHECK_FALSE(parse_metadata(json));
  }

  TEST_CASE("leaves members of later versions alone") {
    std::string json = format_metadata(full_metadata());
    json.insert(1, R"("added":{"x":[1]},)");
    const auto metadata = parse_metadata(json);
    REQUIRE(metadata);
    CHECK((*metadata == full_metadata()));
  }

  TEST_CASE("refuses metadata with something missing or wrong") {
    const std::vector<std::pair<std::string, std::string>> replacements = {
        {R"("captured_at")", R"("captured")"},
        {"2025-11-20T10", "2025-11-20 10"},
        {R"("none")", R"("perhaps")"},
        {R"("description")", R"("describe")"},
        {R"("scope":{)", R"("scope":[],"s":{)"},
        {R"("prefixes")", R"("prefix")"},
        {R"(["a","b"])", R"(["b","a"])"},
        {R"(["a","b"])", R"(["a","a"])"},
        {R"(["a","b"])", R"(["a",1])"},
        {R"(["a","b"])", R"("a")"},
        {R"("namespace":"")", R"("namespace":null)"},
        {R"("name":"bullmq")", R"("label":"bullmq")"},
        {R"("tags")", R"("tags":[],"tags")"},
    };
    for (const auto& [from, to] : replacements) {
      std::string json = format_metadata(full_metadata());
      const std::size_t at = json.find(from);
      REQUIRE(at != std::string::npos);
      json.replace(at, from.size(), to);
      CAPTURE(json);
      const auto metadata = parse_metadata(json);
      REQUIRE_FALSE(metadata);
      CHECK(metadata.error().code == ErrorCode::corrupt);
    }
    CHECK_FALSE(parse_metadata("[]"));
    CHECK_FALSE(parse_metadata(""));
  }
}

}  // namespace qsnap::codec
