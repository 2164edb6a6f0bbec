// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <pugixml.hpp>

#include <qsnap/report/output.hpp>

/// What documents of JUnit have in common. Internal to report.
namespace qsnap::report {

/// pugixml escapes markup, but passes on bytes that are no UTF-8 and writes references to control characters, neither
/// of which is XML 1.0: escape_terminal has made both visible in all texts before.
inline void set_attribute(pugi::xml_node node, const char* name, const std::string& text) {
  node.append_attribute(name).set_value(text.c_str());
}

struct TestCounts {
  std::size_t tests = 0, failures = 0, skipped = 0;
};
/// What <testsuites> and <testsuite> begin with.
void set_counts(pugi::xml_node node, const TestCounts& counts);

/// A <testcase> at the end of a suite.
pugi::xml_node append_testcase(pugi::xml_node suite, const std::string& folder, const std::string& name);

/// The document, piece by piece.
Result<void> write_document(const pugi::xml_document& document, const Output& out);

}  // namespace qsnap::report
