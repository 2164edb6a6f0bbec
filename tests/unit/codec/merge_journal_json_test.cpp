// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include <qsnap/codec/merge_journal_json.hpp>

namespace qsnap::codec {

namespace {

using model::MergeJournalEntry;
using model::MergeNote;

MergeJournalEntry full_entry() {
  MergeJournalEntry entry;
  entry.at = instant_from_ms(1763600000123);
  entry.path = ".queue-snapshots/test-cases/\xff\n.qsnap";
  entry.outcome = "conflict";
  entry.problem = "why";
  entry.for_virtual_base = true;
  entry.our_name = "ours";
  entry.their_name = "feature/\u00e9";
  entry.base_root = "00";
  entry.our_root = "01";
  entry.their_root = "02";
  entry.result_root = "03";
  entry.counts = {{"moved by theirs", 12}, {"rule max", 1}};
  entry.decisions = {{"rule max", "job", "bullmq:bull:mail", "waiting", "1", "send", ".payload.n"}};
  entry.conflicts = {{"moved", "job", "q", "failed", "\x80", "", ".state"}};
  return entry;
}

TEST_CASE("an entry of the merge journal is one line, and comes back as it was") {
  const MergeJournalEntry entry = full_entry();
  const std::string line = format_merge_entry(entry);
  CHECK(line.find('\n') == std::string::npos);
  const auto parsed = parse_merge_entry(line);
  REQUIRE(parsed.has_value());
  CHECK(*parsed == entry);
}

TEST_CASE("a line is bounded, whatever a merge found: what does not fit is counted") {
  MergeJournalEntry entry = full_entry();
  const std::string long_text(100'000, 'x');
  entry.problem = long_text;
  entry.decisions.assign(10'000, MergeNote{"rule", "job", long_text, long_text, long_text, long_text, long_text});
  entry.conflicts.assign(10'000, MergeNote{"moved", "job", "q", "s", "1", "n", ""});
  entry.decisions_left_out = 5;
  const std::string line = format_merge_entry(entry);
  CHECK(line.size() < 64 * 1024);
  const auto parsed = parse_merge_entry(line);
  REQUIRE(parsed.has_value());
  CHECK(parsed->decisions.size() + parsed->decisions_left_out == 10'005);
  CHECK(parsed->conflicts.size() + parsed->conflicts_left_out == 10'000);
  CHECK_FALSE(parsed->conflicts.empty());
  CHECK(parsed->decisions.front().queue.size() == 256);
}

TEST_CASE("a long text is not cut inside a character") {
  MergeJournalEntry entry = full_entry();
  entry.conflicts.front().name = std::string(255, 'x') + "\u20ac\u20ac";
  const auto parsed = parse_merge_entry(format_merge_entry(entry));
  REQUIRE(parsed.has_value());
  CHECK(parsed->conflicts.front().name == std::string(255, 'x'));
}

TEST_CASE("members of a later version are passed over; what is no entry is refused") {
  CHECK(parse_merge_entry(R"({"at":"2026-11-20T10:00:00.000Z","path":"p","outcome":"merged","mood":{"a":[1]}})"));
  for (const char* line :
       {"", "{", "[]", "{}", R"({"path":"p"})", R"({"path":1,"outcome":"merged"})",
        R"({"path":"p","outcome":"merged","at":"today"})", R"({"path":"p","outcome":"merged","counts":{"a":-1}})",
        R"({"path":"p","outcome":"merged","decisions":[1]})"}) {
    CAPTURE(line);
    CHECK_FALSE(parse_merge_entry(line).has_value());
  }
}

}  // namespace

}  // namespace qsnap::codec
