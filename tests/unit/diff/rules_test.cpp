// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/diff/compare.hpp>
#include <qsnap/diff/first_difference.hpp>

#include "fake_source.hpp"

using qsnap::diff::Changes;
using qsnap::diff::IgnoredListing;
using qsnap::test::FakeSource;
using qsnap::test::State;

namespace {

using Lines = std::vector<std::string>;

/// Instants since the epoch in whole seconds, as the tests write them.
constexpr std::int64_t k_captured_before_s = 1'700'000'000, k_captured_after_s = 1'700'000'060;

qsnap::config::Config config_of(const std::string& rules) {
  auto config = qsnap::config::parse_config("version: 1\n" + rules, "rules");
  REQUIRE_MESSAGE(config, config.error().message);
  return *std::move(config);
}

Changes compare_under(const State& before, const State& after, const std::string& rules,
                      IgnoredListing listing = IgnoredListing::counted) {
  constexpr std::int64_t k_ms = 1000;
  FakeSource left{before}, right{after};
  left.capture_at(qsnap::instant_from_ms(k_captured_before_s * k_ms));
  right.capture_at(qsnap::instant_from_ms(k_captured_after_s * k_ms));
  auto changes = qsnap::diff::compare(left, right, config_of(rules), qsnap::test::MiniPayloadReader{}, {},
                                      {qsnap::diff::Listing::summary, listing});
  REQUIRE(changes);
  return *std::move(changes);
}

std::string job(const std::string& queue, const std::string& state, const std::string& id, const std::string& payload,
                const std::string& more = "") {
  return fmt::format(
      R"({{"name":"send","payload":{},"queue":"bullmq:bull:{}","state":"{}","volatile":{{"created_at_ms":1000,"id":"{}"{}}}}})",
      payload, queue, state, id, more);
}

State one_job(const std::string& value) {
  State state;
  state.jobs = {job("mail", "waiting", "1", fmt::format(R"({{"v":{}}})", value))};
  return state;
}

State jobs(Lines lines) {
  State state;
  state.jobs = std::move(lines);
  return state;
}

/// "<what is reported> | <what was left out>"; a field as path:before=>after.
std::string outcome(const Changes& changes) {
  std::string text;
  for (const auto& change : changes.list) {
    text += fmt::format("{}{}", text.empty() ? "" : " ", to_text(change.kind));
    for (const auto& field : change.fields) {
      text += fmt::format(" {}:{}=>{}", field.path, field.before.value_or("-"), field.after.value_or("-"));
    }
  }
  text += " |";
  for (const auto& ignored : changes.ignored) {
    text += fmt::format(" {} ×{}", ignored.rule, ignored.count);
  }
  for (const auto& rule : changes.unmatched_rules) {
    text += fmt::format(" unmatched {}", rule);
  }
  return text;
}

/// The outcome of one rule for jobs.payload.v, "same" where the rule left the difference out, "differs" where not.
std::string verdict(const std::string& tolerance, const std::string& before, const std::string& after) {
  const Changes changes = compare_under(one_job(before), one_job(after),
                                        fmt::format("tolerance: {{fields: {{jobs.payload.v: {}}}}}\n", tolerance));
  if (changes.empty()) {
    CHECK(outcome(changes).starts_with(fmt::format(" | jobs.payload.v: {} ×", tolerance)));
    return "same";
  }
  CHECK(changes.ignored.empty());
  CHECK(changes.unmatched_rules.empty());
  return "differs";
}

}  // namespace

