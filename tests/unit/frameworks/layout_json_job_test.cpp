// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/layout/json_job.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::ItemBlock;
using model::Record;

JsonJobSpec toy_spec() {
  return {.framework = "toy",
          .members = {{"*", "opts", JsonKind::rest},
                      {"class", "name", JsonKind::meaning},
                      {"args", "payload", JsonKind::meaning},
                      {"jid", "id", JsonKind::id},
                      {"queue", {}, JsonKind::queue},
                      {"tries", "max_retries", JsonKind::attempts},
                      {"created_at", "created_at", JsonKind::by_size},
                      {"due", "due_at_iso", JsonKind::iso},
                      {"beat", "beat_at_ns", JsonKind::nanoseconds},
                      {"headers.task", "task", JsonKind::meaning},
                      {"headers.origin", "worker", JsonKind::noise},
                      {"trace", "trace", JsonKind::json_text, "php"},
                      {"blob", "blob", JsonKind::base64, "pickle"}},
          .required = {{"class", JsonType::text}, {"args", JsonType::array}},
          .is_generated = [](std::string_view id) { return id.size() == 4; }};
}

ItemBlock one(std::string_view text) {
  ItemBlock items;
  items.push(text);
  return items;
}

constexpr JobContext k_in_mail{"mail", "waiting", {}};

/// All members in one line, "(no job)" for what is none.
std::string described(const JobFormat& format, std::string_view body, const JobContext& job = k_in_mail) {
  Record record{model::Section::jobs, {}, {}};
  if (!format.describe(job, one(body), record)) {
    return "(no job)";
  }
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

std::string there_and_back(const JobFormat& format, std::string_view body, const JobContext& job = k_in_mail) {
  Record record{model::Section::jobs, {}, {}};
  if (!format.describe(job, one(body), record)) {
    return "(no job)";
  }
  const auto again = format.body(job, record);
  return again && again->size() == 1 ? std::string{(*again)[0]} : "(no body)";
}

}  // namespace

