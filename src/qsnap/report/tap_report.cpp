// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/diff_lines.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/report_words.hpp>
#include <qsnap/report/tap_text.hpp>
#include <qsnap/report/test_verdict.hpp>

namespace qsnap::report {

namespace {

/// JSON strings are YAML, and what would not be printable in YAML was escaped before.
std::string yaml_member(std::string_view key, std::string_view text) {
  return fmt::format("  {}: {}\n", key, json_string(text));
}

std::string yaml_list(std::string_view key, const std::vector<std::string>& lines) {
  std::string out = lines.empty() ? std::string{} : fmt::format("  {}:\n", key);
  for (const std::string& line : lines) {
    out += fmt::format("    - {}\n", json_string(line));
  }
  return out;
}

std::string test_point(std::size_t number, const SnapshotDiff& diff, Detail detail) {
  std::vector<std::string> remarks;
  for (const Remark& remark : remarks_and_rules_on(diff)) {
    remarks.push_back(escape_terminal(remark_line(remark)));
  }
  if (diff.is_equal()) {
    std::string passed = fmt::format("ok {} - {}\n", number, tap_text(diff.name));
    for (const std::string& remark : remarks) {
      passed += fmt::format("# {}\n", remark);
    }
    return passed;
  }
  const Overview overview = overview_of(diff, detail);
  const std::string verdict = short_verdict(diff, overview);
  std::string text = fmt::format("not ok {} - {}: {}\n  ---\n", number, tap_text(diff.name), tap_text(verdict));
  text += yaml_member("message", verdict);
  text += yaml_member("severity", "fail");
  text += yaml_member("type", failure_type(diff.status));
  if (!diff.file.empty()) {
    text += yaml_member("file", escape_terminal(diff.file));
  }
  text += yaml_member("before", escape_terminal(diff.sides.before));
  text += yaml_member("after", escape_terminal(diff.sides.after));
  text += yaml_list("remarks", remarks);
  text += yaml_list("diff", diff_lines(diff, overview, k_test_limits));
  return text + "  ...\n";
}

}  // namespace

Result<void> write_tap(const DiffReport& report, const FaceOptions& options, const Output& out) {
  // A plan without tests would be "skipped": a test point for all those that do not differ says that they were looked
  // at.
  const bool one_for_the_rest = report.unchanged > 0 || report.snapshots.empty();
  const std::size_t tests = report.snapshots.size() + (one_for_the_rest ? 1 : 0);
  QSNAP_TRY(out(fmt::format("TAP version 14\n1..{}\n", tests)));
  std::size_t number = 0;
  for (const SnapshotDiff& diff : report.snapshots) {
    QSNAP_TRY(out(test_point(++number, diff, options.detail)));
  }
  if (one_for_the_rest) {
    QSNAP_TRY(out(fmt::format("ok {} - {}\n", tests, unchanged_words(report.unchanged))));
  }
  for (const Remark& remark : remarks_on(report)) {
    QSNAP_TRY(out(fmt::format("# {}\n", escape_terminal(remark_line(remark)))));
  }
  return {};
}

}  // namespace qsnap::report
