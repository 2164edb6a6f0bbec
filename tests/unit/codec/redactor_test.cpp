// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/json_styles.hpp>
#include <qsnap/codec/redactor.hpp>

TEST_SUITE_BEGIN("qsnap::codec::Redactor");

namespace qsnap::codec {

namespace {

using model::Record;
using model::Section;

class Collector final : public model::RecordSink {
 public:
  Result<void> add(const Record& record) override {
    records.push_back(record);
    return {};
  }
  std::vector<Record> records;
};

Redaction all_rules() {
  return {model::default_redaction(), {}, *RedactionKey::parse("a key for these tests")};
}

std::string token(std::string_view secret) {
  return TokenMaker{*RedactionKey::parse("a key for these tests")}.token(secret);
}

std::vector<Record> redacted(const Redaction& redaction, const std::vector<Record>& records) {
  Collector out;
  Redactor redactor{redaction, out};
  for (const Record& record : records) {
    REQUIRE(redactor.add(record));
  }
  REQUIRE(redactor.finish());
  return out.records;
}

Record redacted(const Record& record, const Redaction& redaction = all_rules()) {
  return redacted(redaction, std::vector{record}).at(0);
}

Record job(std::string_view payload) {
  Record record{Section::jobs, {}, {}};
  record.fields.set("queue", json_string("bullmq:bull:mail"));
  record.fields.set("state", json_string("waiting"));
  const Embedded embedded = embed(payload);
  record.fields.set("payload", embedded.json);
  record.fields.set("enc", json_string(embedded.enc));
  record.volatiles.set("id", json_string("1"));
  return record;
}

/// The bytes of a job's payload behind the redactor.
std::string payload_of(const Record& record) {
  const auto bytes = unembed(*record.fields.find("payload"), *json_text(*record.fields.find("enc")));
  REQUIRE(bytes);
  return *bytes;
}

std::string redacted_payload(std::string_view payload) {
  return payload_of(redacted(job(payload)));
}

Record key(std::string_view name, std::string_view type, std::string_view items) {
  Record record{Section::keys, {}, {}};
  record.fields.set("key", json_bytes(name));
  record.fields.set("type", json_string(type));
  record.fields.set("role", json_string("data"));
  record.fields.set("part", "0");
  record.fields.set("items", std::string{items});
  return record;
}

std::string redacted_items(std::string_view type, std::string_view items) {
  return std::string{*redacted(key("k", type, items)).fields.find("items")};
}

/// Whether a capture of the loaded payload would find the style that the record names.
bool has_its_first_style(const Record& record) {
  const Embedded again = embed(payload_of(record));
  return again.json == *record.fields.find("payload") && json_string(again.enc) == *record.fields.find("enc");
}

}  // namespace

TEST_CASE("secrets in JSON are found by name and by value, and everything else stays to the byte") {
  CHECK(redacted_payload(R"({"to":"bob@example.com","n":1.50,"password":"x","deep":[{"apiKey":42}]})") ==
        R"({"to":")" + token("bob@example.com") + R"(","n":1.50,"password":")" + token("x") +
            R"(","deep":[{"apiKey":")" + token("42") + R"("}]})");
  CHECK(redacted_payload(R"({"a":"nothing","b":[1,null,true,"é/\u0001"]})") ==
        R"({"a":"nothing","b":[1,null,true,"é/\u0001"]})");
}

TEST_CASE("everything below a secret name is secret, but null, true, false and the empty string tell nothing") {
  CHECK(redacted_payload(R"({"credentials":{"user":"u","pin":[1,"2"],"on":true,"none":null,"e":""}})") ==
        R"({"credentials":{"user":")" + token("u") + R"(","pin":[")" + token("1") + R"(",")" + token("2") +
            R"("],"on":true,"none":null,"e":""}})");
}

TEST_CASE("a card's number is found as a JSON number, in a text and as a member's name") {
  CHECK(redacted_payload(R"([4111111111111111,1700000000000])") ==
        R"([")" + token("4111111111111111") + R"(",1700000000000])");
  CHECK(redacted_payload(R"({"4111111111111111":"pay 4111111111111111 now"})") ==
        R"({")" + token("4111111111111111") + R"(":"pay )" + token("4111111111111111") + R"( now"})");
}

