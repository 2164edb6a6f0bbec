// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/fingerprint.hpp>
#include <qsnap/codec/record_json.hpp>

namespace qsnap::codec {

namespace {

using model::Record;
using model::Section;

struct Line {
  Section section = Section::jobs;
  std::string text;
};

struct Change {
  std::string from;
  std::string to;
};

Record parsed(const Line& line) {
  CAPTURE(line.text);
  auto record = parse_record(line.section, line.text);
  REQUIRE(record);
  return *std::move(record);
}

std::string fingerprint(const std::vector<Line>& lines) {
  FingerprintBuilder builder;
  for (const Line& line : lines) {
    REQUIRE(builder.add(parsed(line)));
  }
  return to_hex(builder.finish());
}

Line job(std::string_view state, std::string_view payload, std::string_view id) {
  return {Section::jobs,
          fmt::format(R"({{"payload":{},"queue":"q","state":"{}","volatile":{{"id":"{}"}}}})", payload, state, id)};
}

/// A job of queue q that refers to jobs of queue q.
Line parent(std::string_view id, std::string_view roles_json, std::string_view ids_json) {
  return {
      Section::jobs,
      fmt::format(
          R"({{"payload":"p","queue":"q","refs":{},"state":"waiting-children","volatile":{{"id":"{}","ref_ids":{}}}}})",
          roles_json, id, ids_json)};
}

constexpr std::string_view k_one_ref = R"([{"name":"n","queue":"q","role":"pending"}])";
constexpr std::string_view k_two_refs =
    R"([{"name":"n","queue":"q","role":"pending"},{"name":"n","queue":"q","role":"processed"}])";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string h(std::string_view text) {
  return sha256(text).substr(0, 16);
}

const std::string k_full_job =
    R"({"enc":"json","error":"boom","name":"send","payload":{"b":[1,2],"a":"x"},"priority":0,"queue":"q",)"
    R"("retry_count":1,"state":"failed","volatile":{"created_at_ms":1,"id":"7","worker":"w"}})";

}  // namespace

TEST_SUITE("codec::semantic_text") {
  TEST_CASE("sorts payloads and leaves out what is noise or derived") {
    const Record record =
        parsed({Section::jobs, R"({"body":"verbatim","counts":{"a":1},"payload":{"b":{"d":1,"c":2},"a":"}"},)"
                               R"("queue":"q","refs":[1],"state":"s","verbatim":["x"],"volatile":{"id":1}})"});
    const auto text = semantic_text(record);
    REQUIRE(text);
    CHECK(*text == R"({"payload":{"a":"}","b":{"c":2,"d":1}},"queue":"q","state":"s"})");
  }

  TEST_CASE("leaves out the expiry of keys, and of keys alone") {
    const std::string key = R"({"expire_at_ms":5,"items":[],"key":"k","part":0,"role":"data","type":"set"})";
    CHECK(*semantic_text(parsed({Section::keys, key})) == replaced(key, R"("expire_at_ms":5,)", ""));
    const std::string job_line = R"({"expire_at_ms":5,"queue":"q","state":"s"})";
    CHECK(*semantic_text(parsed({Section::jobs, job_line})) == job_line);
  }

  TEST_CASE("escapes the names of members, too") {
    const std::string line = R"({"a\"b\n":1,"queue":"q","state":"s"})";
    CHECK(*semantic_text(parsed({Section::jobs, line})) == line);
  }

  TEST_CASE("of a record without members is an empty object") {
    CHECK(*semantic_text(Record{}) == "{}");
  }
}

