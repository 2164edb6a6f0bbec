// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/junit_parts.hpp>
#include <qsnap/report/report_words.hpp>
#include <qsnap/report/test_verdict.hpp>

namespace qsnap::report {

namespace {

struct TestName {
  std::string folder;
  std::string name;
};

/// "test-cases/checkout-flow" is checkout-flow in test-cases. What compares two files has a name of two paths.
TestName test_name(const SnapshotDiff& diff) {
  constexpr std::string_view k_no_folder = "snapshots";
  const std::size_t slash = diff.name.rfind('/');
  const bool is_path = diff.name.find(" → ") == std::string::npos && slash != std::string::npos;
  if (!is_path) {
    return {std::string{k_no_folder}, escape_terminal(diff.name)};
  }
  return {escape_terminal(diff.name.substr(0, slash)), escape_terminal(diff.name.substr(slash + 1))};
}

std::string failure_text(const SnapshotDiff& diff, const Overview& overview) {
  std::string text = fmt::format("{}\n{}\n", short_verdict(diff, overview), sides_text(diff.sides));
  for (const Remark& remark : remarks_and_rules_on(diff)) {
    text += escape_terminal(remark_line(remark)) + "\n";
  }
  return fmt::format("{}\n{}\n", text, fmt::join(diff_lines(diff, overview, k_test_limits), "\n"));
}

void append_test(pugi::xml_node suite, const SnapshotDiff& diff, Detail detail) {
  const TestName name = test_name(diff);
  pugi::xml_node test = append_testcase(suite, name.folder, name.name);
  if (!diff.file.empty()) {
    set_attribute(test, "file", escape_terminal(diff.file));
  }
  if (diff.is_equal()) {
    return;
  }
  const Overview overview = overview_of(diff, detail);
  pugi::xml_node failure = test.append_child("failure");
  set_attribute(failure, "type", std::string{failure_type(diff.status)});
  set_attribute(failure, "message", short_verdict(diff, overview));
  failure.append_child(pugi::node_pcdata).set_value(failure_text(diff, overview).c_str());
}

}  // namespace

Result<void> write_junit(const DiffReport& report, const FaceOptions& options, const Output& out) {
  // Some readers take a file without tests for a broken run, so all those that do not differ are one.
  const bool one_for_the_rest = report.unchanged > 0 || report.snapshots.empty();
  TestCounts counts;
  counts.tests = report.snapshots.size() + (one_for_the_rest ? 1 : 0);
  counts.failures = static_cast<std::size_t>(std::count_if(report.snapshots.begin(), report.snapshots.end(),
                                                           [](const SnapshotDiff& diff) { return !diff.is_equal(); }));
  pugi::xml_document document;
  pugi::xml_node suites = document.append_child("testsuites");
  set_counts(suites, counts);
  pugi::xml_node suite = suites.append_child("testsuite");
  set_counts(suite, counts);
  for (const SnapshotDiff& diff : report.snapshots) {
    append_test(suite, diff, options.detail);
  }
  if (one_for_the_rest) {
    append_testcase(suite, "snapshots", unchanged_words(report.unchanged));
  }
  std::string remarks;
  for (const SnapshotDiff& diff : report.snapshots) {
    const std::vector<Remark> own = diff.is_equal() ? remarks_and_rules_on(diff) : std::vector<Remark>{};
    for (const Remark& remark : own) {
      remarks += escape_terminal(fmt::format("{}: {}", diff.name, remark_line(remark))) + "\n";
    }
  }
  for (const Remark& remark : remarks_on(report)) {
    remarks += escape_terminal(remark_line(remark)) + "\n";
  }
  if (!remarks.empty()) {
    suite.append_child("system-out").append_child(pugi::node_pcdata).set_value(remarks.c_str());
  }
  return write_document(document, out);
}

}  // namespace qsnap::report
