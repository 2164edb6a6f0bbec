// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/report/promote_report.hpp>

using namespace qsnap::report;

namespace {

PromoteView view_of(std::size_t conflicts) {
  PromoteView view;
  view.set = "it's $(mine)";
  view.target = "default";
  for (std::size_t i = 0; i < conflicts; ++i) {
    const std::string name = fmt::format("test-cases/a{}", i);
    view.snapshots.push_back({name, PromotedAs::conflict, {}, 1, name, {}, {}});
  }
  return view;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("report::promote_text") {
  TEST_CASE("the commands that lead on can be typed: few names, else all, and no set's name says more to a shell") {
    const std::string few = promote_text(view_of(2), Style{});
    CHECK(has(few, "git qsnap resolve test-cases/a0 test-cases/a1 -i | --ours"));
    CHECK(has(few, "then again: git qsnap set promote 'it'\\''s $(mine)'\n"));
    const std::string many = promote_text(view_of(9), Style{});
    CHECK(has(many, "git qsnap resolve --all -i | --ours"));
  }

  TEST_CASE("what the set has removed and the target changed is told with the files that decide") {
    PromoteView view = view_of(0);
    view.snapshots.push_back({"test-cases/a", PromotedAs::kept, {}, 0, "test-cases/a", "set/a.removed", "a.qsnap"});
    view.snapshots.push_back({"test-cases/b", PromotedAs::kept, {}, 0, "test-cases/b", "set/b.removed", {}});
    const std::string text = promote_text(view, Style{});
    CHECK(has(text, "git rm set/a.removed keeps test-cases/a; git rm a.qsnap removes it\n"));
    CHECK(has(text, "git rm set/b.removed keeps test-cases/b\n"));
  }
}
