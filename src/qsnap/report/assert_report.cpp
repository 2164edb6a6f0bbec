// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/split.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/report/assert_report.hpp>
#include <qsnap/report/diff_json.hpp>
#include <qsnap/report/diff_lines.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/json_parts.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/overview.hpp>
#include <qsnap/report/report_words.hpp>
#include <qsnap/report/text_parts.hpp>
#include <qsnap/report/value_words.hpp>

namespace qsnap::report {

namespace {

/// What a test runner shows of one failure without drowning the others.
constexpr std::size_t k_most_lines = 40;
constexpr std::size_t k_most_examples = 5;
constexpr int k_example_columns = 200;

std::string size_of(const AssertView& view) {
  return fmt::format("{} in {}", quantity(view.jobs, "job"), quantity(view.queues, "queue"));
}

/// " after 1.1s (9 looks)"; empty when nobody waited.
std::string wait_of(const AssertView& view) {
  if (view.captures <= 1) {
    return {};
  }
  constexpr std::uint64_t k_second = 1000, k_tenth = 100;
  const std::uint64_t waited_ms =
      view.waited_ms < k_second ? view.waited_ms : (view.waited_ms + k_tenth / 2) / k_tenth * k_tenth;
  return fmt::format(" after {} ({} looks)", rounded_duration(static_cast<std::int64_t>(waited_ms)), view.captures);
}

std::string contract_size(const AssertView& view) {
  return view.contract.empty() ? std::string{}
                               : fmt::format(", {} hold{}", quantity(view.contract.size(), "invariant"),
                                             view.contract.size() == 1 ? "s" : "");
}

/// The first line where the test passes.
std::string passed_line(const AssertView& view, const Style& style) {
  const std::string name =
      view.name.empty() ? std::string{} : style.paint(Tone::strong, escape_terminal(view.name)) + " ";
  const std::string verdict = view.name.empty()              ? style.paint(Tone::good, "contract kept")
                              : view.result == "as-expected" ? style.paint(Tone::good, "as expected")
                                                             : style.paint(Tone::warn, escape_terminal(view.result));
  return fmt::format("{}{}{}: {}{}\n", name, verdict, wait_of(view), size_of(view), contract_size(view));
}

/// The first line where it fails: what is wrong, in one sentence.
std::string failed_line(const AssertView& view, const Style& style) {
  const auto bad = [&](std::string_view words) { return style.paint(Tone::bad, words); };
  const std::string name =
      view.name.empty() ? std::string{} : style.paint(Tone::strong, escape_terminal(view.name)) + " ";
  if (view.result == "missing") {
    return fmt::format("{}{}{}; the live state has {}\n", name, bad("has no snapshot yet"), wait_of(view),
                       size_of(view));
  }
  if (view.result == "different") {
    const std::string summary = view.diff ? ": " + summary_words(view.diff->changes) : std::string{};
    return fmt::format("{}{}{}{}\n", name, bad("is not as expected"), wait_of(view), summary);
  }
  const auto broken = static_cast<std::uint64_t>(
      std::count_if(view.contract.begin(), view.contract.end(), [](const auto& one) { return !one.holds; }));
  return fmt::format("{}{}{}: {} of {}\n", name, bad(name.empty() ? "the contract is broken" : "breaks its contract"),
                     wait_of(view), broken, quantity(view.contract.size(), "invariant"));
}

/// The first lines, and how many more there are.
std::string first_lines(std::string text, const FaceOptions& options) {
  const std::vector<std::string_view> lines = split(text, '\n');
  const std::size_t count = lines.empty() || !lines.back().empty() ? lines.size() : lines.size() - 1;
  if (options.detail == Detail::full || count <= k_most_lines) {
    return text;
  }
  std::string out;
  for (std::size_t i = 0; i < k_most_lines; ++i) {
    out += fmt::format("{}\n", lines[i]);
  }
  return out + fmt::format("… and {} (--full shows all)\n", quantity(count - k_most_lines, "more line"));
}

std::string diff_text(const SnapshotDiff& diff, const FaceOptions& options) {
  const Overview overview = overview_of(diff, options.detail);
  std::string blocks;
  for (const Block& block : overview.blocks) {
    const std::string text = block_text(diff, block, options);
    const bool goes_on = diff.status == SnapshotStatus::added && !blocks.empty() && text.starts_with('\n');
    blocks += goes_on ? text.substr(1) : text;  // counts alone need no empty lines between them
  }
  const std::string left_out = left_out_text(diff, overview, options);
  return first_lines(std::move(blocks), options) + (left_out.empty() ? "" : "\n" + left_out);
}

/// What has to be known of one that is as expected.
std::string remarks_text(const SnapshotDiff& diff) {
  std::string text;
  for (const Remark& remark : remarks_and_rules_on(diff)) {
    text += escape_terminal(remark_line(remark)) + "\n";
  }
  return text;
}

std::string invariant_text(const InvariantView& invariant, const Style& style) {
  std::string text = fmt::format("\n{} {}: {}\n", style.paint(Tone::bad, "broken:"), escape_terminal(invariant.name),
                                 escape_terminal(invariant.found));
  text += style.paint(Tone::faint, fmt::format("  {}:{}", escape_terminal(invariant.file), invariant.line)) + "\n";
  const std::size_t shown = std::min(invariant.examples.size(), k_most_examples);
  for (std::size_t i = 0; i < shown; ++i) {
    text += fmt::format("  {}\n", short_text(invariant.examples[i], k_example_columns));
  }
  if (shown > 0 && invariant.breaking_jobs > shown) {
    text += fmt::format("  … and {}\n", quantity(invariant.breaking_jobs - shown, "more job"));
  }
  return text;
}

/// What is pending, and how to go on.
std::string advice_text(const AssertView& view, const Style& style) {
  std::string text;
  for (const std::string& warning : view.warnings) {
    text += fmt::format("{} {}\n", style.paint(Tone::warn, "warning:"), escape_terminal(warning));
  }
  if (!view.pending.empty()) {
    text += fmt::format("pending: {}\n", escape_terminal(view.pending));
  }
  for (const std::string& hint : view.hints) {
    text += fmt::format("{} {}\n", style.paint(Tone::warn, "hint:"), escape_terminal(hint));
  }
  return text;
}

std::string assert_text(const AssertView& view, const FaceOptions& options) {
  const Style& style = options.style;
  std::string text = view.holds ? passed_line(view, style) : failed_line(view, style);
  if (view.diff) {
    text += view.result != "as-expected" ? diff_text(*view.diff, options) : remarks_text(*view.diff);
  }
  for (const InvariantView& invariant : view.contract) {
    text += invariant.holds ? std::string{} : invariant_text(invariant, style);
  }
  const std::string advice = advice_text(view, style);
  return text + (advice.empty() || view.holds ? "" : "\n") + advice;
}

void write_new_state(JsonWriter& json, const SnapshotDiff& diff) {
  json.begin_object();
  for (const auto& [queue, counts] : diff.changes.queues) {
    json.key(queue_text(queue)).begin_object();
    for (const auto& [state, jobs] : counts.after) {
      json.key(queue_text(state)).integer(number(jobs));
    }
    json.end_object();
  }
  json.end_object();
}

void write_contract(JsonWriter& json, const std::vector<InvariantView>& contract) {
  json.begin_array();
  for (const InvariantView& invariant : contract) {
    json.begin_object().key("name").bytes(invariant.name).key("holds").boolean(invariant.holds);
    json.key("found").bytes(invariant.found);
    json.key("file").bytes(invariant.file).key("line").integer(invariant.line);
    json.key("vacuous").boolean(invariant.vacuous);
    json.key("breaking_jobs").integer(number(invariant.breaking_jobs));
    write_texts(json, "examples", invariant.examples).end_object();
  }
  json.end_array();
}

/// "2 jobs added"; "1 payload changed", where the kind names what of a job it is.
std::string change_words(diff::ChangeKind kind, diff::Subject subject, std::uint64_t count) {
  using diff::ChangeKind;
  constexpr std::array<std::string_view, 5> k_subjects = {"job", "queue", "worker", "schedule", "key"};
  const std::string_view word = total_word(kind), part = word.substr(0, word.find(' '));
  if (part == word || kind == ChangeKind::changed) {
    const std::string_view verb = kind == ChangeKind::changed ? "changed" : word;
    return fmt::format("{} {}", quantity(count, k_subjects.at(static_cast<std::size_t>(subject))), verb);
  }
  const std::string_view plural = kind == ChangeKind::priority_changed ? "priorities" : "";
  return fmt::format("{}{}", quantity(count, part, plural), word.substr(part.size()));
}

void text_or_null(JsonWriter& json, std::string_view member, const std::string& text) {
  json.key(member);
  text.empty() ? json.null() : json.bytes(text);
}

}  // namespace

std::string short_diff_text(const SnapshotDiff& diff, const FaceOptions& options) {
  return diff_text(diff, options);
}

std::string summary_words(const diff::Changes& changes) {
  std::map<std::pair<diff::ChangeKind, diff::Subject>, std::uint64_t> totals;
  for (const diff::Change& change : changes.list) {
    ++totals[{change.kind, change.subject}];
  }
  std::vector<std::string> parts;
  for (const auto& [what, count] : totals) {
    parts.push_back(change_words(what.first, what.second, count));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string new_state_words(std::uint64_t jobs, std::uint64_t queues) {
  return fmt::format("new: {} in {}", quantity(jobs, "job"), quantity(queues, "queue"));
}

std::string oversize_words(std::uint64_t bytes, std::uint64_t most) {
  return fmt::format("{} is more than anybody reviews (assert.max_size is {}): capture less, or fewer jobs",
                     byte_size(bytes), byte_size(most));
}

Result<void> write_assert_text(const AssertView& view, const FaceOptions& options, const Output& out) {
  return out(assert_text(view, options));
}

Result<void> write_assert_json(const AssertView& view, const FaceOptions& options, const Output& out) {
  FaceOptions plain = options;
  plain.style = Style{};
  JsonStream stream{out};
  JsonWriter& json = stream.json();
  json.begin_object().key("schema").bytes("qsnap.assert/1").key("ok").boolean(view.holds);
  text_or_null(json, "name", view.name);
  write_owner(json, view.owner);
  json.key("result").bytes(view.result).key("mode").bytes(view.mode).key("mode_reason").bytes(view.mode_reason);
  json.key("message").bytes(assert_text(view, plain));
  text_or_null(json, "test", view.test);
  text_or_null(json, "pending", view.pending);
  write_texts(json, "hints", view.hints);
  write_texts(json, "warnings", view.warnings);
  json.key("captures").integer(number(view.captures)).key("waited_ms").integer(number(view.waited_ms));
  json.key("jobs").integer(number(view.jobs)).key("queues").integer(number(view.queues));
  json.key("bytes").integer(number(view.file_bytes)).key("fingerprint").bytes(to_hex(view.fingerprint));
  json.key("contract");
  write_contract(json, view.contract);
  const bool is_new = view.diff && view.diff->status == SnapshotStatus::added;
  json.key("new_state");
  is_new ? write_new_state(json, *view.diff) : static_cast<void>(json.null());
  json.key("diff");
  if (!view.diff || is_new) {
    json.null();
  } else {
    json.begin_object().key("schema").bytes("qsnap.diff/1");
    QSNAP_TRY(write_snapshot_members(stream, *view.diff));
    json.end_object();
  }
  json.end_object();
  return stream.end_line();
}

}  // namespace qsnap::report
