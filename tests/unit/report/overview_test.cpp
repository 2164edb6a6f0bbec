// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <doctest/doctest.h>
#include <support/rich_report.hpp>

#include <qsnap/report/change_groups.hpp>
#include <qsnap/report/overview.hpp>
#include <qsnap/report/ref_words.hpp>
#include <qsnap/report/styled_text.hpp>
#include <qsnap/report/value_words.hpp>
#include <qsnap/report/word_diff.hpp>

namespace qsnap::report {

namespace {

/// "[-a-]{+b+} c".
std::string words_between(std::string_view before, std::string_view after) {
  std::string text;
  std::string left, right;
  for (const WordPiece& piece : word_diff(before, after)) {
    const std::string part{piece.text};
    switch (piece.kind) {
      case WordPiece::Kind::same:
        text += part;
        left += part;
        right += part;
        break;
      case WordPiece::Kind::removed:
        text += "[-" + part + "-]";
        left += part;
        break;
      case WordPiece::Kind::added:
        text += "{+" + part + "+}";
        right += part;
        break;
    }
  }
  CHECK(left == before);
  CHECK(right == after);
  return text;
}

ValueWords words_of(std::string path, const char* before, const char* after) {
  return value_words({std::move(path), before, after});
}

}  // namespace

TEST_SUITE("qsnap::report::overview_of") {
  TEST_CASE("has every change once, and numbers that agree") {
    const DiffReport report = test::rich_report();
    const SnapshotDiff& diff = report.snapshots.front();
    for (const Detail detail : {Detail::folded, Detail::full}) {
      const Overview overview = overview_of(diff, detail);
      std::uint64_t by_block = 0, by_group = 0, by_kind = 0;
      for (const Block& block : overview.blocks) {
        by_block += block.changes;
        for (const GroupWords& group : block.groups) {
          by_group += group.count;
          CHECK(group.count == group.changes.size());
          CHECK_FALSE(group.what.empty());
          CHECK(std::string_view{"+->~!^="}.find(group.sign) != std::string_view::npos);
        }
      }
      for (const auto& [kind, count] : overview.totals) {
        by_kind += count;
      }
      CHECK(by_block == diff.changes.list.size());
      CHECK(by_group == diff.changes.list.size());
      CHECK(by_kind == diff.changes.list.size());
      CHECK(overview.changes == diff.changes.list.size());
      CHECK(overview.jobs_before == 149);
      CHECK(overview.jobs_after == 149);
      CHECK(overview.ignored == 141);
    }
  }

  TEST_CASE("counts ways between states over all queues, the most frequent first") {
    const DiffReport report = test::rich_report();
    const Overview overview = overview_of(report.snapshots.front(), Detail::folded);
    REQUIRE(overview.moves.size() == 3);
    CHECK(overview.moves[0].from == "waiting");
    CHECK(overview.moves[0].to == "completed");
    CHECK(overview.moves[0].jobs == 32);
    CHECK(overview.moves[1].to == "failed");
    CHECK(overview.moves[2].from == "failed");
  }

  TEST_CASE("puts states that differ first, and leaves quiet queues out") {
    const DiffReport report = test::rich_report();
    const Overview overview = overview_of(report.snapshots.front(), Detail::folded);
    const Block& email = overview.blocks.front();
    CHECK(email.label == "bullmq:bull:email");  // sidekiq has an email, too
    REQUIRE(email.states.size() == 4);
    CHECK(email.states.back().state == "active");
    CHECK(std::none_of(overview.blocks.begin(), overview.blocks.end(),
                       [](const Block& block) { return block.label == "quiet"; }));
  }

  TEST_CASE("has a verdict for each status") {
    const DiffReport range = test::rich_range();
    const auto verdict = [&](std::size_t at) {
      return verdict_words(range.snapshots[at], overview_of(range.snapshots[at], Detail::folded));
    };
    CHECK(verdict(1) == "new: 60 jobs in 2 queues");
    CHECK(verdict(2) == "HEAD:test-cases/broken has unresolved conflicts; see git qsnap conflicts");
    CHECK(verdict(3) == "removed: 3 jobs in 1 queue");
    CHECK(verdict(4) == "1 change: 1 moved.");
    CHECK(verdict_words({}, {}) == "no difference in meaning");
  }
}

TEST_SUITE("qsnap::report::message_shape") {
  TEST_CASE("leaves out numbers, words with digits and quoted parts, and nothing else") {
    CHECK(message_shape("user 42 not found") == message_shape("user 7 not found"));
    CHECK(message_shape("at 10.0.0.5:6379") == message_shape("at 10.0.0.77:80"));
    CHECK(message_shape("job 3f2a91c7-4e5b is gone") == message_shape("job 99 is gone"));
    CHECK(message_shape("no \"ann\" here") == message_shape("no \"bob or eve\" here"));
    CHECK(message_shape("no 'ann' here") != message_shape("no \"ann\" here"));
    CHECK(message_shape("user not found") != message_shape("user not there"));
    CHECK(message_shape("can't connect") != message_shape("can't resolve"));
    CHECK(message_shape("it's 5 o'clock") != message_shape("it's 5 p'clock"));
    CHECK(message_shape("open ' quote a") != message_shape("open ' quote b"));
  }

  TEST_CASE("is linear where no quote is closed") {
    std::string text;
    for (int i = 0; i < 400'000; ++i) {
      text += i % 2 == 0 ? " '" : " \"";
    }
    CHECK(message_shape(text.substr(0, text.size() - 2) + "`").size() > 0);
  }
}

TEST_SUITE("qsnap::report::value_words") {
  TEST_CASE("a string has no quotes unless it reads like another value") {
    CHECK(plain_value(R"("urgent")") == "urgent");
    CHECK(plain_value(R"("a\"b\\c\n\u00e9\ud83d\ude80\ud83d")") == "a\"b\\c\n\u00e9\U0001F680\\ud83d");
    for (const char* json : {R"("")", R"("12")", R"("-1.5e3")", R"("true")", R"("null")", R"("[1]")", R"("{}")", "12",
                             "null", R"({"a":"b"})", R"(" x")"}) {
      CHECK(plain_value(json) == json);
    }
    CHECK(plain_value(R"("2026-11-20")") == "2026-11-20");
    CHECK(plain_value(R"("-")") == "-");
  }

  TEST_CASE("durations have units, and say when they were rounded") {
    CHECK(rounded_duration(0) == "0s");
    CHECK(rounded_duration(250) == "250ms");
    CHECK(rounded_duration(2500) == "2.5s");
    CHECK(rounded_duration(300'000) == "5m");
    CHECK(rounded_duration(3'900'000) == "1h 5m");
    CHECK(rounded_duration(299'998) == "~5m");
    CHECK(rounded_duration(3'599'999) == "~1h");
    CHECK(rounded_duration(-90'000) == "-1m 30s");
    CHECK(rounded_duration(273'600'000) == "3d 4h");
    CHECK(exact_duration(3'903'012) == "1h 5m 3s 12ms");
    CHECK(exact_duration(INT64_MIN).starts_with("-106751991167d"));
    CHECK(rounded_duration(INT64_MIN).starts_with("~-106751991167d"));
  }

  TEST_CASE("a step says by how much, and different values never read the same") {
    CHECK(words_of(".due_in_ms", "300000", "3900000").remark == "1h later");
    CHECK(words_of(".delay_ms", "3600000", "2000").remark == "59m 58s earlier");
    CHECK(words_of(".every", "60000", "300000").remark == "+4m");
    CHECK(words_of(".timeout_s", "60", "90").after == "1m 30s");
    CHECK(words_of(".due_in_ms", "3600001", "3600002").before == "1h 1ms");
    CHECK(words_of(".due_in_ms", "3600001", "3600002").after == "1h 2ms");
    CHECK(words_of(".payload.delay_ms", "60000", "90000").before == "60000");
    CHECK(words_of(".opts.limit", "100", "150").remark == "+50");
    CHECK(words_of(".opts.limit", "1", "2").remark.empty());
    CHECK(words_of(".payload.user", "100", "150").remark.empty());
    CHECK(words_of(".payload.n", "12", R"("12")").after == R"("12")");
    CHECK(words_of(".payload.a", R"("\\x0d")", R"("\r")").before == R"("\\x0d")");
    CHECK(words_of(".payload.a", R"("\\x0d")", R"("\r")").after == R"("\r")");
    CHECK(words_of(".payload.a", R"("C:\\a")", R"("C:\\b")").before == R"(C:\a)");
    CHECK(words_of(".items[0]", R"({"$b64":"/w=="})", R"("{\"$b64\":\"/w==\"}")").after == R"("{\"$b64\":\"/w==\"}")");
    CHECK(words_of(".delay_ms", "9223372036854775807", "-9223372036854775808").remark.empty());
  }

  TEST_CASE("references are told by role, name and queue, and only those that differ") {
    const auto words =
        ref_words(R"([{"name":"a","queue":"bullmq:bull:q","role":"pending"},{"name":"b","role":"parent"}])",
                  R"([{"name":"a","queue":"bullmq:bull:q","role":"processed"},{"name":"b","role":"parent"}])");
    REQUIRE(words.has_value());
    CHECK(words->before == "pending a in q");
    CHECK(words->after == "processed a in q");
    for (const char* odd : {"[", "[{", R"([{"name")", R"([{"name":{"$b64":"AA=="}}])", "{}", R"([{"a":"\)", "[]]"}) {
      CHECK_FALSE(ref_words("[]", odd).has_value());
    }
  }
}

TEST_SUITE("qsnap::report::word_diff") {
  TEST_CASE("finds the words that differ") {
    CHECK(words_between("to the old address", "to the new address") == "to the [-old-]{+new+} address");
    CHECK(words_between("a b c d", "a x c d e") == "a [-b-]{+x+} c d{+ e+}");
    CHECK(words_between("same", "same") == "same");
    CHECK(words_between("", "new") == "{+new+}");
    CHECK(words_between("old", "") == "[-old-]");
    CHECK(words_between("", "").empty());
    CHECK(words_between("日本", "日韓") == "[-日本-]{+日韓+}");
    CHECK(words_between("a, b", "c, d") == "[-a, b-]{+c, d+}");
  }

  TEST_CASE("is quick for values that have nothing in common") {
    std::string left, right;
    for (int i = 0; i < 20'000; ++i) {
      left += "l" + std::to_string(i) + ' ';
      right += std::to_string(i) + "r,";
    }
    CHECK(words_between(left, right).starts_with("[-l0 "));
  }
}

TEST_SUITE("qsnap::report::StyledText") {
  TEST_CASE("wraps behind spaces, keeps tones and loses nothing but the space at a break") {
    StyledText text{Tone::plain, "one two "};
    text.add(Tone::bad, "three").add(Tone::plain, "4444444444");
    const auto lines = text.wrap(8);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].paint(Style{}) == "one two");
    CHECK(lines[1].paint(Style{true, 8}) == "\x1b[31mthree\x1b[0m444");
    CHECK(lines[2].paint(Style{}) == "4444444");
    CHECK(StyledText{}.wrap(8).size() == 1);
  }

  TEST_CASE("counts columns, not bytes, and never cuts a character") {
    const StyledText text{Tone::plain, "日本語のエラー"};
    CHECK(text.width() == 14);
    CHECK(text.cut(6).paint(Style{}) == "日本…");
    for (const StyledText& line : text.wrap(5)) {
      CHECK(line.width() <= 5);
    }
    CHECK(text.wrap(1).size() == 7);  // a wide character needs two columns
  }
}

}  // namespace qsnap::report