TEST_SUITE("codec::FingerprintBuilder") {
  TEST_CASE("follows the published algorithm to the byte") {
    const Line queue{Section::queues, R"({"counts":{"waiting":2},"queue":"q"})"};
    const Line child = job("completed", "1", "c");
    const std::vector<Line> lines = {queue, child, job("waiting", "2", "a"), job("waiting", "3", "b"),
                                     parent("p", k_two_refs, R"(["c","gone"])")};
    const std::string h_child =
        h("jobs\n"
          R"({"payload":1,"queue":"q","state":"completed"})");
    const std::string h_a =
        h("jobs\n"
          R"({"payload":2,"queue":"q","state":"waiting"})");
    const std::string h_b =
        h("jobs\n"
          R"({"payload":3,"queue":"q","state":"waiting"})");
    std::vector<std::string> entries = {h(R"({"name":"n","queue":"q","role":"pending"})") + h_child,
                                        h(R"({"name":"n","queue":"q","role":"processed"})") + std::string(16, '\0')};
    std::sort(entries.begin(), entries.end());
    const std::string h_parent =
        h("jobs\n"
          R"({"payload":"p","queue":"q","state":"waiting-children"})");
    std::vector<std::string> units = {h("queues\n"
                                        R"({"queue":"q"})"),
                                      h_child, h("sequence\n" + h_a + h_b),
                                      h("refs\n" + h_parent + entries[0] + entries[1])};
    std::sort(units.begin(), units.end());
    std::string all = "qsnap fingerprint 1\n";
    for (const std::string& unit : units) {
      all += unit;
    }
    CHECK(fingerprint(lines) == to_hex(sha256(all)));
    CHECK(fingerprint({}) == to_hex(sha256("qsnap fingerprint 1\n")));
  }

  TEST_CASE("does not see ids, instants, workers, nor the order of members") {
    const std::string base = fingerprint({{Section::jobs, k_full_job}});
    const std::vector<Change> noise = {
        {R"("id":"7")", R"("id":"8")"},
        {R"("created_at_ms":1)", R"("created_at_ms":2)"},
        {R"("worker":"w")", R"("worker":"x")"},
        {R"({"b":[1,2],"a":"x"})", R"({"a":"x","b":[1,2]})"},
        {R"(,"volatile":{"created_at_ms":1,"id":"7","worker":"w"})", ""},
    };
    for (const Change& change : noise) {
      CAPTURE(change.to);
      CHECK(fingerprint({{Section::jobs, replaced(k_full_job, change.from, change.to)}}) == base);
    }
  }

  TEST_CASE("sees a payload field, its order in arrays, a retry, an error, a state, a chosen id") {
    const std::string base = fingerprint({{Section::jobs, k_full_job}});
    const std::vector<Change> changes = {
        {R"("a":"x")", R"("a":"y")"},
        {"[1,2]", "[2,1]"},
        {R"("retry_count":1)", R"("retry_count":2)"},
        {R"("error":"boom")", R"("error":"bang")"},
        {R"("failed")", R"("completed")"},
        {R"("error":"boom",)", R"("error":"boom","id":"7",)"},
        {R"("queue":"q")", R"("queue":"r")"},
    };
    for (const Change& change : changes) {
      CAPTURE(change.to);
      CHECK(fingerprint({{Section::jobs, replaced(k_full_job, change.from, change.to)}}) != base);
    }
    CHECK(fingerprint({{Section::jobs, k_full_job}, {Section::jobs, k_full_job}}) != base);
  }

  TEST_CASE("sees order where it decides what runs next, and only there") {
    for (const char* state : {"waiting", "paused", "prioritized"}) {
      CAPTURE(state);
      CHECK(fingerprint({job(state, "1", "a"), job(state, "2", "b")}) !=
            fingerprint({job(state, "2", "b"), job(state, "1", "a")}));
    }
    for (const char* state : {"active", "delayed", "completed", "failed", "retry", "dead", ""}) {
      CAPTURE(state);
      CHECK(fingerprint({job(state, "1", "a"), job(state, "2", "b")}) ==
            fingerprint({job(state, "2", "b"), job(state, "1", "a")}));
    }
  }

  TEST_CASE("keeps the sequences of different queues and states apart") {
    const Line a = job("waiting", "1", "a"), b = job("waiting", "1", "b");
    const Line other{Section::jobs, replaced(a.text, R"("queue":"q")", R"("queue":"r")")};
    CHECK(fingerprint({a, b, other}) != fingerprint({a, other, b}));
    CHECK(fingerprint({a, other}) == fingerprint({other, a}));
    const Line between = job("completed", "1", "c");
    CHECK(fingerprint({a, between, b}) != fingerprint({a, b, between}));
  }

  TEST_CASE("does not see workers, derived keys and locks, but data") {
    const std::string key = R"({"expire_at_ms":5,"items":["v"],"key":"k","part":0,"role":"data","type":"string"})";
    const std::string none = fingerprint({});
    CHECK(fingerprint({{Section::workers, R"({"pid":1})"}}) == none);
    CHECK(fingerprint({{Section::keys, replaced(key, "data", "derived")}}) == none);
    CHECK(fingerprint({{Section::keys, replaced(key, "data", "lock")}}) == none);
    const std::string data = fingerprint({{Section::keys, key}});
    CHECK(data != none);
    CHECK(fingerprint({{Section::keys, replaced(key, ":5", ":6")}}) == data);
    CHECK(fingerprint({{Section::keys, replaced(key, R"("v")", R"("w")")}}) != data);
    CHECK(fingerprint({{Section::config, R"({"kind":"cron"})"}}) != none);
  }

  TEST_CASE("takes references by what they refer to, before or after, whatever the ids") {
    const std::string base = fingerprint({job("completed", "1", "c"), parent("p", k_one_ref, R"(["c"])")});
    CHECK(fingerprint({parent("x", k_one_ref, R"(["y"])"), job("completed", "1", "y")}) == base);
    CHECK(fingerprint({job("completed", "1", "c"), parent("p", k_one_ref, R"(["gone"])")}) != base);
    CHECK(fingerprint({job("completed", "1", "c"), parent("p", k_one_ref, "[]")}) != base);
    CHECK(fingerprint({job("completed", "1", "c"), parent("p", "[]", "[]")}) != base);
    const std::string role = replaced(std::string{k_one_ref}, "pending", "failed");
    CHECK(fingerprint({job("completed", "1", "c"), parent("p", role, R"(["c"])")}) != base);
    const std::string value = replaced(std::string{k_one_ref}, R"("pending")", R"("pending","value":{"b":1,"a":2})");
    CHECK(fingerprint({job("completed", "1", "c"), parent("p", value, R"(["c"])")}) != base);
  }

  TEST_CASE("sees which of two children a parent has") {
    const Line one = job("completed", "1", "c1"), two = job("completed", "2", "c2");
    CHECK(fingerprint({one, two, parent("p", k_one_ref, R"(["c1"])")}) !=
          fingerprint({one, two, parent("p", k_one_ref, R"(["c2"])")}));
    const Line first = job("completed", "1", "c2"), second = job("completed", "2", "c1");
    CHECK(fingerprint({one, two, parent("p", k_one_ref, R"(["c1"])")}) ==
          fingerprint({first, second, parent("p", k_one_ref, R"(["c2"])")}));
  }

  TEST_CASE("does not see the order of references") {
    const std::string swapped =
        R"([{"name":"n","queue":"q","role":"processed"},{"name":"n","queue":"q","role":"pending"}])";
    const Line one = job("completed", "1", "c1"), two = job("completed", "2", "c2");
    CHECK(fingerprint({one, two, parent("p", k_two_refs, R"(["c1","c2"])")}) ==
          fingerprint({one, two, parent("p", swapped, R"(["c2","c1"])")}));
  }

  TEST_CASE("takes jobs that refer to each other, and to themselves") {
    const std::string base = fingerprint({parent("a", k_one_ref, R"(["b"])"), parent("b", k_one_ref, R"(["a"])")});
    CHECK(fingerprint({parent("b", k_one_ref, R"(["a"])"), parent("a", k_one_ref, R"(["b"])")}) == base);
    CHECK(fingerprint({parent("a", k_one_ref, R"(["a"])"), parent("b", k_one_ref, R"(["b"])")}) ==
          base);  // same meaning
  }

  TEST_CASE("does not refer to ids without a body") {
    const Line with_body = job("completed", "1", "c");
    for (const char* body : {"missing", "duplicate"}) {
      CAPTURE(body);
      const Line without{Section::jobs,
                         fmt::format(R"({{"body":"{}","queue":"q","state":"waiting","volatile":{{"id":"c"}}}})", body)};
      CHECK(fingerprint({without, with_body, parent("p", k_one_ref, R"(["c"])")}) ==
            fingerprint({with_body, without, parent("p", k_one_ref, R"(["c"])")}));
    }
  }

  TEST_CASE("of a shuffled set of jobs stays the same") {
    const std::uint32_t seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random{seed};
    std::vector<Line> lines;
    for (int i = 0; i < 200; ++i) {
      const std::string id = std::to_string(i);
      lines.push_back(i % 3 == 0 ? parent(id, k_one_ref, fmt::format(R"(["{}"])", (i * 7) % 200))
                                 : job("failed", id, id));
    }
    const std::string base = fingerprint(lines);
    for (int round = 0; round < 5; ++round) {
      std::shuffle(lines.begin(), lines.end(), random);
      CHECK(fingerprint(lines) == base);
    }
  }

  TEST_CASE("passes on that refs are no array") {
    FingerprintBuilder builder;
    CHECK_FALSE(builder.add(parsed({Section::jobs, R"({"queue":"q","refs":1,"state":"s"})"})));
  }
}

}  // namespace qsnap::codec