TEST_CASE("JSON inside strings is looked into, in the writer's style, and written back in it") {
  CHECK(redacted_payload(R"({"body":"{\"password\": \"x\", \"n\": [1, 2]}"})") ==
        R"({"body":"{\"password\": \")" + token("x") + R"(\", \"n\": [1, 2]}"})");
  CHECK(redacted_payload(R"({"twice":"\"{\\\"token\\\":\\\"x\\\"}\""})") ==
        R"({"twice":"\"{\\\"token\\\":\\\")" + token("x") + R"(\\\"}\""})");
}

TEST_CASE("texts that are nearly JSON are looked into, too") {
  for (const std::string_view near :
       {R"({"password":"hunter2","password":"hunter2"})", R"({ "password" : "hunter2" } x)", R"({"password":"hunter2)",
        R"([INFO] password=hunter2)", R"({"a":NaN,"password":"hunter2"})",
        "{\"password\":\"hunter2\",\"b\":\"\xff\"}"}) {
    CAPTURE(near);
    CHECK(redacted_payload(near).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("payloads of every style are redacted, and keep a style that a capture would find again") {
  const std::string canonical = R"({"to":"bob@example.com","path":"a/b","name":"é","password":"ü/"})";
  std::vector<std::string> payloads = {canonical, "to bob@example.com", std::string{"\xff\xfe bob@example.com"}};
  for (const JsonStyle& style : json_styles()) {
    payloads.push_back(restyle(canonical, style));
    payloads.push_back(restyle(R"({"password":"é/"})", style));  // what tells the style goes with the secret
  }
  for (const std::string& payload : payloads) {
    CAPTURE(payload);
    const Record record = redacted(job(payload));
    CHECK(payload_of(record).find("bob@example.com") == std::string::npos);
    CHECK(payload_of(record).find("qsnap-redacted-") != std::string::npos);
    CHECK(has_its_first_style(record));
  }
}

TEST_CASE("numbers and instants that a framework needs stay, whatever they look like") {
  Record record = job("{}");
  record.fields.set("priority", "4111111111111111");
  record.volatiles.set("score", "4111111111111111");
  record.volatiles.set("due_at_ms", "4111111111111111");
  CHECK(redacted(record) == record);
}

TEST_CASE("texts of a job: errors, stack traces, logs, unknown fields") {
  Record record = job("{}");
  record.fields.set("error", json_string("cannot reach redis://app:s3cr3t@db:6379 for bob@example.com"));
  record.fields.set("logs", R"(["token=abc","fine"])");
  record.fields.set("fields", R"({"apiKey":"k","bin":{"$b64":"/2JvYkBleGFtcGxlLmNvbQ=="}})");
  record.volatiles.set("stacktrace", R"(["Error: bob@example.com\n    at x.js:1"])");
  const Record out = redacted(record);
  CHECK(*out.fields.find("error") ==
        json_string("cannot reach redis://app:" + token("s3cr3t") + "@db:6379 for " + token("bob@example.com")));
  CHECK(*out.fields.find("logs") == R"(["token=)" + token("abc") + R"(","fine"])");
  CHECK(*out.fields.find("fields") ==
        R"({"apiKey":")" + token("k") + R"(","bin":)" + json_bytes("\xff" + token("bob@example.com")) + "}");
  CHECK(*out.volatiles.find("stacktrace") == R"(["Error: )" + token("bob@example.com") + R"(\n    at x.js:1"])");
}

TEST_CASE("a backtrace that Sidekiq has packed is replaced by an empty one") {
  Record record = job("[]");
  record.volatiles.set("stacktrace", R"("eJyLVkpMTEpOSU1Lz8jMys7JzcsvKCwqLiktK6+orKpWigUAHvcM4w==")");
  const Record out = redacted(record);
  CHECK(*out.volatiles.find("stacktrace") == R"("eJyLjgUAARUAuQ==")");
  CHECK(redacted(out) == out);
}

TEST_CASE("ids, references and queues change in the same way, and only where they look like a secret") {
  Record record = job("{}");
  record.volatiles.erase("id");
  record.fields.set("id", json_string("order:bob@example.com"));
  record.fields.set("name", json_string("password"));
  record.fields.set("refs", R"([{"name":null,"queue":"bullmq:bull:mail","role":"parent"}])");
  record.volatiles.set("ref_ids", R"(["bob@example.com"])");
  const Record out = redacted(record);
  CHECK(*out.fields.find("id") == json_string("order:" + token("bob@example.com")));
  CHECK(*out.fields.find("name") == json_string("password"));
  CHECK(*out.volatiles.find("ref_ids") == R"([")" + token("bob@example.com") + R"("])");
  CHECK(*out.fields.find("queue") == json_string("bullmq:bull:mail"));
}

TEST_CASE("a generated id that looks like a secret becomes a chosen one") {
  Record record = job("{}");
  record.volatiles.set("id", json_string("4111111111111111"));
  const Record out = redacted(record);
  CHECK_FALSE(out.volatiles.contains("id"));
  CHECK(*out.fields.find("id") == json_string(token("4111111111111111")));
}

TEST_CASE("refs of one role are sorted again by what they say now, and their ids with them") {
  Record record = job("{}");
  record.fields.set("refs", R"([{"name":"a@b.com","queue":"bullmq:bull:q","role":"pending"},)"
                            R"({"name":"b@b.com","queue":"bullmq:bull:q","role":"pending"},)"
                            R"({"name":"c@b.com","queue":"bullmq:bull:q","role":"pending"}])");
  record.volatiles.set("ref_ids", R"(["a@b.com","b@b.com","c@b.com"])");
  const Record out = redacted(record);
  const auto refs = *array_elements(*out.fields.find("refs")), ids = *array_elements(*out.volatiles.find("ref_ids"));
  REQUIRE(refs.size() == 3);
  CHECK(std::is_sorted(refs.begin(), refs.end()));
  for (std::size_t i = 0; i < refs.size(); ++i) {
    CHECK(refs[i].find(*json_text(ids[i])) != std::string::npos);
  }
}

TEST_CASE("jobs come out sorted by the ids that their queues have now") {
  std::vector<Record> records;
  const std::array<std::string_view, 4> names = {"a@example.com", "b@example.com", "c@example.com", "zebra"};
  for (const Section section : {Section::queues, Section::jobs}) {
    for (const std::string_view name : names) {
      for (const std::string_view state : {"delayed", "waiting"}) {
        Record record{section, {}, {}};
        record.fields.set("queue", json_string(std::string{"bullmq:bull:"}.append(name)));
        record.fields.set("state", json_string(state));
        records.push_back(std::move(record));
      }
    }
  }
  records.push_back(key("k", "string", R"(["v"])"));
  const std::vector<Record> out = redacted(all_rules(), records);
  REQUIRE(out.size() == records.size());
  CHECK(out.back() == records.back());
  const auto place = [](const Record& record) {
    return std::string{*record.fields.find("queue")}.append(*record.fields.find("state"));
  };
  CHECK(std::is_sorted(out.begin() + 8, out.begin() + 16,
                       [&](const Record& a, const Record& b) { return place(a) < place(b); }));
}

TEST_CASE("verbatim keys: names, values by field, members, entries, whole keys that are named like a secret") {
  const std::string bob = token("bob@example.com");
  CHECK(*redacted(key("user:bob@example.com", "list", R"(["bob@example.com"])")).fields.find("key") ==
        json_string("user:" + bob));
  CHECK(redacted_items("list", R"(["bob@example.com","{\"token\":\"x\"}"])") ==
        R"([")" + bob + R"(","{\"token\":\")" + token("x") + R"(\"}"])");
  CHECK(redacted_items("hash", R"([["password","x"],["to","bob@example.com"]])") ==
        R"([["password",")" + token("x") + R"("],["to",")" + bob + R"("]])");
  CHECK(redacted_items("zset", R"([["bob@example.com","4111111111111111"]])") ==
        R"([[")" + bob + R"(","4111111111111111"]])");
  CHECK(redacted_items(
            "stream",
            R"([["meta","1-0","1","0-0"],["entry","1-0","password","x"],["group","bob@example.com","0-0",""]])") ==
        R"([["meta","1-0","1","0-0"],["entry","1-0","password",")" + token("x") + R"("],["group",")" + bob +
            R"(","0-0",""]])");
  CHECK(*redacted(key("app:api_key", "string", R"(["x"])")).fields.find("items") == R"([")" + token("x") + R"("])");
  CHECK(redacted_items("string", R"([{"$b64":"/2JvYkBleGFtcGxlLmNvbQ=="}])") == "[" + json_bytes("\xff" + bob) + "]");
}

