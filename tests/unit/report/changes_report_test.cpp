// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/report/changes_report.hpp>
#include <qsnap/report/layout.hpp>

namespace {

using qsnap::diff::Change;
using qsnap::diff::ChangeKind;
using qsnap::diff::Changes;
using qsnap::diff::FieldChange;
using qsnap::diff::Place;
using qsnap::diff::Subject;
using qsnap::report::changes_json;
using qsnap::report::changes_text;
using qsnap::report::Detail;
using qsnap::report::Sides;
using qsnap::report::Style;

const std::string k_email = "bullmq:bull:email";
const std::string k_payments = "bullmq:bull:payments";
const Sides k_sides{"checkout-flow", "live"};

Change job(ChangeKind kind, std::string id, std::string name, const Place& before, const Place& after,
           std::vector<FieldChange> fields = {}) {
  return Change{kind, Subject::job, std::move(id), std::move(name), before, after, std::move(fields)};
}

Change moved(int id, const std::string& to, std::vector<FieldChange> fields = {}) {
  return job(ChangeKind::moved, std::to_string(id), "send", {k_email, "waiting"}, {k_email, to}, std::move(fields));
}

/// What a run of tests on a shop leaves behind.
Changes shop() {
  Changes changes;
  for (int id = 1; id <= 32; ++id) {
    changes.list.push_back(moved(id, "completed"));
  }
  for (int id = 33; id <= 34; ++id) {
    changes.list.push_back(moved(id, "failed", {{".error", {}, R"("SmtpError: 421 try again later")"}}));
  }
  changes.list.push_back(job(ChangeKind::retried, "7", "capture", {k_payments, "delayed"}, {k_payments, "delayed"},
                             {{".error", {}, R"("gateway timeout after 30000ms")"}, {".retry_count", "1", "2"}}));
  changes.list.push_back(job(
      ChangeKind::payload_changed, "42", "capture", {k_payments, "delayed"}, {k_payments, "delayed"},
      {{".payload.amount.value", "12.5", "13"}, {".payload.note", R"("urgent")", {}}, {".payload.ref", {}, R"("")"}}));
  changes.queues[k_email] = {{{"waiting", 109}, {"completed", 16}},
                             {{"waiting", 75}, {"completed", 48}, {"failed", 2}}};
  changes.queues[k_payments] = {{{"active", 3}, {"delayed", 6}}, {{"delayed", 9}}};
  changes.ignored = {{"volatile", 3}};
  return changes;
}

std::string text_of(const Changes& changes, Detail detail = Detail::folded, Style style = {}) {
  return changes_text(changes, k_sides, detail, style);
}

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

}  // namespace

