// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include <qsnap/report/assert_report.hpp>

#include "rendered.hpp"

namespace {

using namespace qsnap::report;

using Face = qsnap::Result<void> (*)(const AssertView&, const FaceOptions&, const Output&);

std::string said(Face face, const AssertView& view) {
  return rendered([&](const Output& out) { return face(view, FaceOptions{}, out); });
}

AssertView missing() {
  AssertView view;
  view.name = "test-cases/checkout";
  view.holds = false;
  view.result = "missing";
  view.mode = "pending";
  view.mode_reason = "default";
  view.jobs = 3;
  view.queues = 2;
  view.fingerprint = std::string(32, '\xab');
  view.diff.emplace();
  view.diff->name = view.name;
  view.diff->status = SnapshotStatus::added;
  view.diff->changes.queues["bullmq:bull:mail"].after = {{"waiting", 2}};
  view.diff->changes.queues["bullmq:bull:video"].after = {{"failed", 1}};
  return view;
}

}  // namespace

TEST_SUITE("report::assert") {
  TEST_CASE("a missing snapshot tells what the state has, and how to go on") {
    AssertView view = missing();
    view.pending = "/r/.git/qsnap/pending/test-cases/checkout.qsnap";
    view.hints = {"git qsnap review"};
    const std::string text = said(write_assert_text, view);
    CHECK(text.starts_with("test-cases/checkout has no snapshot yet; the live state has 3 jobs in 2 queues\n"));
    CHECK(text.find("mail            waiting 2\nvideo           failed 1\n") != std::string::npos);
    CHECK(text.ends_with("pending: /r/.git/qsnap/pending/test-cases/checkout.qsnap\nhint: git qsnap review\n"));
  }

  TEST_CASE("one that is as expected is one line, but for what has to be known") {
    AssertView view = missing();
    view.holds = true;
    view.result = "as-expected";
    view.diff->status = SnapshotStatus::compared;
    CHECK(said(write_assert_text, view) == "test-cases/checkout as expected: 3 jobs in 2 queues\n");
    view.diff->changes.unmatched_rules = {"jobs.payload.nothing"};
    view.captures = 3;
    view.waited_ms = 1500;
    CHECK(said(write_assert_text, view) ==
          "test-cases/checkout as expected after 1.5s (3 looks): 3 jobs in 2 queues\n"
          "warning: the rule jobs.payload.nothing matched nothing\n");
  }

  TEST_CASE("a summary counts what changed by what it is") {
    using qsnap::diff::ChangeKind;
    using qsnap::diff::Subject;
    qsnap::diff::Changes changes;
    const auto add = [&](ChangeKind kind, Subject subject) {
      changes.list.emplace_back().kind = kind;
      changes.list.back().subject = subject;
    };
    add(ChangeKind::added, Subject::job);
    CHECK(summary_words(changes) == "1 job added");
    add(ChangeKind::added, Subject::key);
    add(ChangeKind::changed, Subject::job);
    add(ChangeKind::priority_changed, Subject::job);
    add(ChangeKind::payload_changed, Subject::job);
    add(ChangeKind::priority_changed, Subject::job);
    add(ChangeKind::added, Subject::job);
    add(ChangeKind::paused, Subject::queue);
    CHECK(summary_words(changes) ==
          "2 jobs added, 1 key added, 1 payload changed, 2 priorities changed, 1 queue paused, 1 job changed");
  }

  TEST_CASE("the first examples of a broken invariant are shown, and the others counted") {
    AssertView view = missing();
    view.name.clear();
    view.result = "as-expected";
    view.diff.reset();
    view.contract = {
        {"no failures", "c.yaml", "expected 0, found 9", 3, false, false, {"a", "b", "c", "d", "e", "f"}, 9}};
    const std::string text = said(write_assert_text, view);
    CHECK(text.starts_with("the contract is broken: 1 of 1 invariant\n"));
    CHECK(text.find("broken: no failures: expected 0, found 9\n  c.yaml:3\n  a\n") != std::string::npos);
    CHECK(text.find("  e\n  … and 4 more jobs\n") != std::string::npos);
  }

  TEST_CASE("no face lets through what commands a terminal") {
    AssertView view = missing();
    const std::string evil = "\x1b[2J\x9b\n\r\xe2\x80\xae";
    view.test = evil;
    view.warnings = {evil};
    view.hints = {evil};
    view.pending = evil;
    view.contract = {{evil, evil, evil, 1, false, false, {evil}, 1}};
    view.diff->changes.queues["bullmq:bull:" + evil].after = {{evil, 2}};
    for (const Face face : {&write_assert_text, &write_assert_json}) {
      const std::string text = said(face, view);
      CHECK(text.find('\x1b') == std::string::npos);
      CHECK(text.find('\r') == std::string::npos);
      CHECK(text.find("\xe2\x80\xae") == std::string::npos);
    }
  }

  TEST_CASE("the JSON has the text whole, and null where there is nothing") {
    const std::string json = said(write_assert_json, missing());
    CHECK(json.starts_with(R"({"schema":"qsnap.assert/1","ok":false,"name":"test-cases/checkout","result":"missing")"));
    CHECK(json.find(R"("message":"test-cases/checkout has no snapshot yet;)") != std::string::npos);
    CHECK(json.find(R"("test":null,"pending":null)") != std::string::npos);
    CHECK(
        json.find(R"("new_state":{"bullmq:bull:mail":{"waiting":2},"bullmq:bull:video":{"failed":1}},"diff":null})") !=
        std::string::npos);
  }
}
