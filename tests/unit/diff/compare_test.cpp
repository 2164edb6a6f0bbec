// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/diff/compare.hpp>

#include "fake_source.hpp"

using namespace std::string_literals;
using qsnap::diff::Changes;
using qsnap::test::FakeSource;
using qsnap::test::State;

namespace {

using Lines = std::vector<std::string>;

/// {"queue":"bullmq:bull:<queue>","state":…,<members>}: the shortest way to write a job.
std::string job(const std::string& queue, const std::string& state, const std::string& members) {
  return fmt::format(R"({{"queue":"bullmq:bull:{}","state":"{}",{}}})", queue, state, members);
}

/// A job with a generated id, created at 1000.
std::string mail(const std::string& state, int id, const std::string& payload, const std::string& more = "") {
  return job("mail", state,
             fmt::format(R"("name":"send","payload":{}{},"volatile":{{"created_at_ms":1000,"id":"{}"}})", payload,
                         more.empty() ? "" : "," + more, id));
}

std::string due(int id, int created, int due_at, const std::string& more = "") {
  return job("mail", "delayed",
             fmt::format(R"("name":"send"{},"volatile":{{"created_at_ms":{},"due_at_ms":{},"id":"{}"}})", more, created,
                         due_at, id));
}

std::string place_text(const std::optional<qsnap::diff::Place>& place) {
  if (!place) {
    return "-";
  }
  const std::string queue = place->queue.substr(place->queue.rfind(':') + 1);
  return place->state.empty() ? queue : queue + "/" + place->state;
}

/// One line for a change: "moved job 7 send mail/waiting>mail/failed .error:-=>"x"".
std::string text_of(const qsnap::diff::Change& change) {
  std::string text = fmt::format("{} {} {} {} {}>{}", to_text(change.kind), to_text(change.subject), change.id,
                                 change.name, place_text(change.before), place_text(change.after));
  for (const auto& field : change.fields) {
    text += fmt::format(" {}:{}=>{}", field.path, field.before.value_or("-"), field.after.value_or("-"));
  }
  return text;
}

Lines texts_of(const Changes& changes) {
  Lines lines;
  for (const auto& change : changes.list) {
    lines.push_back(text_of(change));
  }
  return lines;
}

Changes compare_with(const State& before, const State& after, const std::string& rules = "",
                     std::size_t records_in_a_chunk = 3) {
  const auto config = qsnap::config::parse_config("version: 1\n" + rules, "rules");
  REQUIRE(config);
  const FakeSource left{before, records_in_a_chunk}, right{after, records_in_a_chunk};
  auto changes = qsnap::diff::compare(left, right, *config, qsnap::test::MiniPayloadReader{}, {});
  REQUIRE(changes);
  return *std::move(changes);
}

State jobs(Lines lines) {
  State state;
  state.jobs = std::move(lines);
  return state;
}

State keys(Lines lines) {
  State state;
  state.keys = std::move(lines);
  return state;
}

Lines ignored_of(const Changes& changes) {
  Lines lines;
  for (const auto& entry : changes.ignored) {
    lines.push_back(fmt::format("{}: {}", entry.rule, entry.count));
  }
  return lines;
}

std::string key(const std::string& name, const std::string& type, const std::string& items,
                const std::string& role = "data", int part = 0) {
  return fmt::format(R"({{"items":{},"key":"{}","part":{},"role":"{}","type":"{}"}})", items, name, part, role, type);
}

const std::string k_a = mail("waiting", 1, R"({"to":"a"})"), k_b = mail("waiting", 2, R"({"to":"b"})"),
                  k_c = mail("waiting", 3, R"({"to":"c"})"), k_d = mail("waiting", 4, R"({"to":"d"})");

}  // namespace

