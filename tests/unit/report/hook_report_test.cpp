// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <qsnap/report/hook_report.hpp>

using namespace qsnap::report;
using Kind = HookFinding::Kind;
using Weight = HookFinding::Weight;

namespace {

HookView view_of(std::string hook, std::vector<HookFinding> findings = {}) {
  HookView view;
  view.hook = std::move(hook);
  view.findings = std::move(findings);
  return view;
}

}  // namespace

TEST_SUITE("hook report") {
  TEST_CASE("says nothing where there is nothing to say") {
    CHECK(hook_text(view_of("pre-commit"), {}).empty());
    CHECK_FALSE(view_of("pre-commit").refused());
  }

  TEST_CASE("names what is refused, each finding and what to do") {
    HookView view = view_of("pre-push", {{Kind::conflicts, Weight::refused, "a.qsnap", "", "has conflicts"},
                                         {Kind::size, Weight::warning, "b.qsnap", "", "is large"},
                                         {Kind::secret, Weight::refused, "c.qsnap", "jobs.payload.x", "looks bad"}});
    view.advice = {"do this"};
    CHECK(view.refused());
    CHECK(hook_text(view, {}) ==
          "git-qsnap: this push is refused\n"
          "  refused: a.qsnap: has conflicts\n"
          "  warning: b.qsnap: is large\n"
          "  refused: c.qsnap: jobs.payload.x: looks bad\n"
          "  hint: do this\n");
    view.hook = "pre-merge-commit";
    CHECK(hook_text(view, {}).starts_with("git-qsnap: this merge is refused\n"));
  }

  TEST_CASE("warnings alone refuse nothing") {
    const HookView view = view_of("pre-commit", {{Kind::size, Weight::warning, "b.qsnap", "", "is large"}});
    CHECK_FALSE(view.refused());
    CHECK(hook_text(view, {}) == "git-qsnap: about the snapshots:\n  warning: b.qsnap: is large\n");
    CHECK(hook_json(view).find(R"("ok":true)") != std::string::npos);
  }

  TEST_CASE("tells changed snapshots in one line, the first five by name") {
    HookView view = view_of("post-merge");
    view.changes = {{"a", HookChange::Kind::changed}, {"b", HookChange::Kind::added}};
    CHECK(hook_text(view, {}) == "git-qsnap: 2 snapshots changed: a, b (added)\n");
    view.changes.assign(7, {"c", HookChange::Kind::removed});
    CHECK(hook_text(view, {}) ==
          "git-qsnap: 7 snapshots changed: c (removed), c (removed), c (removed), c (removed), c (removed), and 2 "
          "more\n");
  }

  TEST_CASE("escapes names, in text and in JSON") {
    HookView view = view_of("pre-commit", {{Kind::broken, Weight::refused, "\x1b[31m\n.qsnap", "\xff", "\x07"}});
    view.changes = {{"\x1b]0;x", HookChange::Kind::added}};
    view.notes = {"\x1b"};
    view.advice = {"\x1b"};
    for (const std::string& out : {hook_text(view, {}), hook_json(view)}) {
      CAPTURE(out);
      CHECK(out.find('\x1b') == std::string::npos);
      CHECK(out.find('\x07') == std::string::npos);
      CHECK(out.find('\xff') == std::string::npos);
    }
  }
}
