// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <qsnap/report/why_report.hpp>

namespace qsnap::report {

namespace {

WhyView view_of_one() {
  model::MergeJournalEntry merge;
  merge.at = instant_from_ms(1763633045000);
  merge.path = ".queue-snapshots/test-cases/flow.qsnap";
  merge.outcome = "conflict";
  merge.our_name = "upstream";
  merge.their_name = "your \x1b[2Jcommit";
  merge.counts = {{"moved by theirs", 12}, {"rule max", 1}};
  merge.decisions = {{"rule max", "job", "bullmq:bull:mail", "waiting", "1", "send", ".payload.n"}};
  merge.conflicts = {{"moved", "job", "bullmq:bull:mail", "failed", "7", "", ".state"}};
  return {"test-cases/flow", {merge}, 2};
}

TEST_CASE("why tells the sides, the counts, the decisions and the conflicts, and nothing to the terminal") {
  CHECK(why_text(view_of_one(), Style{}) ==
        "test-cases/flow\n"
        "2025-11-20 10:04:05 UTC  1 conflict  your \\x1b[2Jcommit (theirs) into upstream (ours)\n"
        "      12  moved by theirs\n"
        "       1  rule max\n"
        "  rule max: job bullmq:bull:mail waiting send #1 .payload.n\n"
        "  moved: job bullmq:bull:mail failed #7 .state\n"
        "2 merges before that: -n 3\n");
}

TEST_CASE("why tells why a merge failed, and what a common base is for") {
  WhyView view = view_of_one();
  view.more = 0;
  view.merges.front() = {};
  view.merges.front().outcome = "failed";
  view.merges.front().problem = "their side: is truncated";
  view.merges.front().for_virtual_base = true;
  CHECK(why_text(view, Style{}) ==
        "test-cases/flow\n"
        "1970-01-01 00:00:00 UTC  failed  a common base of a criss-cross merge\n"
        "  their side: is truncated\n");
}

TEST_CASE("why shows the first twenty notes, and how many more there are") {
  WhyView view = view_of_one();
  view.merges.front().decisions.resize(25, view.merges.front().decisions.front());
  view.merges.front().decisions_left_out = 3;
  CHECK(why_text(view, Style{}).find("  and 8 more\n") != std::string::npos);
}

}  // namespace

}  // namespace qsnap::report
