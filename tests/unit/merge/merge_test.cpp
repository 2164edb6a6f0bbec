// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "merge_support.hpp"

namespace qsnap::merge {

using testing::Document;
using testing::Lines;
using testing::merged;
using testing::Outcome;

namespace {

/// A job of a BullMQ queue. `more` are members that sort before "name".
struct Job {
  std::string state = "waiting";
  int id = 1;
  std::string payload = R"({"n":1})";
  int created = 1000;
  std::string more = {};

  [[nodiscard]] std::string line() const {
    return fmt::format(R"({{{}"enc":"json","name":"send","payload":{},"queue":"bullmq:bull:mail","state":"{}",)"
                       R"("volatile":{{"created_at_ms":{},"id":"{}"}}}})",
                       more, payload, state, created, id);
  }
};

std::string queue(int waiting, int id_counter) {
  return fmt::format(
      R"({{"counts":{{"waiting":{}}},"framework":"bullmq","paused":false,"queue":"bullmq:bull:mail","volatile":{{"id_counter":{}}}}})",
      waiting, id_counter);
}

Lines state(const std::vector<Job>& jobs) {
  Lines lines;
  int highest = 0;
  for (const Job& job : jobs) {
    lines.jobs.push_back(job.line());
    highest = std::max(highest, job.id);
  }
  lines.queues.push_back(queue(static_cast<int>(jobs.size()), highest));
  return lines;
}

std::vector<std::string> lines_of(const std::vector<Job>& jobs) {
  std::vector<std::string> lines;
  for (const Job& job : jobs) {
    lines.push_back(job.line());
  }
  return lines;
}

config::Config rules(std::string_view lines) {
  auto config = config::parse_config(fmt::format("version: 1\nmerge:\n{}", lines), "config.yaml");
  REQUIRE(config.has_value());
  return *std::move(config);
}

model::Metadata captured_at(std::int64_t ms) {
  model::Metadata metadata;
  metadata.captured_at = instant_from_ms(ms);
  return metadata;
}

/// A job whose payload is its number.
Job numbered(int id, std::string state = "waiting") {
  return {.state = std::move(state), .id = id, .payload = fmt::format(R"({{"n":{}}})", id), .created = 1000 + id};
}

std::vector<Job> numbered_jobs(const std::vector<int>& ids) {
  std::vector<Job> jobs;
  for (const int id : ids) {
    jobs.push_back(numbered(id));
  }
  return jobs;
}

/// What a merge makes of the order of waiting jobs, by their numbers.
struct Ordered {
  std::vector<std::string> jobs;
  std::size_t conflicts = 0;
};
Ordered ordered(const std::vector<int>& base, const std::vector<int>& ours, const std::vector<int>& theirs,
                const config::Config& config = {}) {
  const Outcome outcome = merged(Document{state(numbered_jobs(base))}, Document{state(numbered_jobs(ours))},
                                 Document{state(numbered_jobs(theirs))}, config);
  return {outcome.jobs(), outcome.conflicts.size()};
}
std::vector<std::string> in_order(const std::vector<int>& ids) {
  return lines_of(numbered_jobs(ids));
}

/// One verbatim key with its items as JSON.
std::string key(std::string_view name, std::string_view type, std::string_view items, std::string_view role = "data") {
  return fmt::format(R"({{"items":{},"key":"{}","part":0,"role":"{}","type":"{}"}})", items, name, role, type);
}
Document keys(const std::vector<std::string>& lines, model::Metadata metadata = {}) {
  return Document{Lines{{}, {}, {}, {}, lines}, std::move(metadata)};
}

}  // namespace

TEST_SUITE("merge") {
  TEST_CASE("what each side did to other jobs is all in the result") {
    const Document base{state({{.id = 1}, {.id = 2, .payload = R"({"n":2})"}, {.id = 3, .payload = R"({"n":3})"}})};
    const Document ours{state(
        {{.state = "completed", .id = 1}, {.id = 2, .payload = R"({"n":2})"}, {.id = 3, .payload = R"({"n":3})"}})};
    const Document theirs{state({{.id = 1}, {.id = 3, .payload = R"({"n":30})"}, {.id = 4, .payload = R"({"n":4})"}})};
    const Outcome outcome = merged(base, ours, theirs);
    CHECK(outcome.conflicts.empty());
    CHECK(outcome.jobs() == lines_of({{.state = "completed", .id = 1},
                                      {.id = 3, .payload = R"({"n":30})"},
                                      {.id = 4, .payload = R"({"n":4})"}}));
  }

  TEST_CASE("a job that went to completed here and to failed there is in one state, and a conflict") {
    const Document base{state({numbered(1), numbered(2)})};
    const Document ours{state({numbered(1, "completed"), numbered(2)})};
    const Document theirs{state({numbered(1, "failed"), numbered(2)})};
    const Outcome outcome = merged(base, ours, theirs);
    CHECK(outcome.jobs() == lines_of({numbered(1, "completed"), numbered(2)}));
    REQUIRE(outcome.conflicts.size() == 1);
    const Conflict& conflict = outcome.conflicts.front();
    CHECK(conflict.kind == ConflictKind::moved);
    CHECK(conflict.about.id == "1");
    CHECK(conflict.path == ".state");
    CHECK(conflict.base == R"({"queue":"bullmq:bull:mail","state":"waiting"})");
    CHECK(conflict.ours == R"({"queue":"bullmq:bull:mail","state":"completed"})");
    CHECK(conflict.theirs == R"({"queue":"bullmq:bull:mail","state":"failed"})");
  }

  TEST_CASE("a rule on the state decides where a job stands") {
    const Document base{state({numbered(1), numbered(2)})};
    const Document ours{state({numbered(1, "completed"), numbered(2)}), captured_at(1)};
    const Document theirs{state({numbered(1, "failed"), numbered(2)}), captured_at(2)};
    for (const auto& [rule, where] : {std::pair{"ours", "completed"}, std::pair{"theirs", "failed"},
                                      std::pair{"newest", "failed"}, std::pair{"base", "waiting"}}) {
      const Outcome outcome = merged(base, ours, theirs, rules(fmt::format("  jobs.state: {}\n", rule)));
      CHECK(outcome.conflicts.empty());
      auto jobs = outcome.jobs();
      std::sort(jobs.begin(), jobs.end());
      auto wanted = lines_of({numbered(1, where), numbered(2)});
      std::sort(wanted.begin(), wanted.end());
      CHECK(jobs == wanted);
    }
    CHECK(merged(base, ours, theirs, rules("  jobs.state: max\n")).conflicts.size() == 1);
  }

  TEST_CASE("a payload is merged member by member, and keeps the order of ours") {
    const auto with = [](std::string payload) { return Document{state({{.id = 1, .payload = std::move(payload)}})}; };
    const Document base = with(R"({"a":1,"b":{"c":2,"d":3},"list":[1,2]})");
    const Document ours = with(R"({"b":{"d":3,"c":20},"a":1,"list":[1,2],"own":true})");
    const Document theirs = with(R"({"a":1,"b":{"c":2,"d":30},"list":[1,2,3],"new":null})");
    const Outcome outcome = merged(base, ours, theirs);
    CHECK(outcome.conflicts.empty());
    CHECK(outcome.jobs() ==
          lines_of({{.id = 1, .payload = R"({"b":{"d":30,"c":20},"a":1,"list":[1,2,3],"own":true,"new":null})"}}));

    const Outcome unsure = merged(base, with(R"({"a":2,"b":{"c":2,"d":3},"list":[0,1,2]})"),
                                  with(R"({"a":3,"b":{"c":2,"d":3},"list":[1,2,3]})"));
    REQUIRE(unsure.conflicts.size() == 2);
    CHECK(unsure.conflicts[0].path == ".payload.a");
    CHECK(unsure.conflicts[0].base == "1");
    CHECK(unsure.conflicts[0].ours == "2");
    CHECK(unsure.conflicts[0].theirs == "3");
    CHECK(unsure.conflicts[1].path == ".payload.list");
    CHECK(unsure.jobs() == lines_of({{.id = 1, .payload = R"({"a":2,"b":{"c":2,"d":3},"list":[0,1,2]})"}}));
  }

  TEST_CASE("payloads in different styles are not taken apart") {
    const auto with = [](std::string_view enc, std::string_view payload) {
      return Document{Lines{{},
                            {},
                            {fmt::format(R"({{"enc":"{}","payload":{},"queue":"a:b:c","state":"waiting",)"
                                         R"("volatile":{{"created_at_ms":1,"id":"1"}}}})",
                                         enc, payload)},
                            {},
                            {}}};
    };
    const Outcome outcome =
        merged(with("json", R"({"a":1,"b":1})"), with("json-py", R"({"a":2,"b":1})"), with("json", R"({"a":1,"b":2})"));
    REQUIRE(outcome.conflicts.size() == 1);
    CHECK(outcome.conflicts[0].path == ".payload");
    CHECK(outcome.conflicts[0].theirs == R"({"enc":"json","payload":{"a":1,"b":2}})");
  }

  TEST_CASE("rules make values of both sides") {
    const auto with = [](std::string_view members) {
      return Document{state({{.id = 1, .payload = fmt::format("{{{}}}", members)}})};
    };
    const Document base = with(R"("n":10,"list":[1,2,3],"text":"a")");
    const Document ours = with(R"("n":12,"list":[1,2,3,4],"text":"ab")");
    const Document theirs = with(R"("n":15,"list":[2,3,5],"text":"ac")");
    const auto payload = [&](std::string_view lines) {
      const Outcome outcome = merged(base, ours, theirs, rules(lines));
      const std::string job = outcome.jobs().front();
      const std::size_t from = job.find("\"payload\":") + 10;
      return fmt::format("{} {}", outcome.conflicts.size(), job.substr(from, job.find(",\"queue\"") - from));
    };
    CHECK(payload("  jobs.payload.n: max\n  jobs.payload.list: union\n  jobs.payload.text: concat\n") ==
          R"(0 {"n":15,"list":[2,3,4,5],"text":"abc"})");
    CHECK(payload("  jobs.payload.n: min\n  jobs.payload.**: theirs\n") == R"(0 {"n":12,"list":[2,3,5],"text":"ac"})");
    CHECK(payload("  jobs.payload.n: sum\n  jobs.payload: base\n") == R"(0 {"n":17,"list":[1,2,3],"text":"a"})");
    CHECK(payload("  jobs.payload.n: sum\n") == R"(2 {"n":17,"list":[1,2,3,4],"text":"ab"})");
    // Theirs took away what ours appended to; a sum of arrays is nothing.
    CHECK(payload("  jobs.payload.list: concat\n  jobs.payload.text: sum\n  jobs.payload.n: ours\n") ==
          R"(2 {"n":12,"list":[1,2,3,4],"text":"ab"})");
  }

  TEST_CASE("a job that was removed here and changed there is a conflict, and stays") {
    const Document base{state({numbered(1), numbered(2)})}, without{state({numbered(2)})};
    Job edited = numbered(1);
    edited.payload = R"({"n":100})";
    const Document with{state({edited, numbered(2)})};
    for (const Outcome& outcome : {merged(base, without, with), merged(base, with, without)}) {
      CHECK(outcome.jobs() == lines_of({edited, numbered(2)}));
      REQUIRE(outcome.conflicts.size() == 1);
      CHECK(outcome.conflicts[0].kind == ConflictKind::removed_changed);
      CHECK(outcome.conflicts[0].path.empty());
      CHECK(outcome.conflicts[0].ours.has_value() != outcome.conflicts[0].theirs.has_value());
    }
    CHECK(merged(base, without, with, rules("  jobs: ours\n")).jobs() == lines_of({numbered(2)}));
    CHECK(merged(base, without, with, rules("  jobs: theirs\n")).jobs() == lines_of({edited, numbered(2)}));
    CHECK(merged(base, with, without, rules("  jobs: theirs\n")).jobs() == lines_of({numbered(2)}));
  }

  TEST_CASE("what is volatile comes from one side as a whole, and no change of it keeps a removed job") {
    const auto with = [](std::string_view volatiles) {
      return Lines{
          {},
          {},
          {fmt::format(R"({{"name":"a","queue":"a:b:c","state":"waiting","volatile":{{{}"id":"1"}}}})", volatiles)},
          {},
          {}};
    };
    const Document base{with(R"("attempts_started":1,"created_at_ms":1,)")};
    const Document ours{with(R"("attempts_started":2,"created_at_ms":1,)"), captured_at(2)};
    const Document theirs{with(R"("attempts_started":3,"created_at_ms":1,"finished_at_ms":7,)"), captured_at(1)};
    CHECK(merged(base, ours, theirs).records == ours.records());
    CHECK(merged(base, theirs, ours).records == ours.records());
    CHECK(merged(base, ours, Document{Lines{}}).records.empty());
    CHECK(merged(base, Document{Lines{}}, ours).records.empty());
  }

  TEST_CASE("one wait that both sides changed to different ones is a conflict, though instants are volatile") {
    const auto due = [](int ms) {
      return Document{Lines{
          {},
          {},
          {fmt::format(
              R"({{"name":"a","queue":"a:b:c","state":"scheduled","volatile":{{"created_at_ms":1000,"due_at_ms":{},"id":"1"}}}})",
              ms)},
          {},
          {}}};
    };
    const Outcome outcome = merged(due(61'000), due(601'000), due(3'601'000));
    REQUIRE(outcome.conflicts.size() == 1);
    CHECK(outcome.conflicts[0].path == ".due_in_ms");
    CHECK(outcome.conflicts[0].ours == "600000");
    CHECK(merged(due(61'000), due(601'000), due(61'500)).records == due(601'000).records());
    const Outcome ruled = merged(due(61'000), due(601'000), due(3'601'000), rules("  jobs.due_in_ms: theirs\n"));
    CHECK(ruled.conflicts.empty());
    CHECK(ruled.records == due(3'601'000).records());
  }

  TEST_CASE("insertions of theirs stand behind their predecessor, and behind what ours put there") {
    CHECK(ordered({1, 2, 3}, {1, 10, 2, 3}, {1, 20, 2, 3}).jobs == in_order({1, 10, 20, 2, 3}));
    CHECK(ordered({1, 2, 3}, {1, 2, 3, 10}, {1, 2, 3, 20, 21}).jobs == in_order({1, 2, 3, 10, 20, 21}));
    CHECK(ordered({1, 2, 3}, {10, 1, 2, 3}, {20, 1, 2, 3}).jobs == in_order({10, 20, 1, 2, 3}));
    CHECK(ordered({1, 2, 3}, {1, 3}, {1, 2, 20, 3}).jobs == in_order({1, 20, 3}));
    CHECK(ordered({1}, {}, {1, 20}).jobs == in_order({20}));
    CHECK(ordered({}, {10}, {20}).jobs == in_order({10, 20}));
  }

  TEST_CASE("an order that one side changed is taken; two different ones are a conflict, and ours stays") {
    CHECK(ordered({1, 2, 3, 4}, {1, 2, 3, 4, 10}, {4, 1, 2, 3}).jobs == in_order({4, 1, 2, 3, 10}));
    CHECK(ordered({1, 2, 3, 4}, {4, 1, 2, 3}, {1, 2, 3, 4, 10}).jobs == in_order({4, 10, 1, 2, 3}));
    CHECK(ordered({1, 2, 3, 4}, {4, 1, 2, 3}, {4, 1, 2, 3, 10}).jobs == in_order({4, 1, 2, 3, 10}));
    const Ordered unsure = ordered({1, 2, 3, 4}, {4, 1, 2, 3}, {2, 1, 3, 4, 20});
    CHECK(unsure.conflicts == 1);
    CHECK(unsure.jobs == in_order({4, 20, 1, 2, 3}));
    const Ordered ruled =
        ordered({1, 2, 3, 4}, {4, 1, 2, 3, 10}, {2, 1, 3, 4, 20}, rules("  jobs[state=waiting]: theirs\n"));
    CHECK(ruled.conflicts == 0);
    CHECK(ruled.jobs == in_order({2, 1, 3, 10, 4, 20}));
    auto free = config::parse_config("version: 1\norder: {mail: free}\n", "config.yaml");
    CHECK(ordered({1, 2, 3, 4}, {4, 1, 2, 3}, {2, 1, 3, 4}, *free).conflicts == 0);
  }

  TEST_CASE("new jobs that got one number on both sides are both there, and links follow") {
    const Document base{state({numbered(1)})};
    Job ours = numbered(2), theirs = numbered(2);
    theirs.payload = R"({"n":200})";
    theirs.created = 5000;
    const std::string child =
        R"({"name":"child","queue":"bullmq:bull:mail","refs":[{"name":"send","queue":"bullmq:bull:mail","role":"parent"}],)"
        R"("state":"waiting","volatile":{"created_at_ms":6000,"id":"3","parent":{"id":"2","queueKey":"bull:mail"},"ref_ids":["2"]}})";
    Lines with_child = state({numbered(1), theirs});
    with_child.jobs.push_back(child);
    const Outcome outcome = merged(base, Document{state({numbered(1), ours, numbered(3)})}, Document{with_child});
    CHECK(outcome.conflicts.empty());
    CHECK(outcome.counts.at("renumbered") == 2);
    theirs.id = 4;
    auto wanted = lines_of({numbered(1), ours, numbered(3), theirs});
    wanted.push_back(
        R"({"name":"child","queue":"bullmq:bull:mail","refs":[{"name":"send","queue":"bullmq:bull:mail","role":"parent"}],)"
        R"("state":"waiting","volatile":{"created_at_ms":6000,"id":"5","parent":{"id":"4","queueKey":"bull:mail"},"ref_ids":["4"]}})");
    CHECK(outcome.jobs() == wanted);
    CHECK(outcome.lines(model::Section::queues) == std::vector{queue(5, 5)});
  }

  TEST_CASE("two jobs with one id that is no number are a conflict, and ours is there") {
    const auto chosen = [](int created, int n) {
      return fmt::format(
          R"({{"id":"invoice-7","payload":{},"queue":"a:b:c","state":"waiting","volatile":{{"created_at_ms":{}}}}})", n,
          created);
    };
    const Outcome outcome = merged(Document{Lines{}}, Document{Lines{{}, {}, {chosen(1, 1)}, {}, {}}},
                                   Document{Lines{{}, {}, {chosen(2, 2)}, {}, {}}});
    REQUIRE(outcome.conflicts.size() == 1);
    CHECK(outcome.conflicts[0].kind == ConflictKind::collision);
    CHECK(outcome.conflicts[0].theirs == chosen(2, 2));
    CHECK(outcome.jobs() == std::vector{chosen(1, 1)});
    const Outcome ruled = merged(Document{Lines{}}, Document{Lines{{}, {}, {chosen(1, 1)}, {}, {}}},
                                 Document{Lines{{}, {}, {chosen(2, 2)}, {}, {}}}, rules("  jobs: theirs\n"));
    CHECK(ruled.conflicts.empty());
    CHECK(ruled.jobs() == std::vector{chosen(2, 2)});
  }

  TEST_CASE("a scheduler's job of one slot is one job, though its record has no id") {
    const auto slot = [](std::string_view state) {
      return Document{
          Lines{{},
                {},
                {fmt::format(R"({{"queue":"a:b:c","scheduler":"nightly","state":"{}","volatile":{{"slot_at_ms":9}}}})",
                             state)},
                {},
                {}}};
    };
    const Outcome outcome = merged(Document{Lines{}}, slot("completed"), slot("failed"));
    CHECK(outcome.records == slot("completed").records());
    REQUIRE(outcome.conflicts.size() == 1);
    CHECK(outcome.conflicts[0].kind == ConflictKind::moved);
  }

  TEST_CASE("children of a flow that ended here and there have both ended") {
    const auto parent = [](std::string_view one, std::string_view two) {
      return Document{Lines{
          {},
          {},
          {fmt::format(
              R"({{"name":"p","queue":"a:b:c","refs":[{{"name":"x","queue":"a:b:c","role":"{}"}},{{"name":"y","queue":"a:b:c","role":"{}"}}],)"
              R"("state":"waiting-children","volatile":{{"created_at_ms":1,"id":"1","ref_ids":["2","3"]}}}})",
              one, two)},
          {},
          {}}};
    };
    const Document base = parent("pending", "pending");
    const Outcome outcome = merged(base, parent("processed", "pending"), parent("pending", "failed"));
    CHECK(outcome.conflicts.empty());
    CHECK(outcome.records == parent("processed", "failed").records());
    const Outcome unsure = merged(base, parent("processed", "pending"), parent("failed", "pending"));
    REQUIRE(unsure.conflicts.size() == 1);
    CHECK(unsure.conflicts[0].path == ".refs");
  }

  TEST_CASE("a child whose parent the other side removed is a conflict") {
    const Document base{state({numbered(1), numbered(2)})}, ours{state({numbered(2)})};
    Lines with_child = state({numbered(1), numbered(2)});
    with_child.jobs.push_back(
        R"({"name":"child","queue":"bullmq:bull:mail","refs":[{"name":"send","queue":"bullmq:bull:mail","role":"parent"}],)"
        R"("state":"waiting","volatile":{"created_at_ms":6000,"id":"3","ref_ids":["1"]}})");
    const Outcome outcome = merged(base, ours, Document{with_child});
    REQUIRE(outcome.conflicts.size() == 1);
    CHECK(outcome.conflicts[0].kind == ConflictKind::reference);
    CHECK(outcome.conflicts[0].about.id == "3");
  }

  TEST_CASE("captured anew on both sides, what both added is one job, and what each did to another one stays two") {
    const auto job = [](int id, int seed) {
      std::string payload = "{";
      for (int i = 0; i < 12; ++i) {  // so many members that another payload is no likeness
        payload += fmt::format(R"({}"m{}":{})", i == 0 ? "" : ",", i, seed * 100 + i);
      }
      return Job{.id = id, .payload = payload + "}", .created = 1000 + id};
    };
    const auto payloads_of = [](const Outcome& outcome) {
      std::vector<std::string> payloads;
      for (const model::Record& record : outcome.records) {
        if (record.section == model::Section::jobs) {
          payloads.emplace_back(*record.fields.find("payload"));
        }
      }
      std::sort(payloads.begin(), payloads.end());
      return payloads;
    };
    const Document base{state({job(1, 1), job(2, 2), job(3, 3)})};
    const Outcome edited = merged(base, Document{state({job(11, 9), job(12, 2), job(13, 3)})},
                                  Document{state({job(21, 1), job(22, 9), job(23, 3)})});
    CHECK(edited.conflicts.empty());
    CHECK(payloads_of(edited) == std::vector{job(0, 3).payload, job(0, 9).payload, job(0, 9).payload});
    const Outcome added = merged(base, Document{state({job(11, 1), job(12, 2), job(13, 3), job(14, 9)})},
                                 Document{state({job(21, 1), job(22, 2), job(23, 3), job(24, 9)})});
    CHECK(added.conflicts.empty());
    CHECK(payloads_of(added) ==
          std::vector{job(0, 1).payload, job(0, 2).payload, job(0, 3).payload, job(0, 9).payload});
  }

  TEST_CASE("without a base, what is equal is one, and what differs is a conflict") {
    Job differs = numbered(2);
    differs.payload = R"({"n":20})";
    const Document ours{state({numbered(1), numbered(2), numbered(3)})},
        theirs{state({numbered(1), differs, numbered(4)})};
    const auto outcome = testing::try_merge(nullptr, ours.reader(), theirs.reader());
    REQUIRE(outcome.has_value());
    CHECK(outcome->jobs() == lines_of(numbered_jobs({1, 2, 3, 4})));
    REQUIRE(outcome->conflicts.size() == 1);
    CHECK(outcome->conflicts[0].kind == ConflictKind::added_differently);
    CHECK(outcome->conflicts[0].path == ".payload.n");
  }

  TEST_CASE("a queue that was removed here stays while it has new jobs from there") {
    const Document base{state({numbered(1)})};
    const Outcome outcome = merged(base, Document{Lines{}}, Document{state({numbered(1), numbered(2)})});
    CHECK(outcome.conflicts.empty());
    CHECK(outcome.lines(model::Section::queues) == std::vector{queue(1, 2)});
    CHECK(outcome.jobs() == lines_of({numbered(2)}));
  }

  TEST_CASE("settings and schedules are merged by identity, member by member") {
    const auto scheduler = [](std::string_view id, int every, int limit, int next) {
      return fmt::format(
          R"({{"every":{},"id":"{}","kind":"scheduler","limit":{},"queue":"a:b:c","volatile":{{"next_at_ms":{}}}}})",
          every, id, limit, next);
    };
    const auto with = [](std::vector<std::string> config) {
      return Document{Lines{std::move(config), {}, {}, {}, {}}};
    };
    const Document base = with({scheduler("a", 1, 1, 1), scheduler("b", 1, 1, 1), scheduler("c", 1, 1, 1)});
    const Document ours = with({scheduler("a", 2, 1, 5), scheduler("c", 1, 1, 1), scheduler("d", 1, 1, 1)});
    const Document theirs = with({scheduler("a", 1, 3, 1), scheduler("b", 1, 1, 9), scheduler("bb", 1, 1, 1)});
    const Outcome outcome = merged(base, ours, theirs);
    CHECK(outcome.conflicts.empty());
    CHECK(outcome.lines(model::Section::config) ==
          std::vector{scheduler("a", 2, 3, 5), scheduler("bb", 1, 1, 1), scheduler("d", 1, 1, 1)});
  }

  TEST_CASE("keys are merged by their type") {
    const std::string plain = key("z", "string", R"(["same"])");
    const auto merged_items = [&](std::string_view type, std::string_view base, std::string_view ours,
                                  std::string_view theirs) {
      const Outcome outcome = merged(keys({key("k", type, base), plain}), keys({key("k", type, ours), plain}),
                                     keys({key("k", type, theirs), plain}));
      const std::string line = outcome.lines(model::Section::keys).front();
      return fmt::format("{} {}", outcome.conflicts.size(), line.substr(9, line.find(R"(,"key")") - 9));
    };
    CHECK(merged_items("hash", R"([["a","1"],["b","2"]])", R"([["a","10"],["b","2"],["c","3"]])", R"([["a","1"]])") ==
          R"(0 [["a","10"],["c","3"]])");
    CHECK(merged_items("hash", R"([["a","1"]])", R"([["a","2"]])", R"([["a","3"],["b","4"]])") ==
          R"(1 [["a","2"],["b","4"]])");
    CHECK(merged_items("set", R"(["a","b"])", R"(["a","b","d"])", R"(["b","c"])") == R"(0 ["b","c","d"])");
    CHECK(merged_items("zset", R"([["a","1"],["b","2"]])", R"([["b","2"],["a","9"]])",
                       R"([["a","1"],["c","1.5"],["b","2"]])") == R"(0 [["c","1.5"],["b","2"],["a","9"]])");
    CHECK(merged_items("list", R"(["a","b","c"])", R"(["x","a","b","c"])", R"(["a","b","c","y"])") ==
          R"(0 ["x","a","b","c","y"])");
    CHECK(merged_items("list", R"(["a"])", R"(["a","x"])", R"(["a","y"])") == R"(1 ["a","x"])");
    CHECK(merged_items("string", R"(["a"])", R"(["b"])", R"(["c"])") == R"(1 ["b"])");
    CHECK(merged_items("string", R"(["a"])", R"(["b"])", R"(["b"])") == R"(0 ["b"])");
  }

  TEST_CASE("a key that one side changed, added or removed is as that side has it") {
    const auto a = key("a", "string", R"(["1"])"), b = key("b", "string", R"(["1"])"),
               c = key("c", "string", R"(["1"])"), d = key("d", "string", R"(["1"])"),
               a2 = key("a", "string", R"(["2"])"), b2 = key("b", "string", R"(["2"])"),
               e = key("e", "string", R"(["1"])"), aa = key("aa", "string", R"(["1"])");
    const Outcome outcome = merged(keys({a, b, c, d}), keys({a2, b, d, e}), keys({a, aa, b2, c}));
    CHECK(outcome.conflicts.empty());
    CHECK(outcome.lines(model::Section::keys) == std::vector{a2, aa, b2, e});
    const Outcome unsure = merged(keys({a, b}), keys({b}), keys({a2, b}));
    REQUIRE(unsure.conflicts.size() == 1);
    CHECK(unsure.conflicts[0].kind == ConflictKind::key);
    CHECK(unsure.lines(model::Section::keys) == std::vector{a2, b});
  }

  TEST_CASE("a key of several parts is taken as a whole, and parts that are not in order are an error") {
    const auto part = [](std::string_view name, int number, std::string_view item) {
      return fmt::format(R"({{"items":["{}"],"key":"{}","part":{},"role":"data","type":"list"}})", item, name, number);
    };
    const Document base = keys({part("a", 0, "1"), part("a", 1, "2"), part("b", 0, "1")});
    const Document shorter = keys({part("a", 0, "1"), part("b", 0, "1")});
    const Document longer = keys({part("a", 0, "1"), part("a", 1, "2"), part("a", 2, "3"), part("b", 0, "1")});
    const Document other = keys({part("a", 0, "1"), part("a", 1, "2"), part("b", 0, "9")});
    CHECK(merged(base, other, shorter).records == keys({part("a", 0, "1"), part("b", 0, "9")}).records());
    CHECK(merged(base, shorter, other).records == keys({part("a", 0, "1"), part("b", 0, "9")}).records());
    CHECK(merged(base, other, longer).records.size() == 4);
    CHECK(merged(base, longer, shorter).conflicts.size() == 1);
    const Document lies = keys({part("a", 0, "1"), part("a", 1, "2"), part("b", 1, "8")});
    CHECK_FALSE(testing::try_merge(&base.reader(), other.reader(), lies.reader()).has_value());
  }

  TEST_CASE("keys that follow from others never conflict: the later capture has them") {
    const auto with = [](std::string_view value, std::int64_t at) {
      return keys({key("lock", "string", fmt::format(R"(["{}"])", value), "lock")}, captured_at(at));
    };
    const Outcome outcome = merged(with("a", 1), with("b", 3), with("c", 2));
    CHECK(outcome.conflicts.empty());
    CHECK(outcome.records == with("b", 0).records());
    CHECK(merged(with("a", 1), with("b", 2), with("c", 3)).records == with("c", 0).records());
  }

  TEST_CASE("metadata has all tags, the one new description, and the later time") {
    const auto with = [](std::string description, std::vector<std::string> tags, std::int64_t at) {
      model::Metadata metadata = captured_at(at);
      metadata.description = std::move(description);
      metadata.tags = std::move(tags);
      return Document{Lines{}, metadata};
    };
    const Document base = with("old", {"a", "b"}, 1);
    const Outcome outcome = merged(base, with("old", {"a", "c"}, 3), with("new", {"a", "b", "d"}, 2));
    CHECK(outcome.conflicts.empty());
    CHECK(outcome.metadata.description == "new");
    CHECK(outcome.metadata.tags == std::vector<std::string>{"a", "c", "d"});
    CHECK(to_ms(outcome.metadata.captured_at) == 3);
    const Outcome unsure = merged(base, with("mine", {}, 3), with("yours", {}, 2));
    REQUIRE(unsure.conflicts.size() == 1);
    CHECK(unsure.conflicts[0].kind == ConflictKind::metadata);
    CHECK(unsure.metadata.description == "mine");
  }

  TEST_CASE("documents that were redacted with different keys are refused with words") {
    model::Metadata ours, theirs;
    ours.redaction_key_id = "0a0a0a0a";
    const Document base{Lines{}}, left{state({numbered(1)}), ours}, right{state({numbered(2)}), theirs};
    const auto outcome = testing::try_merge(&base.reader(), left.reader(), right.reader());
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().code == ErrorCode::refused);
    CHECK(outcome.error().message.find("key 0a0a0a0a") != std::string::npos);
  }
}

}  // namespace qsnap::merge