TEST_SUITE("qsnap::frameworks::layout json_job") {
  TEST_CASE("a job's members go where the table says, and come back") {
    const auto format = make_json_job(toy_spec());
    struct Case {
      const char* body;
      const char* record;
    };
    const Case cases[] = {
        {R"({"class":"A","args":[]})", R"(enc="json" name="A" payload=[] | order=["class","args"])"},
        {R"({"class":"A","args":[1],"jid":"beef","queue":"mail"})", R"(enc="json" name="A" payload=[1] | id="beef")"},
        {R"({"class":"A","args":[1],"jid":"chosen","queue":"mail","tries":3})",
         R"(enc="json" id="chosen" max_retries=2 name="A" payload=[1] |)"},
        {R"({"x":1,"class":"A","args":[],"jid":7,"queue":"other","tries":0,"created_at":1.5,"due":"soon","beat":null})",
         R"(enc="json" name="A" opts={"x":1,"jid":7,"queue":"other","tries":0,"due":"soon","beat":null} payload=[] | )"
         R"(created_at_s=1.5)"},
        {R"({"class":"A","args":[],"queue":"mail","created_at":1795168757532,"due":"2026-11-20T10:00:00Z","beat":12})",
         R"(enc="json" name="A" payload=[] | beat_at_ns=12 created_at_ms=1795168757532 due_at_iso="2026-11-20T10:00:00Z")"},
        {R"({"class":"A","args":[],"queue":"mail","headers":{"task":"t","origin":"w","z":[1]}})",
         R"(enc="json" headers={"z":[1]} name="A" payload=[] task="t" | worker="w")"},
        {R"({"class":"A","args":[],"queue":"mail","headers":{"z":1,"task":null}})",
         R"(enc="json" headers={"z":1} name="A" payload=[] task=null | headers_order=["z","task"])"},
        {R"({"class":"A","args":[],"queue":"mail","headers":{}})", R"(enc="json" headers={} name="A" payload=[] |)"},
        {R"({"headers":5,"class":"A","args":[],"queue":"mail"})",
         R"(enc="json" name="A" opts={"headers":5} payload=[] | order=["headers","class","args","queue"])"},
        {R"({"class":"A","args":[],"queue":"mail","trace":"[\"x\", 1]","blob":"gASVLg=="})",
         R"(blob="gASVLg==" blob_codec="pickle" blob_enc="base64" enc="json" name="A" payload=[] trace=["x",1] )"
         R"(trace_enc="json-py" |)"},
        {R"({"class":"A","args":[],"queue":"mail","trace":"O:1","blob":"W10="})",
         R"(blob=[] enc="json" name="A" payload=[] trace="O:1" trace_codec="php" trace_enc="text" |)"},
        {R"({"blob":"W11=","class":"A","args":[],"queue":"mail"})",
         R"(enc="json" name="A" opts={"blob":"W11="} payload=[] | order=["blob","class","args","queue"])"},  // spare
                                                                                                             // bits:
                                                                                                             // not how
                                                                                                             // base64
                                                                                                             // is
                                                                                                             // written
        {R"({"class": "\u00e9", "args": [], "queue": "mail"})", R"(enc="json-py" name="é" payload=[] |)"},
        {R"({"class":"a\/b","args":[],"queue":"mail"})", R"(enc="json-php" name="a/b" payload=[] |)"},
    };
    for (const Case& c : cases) {
      CAPTURE(c.body);
      CHECK(described(*format, c.body) == c.record);
      CHECK(there_and_back(*format, c.body) == c.body);
    }
  }

  TEST_CASE("what is no such job is said to be none") {
    const auto format = make_json_job(toy_spec());
    const std::string deep = R"({"class":"A","args":[)" + std::string(120, '[') + std::string(120, ']') + "]}";
    for (const std::string& body :
         {std::string{""}, std::string{"[]"}, std::string{R"({"class":"A"})"}, std::string{R"({"class":5,"args":[]})"},
          std::string{R"({"class":"A","args":{}})"}, std::string{R"({"class":"A", "args":[]})"},
          std::string{R"({"class":"A","args":[])"}, std::string{R"({"class":"A","class":"A","args":[]})"}, deep}) {
      CAPTURE(body);
      CHECK(described(*format, body) == "(no job)");
    }
    Record record;
    CHECK_FALSE(format->describe(k_in_mail, ItemBlock{}, record));
  }

  TEST_CASE("a path with a dot may be required") {
    const auto format = make_json_job(
        {.framework = "toy", .members = {{"body", "payload"}}, .required = {{"headers.task", JsonType::text}}});
    CHECK(described(*format, R"({"body":1,"headers":{"task":"t"}})") ==
          R"(enc="json" opts={"headers":{"task":"t"}} payload=1 |)");
    CHECK(described(*format, R"({"body":1,"headers":{"task":1}})") == "(no job)");
    CHECK(described(*format, R"({"body":1,"headers":[]})") == "(no job)");
    CHECK(described(*format, R"({"body":1})") == "(no job)");
  }

  TEST_CASE("an id that the structure told is not told again") {
    const auto format = make_json_job(toy_spec());
    const JobContext job{"mail", "waiting", "beef"};
    const char* const same = R"({"class":"A","args":[],"jid":"beef","queue":"mail"})";
    CHECK(described(*format, same, job) == R"(enc="json" name="A" payload=[] |)");
    CHECK(there_and_back(*format, same, job) == same);
    const char* const other = R"({"jid":"cafe","class":"A","args":[],"queue":"mail"})";
    CHECK(described(*format, other, job) ==
          R"(enc="json" name="A" opts={"jid":"cafe"} payload=[] | order=["jid","class","args","queue"])");
    CHECK(there_and_back(*format, other, job) == other);
    const char* const none = R"({"class":"A","args":[],"queue":"mail"})";
    CHECK(there_and_back(*format, none, job) == none);
  }

  TEST_CASE("the style of a payload inside text stands beside the object's") {
    const auto format = make_json_job({.framework = "toy",
                                       .members = {{"body", "payload", JsonKind::base64, "pickle"}},
                                       .required = {{"body", JsonType::text}},
                                       .style = "json-py"});
    CHECK(described(*format, R"({"body": "W1sxXSwge31d"})") ==
          R"(enc="json-py" object_enc="json-py" payload=[[1],{}] |)");
    CHECK(described(*format, R"({"body":"gASVLg=="})") == R"(codec="pickle" enc="base64" payload="gASVLg==" |)");
    for (const char* body : {R"({"body": "W1sxXSwge31d"})", R"({"body":"gASVLg=="})", R"({"body": "", "z": 1})"}) {
      CHECK(there_and_back(*format, body) == body);
    }
  }

  TEST_CASE("an edited record may lack any member") {
    const auto format = make_json_job(toy_spec());
    Record record{model::Section::jobs, {}, {}};
    const auto bare = format->body(k_in_mail, record);
    REQUIRE(bare);
    CHECK((*bare)[0] == R"({"queue":"mail"})");
    record.fields.set("name", R"("A")");
    record.fields.set("opts", R"({"class":"B","z":1})");
    record.volatiles.set("order", R"(["z","gone","class","z"])");
    const auto edited = format->body(k_in_mail, record);
    REQUIRE(edited);
    CHECK((*edited)[0] == R"({"z":1,"class":"B"})");
  }

  TEST_CASE("members that cannot be read are refused") {
    const auto format = make_json_job(toy_spec());
    const auto refused = [&](std::string_view member, const char* json, Place place) {
      Record record{model::Section::jobs, {}, {}};
      members_of(record, place).set(member, json);
      const auto body = format->body(k_in_mail, record);
      return !body && body.error().code == ErrorCode::corrupt;
    };
    CHECK(refused("enc", "5", Place::fields));
    CHECK(refused("enc", R"("rot13")", Place::fields));
    CHECK(refused("opts", "[]", Place::fields));
    CHECK(refused("max_retries", "-1", Place::fields));
    CHECK(refused("order", "{}", Place::volatiles));
    CHECK(refused("order", "[1]", Place::volatiles));
    CHECK(refused("headers_order", "7", Place::volatiles));
    Record binary{model::Section::jobs, {}, {}};
    binary.fields.set("trace", R"("/w==")");
    binary.fields.set("trace_enc", R"("base64")");
    CHECK_FALSE(format->body(k_in_mail, binary));
  }

  TEST_CASE("any object comes back byte for byte") {
    std::mt19937 random{4};
    const auto pick = [&](const std::vector<std::string>& from) { return from[random() % from.size()]; };
    const std::vector<std::string> names = {"class", "args",    "jid",  "queue", "tries", "created_at", "due", "beat",
                                            "trace", "headers", "blob", "x",     "y",     "task",       "é"};
    const std::vector<std::string> values = {"null",
                                             "7",
                                             "1795168757532",
                                             "1.50",
                                             "1e3",
                                             R"("")",
                                             R"("mail")",
                                             R"("beef")",
                                             R"("2026-11-20 10:00:00")",
                                             "[]",
                                             R"("W10=")",
                                             R"("W11=")",
                                             "{}",
                                             "-1",
                                             R"("{\"a\":1}")",
                                             R"({"task":1})",
                                             R"({"origin":[],"z":2})"};
    const auto format = make_json_job(toy_spec());
    std::size_t jobs = 0;
    for (int round = 0; round < 3000; ++round) {
      std::vector<std::string> unused = names;
      std::shuffle(unused.begin(), unused.end(), random);
      std::string body = R"({"class":"A","args":[])";
      for (std::size_t i = 0; i < random() % names.size(); ++i) {
        if (unused[i] != "class" && unused[i] != "args") {
          body += fmt::format(R"(,"{}":{})", unused[i], pick(values));
        }
      }
      body += "}";
      CAPTURE(body);
      const JobContext job{"mail", "waiting", random() % 2 == 0 ? "beef" : ""};
      CHECK(there_and_back(*format, body, job) == body);
      ++jobs;
    }
    CHECK(jobs == 3000);
  }
}

}  // namespace qsnap::frameworks::layout