TEST_CASE("sets and hashes are sorted by bytes again, sorted sets where scores are the same") {
  const auto sorted = [](std::string_view type, std::string_view items) {
    const auto out = *array_elements(redacted_items(type, items));
    return std::is_sorted(out.begin(), out.end());
  };
  CHECK(sorted("set", R"(["a@b.com","b@b.com","c@b.com","d@b.com","zz"])"));
  CHECK(sorted("hash", R"([["a@b.com","1"],["b@b.com","2"],["c@b.com","3"],["zz","4"]])"));
  CHECK(sorted("zset", R"([["a@b.com","1"],["b@b.com","1"],["c@b.com","1"],["zz","1"]])"));
}

TEST_CASE("rules by path take what they name, whatever it is") {
  Redaction redaction = all_rules();
  redaction.paths = [](const Record& record) -> PathTest {
    if (record.section != Section::jobs) {
      return {};
    }
    return [](std::string_view path) { return path == ".payload.items[1].price" || path == ".payload.flag"; };
  };
  CHECK(payload_of(redacted(job(R"({"items":[{"price":1},{"price":2}],"flag":true,"price":2})"), redaction)) ==
        R"({"items":[{"price":1},{"price":")" + token("2") + R"("}],"flag":")" + token("true") + R"(","price":2})");
}