TEST_SUITE("diff, tolerances") {
  TEST_CASE("each kind at its border") {
    struct Case {
      std::string tolerance;
      std::string before;
      std::string after;
      std::string verdict;
    };
    const Case cases[] = {
        // Percent of the value before, exact where a double is not.
        {"1%", "100", "101", "same"},
        {"1%", "100", "99", "same"},
        {"1%", "100", "101.0000000000000000001", "differs"},
        {"1%", "101", "100", "same"},
        {"1%", "99", "100", "differs"},
        {"1%", "0.3", "0.303", "same"},
        {"1%", "-100", "-101", "same"},
        {"1%", "-100", "-98.9", "differs"},
        {"1%", "0", "0.0001", "differs"},
        {"1%", "0", "0.0", "same"},
        {"0%", "1", "1.0", "same"},
        {"100%", "5", "10", "same"},
        {"100%", "5", "10.1", "differs"},
        {"200%", "5", "-5", "same"},
        {"50%", "1e300", "1.5e300", "same"},
        // Absolute.
        {"2", "5", "7", "same"},
        {"2", "5", "3", "same"},
        {"2", "5", "8", "differs"},
        {"0.2", "0.1", "0.3", "same"},
        {"0", "1e2", "100", "same"},
        {"0", "9007199254740993", "9007199254740992", "differs"},
        {"1", "9223372036854775807", "9223372036854775808", "same"},
        {"1", "9223372036854775807", "9223372036854775809", "differs"},
        {"1", "18446744073709551616", "18446744073709551615", "same"},
        {"2", "1e2000", "1e2001", "differs"},
        {"2", "5", "\"5\"", "differs"},
        {"2", "5", "null", "differs"},
        {"2", "5", "[5]", "differs"},
        {"2", "5", "true", "differs"},
        {"2", "\"5\"", "\"6\"", "differs"},
        // Durations count milliseconds, or what "in" says.
        {"500ms", "1000", "1500", "same"},
        {"500ms", "1000", "1501", "differs"},
        {"2s", "1000", "3000", "same"},
        {"1m in s", "10", "70", "same"},
        {"1m in s", "10", "71", "differs"},
        {"500ms in s", "1.25", "1.75", "same"},
        {"500ms in s", "1.25", "1.76", "differs"},
        // Lengths of texts in characters.
        {"length 1", "\"abc\"", "\"wxyz\"", "same"},
        {"length 1", "\"abc\"", "\"vwxyz\"", "differs"},
        {"length 0", "\"äöü\"", "\"abc\"", "same"},
        {"length 50%", "\"ab\"", "\"xyz\"", "same"},
        {"length 49%", "\"ab\"", "\"xyz\"", "differs"},
        {"length 9", "\"ab\"", "12", "differs"},
        {"length 9", "12", "13", "differs"},
        {"length 9", "\"ab\"", "[1,2]", "differs"},
        // Lengths of arrays in elements, whatever these are.
        {"length 1", "[1,2]", "[3,4,5]", "same"},
        {"length 1", "[1,2]", "[3,4,5,6]", "differs"},
        {"length 2", "[]", "[{\"a\":1},[2]]", "same"},
        {"length 1", "[]", "[1,2]", "differs"},
        {"length 50%", "[1,2]", "[1]", "same"},
        {"length 9", "[1,2]", "{\"a\":1}", "differs"},
        {"length 9", "{\"a\":1}", "{\"a\":2}", "differs"},
        // Without a bound of its own: as tolerance.counts says, which says nothing here.
        {"length", "\"abc\"", "\"xyz\"", "same"},
        {"length", "\"abc\"", "\"wxyz\"", "differs"},
        // Instants, 60 s of capture apart, in seconds, milliseconds, microseconds, nanoseconds and as text.
        {"instant 5s", "1700000000", "1700000060", "same"},
        {"instant 5s", "1700000000", "1700000065", "same"},
        {"instant 5s", "1700000000", "1700000055", "same"},
        {"instant 5s", "1700000000", "1700000066", "differs"},
        {"instant 5s", "1700000000", "1700000001", "differs"},
        {"instant 5s", "1700000000.5", "1700000065.5", "same"},
        {"instant 5s", "1700000000.5", "1700000065.500001", "differs"},
        {"instant 5s", "1700000000000", "1700000065000", "same"},
        {"instant 5s", "1700000000000", "1700000065001", "differs"},
        {"instant 5s", "1700000000000000", "1700000065000000", "same"},
        {"instant 5s", "1700000000000000", "1700000065000001", "differs"},
        {"instant 5s", "1700000000000000000", "1700000065000000000", "same"},
        {"instant 5s", "1700000000000000000", "1700000065000000001", "differs"},
        {"instant 5s", R"("2023-11-14T22:13:20Z")", R"("2023-11-14T22:14:25Z")", "same"},
        {"instant 5s", R"("2023-11-14T22:13:20Z")", R"("2023-11-14T23:14:25+01:00")", "same"},
        {"instant 5s", R"("2023-11-14T22:13:20Z")", R"("2023-11-14T22:14:25.001Z")", "differs"},
        {"instant 5s", R"("2023-11-14T22:13:20Z")", R"("2023-11-14")", "differs"},
        {"instant 5s", "1700000000", "1700000060000", "differs"},
        {"instant 5s", "1700000000", R"("2023-11-14T22:14:20Z")", "differs"},
        {"instant 5s", "99999999999999999999", "100000000000000000000", "differs"},
        // Anything.
        {"ignore", "1", "\"x\"", "same"},
        {"ignore", "null", "{}", "same"},
    };
    for (const Case& c : cases) {
      CAPTURE(c.tolerance);
      CAPTURE(c.before);
      CAPTURE(c.after);
      CHECK(verdict(c.tolerance, c.before, c.after) == c.verdict);
    }
  }

  TEST_CASE("a due time counts from its own capture, where neither a delay nor the creation is known") {
    const std::int64_t before_s = k_captured_before_s + 300;
    const auto delayed = [](std::int64_t due_s, const std::string& more = "", const std::string& noise = "") {
      return jobs({fmt::format(
          R"({{"name":"send","payload":{{}},{}"queue":"laravel::mail","state":"delayed","volatile":{{"due_at_s":{},"id":"{}"{}}}}})",
          more, due_s, due_s, noise)});
    };
    const auto fields = [&](const State& after, const std::string& rules) {
      const Changes changes = compare_under(delayed(before_s), after, rules);
      return changes.list.empty() ? "none" : changes.list.front().fields.front().path;
    };
    const std::string rule = "tolerance: {due: {seconds: 60}}", off;
    CHECK(fields(delayed(k_captured_after_s + 3600), off) == "none");
    CHECK(fields(delayed(k_captured_after_s + 3600), rule) == ".due_in_ms");
    CHECK(fields(delayed(k_captured_after_s + 360), rule) == "none");
    CHECK(fields(delayed(k_captured_after_s + 361), rule) == ".due_in_ms");
    CHECK(fields(delayed(k_captured_after_s + 361), "tolerance: {due: {percent: 25}}") == "none");
    const std::string none = "tolerance: {due: {seconds: 0}}";
    CHECK(fields(delayed(k_captured_after_s + 301), none) == ".due_in_ms");
    CHECK(fields(delayed(before_s, "", R"(,"reserved_by":"w")"), none) ==
          "none");  // 60 s less to wait, the same instant
    CHECK(fields(delayed(k_captured_after_s + 3600, "", R"(,"created_at_s":1)"), rule) == "none");
    // What waits for another try, for the delay that it declares or for its slot is told by that alone.
    for (const std::string more :
         {R"("retry_count":1,)", R"("error":"e",)", R"("delay_ms":9,)", R"("scheduler":"s",)"}) {
      CHECK(fields(delayed(k_captured_after_s + 3600, more), rule) != ".due_in_ms");
    }
  }

  TEST_CASE("without a tolerance numbers are compared as they are written") {
    CHECK_FALSE(compare_under(one_job("1"), one_job("1.0"), "").empty());
    CHECK_FALSE(compare_under(one_job("100"), one_job("1e2"), "").empty());
  }

  TEST_CASE("the first tolerance that fits decides, and an ignore rule before all of them") {
    const State before = jobs({job("mail", "waiting", "1", R"({"a":100,"b":100,"c":1})")}),
                after = jobs({job("mail", "waiting", "1", R"({"a":105,"b":105,"c":2})")});
    CHECK(outcome(compare_under(before, after, R"(
ignore: [jobs.payload.c]
tolerance: {fields: {jobs.payload.a: 1%, "jobs.payload.*": 10%, "jobs.payload.**": ignore}}
)")) == "payload_changed .payload.a:100=>105 | jobs.payload.c ×1 jobs.payload.*: 10% ×1");
  }

  TEST_CASE("conditions narrow a tolerance down") {
    const State before =
                    jobs({job("mail", "waiting", "1", R"({"a":100})"), job("sms", "waiting", "1", R"({"a":100})")}),
                after = jobs({job("mail", "waiting", "1", R"({"a":101})"), job("sms", "waiting", "1", R"({"a":101})")});
    CHECK(outcome(compare_under(before, after, "tolerance: {fields: {\"jobs[queue=mail].payload.a\": 1%}}\n")) ==
          "payload_changed .payload.a:100=>101 | jobs[queue=mail].payload.a: 1% ×1");
  }

  TEST_CASE("a job that has no id is found again by what no tolerance speaks of") {
    const auto nameless = [](const char* to, const char* price) {
      return fmt::format(
          R"({{"name":"pay","payload":{{"price":{},"to":"{}"}},"queue":"resque::pay","state":"waiting"}})", price, to);
    };
    const State before = jobs({nameless("a", "100"), nameless("b", "200")}),
                after = jobs({nameless("b", "201"), nameless("a", "100.5")});
    const std::string rules = "order: {pay: free}\ntolerance: {fields: {jobs.payload.price: 1%}}\n";
    CHECK(outcome(compare_under(before, after, rules)) == " | jobs.payload.price: 1% ×2 order.pay: free ×1");
    const State far = jobs({nameless("b", "203"), nameless("a", "100.5")});
    CHECK(outcome(compare_under(before, far, rules)) ==
          "payload_changed .payload.price:200=>203 | jobs.payload.price: 1% ×1 order.pay: free ×1");
  }

  TEST_CASE("lengths of a key's elements") {
    const auto list = [](const char* items) {
      State state;
      state.keys = {fmt::format(R"({{"items":{},"key":"log","part":0,"role":"data","type":"list"}})", items)};
      return state;
    };
    const std::string rules = "tolerance: {fields: {\"keys[key=log].items\": length 1}}\n";
    CHECK(outcome(compare_under(list(R"(["a","b"])"), list(R"(["x","y","z"])"), rules)) ==
          " | keys[key=log].items: length 1 ×3");
    CHECK_FALSE(compare_under(list(R"(["a","b"])"), list(R"(["x","y","z","w"])"), rules).empty());
  }

  TEST_CASE("counts: a few jobs of a state may come and go") {
    State before, after;
    before.queues = {R"({"counts":{"waiting":4},"framework":"bullmq","queue":"bullmq:bull:mail"})"};
    after.queues = {R"({"counts":{"waiting":5},"framework":"bullmq","queue":"bullmq:bull:mail"})"};
    for (int i = 0; i < 4; ++i) {
      before.jobs.push_back(job("mail", "waiting", std::to_string(i), fmt::format("{{\"n\":{}}}", i)));
    }
    after.jobs = before.jobs;
    after.jobs.push_back(job("mail", "waiting", "77", R"({"n":"new"})"));
    CHECK(outcome(compare_under(before, after, "")) == "added |");
    CHECK(outcome(compare_under(before, after, "tolerance: {counts: {absolute: 1}}\n")) == " | tolerance.counts ×1");
    CHECK(outcome(compare_under(before, after, "tolerance: {counts: {percent: 25}}\n")) == " | tolerance.counts ×1");
    CHECK(outcome(compare_under(before, after, "tolerance: {counts: {percent: 24.9}}\n")) == "added |");
    // One came and one went: the count is the same, but two jobs differ.
    after.jobs.erase(after.jobs.begin());
    CHECK(outcome(compare_under(before, after, "tolerance: {counts: {absolute: 1}}\n")) == "removed added |");
    CHECK(outcome(compare_under(before, after, "tolerance: {counts: {absolute: 2}}\n")) == " | tolerance.counts ×2");
    CHECK(outcome(compare_under(before, after, "tolerance: {counts: {percent: 50}}\n")) == " | tolerance.counts ×2");
  }
}

TEST_SUITE("diff, the account of rules") {
  TEST_CASE("a rule that matched nothing is told, one that matched and left nothing out is not") {
    const State before = jobs({job("mail", "waiting", "1", R"({"a":100})")}),
                after = jobs({job("mail", "waiting", "1", R"({"a":200})")});
    CHECK(outcome(compare_under(before, after, R"(
ignore: [jobs.payload.nothing, "jobs[queue=nowhere]"]
tolerance: {counts: {absolute: 1}, fields: {jobs.payload.a: 1%, jobs.payload.z: ignore}}
order: {nowhere: free, elsewhere: strict}
)")) == "payload_changed .payload.a:100=>200 | unmatched jobs.payload.nothing unmatched jobs[queue=nowhere] unmatched "
        "jobs.payload.z: ignore unmatched tolerance.counts unmatched order.nowhere: free");
  }

  TEST_CASE("an order that does not matter is counted") {
    const std::string a = job("mail", "waiting", "1", "1"), b = job("mail", "waiting", "2", "2"),
                      c = job("mail", "waiting", "3", "3");
    CHECK(outcome(compare_under(jobs({a, b, c}), jobs({c, a, b}), "")) == "reordered |");
    CHECK(outcome(compare_under(jobs({a, b, c}), jobs({c, a, b}), "order: {mail: free}\n")) ==
          " | order.mail: free ×1");
    const Changes listed =
        compare_under(jobs({a, b, c}), jobs({c, a, b}), "order: {mail: free}\n", IgnoredListing::listed);
    CHECK(outcome(listed) == " | order.mail: free ×1");
    REQUIRE(listed.ignored_list.size() == 1);
    CHECK(listed.ignored_list[0].id == "3");
    CHECK(listed.ignored_list[0].field.path.empty());
  }

  TEST_CASE("what was left out is listed with its rule when somebody wants to see it") {
    State before = jobs({job("mail", "waiting", "1", R"({"a":1,"b":1})", R"(,"due_at_ms":5000)"),
                         job("mail", "waiting", "2", R"({"a":1})")}),
          after = jobs({job("mail", "waiting", "1", R"({"a":2,"b":1.001})", R"(,"due_at_ms":6000)"),
                        job("mail", "waiting", "2", R"({"a":1})", R"(,"worker":"w")")});
    before.keys = {R"({"items":["x"],"key":"lock","part":0,"role":"lock","type":"list"})"};
    const std::string rules = "ignore: [jobs.payload.a]\ntolerance: {fields: {jobs.payload.b: 1%}}\n";
    const Changes counted = compare_under(before, after, rules);
    const Changes listed = compare_under(before, after, rules, IgnoredListing::listed);
    CHECK(outcome(counted) == outcome(listed));
    CHECK(counted.ignored_list.empty());
    Lines lines;
    for (const auto& entry : listed.ignored_list) {
      lines.push_back(fmt::format("{} {} {} {}/{}: {}:{}=>{}", entry.rule, to_text(entry.subject), entry.id,
                                  entry.place.queue, entry.place.state, entry.field.path,
                                  entry.field.before.value_or("-"), entry.field.after.value_or("-")));
    }
    CHECK(lines == Lines{"jobs.payload.a job 1 bullmq:bull:mail/waiting: .payload.a:1=>2",
                         "jobs.payload.b: 1% job 1 bullmq:bull:mail/waiting: .payload.b:1=>1.001",
                         "duration within tolerance job 1 bullmq:bull:mail/waiting: .due_in_ms:4000=>5000",
                         R"(volatile job 2 bullmq:bull:mail/waiting: .volatile.worker:-=>"w")",
                         "derived keys key lock /: :-=>-"});
  }

  TEST_CASE("very many ignored differences are all counted, and some are listed") {
    std::string before = "[0", after = "[1";
    for (int i = 0; i < 20'000; ++i) {
      before += ",0";
      after += ",1";
    }
    const Changes changes = compare_under(one_job(before + "]"), one_job(after + "]"), "ignore: [jobs.payload.v]\n",
                                          IgnoredListing::listed);
    CHECK(outcome(changes) == " | jobs.payload.v ×20001");
    CHECK(changes.ignored_list.size() == qsnap::diff::k_most_ignored);
  }
}

TEST_SUITE("diff, huge payloads") {
  TEST_CASE("above the limit on both sides the sizes and the first difference are told") {
    const std::string small = "sample: {payloads_over: 30}\n";
    const std::string filler(40, 'x');
    const auto value = [&](const char* second) { return fmt::format(R"({{"a":"{}","b":[1,{}]}})", filler, second); };
    const State scattered = one_job(fmt::format(R"({{"a":"z{}","b":[1,33]}})", filler));
    CHECK(outcome(compare_under(one_job(value("2")), scattered, small)) ==
          R"(payload_changed .payload:"64 bytes"=>"66 bytes, differs from byte 11 at payload.v.a" |)");
    // All differences in one small value: that is taken apart.
    for (const std::string& rules : {small, std::string{}}) {
      CHECK(outcome(compare_under(one_job(value("2")), one_job(value("33")), rules)) ==
            "payload_changed .payload.v.b[1]:2=>33 |");
      CHECK(outcome(compare_under(one_job(value("2")), one_job(value("2,{}")), rules)) ==
            "payload_changed .payload.v.b[2]:-=>{} |");
    }
    CHECK(outcome(compare_under(one_job(value("2")), one_job("3"), small)).find("bytes") == std::string::npos);
    // A rule that looks into payloads has to be obeyed.
    CHECK(outcome(compare_under(one_job(value("2")), one_job(value("33")), small + "ignore: [jobs.payload.v.b]\n")) ==
          " | jobs.payload.v.b ×1");
  }

  TEST_CASE("the first difference has a path, and all of them are in the smallest value that has them") {
    struct Case {
      std::string before;
      std::string after;
      std::size_t byte;
      std::string path;
      std::string only_path;
      std::string only_before;
      std::string only_after;
    };
    const Case cases[] = {
        {"1", "2", 0, "", "", "1", "2"},
        {"1", "12", 1, "", "", "1", "12"},
        {"\"a\"", "\"b\"", 1, "", "", "\"a\"", "\"b\""},
        {"[1,2]", "[1,3]", 3, "[1]", "[1]", "2", "3"},
        {"[1,2,3]", "[9,2,8]", 1, "[0]", "", "[1,2,3]", "[9,2,8]"},
        {"[1,1]", "[1,1,1]", 4, "", "", "[1,1]", "[1,1,1]"},
        {"[[7,7],5]", "[[7,7,7],5]", 5, "[0]", "[0]", "[7,7]", "[7,7,7]"},
        {R"({"a":{"b":[{"c":1}]}})", R"({"a":{"b":[{"c":2}]}})", 16, ".a.b[0].c", ".a.b[0].c", "1", "2"},
        {R"({"a":[{"c":1},{"c":1}]})", R"({"a":[{"c":2},{"c":2}]})", 11, ".a[0].c", ".a", R"([{"c":1},{"c":1}])",
         R"([{"c":2},{"c":2}])"},
        {R"({"a.b":1})", R"({"a.b":2})", 7, R"(["a.b"])", R"(["a.b"])", "1", "2"},
        {R"({"a\"b":1})", R"({"a\"b":2})", 8, R"(["a\"b"])", R"(["a\"b"])", "1", "2"},
        {R"({"a":1,"b":2})", R"({"a":1,"c":2})", 8, "", "", R"({"a":1,"b":2})", R"({"a":1,"c":2})"},
        {R"({"a":1,"\"b":2})", R"({"a":1,"\"":2})", 10, "", "", R"({"a":1,"\"b":2})", R"({"a":1,"\"":2})"},
        {R"({"a":[],"b":2})", R"({"a":[],"b":3})", 12, ".b", ".b", "2", "3"},
        {R"([{},{"a":"x,{[\"y]"},5])", R"([{},{"a":"x,{[\"z]"},5])", 16, "[1].a", "[1].a", R"("x,{[\"y]")",
         R"("x,{[\"z]")"},
        {"[]", "[1]", 1, "", "", "[]", "[1]"},
        {"{}", R"({"a":1})", 1, "", "", "{}", R"({"a":1})"},
        {"[[],1]", "[[2],1]", 2, "[0]", "[0]", "[]", "[2]"},
        {"[[1],[2]]", "[[1],[2],3]", 8, "", "", "[[1],[2]]", "[[1],[2],3]"},
        {R"([{"a":1},1])", R"([[1],1])", 1, "[0]", "[0]", R"({"a":1})", "[1]"},
    };
    for (const Case& c : cases) {
      CAPTURE(c.before);
      const auto first = qsnap::diff::first_difference(c.before, c.after);
      CHECK(first.byte == c.byte);
      CHECK(first.path == c.path);
      CHECK(first.only_path == c.only_path);
      CHECK(first.only_before == c.only_before);
      CHECK(first.only_after == c.only_after);
    }
  }
}
