// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pugixml.hpp>

#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/report_words.hpp>
#include <qsnap/report/test_verdict.hpp>

namespace qsnap::report {

namespace {

/// pugixml escapes markup, but passes on bytes that are no UTF-8 and writes references to control characters, neither
/// of which is XML 1.0: escape_terminal has made both visible in all texts before.
void set_attribute(pugi::xml_node node, const char* name, const std::string& text) {
  node.append_attribute(name).set_value(text.c_str());
}

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
  pugi::xml_node test = suite.append_child("testcase");
  set_attribute(test, "classname", name.folder);
  set_attribute(test, "name", name.name);
  set_attribute(test, "time", "0");
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

/// Lets pugixml write piece by piece, and keeps the first failure, since its interface has no way to return one.
class OutputWriter : public pugi::xml_writer {
 public:
  explicit OutputWriter(const Output& out) : m_out(out) {}

  void write(const void* data, std::size_t size) override {
    if (m_result) {
      m_result = m_out({static_cast<const char*>(data), size});
    }
  }
  [[nodiscard]] const Result<void>& result() const { return m_result; }

 private:
  const Output& m_out;
  Result<void> m_result;
};

void set_counts(pugi::xml_node node, std::size_t tests, std::size_t failures) {
  set_attribute(node, "name", "git-qsnap");
  set_attribute(node, "tests", std::to_string(tests));
  set_attribute(node, "failures", std::to_string(failures));
  set_attribute(node, "errors", "0");
  set_attribute(node, "skipped", "0");
  set_attribute(node, "time", "0");
}

}  // namespace

Result<void> write_junit(const DiffReport& report, const FaceOptions& options, const Output& out) {
  // Some readers take a file without tests for a broken run, so all those that do not differ are one.
  const bool one_for_the_rest = report.unchanged > 0 || report.snapshots.empty();
  const std::size_t tests = report.snapshots.size() + (one_for_the_rest ? 1 : 0);
  const auto failures = static_cast<std::size_t>(std::count_if(
      report.snapshots.begin(), report.snapshots.end(), [](const SnapshotDiff& diff) { return !diff.is_equal(); }));
  pugi::xml_document document;
  pugi::xml_node suites = document.append_child("testsuites");
  set_counts(suites, tests, failures);
  pugi::xml_node suite = suites.append_child("testsuite");
  set_counts(suite, tests, failures);
  for (const SnapshotDiff& diff : report.snapshots) {
    append_test(suite, diff, options.detail);
  }
  if (one_for_the_rest) {
    pugi::xml_node test = suite.append_child("testcase");
    set_attribute(test, "classname", "snapshots");
    set_attribute(test, "name", unchanged_words(report.unchanged));
    set_attribute(test, "time", "0");
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
  OutputWriter writer{out};
  document.save(writer, "  ", pugi::format_indent, pugi::encoding_utf8);
  return writer.result();
}

}  // namespace qsnap::report