TEST_CASE("strict: a payload that is not JSON is refused, with the job and its queue, and without its secrets") {
  Redaction redaction = all_rules();
  redaction.rules.opaque = model::OpaquePayload::refuse;
  Collector out;
  Redactor redactor{redaction, out};
  CHECK(redactor.add(job(R"({"a":1})")));
  CHECK(redactor.add(job(R"({ "a" : 1 })")));  // text, but JSON all the same
  Record opaque = job("\x80\x04\x95 pickle");
  opaque.fields.set("id", json_string("of bob@example.com"));
  const auto refused = redactor.add(opaque);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::refused);
  CHECK(refused.error().message == "job of " + token("bob@example.com") +
                                       " of queue bullmq:bull:mail has a payload that is not JSON, so redaction cannot "
                                       "look into it");
}

TEST_CASE("the metadata of a redacted snapshot has the key's id, and no secret") {
  model::Metadata metadata;
  metadata.description = "what bob@example.com saw";
  metadata.tags = {"bob@example.com"};
  const auto out = redacted_metadata(all_rules(), metadata);
  REQUIRE(out);
  CHECK(out->redaction_key_id == all_rules().key.id());
  CHECK(out->description == "what " + token("bob@example.com") + " saw");
  CHECK(out->tags == std::vector{token("bob@example.com")});
  metadata.scope.prefixes = {"user:bob@example.com:"};
  const auto refused = redacted_metadata(all_rules(), metadata);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("bob") == std::string::npos);
}

TEST_CASE("redacting again changes nothing, and the same state gives the same bytes") {
  const std::array<std::string_view, 14> pieces = {"bob@example.com",
                                                   "4111 1111 1111 1111",
                                                   "password=",
                                                   "\"",
                                                   ":",
                                                   " ",
                                                   "AKIAIOSFODNN7EXAMPLE",
                                                   "redis://u:p@h.example.com",
                                                   "token",
                                                   "{",
                                                   "}",
                                                   ",",
                                                   "\xc3\xa9",
                                                   "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig"};
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  const Redaction redaction = all_rules();
  for (int i = 0; i < 500; ++i) {
    const bool spaced = random() % 2 == 0;
    std::string text;
    for (auto count = random() % 12; count > 0; --count) {
      text.append(pieces[random() % pieces.size()]).append(spaced ? " " : "");
    }
    const bool as_json = random() % 2 == 0;
    const Record record = job(as_json ? "{\"a\":" + json_string(text) + "}" : text);
    CAPTURE(text);
    const Record once = redacted(record, redaction);
    CHECK(redacted(record, redaction) == once);
    CHECK(redacted(once, redaction) == once);
    CHECK(payload_of(once).find("bob@example.com") == std::string::npos);
    CHECK((!spaced || payload_of(once).find("4111 1111 1111 1111") == std::string::npos));
    CHECK(has_its_first_style(once));
  }
}

TEST_CASE("for another key, tokens are a word, and names that were redacted still differ") {
  const std::string line = R"({"a":")" + token("x") + R"(","b":{")" + token("y") + R"(":1,")" + token("z") + R"(":2}})";
  CHECK(without_token_values(line) == R"({"a":"qsnap-redacted","b":{"qsnap-redacted-1":1,"qsnap-redacted-2":2}})");
  CHECK(without_token_values("nothing") == "nothing");
  CHECK(without_token_values(R"({"b":)" + json_bytes("\xff" + token("x")) + "}") ==
        R"({"b":)" + json_bytes("\xffqsnap-redacted") + "}");
}

}  // namespace qsnap::codec
TEST_SUITE_END();
