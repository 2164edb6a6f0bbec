// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <support/golden.hpp>
#include <support/rich_report.hpp>

#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>

#include "rendered.hpp"

namespace {

using qsnap::diff::Change;
using qsnap::diff::ChangeKind;
using qsnap::diff::Changes;
using qsnap::diff::FieldChange;
using qsnap::diff::Place;
using qsnap::diff::Subject;
using qsnap::report::Detail;
using qsnap::report::DiffReport;
using qsnap::report::FaceOptions;
using qsnap::report::rendered;
using qsnap::report::Sides;
using qsnap::report::SnapshotStatus;
using qsnap::report::Style;

const std::string k_email = "bullmq:bull:email";
const std::string k_payments = "bullmq:bull:payments";
const Sides k_sides{"checkout-flow", "live"};

Change job(ChangeKind kind, std::string id, std::string name, const Place& before, const Place& after,
           std::vector<FieldChange> fields = {}) {
  Change made = qsnap::test::rich::job(kind, std::move(id), std::move(name), before, std::move(fields));
  made.after = after;
  return made;
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

std::string text_of(const DiffReport& report, const FaceOptions& options) {
  return rendered([&](const auto& out) { return qsnap::report::write_text(report, options, out); });
}

std::string text_of(const Changes& changes, Detail detail = Detail::folded, Style style = {},
                    const Sides& sides = k_sides) {
  DiffReport report;
  report.snapshots.push_back({"test-cases/checkout-flow", "", SnapshotStatus::compared, sides, changes, ""});
  FaceOptions options;
  options.style = style;
  options.detail = detail;
  return text_of(report, options);
}

std::string side_by_side(const DiffReport& report, int width, Detail detail = Detail::folded) {
  FaceOptions options;
  options.style.width = width;
  options.detail = detail;
  return rendered([&](const auto& out) { return qsnap::report::write_side_by_side(report, options, out); });
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

TEST_SUITE("qsnap::report::write_text") {
  TEST_CASE("tells a story queue by queue") {
    CHECK(text_of(shop()) == R"(checkout-flow → live

email           completed 16 → 48   failed 0 → 2   waiting 109 → 75
  > 32 jobs  send  waiting → completed
  !  2 jobs  send  waiting → failed     SmtpError: 421 try again later

payments        active 3 → 0   delayed 6 → 9
  ^  job 7  capture  retried 1 → 2 (delayed)    gateway timeout after 30000ms
  ~ job 42  capture  payload changed (delayed)
      payload.amount.value   12.5 → 13
      payload.note           urgent (gone)
      payload.ref            "" (new)

36 changes: 34 moved, 1 retried, 1 payload changed.
3 differences ignored (3 in ids and times).
)");
  }

  TEST_CASE("says so when nothing differs in meaning, and what was ignored and what did not apply") {
    CHECK(text_of(Changes{}) == "checkout-flow → live: no difference in meaning\n");
    Changes changes;
    changes.ignored = {{"volatile", 1}, {"duration within tolerance", 0}};
    changes.unmatched_rules = {"jobs.payload.nothing"};
    CHECK(text_of(changes) ==
          "checkout-flow → live: no difference in meaning\n"
          "1 difference ignored (1 in ids and times).\n"
          "warning: the rule jobs.payload.nothing matched nothing\n");
  }

  TEST_CASE("a range ends with the rules that matched nothing in any of its snapshots") {
    DiffReport report = qsnap::test::rich_range();
    report.unmatched_rules = {"jobs.payload.nowhere"};
    const std::string text = text_of(report, FaceOptions{});
    CHECK(text.ends_with("\nwarning: the rule jobs.payload.nowhere matched nothing\n"));
  }

  TEST_CASE("folds only what reads the same") {
    Changes changes;
    changes.list = {moved(1, "failed", {{".error", {}, R"("a")"}}), moved(2, "failed", {{".error", {}, R"("b")"}}),
                    moved(3, "failed", {{".error", {}, R"("a")"}}), moved(4, "completed")};
    const std::string text = text_of(changes);
    CHECK(contains(text, "  ! 2 jobs  send  waiting → failed     a\n"));
    CHECK(contains(text, "  !  job 2  send  waiting → failed     b\n"));
    CHECK(contains(text, "  >  job 4  send  waiting → completed\n"));
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
      return qsnap::test::rich::of(kind, subject, std::move(id), k_email);
    };
    for (int i = 0; i < 6; ++i) {
      changes.list.push_back(other(ChangeKind::added, Subject::key, "cache:" + std::to_string(i)));
    }
    changes.list.push_back(other(ChangeKind::changed, Subject::config, "nightly"));
    changes.list.push_back(other(ChangeKind::removed, Subject::worker, "host:1"));
    const std::string text = text_of(changes);
    CHECK(contains(text, "\nconfig\n  ~ config nightly  changed"));
    CHECK(contains(text, "\nworkers\n  - worker host:1  left"));
    CHECK(contains(text, "\nother keys\n  + 6 keys  added\n      cache:0, cache:1, cache:2, cache:3, … 2 more\n"));
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
      for (const std::string& line : lines) {
        CAPTURE(line);
        CHECK(qsnap::report::display_width(line) <= width);
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
      Change change = qsnap::test::rich::change(ChangeKind::changed, subject, evil, evil);
      change.before = Place{evil, evil};
      change.after = change.before;
      change.fields = {{"." + evil, evil_json, evil_json}, {".error", evil_json, evil_json}};
      changes.list.push_back(change);
      changes.list.push_back(change);
    }
    changes.queues[evil] = {{{evil, 1}}, {{evil, 2}}};
    changes.ignored = {{evil, 1}};
    changes.unmatched_rules = {evil};
    const Sides sides{evil, evil};
    for (const Detail detail : {Detail::folded, Detail::full}) {
      const std::string text = text_of(changes, detail, Style{}, sides);
      for (const std::string_view part : {"\x1b", "\x07", "\xc2\x9b", "\u202e", "\u200b", "\xff"}) {
        CHECK_FALSE(contains(text, part));
      }
      CHECK(contains(text, "\\x1b]0;owned\\x07\\u{009b}31m\\u{202e}\\xff\\n"));
    }
  }

  TEST_CASE("says everything in words, so that colours only repeat") {
    std::string coloured = text_of(shop(), Detail::folded, Style{true, 80});
    CHECK(contains(coloured, "\x1b[31mwaiting → failed\x1b[0m"));
    for (std::size_t at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b')) {
      coloured.erase(at, coloured.find('m', at) - at + 1);
    }
    CHECK(coloured == text_of(shop()));
  }

  TEST_CASE("folds errors that differ in numbers, ids and quoted parts, and says how many there are") {
    Changes changes;
    changes.list = {moved(1, "failed", {{".error", {}, R"("421 mailbox 7 busy for \"ann\"")"}}),
                    moved(2, "failed", {{".error", {}, R"("421 mailbox 8f3a busy for \"bob\"")"}}),
                    moved(3, "failed", {{".error", {}, R"("421 mailbox 7 busy for \"ann\"")"}}),
                    moved(4, "failed", {{".error", {}, R"("421 mailbox 7 gone for \"ann\"")"}})};
    const std::string text = text_of(changes);
    CHECK(contains(text, "! 3 jobs  send  waiting → failed  421 mailbox 7 busy for \"ann\" … and 1 other"));
    CHECK(contains(text, "!  job 4  send  waiting → failed  421 mailbox 7 gone for \"ann\"\n"));
    CHECK(contains(text_of(changes, Detail::full), "8f3a busy"));
  }

  TEST_CASE("tells schedules by how much later or earlier they are") {
    const auto due = [](int id, const char* before, const char* after) {
      const Place place{k_email, "delayed"};
      return job(ChangeKind::schedule_changed, std::to_string(id), "send", place, place,
                 {{".due_in_ms", before, after}});
    };
    Changes changes;
    changes.list = {due(1, "300000", "3900000"), due(2, "60000", "3660000")};
    CHECK(contains(text_of(changes), "~ 2 jobs  send  due 1h later (delayed)\n"));
    CHECK(contains(text_of(changes), "due_in_ms   5m → 1h 5m, and 1 other value\n"));
    changes.list.push_back(due(3, "60000", "120000"));
    CHECK(contains(text_of(changes), "~ 3 jobs  send  due later (delayed)\n"));
    changes.list.push_back(due(4, "120000", "60000"));
    CHECK(contains(text_of(changes), "~  job 4  send  due 1m earlier (delayed)\n"));
  }

  TEST_CASE("wraps and cuts with a sign what does not fit, and has all of it with --full") {
    Changes changes;
    std::string error = "the server answered";
    for (int i = 0; i < 200; ++i) {
      error += " word" + std::to_string(i);
    }
    changes.list = {moved(1, "failed", {{".error", {}, '"' + error + '"'}})};
    const std::string folded = text_of(changes);
    CHECK(contains(folded, "the server answered word0"));
    CHECK(contains(folded, "…\n"));
    CHECK_FALSE(contains(folded, "word199"));
    const std::string full = text_of(changes, Detail::full);
    for (int i = 0; i < 200; ++i) {
      CHECK(contains(full, "word" + std::to_string(i)));
    }
    CHECK_FALSE(contains(full, "…"));
  }

  TEST_CASE("looks as its golden files") {
    using qsnap::test::golden;
    FaceOptions options;
    for (const int width : {80, 120, 200}) {
      options.style.width = width;
      const std::string text = text_of(qsnap::test::rich_report(), options);
      CHECK(text == golden("diff/text-" + std::to_string(width) + ".txt", text));
    }
    options.style = {.colour = true, .width = 100};
    const std::string coloured = text_of(qsnap::test::rich_report(), options);
    CHECK(coloured == golden("diff/text-colour.txt", coloured));
    options.style = {};
    options.show_ignored = true;
    const std::string range = text_of(qsnap::test::rich_range(), options);
    CHECK(range == golden("diff/text-range.txt", range));
  }
}

TEST_SUITE("qsnap::report::write_side_by_side") {
  TEST_CASE("looks as its golden file, and no line is wider than the terminal") {
    using qsnap::test::golden;
    const std::string text = side_by_side(qsnap::test::rich_range(), 120);
    CHECK(text == golden("diff/side-by-side-120.txt", text));
    for (const int width : {100, 131, 200}) {
      CAPTURE(width);
      for (const std::string& line : lines_of(side_by_side(qsnap::test::rich_report(), width))) {
        CAPTURE(line);
        CHECK(qsnap::report::display_width(line) <= width);
      }
    }
  }

  TEST_CASE("is unified below a hundred columns, and says so") {
    const std::string text = side_by_side(qsnap::test::rich_report(), 99);
    CHECK(contains(text, "→ failed"));
    CHECK(text.ends_with("\nnote: side by side wants 100 columns; there are 99\n"));
  }

  TEST_CASE("keeps all of a value with --full") {
    const std::string text = side_by_side(qsnap::test::rich_report(), 120, Detail::full);
    CHECK(static_cast<std::size_t>(std::count(text.begin(), text.end(), 'x')) > 5 * 10'000);
  }
}

TEST_SUITE("qsnap::report::write_stat") {
  TEST_CASE("looks as its golden file") {
    using qsnap::test::golden;
    const std::string text = rendered(
        [](const auto& out) { return qsnap::report::write_stat(qsnap::test::rich_range(), FaceOptions{}, out); });
    CHECK(text == golden("diff/stat.txt", text));
  }

  TEST_CASE("ends with the totals of two sides") {
    DiffReport report;
    report.snapshots.push_back({"flow", "", SnapshotStatus::compared, k_sides, shop(), ""});
    const auto stat = [&] {
      return rendered([&](const auto& out) { return qsnap::report::write_stat(report, FaceOptions{}, out); });
    };
    CHECK(stat() ==
          " flow       | 36  >32 !2 ^1 ~1  >>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>!!^~\n"
          "   email    | 34  >32 !2        >>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>!!\n"
          "   payments |  2         ^1 ~1  ^~\n"
          "36 changes: 34 moved, 1 retried, 1 payload changed.\n"
          "3 differences ignored (3 in ids and times).\n");
    report.snapshots.front().changes.list.clear();
    CHECK(stat() ==
          " flow | no difference in meaning\n"
          "3 differences ignored (3 in ids and times).\n");
  }

  TEST_CASE("a bar has a sign of each kind there is, however few") {
    Changes changes;
    for (int id = 0; id < 5000; ++id) {
      changes.list.push_back(moved(id, "completed"));
    }
    Change added = moved(5000, "waiting");
    added.kind = ChangeKind::added;
    added.before.reset();
    changes.list.push_back(added);
    DiffReport report;
    report.snapshots.push_back({"flow", "", SnapshotStatus::compared, k_sides, changes, ""});
    const std::string text =
        rendered([&](const auto& out) { return qsnap::report::write_stat(report, FaceOptions{}, out); });
    CHECK(contains(text, "email | 5001  +1 >5000  +>>>>>"));
    for (const std::string& line : lines_of(text)) {
      CHECK(qsnap::report::display_width(line) <= 80);
    }
  }
}

TEST_SUITE("qsnap::report::text faces") {
  TEST_CASE("let nothing through that commands a terminal, wherever it stands") {
    FaceOptions options;
    options.style.width = 120;
    options.show_ignored = true;
    for (const Detail detail : {Detail::folded, Detail::full}) {
      options.detail = detail;
      for (const auto face :
           {qsnap::report::write_text, qsnap::report::write_side_by_side, qsnap::report::write_stat}) {
        DiffReport report = qsnap::test::rich_range();
        for (const std::string& text : qsnap::test::hostile_texts()) {
          report.range += text;
          report.snapshots.front().name += text;
          report.snapshots[2].trouble += text;
          report.snapshots.front().changes.unmatched_rules.push_back(text);
          report.snapshots.front().changes.ignored.push_back({text, 1});
          report.snapshots.front().changes.ignored_list.push_back(
              {text, Subject::job, text, text, {text, text}, {"." + text, text, text}});
          report.snapshots.front().sides.notes.push_back(text);
        }
        for (const std::string& line :
             lines_of(rendered([&](const auto& out) { return face(report, options, out); }))) {
          CHECK(qsnap::report::escape_terminal(line) == line);
        }
      }
    }
  }
}

TEST_SUITE("qsnap::report::write_name_only") {
  TEST_CASE("has the names of those that differ, one on a line") {
    DiffReport report = qsnap::test::rich_range();
    report.snapshots.front().name = "evil\nname";
    report.snapshots.push_back({"test-cases/equal", "", SnapshotStatus::compared, k_sides, {}, ""});
    CHECK(rendered([&](const auto& out) { return qsnap::report::write_name_only(report, out); }) ==
          "evil\\nname\nhistory/2026-11-20\ntest-cases/broken\ntest-cases/old-flow\ntest-cases/small\n");
  }
}
