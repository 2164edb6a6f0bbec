// SPDX-License-Identifier: Apache-2.0
#include <qsnap/report/junit_parts.hpp>

namespace qsnap::report {

namespace {

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

}  // namespace

void set_counts(pugi::xml_node node, const TestCounts& counts) {
  set_attribute(node, "name", "git-qsnap");
  set_attribute(node, "tests", std::to_string(counts.tests));
  set_attribute(node, "failures", std::to_string(counts.failures));
  set_attribute(node, "errors", "0");
  set_attribute(node, "skipped", std::to_string(counts.skipped));
  set_attribute(node, "time", "0");
}

pugi::xml_node append_testcase(pugi::xml_node suite, const std::string& folder, const std::string& name) {
  pugi::xml_node test = suite.append_child("testcase");
  set_attribute(test, "classname", folder);
  set_attribute(test, "name", name);
  set_attribute(test, "time", "0");
  return test;
}

Result<void> write_document(const pugi::xml_document& document, const Output& out) {
  OutputWriter writer{out};
  document.save(writer, "  ", pugi::format_indent, pugi::encoding_utf8);
  return writer.result();
}

}  // namespace qsnap::report