TEST_SUITE("qsnap::report::changes_text") {
  TEST_CASE("tells a story queue by queue") {
    CHECK(text_of(shop()) == R"(checkout-flow → live

email           completed 16 → 48   failed 0 → 2   waiting 109 → 75
  32 jobs  send  waiting → completed
   2 jobs  send  waiting → failed     SmtpError: 421 try again later

payments        active 3 → 0   delayed 6 → 9
   job 7  capture  retried 1 → 2 (delayed)    gateway timeout after 30000ms
  job 42  capture  payload changed (delayed)
      payload.amount.value   12.5 → 13
      payload.note           urgent (gone)
      payload.ref            "" (new)

36 changes: 34 moved, 1 retried, 1 payload changed. 3 differences ignored (ids and times 3).
)");
  }

  TEST_CASE("says so when nothing differs in meaning, and what was ignored and what did not apply") {
    CHECK(text_of(Changes{}) == "checkout-flow → live: no difference in meaning\n");
    Changes changes;
    changes.ignored = {{"volatile", 1}, {"duration within tolerance", 0}};
    changes.unmatched_rules = {"jobs.payload.nothing"};
    CHECK(text_of(changes) ==
          "checkout-flow → live: no difference in meaning\n"
          "1 difference ignored (ids and times 1).\n"
          "warning: the rule jobs.payload.nothing matched nothing\n");
  }

  TEST_CASE("folds only what reads the same") {
    Changes changes;
    changes.list = {moved(1, "failed", {{".error", {}, R"("a")"}}), moved(2, "failed", {{".error", {}, R"("b")"}}),
                    moved(3, "failed", {{".error", {}, R"("a")"}}), moved(4, "completed")};
    const std::string text = text_of(changes);
    CHECK(contains(text, " 2 jobs  send  waiting → failed     a\n"));
    CHECK(contains(text, "  job 2  send  waiting → failed     b\n"));
    CHECK(contains(text, "  job 4  send  waiting → completed\n"));
    CHECK(contains(text, "4 changes: 4 moved."));
  }

  TEST_CASE("tells values that differ inside a group from those that do not") {
    Changes changes;
    for (int id = 1; id <= 3; ++id) {
      changes.list.push_back(job(ChangeKind::payload_changed, std::to_string(id), "send", {k_email, "waiting"},
                                 {k_email, "waiting"},
                                 {{".payload.n", "0", std::to_string(id)}, {".payload.version", "1", "2"}}));
    }
    const std::string text = text_of(changes);
    CHECK(contains(text, "3 jobs  send  payload changed (waiting)\n"));
    CHECK(contains(text, "payload.n         0 → 1, and 2 other values\n"));
    CHECK(contains(text, "payload.version   1 → 2\n"));
  }

  TEST_CASE("lists every job with its fields in full detail") {
    const std::string text = text_of(shop(), Detail::full);
    CHECK(occurrences(text, "waiting → completed\n") == 32);
    CHECK(contains(text, "job 1  send"));
    CHECK(contains(text, "job 34  send"));
    CHECK(contains(text, "error   SmtpError: 421 try again later (new)"));
    CHECK(contains(text, "retry_count   1 → 2"));
  }

  TEST_CASE("says how much it left out of a long block") {
    Changes changes;
    for (int id = 0; id < 1000; ++id) {
      Change change = moved(id, "completed");
      change.name = "job-type-" + std::to_string(id);
      changes.list.push_back(std::move(change));
    }
    const std::string text = text_of(changes);
    CHECK(lines_of(text).size() < 40);
    CHECK(contains(text, "… and 975 more changes (--full lists all)\n"));
    CHECK(contains(text, "1000 changes: 1000 moved."));
    CHECK(lines_of(text_of(changes, Detail::full)).size() > 1000);
  }

  TEST_CASE("uses the full id of a queue where the bare name is ambiguous") {
    Changes changes;
    changes.list = {job(ChangeKind::added, "1", "a", {}, {"bullmq:bull:mail", "waiting"}),
                    job(ChangeKind::added, "2", "a", {}, {"sidekiq::mail", "waiting"}),
                    job(ChangeKind::added, "3", "a", {}, {"sidekiq::other", "waiting"})};
    for (Change& change : changes.list) {
      change.before.reset();
    }
    const std::string text = text_of(changes);
    CHECK(contains(text, "\nbullmq:bull:mail\n"));
    CHECK(contains(text, "\nsidekiq::mail\n"));
    CHECK(contains(text, "\nother\n"));
    CHECK(contains(text, "job 1  a  added to waiting"));
  }

  TEST_CASE("names both queues of a job that went from one to another") {
    Changes changes;
    changes.list = {job(ChangeKind::moved, "1", "a", {k_email, "failed"}, {k_payments, "waiting"})};
    CHECK(contains(text_of(changes), "job 1  a  email failed → payments waiting"));
  }

  TEST_CASE("keeps keys, workers and config in blocks of their own, with their ids") {
    Changes changes;
    const auto other = [](ChangeKind kind, Subject subject, std::string id) {
      return Change{kind, subject, std::move(id), "", Place{k_email, ""}, Place{k_email, ""}, {}};
    };
    for (int i = 0; i < 6; ++i) {
      changes.list.push_back(other(ChangeKind::added, Subject::key, "cache:" + std::to_string(i)));
    }
    changes.list.push_back(other(ChangeKind::changed, Subject::config, "nightly"));
    changes.list.push_back(other(ChangeKind::removed, Subject::worker, "host:1"));
    const std::string text = text_of(changes);
    CHECK(contains(text, "\nconfig\n  config nightly  changed"));
    CHECK(contains(text, "\nworkers\n  worker host:1  removed"));
    CHECK(contains(text, "\nother keys\n  6 keys  added\n      cache:0, cache:1, cache:2, cache:3, … 2 more\n"));
  }

  TEST_CASE("keeps to the width and shows where long values begin to differ") {
    Changes changes = shop();
    const std::string front(300, 'x');
    changes.list.push_back(job(ChangeKind::payload_changed, "9", "capture", {k_payments, "delayed"},
                               {k_payments, "delayed"},
                               {{".payload.text", '"' + front + "one\"", '"' + front + "two\""}}));
    changes.list.push_back(moved(77, "failed", {{".error", {}, '"' + std::string(500, 'e') + '"'}}));
    for (const int width : {60, 80, 120}) {
      CAPTURE(width);
      const std::string text = text_of(changes, Detail::folded, Style{false, width});
      CHECK(contains(text, "…xxxxxxxxone → …xxxxxxxxtwo"));
      const auto lines = lines_of(text);
      for (auto line = lines.begin(); line + 1 != lines.end(); ++line) {
        CAPTURE(*line);
        CHECK(qsnap::report::display_width(*line) <= width);
      }
    }
  }

  TEST_CASE("lets nothing through that commands a terminal, wherever it stands") {
    const std::string evil =
        "\x1b]0;owned\x07\xc2\x9b"
        "31m\u202e\xff\n";
    const std::string evil_json = "\"\\u001b[31m\xc2\x9b\u202e\u200b\"";
    Changes changes;
    for (const Subject subject : {Subject::job, Subject::queue, Subject::worker, Subject::config, Subject::key}) {
      Change change{ChangeKind::changed, subject, evil, evil, Place{evil, evil}, Place{evil, evil}, {}};
      change.fields = {{"." + evil, evil_json, evil_json}, {".error", evil_json, evil_json}};
      changes.list.push_back(change);
      changes.list.push_back(change);
    }
    changes.queues[evil] = {{{evil, 1}}, {{evil, 2}}};
    changes.ignored = {{evil, 1}};
    changes.unmatched_rules = {evil};
    const Sides sides{evil, evil};
    for (const Detail detail : {Detail::folded, Detail::full}) {
      const std::string text = changes_text(changes, sides, detail, Style{});
      for (const std::string_view part : {"\x1b", "\x07", "\xc2\x9b", "\u202e", "\u200b", "\xff"}) {
        CHECK_FALSE(contains(text, part));
      }
      CHECK(contains(text, "\\x1b]0;owned\\x07\\u{009b}31m\\u{202e}\\xff\\n"));
    }
    const std::string json = changes_json(changes, sides);
    CHECK(std::all_of(json.begin(), json.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
  }

  TEST_CASE("says everything in words, so that colours only repeat") {
    std::string coloured = text_of(shop(), Detail::folded, Style{true, 80});
    CHECK(contains(coloured, "\x1b[31mwaiting → failed\x1b[0m"));
    for (std::size_t at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b')) {
      coloured.erase(at, coloured.find('m', at) - at + 1);
    }
    CHECK(coloured == text_of(shop()));
  }
}

TEST_SUITE("qsnap::report::changes_json") {
  TEST_CASE("has every change with raw values, counts and rules") {
    Changes changes;
    changes.list = {job(ChangeKind::payload_changed, "42", "capture", {k_payments, "delayed"}, {k_payments, "delayed"},
                        {{".payload.a", "12.50", {}}, {".payload.b", {}, R"({"z":1,"a":[]})"}})};
    changes.queues[k_payments] = {{{"delayed", 6}}, {{"delayed", 9}, {"failed", 1}}};
    changes.ignored = {{"volatile", 3}};
    changes.unmatched_rules = {"jobs.x"};
    CHECK(changes_json(changes, k_sides) ==
          R"({"schema":"qsnap.diff/1","before":"checkout-flow","after":"live",)"
          R"("before_consistency":"point-in-time","after_consistency":"point-in-time","capture":null,)"
          R"("equal":false,"changes":[)"
          R"({"kind":"payload_changed","subject":"job","id":"42","name":"capture",)"
          R"("from":{"queue":"bullmq:bull:payments","state":"delayed"},)"
          R"("to":{"queue":"bullmq:bull:payments","state":"delayed"},)"
          R"("fields":[{"path":".payload.a","before":12.50},{"path":".payload.b","after":{"z":1,"a":[]}}]}],)"
          R"("queues":{"bullmq:bull:payments":{"before":{"delayed":6},"after":{"delayed":9,"failed":1}}},)"
          R"("ignored":[{"rule":"volatile","count":3}],"unmatched_rules":["jobs.x"]})");
  }

  TEST_CASE("is equal only without changes, and leaves out a side that is not there") {
    CHECK(changes_json(Changes{}, k_sides) ==
          R"({"schema":"qsnap.diff/1","before":"checkout-flow","after":"live",)"
          R"("before_consistency":"point-in-time","after_consistency":"point-in-time","capture":null,)"
          R"("equal":true,"changes":[],)"
          R"("queues":{},"ignored":[],"unmatched_rules":[]})");
    Changes changes;
    Change added = moved(1, "waiting");
    added.kind = ChangeKind::added;
    added.before.reset();
    changes.list = {added};
    CHECK_FALSE(contains(changes_json(changes, k_sides), "\"from\""));
  }

  TEST_CASE("keeps bytes that are no UTF-8: ids and names in form B, queues as %NN") {
    Changes changes;
    Change change = moved(1, "failed");
    change.id = "\xff\x01";
    change.before->queue = "bullmq:bull:a\xff";
    changes.list = {change};
    changes.queues["bullmq:bull:a\xff"] = {};
    const std::string json = changes_json(changes, k_sides);
    CHECK(contains(json, R"("id":{"$b64":"/wE="})"));
    CHECK(contains(json, R"("from":{"queue":"bullmq:bull:a%FF","state":"waiting"})"));
    CHECK(contains(json, R"("queues":{"bullmq:bull:a%FF":{)"));
  }
}
