// SPDX-License-Identifier: Apache-2.0
// report_page rich|range|hostile|equal|many [COUNT]: an HTML report on stdout, for tests that look at it with a browser
// or a parser, and for the pictures in docs/images.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include <support/report_pages.hpp>

#include <qsnap/report/diff_faces.hpp>

namespace {

using namespace qsnap;

report::DiffReport page(std::string_view name, int count) {
  if (name == "hostile") {
    return test::hostile_page();
  }
  if (name == "many") {
    return test::many_changes(count);
  }
  report::DiffReport report = name == "range" ? test::rich_range() : test::rich_report();
  if (name == "equal") {
    report.snapshots.front().changes.list.clear();
  }
  return report;
}

Result<void> print(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size()
             ? Result<void>{}
             : Result<void>{make_error(ErrorCode::io, "cannot write to the standard output")};
}

}  // namespace

int main(int argc, char** argv) try {
  constexpr int k_many = 5000;
  const report::DiffReport report = page(argc > 1 ? argv[1] : "rich", argc > 2 ? std::atoi(argv[2]) : k_many);
  return report::write_html(report, {}, print) ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "report_page: %s\n", error.what());
  return 1;
}
