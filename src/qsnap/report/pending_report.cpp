// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/diff_json.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/pending_report.hpp>

namespace qsnap::report {

namespace {

/// How a kind of entry looks.
struct KindWords {
  std::string_view kind, sign;
  Tone tone = Tone::plain;
};
constexpr std::array<KindWords, 3> k_kind_words = {{
    {"new", "+", Tone::good},
    {"changed", "~", Tone::warn},
    {"obsolete", "-", Tone::bad},
}};

const KindWords& words_of(std::string_view kind) {
  return *std::find_if(k_kind_words.begin(), k_kind_words.end() - 1,
                       [&](const KindWords& known) { return known.kind == kind; });
}

/// What a result is called where it is done, and where it would be.
struct ResultWords {
  std::string_view result, done, would;
  Tone tone = Tone::plain;
};
constexpr std::array<ResultWords, 9> k_result_words = {{
    {"written", "accepted, a new snapshot", "would be a new snapshot", Tone::good},
    {"replaced", "accepted, the snapshot is replaced", "would replace the snapshot", Tone::good},
    {"removed", "accepted, the snapshot is deleted", "would delete the snapshot", Tone::good},
    {"same-meaning", "accepted, the snapshot says so already", "the snapshot says so already", Tone::good},
    {"rejected", "rejected", "would be rejected", Tone::warn},
    {"restored", "taken back, pending again", "would be pending again", Tone::good},
    {"pending", "pending", "would be pending", Tone::good},
    {"already-pending", "pending already", "pending already", Tone::faint},
    {"older", "left: a later state is pending here", "left: a later state is pending here", Tone::warn},
}};

std::string result_text(const DecidedRow& row, const DecidedView& view, const Style& style) {
  const auto* const found = std::find_if(k_result_words.begin(), k_result_words.end(),
                                         [&](const ResultWords& known) { return known.result == row.result; });
  return found == k_result_words.end() ? escape_terminal(row.result)
                                       : style.paint(found->tone, view.dry_run ? found->would : found->done);
}

std::uint64_t count_of(const std::vector<PendingRow>& rows, std::string_view kind) {
  return static_cast<std::uint64_t>(
      std::count_if(rows.begin(), rows.end(), [&](const PendingRow& row) { return row.kind == kind; }));
}

/// "3 pending: 1 new, 2 changed", and how to go on.
std::string pending_ending(const PendingView& view, const Style& style) {
  if (view.rows.empty()) {
    return "nothing is pending\n";
  }
  std::vector<std::string> parts;
  for (const KindWords& words : k_kind_words) {
    if (const std::uint64_t count = count_of(view.rows, words.kind); count > 0) {
      parts.push_back(fmt::format("{} {}", count, words.kind));
    }
  }
  const std::string_view how = "git qsnap review; git qsnap accept NAME…|--all; git qsnap reject NAME…|--all";
  return fmt::format("{} pending: {}\n{}\n", view.rows.size(), fmt::join(parts, ", "), style.paint(Tone::faint, how));
}

DiffReport report_of(const PendingRow& row) {
  DiffReport report;
  report.snapshots.push_back(*row.diff);
  return report;
}

}  // namespace

std::string pending_heading(const PendingRow& row, const Style& style) {
  const KindWords& words = words_of(row.kind);
  // A summary of a new state begins with that word, too.
  const std::string_view summary = row.summary;
  const bool says_kind = summary.starts_with(fmt::format("{}:", row.kind));
  const std::string what = summary.empty() ? row.kind
                           : says_kind     ? std::string{summary}
                                           : fmt::format("{}: {}", row.kind, summary);
  std::string text = fmt::format("{} {}  {}\n", style.paint(words.tone, words.sign),
                                 style.paint(Tone::strong, escape_terminal(row.name)), escape_terminal(what));
  const std::string test = row.test.empty() ? std::string{} : fmt::format("test {}, ", escape_terminal(row.test));
  text += style.paint(Tone::faint, fmt::format("    {}{}", test, readable_instant(row.asserted_at))) + "\n";
  if (row.stale) {
    text +=
        "    " + style.paint(Tone::warn, "the snapshot has changed since: run the test again before an accept") + "\n";
  }
  return text;
}

Result<void> write_pending_diff(const PendingRow& row, DiffFormat format, const FaceOptions& options,
                                const Output& out) {
  return write_diff(report_of(row), format, options, out);
}

Result<void> write_pending_text(const PendingView& view, DiffFormat format, const FaceOptions& options,
                                const Output& out) {
  for (const PendingRow& row : view.rows) {
    QSNAP_TRY(out(pending_heading(row, options.style)));
    if (row.diff) {
      QSNAP_TRY(write_pending_diff(row, format, options, out));
      QSNAP_TRY(out("\n"));
    }
  }
  return out(pending_ending(view, options.style));
}

Result<void> write_pending_json(const PendingView& view, const Output& out) {
  JsonStream stream{out};
  JsonWriter& json = stream.json();
  json.begin_object().key("schema").bytes("qsnap.pending-list/1").key("pending").begin_array();
  for (const PendingRow& row : view.rows) {
    json.begin_object().key("name").bytes(row.name).key("kind").bytes(row.kind);
    json.key("test").bytes(row.test).key("summary").bytes(row.summary);
    json.key("asserted_at").bytes(format_instant(row.asserted_at)).key("stale").boolean(row.stale);
    json.key("diff");
    if (row.diff && row.diff->status == SnapshotStatus::compared) {
      json.begin_object().key("schema").bytes("qsnap.diff/1");
      QSNAP_TRY(write_snapshot_members(stream, *row.diff));
      json.end_object();
    } else {
      json.null();
    }
    json.end_object();
    QSNAP_TRY(stream.cut());
  }
  json.end_array().end_object();
  return stream.end_line();
}

std::string decided_text(const DecidedView& view, const Style& style) {
  std::string text;
  for (const DecidedRow& row : view.rows) {
    text +=
        fmt::format("{}: {}\n", style.paint(Tone::strong, escape_terminal(row.name)), result_text(row, view, style));
  }
  for (const std::string& note : view.notes) {
    text += escape_terminal(note) + "\n";
  }
  return text;
}

std::string decided_json(const DecidedView& view) {
  JsonWriter json;
  json.begin_object().key("schema").bytes("qsnap.decision/1").key("command").bytes(view.what);
  json.key("dry_run").boolean(view.dry_run).key("decided").begin_array();
  for (const DecidedRow& row : view.rows) {
    json.begin_object().key("name").bytes(row.name).key("kind").bytes(row.kind);
    json.key("result").bytes(row.result).end_object();
  }
  json.end_array();
  write_texts(json, "notes", view.notes).end_object();
  return harmless_json(json.text());
}

std::string review_ending(const ReviewTotals& totals, std::uint64_t left) {
  const std::string end = left == 0 ? std::string{} : fmt::format(", {} left", left);
  return fmt::format("{} accepted, {} rejected, {} skipped{}\n", totals.accepted, totals.rejected, totals.skipped, end);
}

}  // namespace qsnap::report
