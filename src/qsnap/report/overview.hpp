// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/diff/changes.hpp>
#include <qsnap/report/change_groups.hpp>
#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/style.hpp>

/// One comparison, folded and put into words: what all faces but JSON print, so that they say the same. Everything in
/// it is plain bytes, hostile and as long as it comes: a face escapes, cuts and wraps. Internal to report.
namespace qsnap::report {

/// A member that changed, in a group of alike changes.
struct FieldWords {
  std::string path;        ///< as a rule writes it: "payload.items[2].price"; "(31 more)" of `unlisted`
  std::string before;      ///< for people: strings without quotes, "2h 5m" for durations; empty when the member is new
  std::string after;       ///< empty when it is gone
  std::string remark;      ///< "1h later", "+3": what the step is; mostly empty
  std::size_t others = 0;  ///< how many other pairs of values the group has
  enum class Step : std::uint8_t {
    changed,
    appeared,
    gone,
    unlisted,  ///< the members that the comparison did not list; without values
  } step = Step::changed;
};

/// Alike changes as one line: "412 jobs  send_email  waiting → failed  SmtpError: 421".
struct GroupWords {
  diff::Subject subject = diff::Subject::job;
  diff::ChangeKind kind = diff::ChangeKind::changed;
  std::string sign;  ///< "+" "-" ">" "~" "!" "^": beside every colour
  Tone tone = Tone::plain;
  std::uint64_t count = 1;
  std::string who;                ///< "412 jobs", "job 42", "key bull:mail:events"
  std::string name;               ///< of the jobs
  std::string what;               ///< "waiting → failed", "retried 1 → 2 (delayed)", "due 1h later (scheduled)"
  std::string remark;             ///< the error that came with it; of a config entry, its queue
  std::size_t other_remarks = 0;  ///< how many other errors the group has: they differ in numbers, ids or quoted parts
  std::vector<FieldWords> fields;
  std::vector<std::string> ids;  ///< of a group that folds several keys, workers or config entries: the first few
  ChangeGroup changes;           ///< into the diff::Changes that was folded, which outlives this
};

/// How many jobs a state has on both sides.
struct StateCount {
  std::string state;
  std::uint64_t before = 0;
  std::uint64_t after = 0;
};

/// A queue with what changed in it; or, without a queue, "config", "workers", "other keys".
struct Block {
  std::string label;               ///< "email"; the full id where another queue of the report has the name too
  std::string queue;               ///< full id; empty for the others
  std::vector<StateCount> states;  ///< all of them, by name; those that differ first
  std::vector<GroupWords> groups;
  std::uint64_t changes = 0;
};

/// So many jobs went from one state to another, over all queues.
struct Move {
  std::string from;
  std::string to;
  std::uint64_t jobs = 0;
};

/// How many changes there are of each kind; those alone of which there are some.
using KindTotals = std::map<diff::ChangeKind, std::uint64_t>;

/// "2 by jobs.payload.price: 1%", "126 in ids and times".
struct IgnoredWords {
  std::uint64_t count = 0;
  std::string_view preposition;
  std::string what;  ///< a rule of the user, or what is left out by default
};

struct Overview {
  std::vector<Block> blocks;  ///< queues by id, then config, workers, other keys; only those with something to tell
  KindTotals totals;
  std::vector<Move> moves;  ///< the most frequent first
  std::uint64_t changes = 0;
  std::uint64_t jobs_before = 0;
  std::uint64_t jobs_after = 0;
  std::uint64_t ignored = 0;
  std::vector<IgnoredWords> ignored_by;  ///< those alone that left something out
};

/// `diff` must outlive the overview. Linear.
[[nodiscard]] Overview overview_of(const SnapshotDiff& diff, Detail detail);

/// "moved", "payload changed": for a line of totals.
[[nodiscard]] std::string_view total_word(diff::ChangeKind kind);
/// "19 changes: 17 moved, 2 added."; empty for none.
[[nodiscard]] std::string totals_words(const KindTotals& totals);
/// "ids and times" for what the JSON calls volatile; a rule as the user wrote it.
[[nodiscard]] std::string_view ignored_word(std::string_view rule);
/// "19 changes: 17 moved, 2 added."; "no difference in meaning"; "new: 123 jobs in 7 queues"; for a headline.
[[nodiscard]] std::string verdict_words(const SnapshotDiff& diff, const Overview& overview);

}  // namespace qsnap::report