TEST_SUITE("diff::compare, jobs") {
  TEST_CASE("before and after give the changes that a reader expects") {
    struct Case {
      const char* what;
      Lines before;
      Lines after;
      Lines changes;
    };
    const std::string error = R"("error":"boom")";
    const Case cases[] = {
        {"nothing to nothing", {}, {}, {}},
        {"an added job", {k_a}, {k_a, k_b}, {"added job 2 send ->mail/waiting"}},
        {"a removed job", {k_a, k_b}, {k_a}, {"removed job 2 send mail/waiting>-"}},
        {"everything removed",
         {k_a, k_b},
         {},
         {"removed job 1 send mail/waiting>-", "removed job 2 send mail/waiting>-"}},
        {"a popped job shifts the others, and that is no change",
         {k_a, k_b, k_c, k_d},
         {k_b, k_c, k_d},
         {"removed job 1 send mail/waiting>-"}},
        {"a job that failed is moved, and the error is told",
         {k_a},
         {mail("failed", 1, R"({"to":"a"})", error)},
         {R"(moved job 1 send mail/waiting>mail/failed .error:-=>"boom")"}},
        {"moved to another queue of the same framework",
         {k_a},
         {job("video", "waiting", R"("name":"send","payload":{"to":"a"},"volatile":{"created_at_ms":1000,"id":"1"})")},
         {"moved job 1 send mail/waiting>video/waiting"}},
        {"jobs of one number in two queues are two jobs, even if made in the same millisecond",
         {job("mail", "waiting", R"("name":"a","payload":{"n":1},"volatile":{"created_at_ms":1,"id":"9"})"),
          job("video", "waiting", R"("name":"b","payload":{"k":2},"volatile":{"created_at_ms":6,"id":"9"})")},
         {job("mail", "waiting", R"("name":"a","payload":{"n":1},"volatile":{"created_at_ms":6,"id":"9"})"),
          job("video", "waiting", R"("name":"b","payload":{"k":2},"volatile":{"created_at_ms":11,"id":"9"})")},
         {}},
        {"a retry in the same state",
         {mail("delayed", 1, "{}", error + R"(,"retry_count":1)")},
         {mail("delayed", 1, "{}", error + R"(,"retry_count":2)")},
         {"retried job 1 send mail/delayed>mail/delayed .retry_count:1=>2"}},
        {"a first retry is one, too",
         {mail("waiting", 1, "{}")},
         {mail("waiting", 1, "{}", R"("retry_count":1)")},
         {"retried job 1 send mail/waiting>mail/waiting .retry_count:-=>1"}},
        {"a retry count that falls is a plain change",
         {mail("delayed", 1, "{}", R"("retry_count":3)")},
         {mail("delayed", 1, "{}", R"("retry_count":1)")},
         {"changed job 1 send mail/delayed>mail/delayed .retry_count:3=>1"}},
        {"another error",
         {mail("failed", 1, "{}", error)},
         {mail("failed", 1, "{}", R"("error":"bang")")},
         {R"(error_changed job 1 send mail/failed>mail/failed .error:"boom"=>"bang")"}},
        {"a payload field, by path",
         {mail("waiting", 1, R"({"items":[{"p":1},{"p":2}],"to":"a"})")},
         {mail("waiting", 1, R"({"items":[{"p":1},{"p":3}],"to":"a"})")},
         {"payload_changed job 1 send mail/waiting>mail/waiting .payload.items[1].p:2=>3"}},
        {"a payload field that came and one that went",
         {mail("waiting", 1, R"({"a":1,"b.c":2})")},
         {mail("waiting", 1, R"({"a":1,"d":{}})")},
         {R"(payload_changed job 1 send mail/waiting>mail/waiting .payload["b.c"]:2=>- .payload.d:-=>{})"}},
        {"the order of payload members is nothing",
         {mail("waiting", 1, R"({"a":1,"b":2})")},
         {mail("waiting", 1, R"({"b":2,"a":1})")},
         {}},
        {"the error is more telling than the payload",
         {mail("failed", 1, R"({"a":1})", error)},
         {mail("failed", 1, R"({"a":2})", R"("error":"bang")")},
         {R"(error_changed job 1 send mail/failed>mail/failed .error:"boom"=>"bang" .payload.a:1=>2)"}},
        {"another delay",
         {mail("delayed", 1, "{}", R"("delay_ms":5000)")},
         {mail("delayed", 1, "{}", R"("delay_ms":5001)")},
         {"schedule_changed job 1 send mail/delayed>mail/delayed .delay_ms:5000=>5001"}},
        {"any other member",
         {mail("waiting", 1, "{}", R"("opts":{"keep":1})")},
         {mail("waiting", 1, "{}", R"("opts":{"keep":2})")},
         {"changed job 1 send mail/waiting>mail/waiting .opts.keep:1=>2"}},
        {"how a record is rebuilt carries no meaning",
         {mail("waiting", 1, "{}", R"("body":"verbatim")")},
         {mail("waiting", 1, "{}")},
         {}},
        {"generated ids are noise",
         {k_a, k_b},
         {mail("waiting", 11, R"({"to":"a"})"), mail("waiting", 12, R"({"to":"b"})")},
         {}},
        {"a job of equal meaning elsewhere has moved, whatever its id",
         {mail("waiting", 1, R"({"to":"a"})")},
         {mail("paused", 99, R"({"to":"a"})")},
         {"moved job 99 send mail/waiting>mail/paused"}},
        {"other id, other state, an error, the same payload: the same job",
         {mail("waiting", 1, R"({"to":"a"})"), mail("waiting", 2, R"({"to":"b"})")},
         {mail("failed", 11, R"({"to":"b"})", error), mail("waiting", 12, R"({"to":"a"})")},
         {R"(moved job 11 send mail/waiting>mail/failed .error:-=>"boom")"}},
        {"other id and a payload that is mostly alike: the same job",
         {mail("waiting", 1, R"({"a":1,"b":2,"c":3})")},
         {mail("waiting", 7, R"({"a":1,"b":2,"c":4})")},
         {"payload_changed job 7 send mail/waiting>mail/waiting .payload.c:3=>4"}},
        {"other id and nothing alike but the name: two jobs",
         {mail("waiting", 1, R"({"a":1,"b":2,"c":3})")},
         {mail("waiting", 7, R"({"x":5,"y":6,"z":7})")},
         {"removed job 1 send mail/waiting>-", "added job 7 send ->mail/waiting"}},
        {"a chosen id binds jobs of different creation times",
         {job("mail", "waiting", R"("id":"daily","name":"x","payload":{"n":1,"m":1},"volatile":{"created_at_ms":1})")},
         {job("mail", "waiting", R"("id":"daily","name":"y","payload":{"k":2,"l":2},"volatile":{"created_at_ms":2})")},
         {R"(payload_changed job daily y mail/waiting>mail/waiting .name:"x"=>"y" .payload.m:1=>- .payload.n:1=>- .payload.k:-=>2 .payload.l:-=>2)"}},
        {"the same id created at another time is another job",
         {job("mail", "waiting", R"("name":"x","payload":{"n":1},"volatile":{"created_at_ms":1,"id":"1"})")},
         {job("mail", "waiting", R"("name":"y","payload":{"k":2},"volatile":{"created_at_ms":2,"id":"1"})")},
         {"removed job 1 x mail/waiting>-", "added job 1 y ->mail/waiting"}},
        {"the front job at the back is one reordering",
         {k_a, k_b, k_c},
         {k_b, k_c, k_a},
         {"reordered job 1 send mail/waiting>mail/waiting"}},
        {"order is told for jobs with new ids, too",
         {k_a, k_b, k_c},
         {mail("waiting", 12, R"({"to":"b"})"), mail("waiting", 13, R"({"to":"c"})"),
          mail("waiting", 11, R"({"to":"a"})")},
         {"reordered job 11 send mail/waiting>mail/waiting"}},
        {"order is nothing where it means nothing",
         {mail("failed", 1, "{}", error), mail("failed", 2, "{}", error)},
         {mail("failed", 2, "{}", error), mail("failed", 1, "{}", error)},
         {}},
        {"refs are compared without order and ids",
         {mail("waiting", 1, "{}", R"("refs":[{"name":"x","role":"pending"},{"name":"y","role":"pending"}])")},
         {mail("waiting", 1, "{}", R"("refs":[{"name":"y","role":"pending"},{"name":"x","role":"pending"}])")},
         {}},
        {"another ref is a change",
         {mail("waiting", 1, "{}", R"("refs":[{"name":"x","role":"pending"}])")},
         {mail("waiting", 1, "{}", R"("refs":[{"name":"x","role":"processed"}])")},
         {R"(flow_changed job 1 send mail/waiting>mail/waiting .refs:[{"name":"x","role":"pending"}]=>[{"name":"x","role":"processed"}])"}},
        {"a due time with another delay since creation",
         {due(1, 1000, 301'000)},
         {due(1, 1000, 3'601'000)},
         {"schedule_changed job 1 send mail/delayed>mail/delayed .due_in_ms:300000=>3600000"}},
        {"the same, though the id is new",
         {due(1, 1000, 301'000)},
         {due(2, 5000, 3'605'000)},
         {"schedule_changed job 2 send mail/delayed>mail/delayed .due_in_ms:300000=>3600000"}},
        {"a delay within tolerance", {due(1, 1000, 301'000)}, {due(1, 1000, 302'900)}, {}},
        {"a declared delay is the one that counts",
         {due(1, 1000, 301'000, R"(,"delay_ms":300000)")},
         {due(1, 1000, 3'601'000, R"(,"delay_ms":300000)")},
         {}},
        {"the back-off of a failed job was asked for by nobody",
         {due(1, 1000, 301'000, R"(,"error":"x")")},
         {due(1, 1000, 3'601'000, R"(,"error":"x")")},
         {}},
        {"equal meanings with different delays are not crossed",
         {due(1, 1000, 61'000), due(2, 1000, 3'601'000)},
         {due(4, 9000, 3'609'000), due(3, 9000, 69'000)},
         {}},
    };
    for (const Case& c : cases) {
      CAPTURE(c.what);
      for (const std::size_t chunk : {1U, 3U, 100U}) {
        CAPTURE(chunk);
        CHECK(texts_of(compare_with(jobs(c.before), jobs(c.after), "", chunk)) == c.changes);
      }
    }
  }

  TEST_CASE("changes stand in document order, what was removed first") {
    const std::string other = job("audio", "waiting", R"("name":"z","volatile":{"id":"9"})");
    CHECK(texts_of(compare_with(jobs({k_a, k_b}), jobs({other, k_b, k_c}))) ==
          Lines{"added job 9 z ->audio/waiting",
                "payload_changed job 3 send mail/waiting>mail/waiting "
                R"(.payload.to:"a"=>"c")"});
  }

  TEST_CASE("more than a hundred differences end with how many more") {
    std::string before, after;
    for (int i = 0; i < 130; ++i) {
      before += fmt::format(R"({}"f{}":1)", i == 0 ? "" : ",", i);
      after += fmt::format(R"({}"f{}":2)", i == 0 ? "" : ",", i);
    }
    const auto changes = compare_with(jobs({mail("waiting", 1, "{" + before + "}", R"("retry_count":1)")}),
                                      jobs({mail("waiting", 1, "{" + after + "}", R"("retry_count":2)")}));
    REQUIRE(changes.list.size() == 1);
    CHECK(changes.list[0].kind == qsnap::diff::ChangeKind::retried);  // also by what is not listed
    REQUIRE(changes.list[0].fields.size() == 101);
    CHECK(changes.list[0].fields[100].path == "(31 more)");
    CHECK_FALSE(changes.list[0].fields[100].before);
  }

  TEST_CASE("a job on the other side of a chunk that was never decoded has moved") {
    Lines before{k_a}, after;
    for (int i = 10; i < 19; ++i) {
      before.push_back(mail("waiting", i, fmt::format(R"({{"n":{}}})", i)));
      after.push_back(before.back());
    }
    before.insert(before.begin() + 1, {k_b, k_c});  // so that chunks of three are the same nine jobs on both sides
    after.push_back(k_a);
    CHECK(texts_of(compare_with(jobs(before), jobs(after))) == Lines{"removed job 2 send mail/waiting>-",
                                                                     "removed job 3 send mail/waiting>-",
                                                                     "reordered job 1 send mail/waiting>mail/waiting"});
  }

  TEST_CASE("equal chunks are not decoded and equal lines are not parsed") {
    Lines before, after;
    for (int i = 0; i < 300; ++i) {
      before.push_back(mail("waiting", i, fmt::format(R"({{"n":{}}})", i)));
    }
    after = before;
    after[150] = mail("waiting", 150, R"({"n":-1})");
    const FakeSource left{jobs(before), 30}, right{jobs(after), 30};
    const auto changes = qsnap::diff::compare(left, right, {}, qsnap::test::MiniPayloadReader{}, {});
    REQUIRE(changes);
    CHECK(changes->list.size() == 1);
    CHECK(left.decoded() <= 2);
    CHECK(right.decoded() == 1);
    CHECK(right.parsed() <= 2);
    CHECK(left.parsed() <= 4);
  }

  TEST_CASE("an error of the source is handed on") {
    const FakeSource left{jobs({k_a})};
    FakeSource right{jobs({k_b})};
    right.fail_after(0);
    const auto changes = qsnap::diff::compare(left, right, {}, qsnap::test::MiniPayloadReader{}, {});
    REQUIRE_FALSE(changes);
    CHECK(changes.error().message == "this chunk is broken");
  }

  TEST_CASE("a comparison can be cancelled") {
    const std::atomic<bool> cancelled = true;
    const FakeSource left{jobs({k_a})}, right{jobs({k_b})};
    const auto changes =
        qsnap::diff::compare(left, right, {}, qsnap::test::MiniPayloadReader{}, qsnap::Progress{{}, &cancelled});
    REQUIRE_FALSE(changes);
    CHECK(changes.error().code == qsnap::ErrorCode::cancelled);
  }
}

TEST_SUITE("diff::compare, rules") {
  TEST_CASE("a rule drops differences by path, counts them, and lets the rest through") {
    const State before = jobs({mail("waiting", 1, R"({"at":1,"to":"a"})"), mail("waiting", 2, R"({"at":1,"to":"b"})")});
    const State after = jobs({mail("waiting", 1, R"({"at":2,"to":"a"})"), mail("waiting", 2, R"({"at":2,"to":"c"})")});
    const auto changes = compare_with(before, after, "ignore: [jobs.payload.at, jobs.payload.never]");
    CHECK(texts_of(changes) == Lines{R"(payload_changed job 2 send mail/waiting>mail/waiting .payload.to:"b"=>"c")"});
    CHECK(ignored_of(changes) == Lines{"jobs.payload.at: 2"});
    CHECK(changes.unmatched_rules == Lines{"jobs.payload.never"});
  }

  TEST_CASE("jobs are the same by meaning under the rules, so new ids and ignored members go together") {
    const State before = jobs({mail("waiting", 1, R"({"at":1,"to":"a"})"), mail("waiting", 2, R"({"at":2,"to":"b"})")});
    const State after = jobs({mail("waiting", 7, R"({"at":8,"to":"a"})"), mail("waiting", 8, R"({"at":9,"to":"b"})")});
    const auto changes = compare_with(before, after, "ignore: [jobs.payload.at]");
    CHECK(texts_of(changes).empty());
    CHECK(ignored_of(changes) == Lines{"jobs.payload.at: 2"});
  }

  TEST_CASE("conditions narrow a rule to queue, state, name or id") {
    const State before = jobs({mail("waiting", 1, R"({"at":1})")}), after = jobs({mail("waiting", 1, R"({"at":2})")});
    struct Case {
      const char* rule;
      bool ignored;
    };
    for (const Case& c : std::initializer_list<Case>{{"jobs[queue=mail].payload.at", true},
                                                     {"jobs[queue=bullmq:bull:mail].payload.at", true},
                                                     {"jobs[queue=video].payload.at", false},
                                                     {"jobs[queue=mail,state=waiting].payload", true},
                                                     {"jobs[queue=mail,state=failed].payload", false},
                                                     {"jobs[name=send].**", true},
                                                     {"jobs[id=1]", true},
                                                     {"jobs[id=2]", false},
                                                     {"keys.payload", false}}) {
      CAPTURE(c.rule);
      const auto changes = compare_with(before, after, fmt::format("ignore: ['{}']", c.rule));
      CHECK(changes.empty() == c.ignored);
      CHECK(changes.unmatched_rules.empty() == c.ignored);
    }
  }

  TEST_CASE("a rule without steps leaves whole records out") {
    const auto changes = compare_with(jobs({k_a}), jobs({k_b, k_c}), "ignore: ['jobs[queue=mail]']");
    CHECK(changes.empty());
    CHECK(ignored_of(changes).front().starts_with("jobs[queue=mail]: "));
  }

  TEST_CASE("a rule on the state leaves moves out, but not what else changed") {
    const auto changes = compare_with(jobs({mail("active", 1, R"({"n":1})"), mail("active", 2, R"({"n":1})")}),
                                      jobs({mail("completed", 1, R"({"n":1})"), mail("completed", 2, R"({"n":2})")}),
                                      "ignore: [jobs.state]");
    CHECK(texts_of(changes) == Lines{"payload_changed job 2 send mail/active>mail/completed .payload.n:1=>2"});
    CHECK(ignored_of(changes) == Lines{"jobs.state: 2"});
  }

  TEST_CASE("order may be free, and the full id beats the bare name") {
    const State before = jobs({k_a, k_b}), after = jobs({k_b, k_a});
    CHECK(compare_with(before, after).list.size() == 1);
    CHECK(compare_with(before, after, "order: {mail: free}").empty());
    CHECK(compare_with(before, after, "order: {video: free}").list.size() == 1);
    CHECK(compare_with(before, after, "order: {\"bullmq:bull:mail\": strict, mail: free}").list.size() == 1);
  }

  TEST_CASE("the tolerance is the larger of the two bounds, and what it hides is counted") {
    const State before = jobs({due(1, 0, 100'000)}), after = jobs({due(1, 0, 104'000)});
    CHECK(ignored_of(compare_with(before, after)) == Lines{"duration within tolerance: 1", "volatile: 1"});
    CHECK(compare_with(before, after, "tolerance: {durations: {percent: 1}}").list.size() == 1);
    CHECK(compare_with(before, after, "tolerance: {durations: {percent: 1, seconds: 4}}").empty());
  }

  TEST_CASE("what differs in volatile members alone is counted") {
    CHECK(ignored_of(compare_with(jobs({k_a}), jobs({mail("waiting", 5, R"({"to":"a"})")}))) == Lines{"volatile: 1"});
  }
}

TEST_SUITE("diff::compare, other sections") {
  TEST_CASE("queues are compared by id; counts are for the summary and no change") {
    State before, after;
    before.queues = {R"({"counts":{"waiting":3},"framework":"bullmq","meta":{"max":1},"queue":"bullmq:bull:mail"})",
                     R"({"counts":{"failed":1},"queue":"bullmq:bull:old"})"};
    after.queues = {
        R"({"counts":{"active":1,"waiting-children":2},"framework":"bullmq","meta":{"max":2},"queue":"bullmq:bull:mail"})",
        R"({"counts":{},"queue":"bullmq:bull:new"})"};
    const auto changes = compare_with(before, after);
    CHECK(texts_of(changes) == Lines{"limit_changed queue bullmq:bull:mail  mail>mail .meta.max:1=>2",
                                     "added queue bullmq:bull:new  ->new", "removed queue bullmq:bull:old  old>-"});
    CHECK(changes.queues.at("bullmq:bull:mail").before.at("waiting") == 3);
    CHECK(changes.queues.at("bullmq:bull:mail").after.at("waiting-children") == 2);
    CHECK(changes.queues.at("bullmq:bull:old").after.empty());
    before.queues = {R"({"counts":{"waiting":3},"queue":"bullmq:bull:mail"})"};
    after.queues = {R"({"counts":{"waiting":4},"queue":"bullmq:bull:mail"})"};
    CHECK(compare_with(before, after).empty());
  }

  TEST_CASE("schedulers are compared by kind and id") {
    State before, after;
    before.config = {
        R"({"every":5,"id":"tick","kind":"scheduler","queue":"bullmq:bull:mail","volatile":{"next_at_ms":1}})"};
    after.config = {
        R"({"every":6,"id":"tick","kind":"scheduler","queue":"bullmq:bull:mail","volatile":{"next_at_ms":2}})"};
    CHECK(texts_of(compare_with(before, after)) ==
          Lines{"schedule_changed config tick scheduler mail>mail .every:5=>6"});
    CHECK(compare_with(before, after, "ignore: [config.every]").empty());
  }

  TEST_CASE("a restarted worker is the same worker, another one is added") {
    State before, after;
    before.workers = {R"({"concurrency":5,"framework":"sidekiq:","volatile":{"id":"host:1"}})"};
    after.workers = {R"({"concurrency":5,"framework":"sidekiq:","volatile":{"id":"host:2"}})",
                     R"({"concurrency":9,"framework":"sidekiq:","volatile":{"id":"host:3"}})"};
    const auto changes = compare_with(before, after);
    REQUIRE(changes.list.size() == 1);
    CHECK(changes.list[0].subject == qsnap::diff::Subject::worker);
    CHECK(changes.list[0].kind == qsnap::diff::ChangeKind::added);
    CHECK(changes.list[0].id == "host:3");
    CHECK(ignored_of(changes) == Lines{"volatile: 1"});
  }

  TEST_CASE("keys are compared by name, element by element") {
    struct Case {
      const char* what;
      Lines before;
      Lines after;
      Lines changes;
    };
    const Case cases[] = {
        {"added", {}, {key("k", "string", R"(["v"])")}, {"added key k  ->"}},
        {"removed", {key("k", "string", R"(["v"])")}, {}, {"removed key k  >-"}},
        {"a string",
         {key("k", "string", R"(["v"])")},
         {key("k", "string", R"(["w"])")},
         {R"(changed key k  > .items[0]:"v"=>"w")"}},
        {"a hash field in front shifts nothing",
         {key("k", "hash", R"([["b","1"],["c","2"]])")},
         {key("k", "hash", R"([["a","0"],["b","1"],["c","3"]])")},
         {R"(changed key k  > .items["c"]:"2"=>"3" .items["a"]:-=>"0")"}},
        {"a set member",
         {key("k", "set", R"(["a","b"])")},
         {key("k", "set", R"(["b"])")},
         {R"(changed key k  > .items["a"]:"a"=>-)"}},
        {"a score",
         {key("k", "zset", R"([["a","1"]])")},
         {key("k", "zset", R"([["a","2"]])")},
         {R"(changed key k  > .items["a"]:"1"=>"2")"}},
        {"a push in front of a list of two parts",
         {key("k", "list", R"(["a","b"])"), key("k", "list", R"(["c"])", "data", 1)},
         {key("k", "list", R"(["x","a"])"), key("k", "list", R"(["b","c"])", "data", 1)},
         {R"(changed key k  > .items[0]:-=>"x")"}},
        {"a later part alone",
         {key("k", "list", R"(["a","b"])"), key("k", "list", R"(["c"])", "data", 1)},
         {key("k", "list", R"(["a","b"])")},
         {R"(changed key k  > .parts[1].items[0]:"c"=>-)"}},
        {"bytes that are no text",
         {key("k", "hash", R"([[{"$b64":"/w=="},"1"]])")},
         {key("k", "hash", R"([[{"$b64":"/w=="},{"$b64":"/g=="}]])")},
         {R"(changed key k  > .items["/w=="]:"1"=>{"$b64":"/g=="})"}},
        {"a stream entry",
         {key("s", "stream", R"([["meta","1-1"],["entry","1-1","f","v"]])")},
         {key("s", "stream", R"([["meta","1-1"],["entry","1-1","f","w"]])")},
         {R"(changed key s  > .items[1]:["entry","1-1","f","v"]=>["entry","1-1","f","w"])"}},
        {"another type",
         {key("k", "set", R"(["a"])")},
         {key("k", "list", R"(["b"])")},
         {R"(changed key k  > .type:"set"=>"list")"}},
        {"two keys, by name",
         {key("b", "string", R"(["1"])"), key("c", "string", R"(["1"])")},
         {key("a", "string", R"(["1"])"), key("c", "string", R"(["2"])")},
         {"added key a  ->", "removed key b  >-", R"(changed key c  > .items[0]:"1"=>"2")"}},
    };
    for (const Case& c : cases) {
      CAPTURE(c.what);
      CHECK(texts_of(compare_with(keys(c.before), keys(c.after))) == c.changes);
    }
  }

  TEST_CASE("locks and derived keys are counted, not compared; expiries are noise") {
    const auto derived =
        compare_with(keys({key("l", "string", R"(["1"])", "lock"), key("i", "set", R"(["1"])", "derived")}),
                     keys({key("i", "set", R"(["2"])", "derived")}));
    CHECK(derived.empty());
    CHECK(ignored_of(derived) == Lines{"derived keys: 2"});
    const auto expiry =
        compare_with(keys({R"({"expire_at_ms":5,"items":["v"],"key":"k","part":0,"role":"data","type":"string"})"}),
                     keys({R"({"expire_at_ms":9,"items":["v"],"key":"k","part":0,"role":"data","type":"string"})"}));
    CHECK(expiry.empty());
    CHECK(ignored_of(expiry) == Lines{"volatile: 1"});
  }
}
