// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include <qsnap/report/capture_report.hpp>
#include <qsnap/report/diff_faces.hpp>

#include "rendered.hpp"

using namespace qsnap::report;
using qsnap::model::Consistency;

namespace {

CaptureView forked() {
  CaptureView view;
  view.mode = "fork";
  view.pause = std::chrono::microseconds{9840};
  view.waited = std::chrono::milliseconds{5012};
  view.reasons = {"the database has 1000108 keys", "\x1b[2J"};
  return view;
}

}  // namespace

TEST_SUITE("qsnap::report::capture") {
  TEST_CASE("says in a few words what each mode cost") {
    CHECK(capture_words(forked()) == "the server forked in 9.8 ms, 5.0 s after it was asked");
    CaptureView view = forked();
    view.waited = {};
    CHECK(capture_words(view) == "the server forked in 9.8 ms");
    view.mode = "freeze";
    CHECK(capture_words(view) == "writers paused for 9.8 ms");
    view.pause = {};
    CHECK(capture_words(view) == "writers were not paused");
    view.mode = "none";
    CHECK(capture_words(view) == "read once, not as a point in time");
  }

  TEST_CASE("explains with a line for each reason, none of which can command the terminal") {
    CHECK(capture_text(forked(), Style{}) ==
          "  capture by fork: the server forked in 9.8 ms, 5.0 s after it was asked\n"
          "    the database has 1000108 keys\n"
          "    \\x1b[2J\n");
  }

  TEST_CASE("is a member of JSON, null where nothing live was read") {
    qsnap::JsonWriter json;
    json.begin_object();
    write_capture(json, std::nullopt);
    json.end_object();
    CHECK(json.text() == R"({"capture":null})");
  }

  TEST_CASE("a side that is no point in time is a warning and a member") {
    DiffReport report;
    report.snapshots.push_back({"test-cases/idle", "", SnapshotStatus::compared, {"idle", "live"}, {}, ""});
    const auto text = [&] { return rendered([&](const Output& out) { return write_text(report, {}, out); }); };
    CHECK(text().find("point in time") == std::string::npos);
    Sides& sides = report.snapshots.front().sides;
    sides.before_consistency = Consistency::none;
    sides.capture = forked();
    CHECK(text().ends_with("warning: idle is not a point in time (--consistency=none)\n"));
    const std::string json = rendered([&](const Output& out) { return write_json(report, out); });
    CHECK(json.find(R"("before_consistency":"none","after_consistency":"point-in-time")") != std::string::npos);
    CHECK(json.find(R"("capture":{"mode":"fork","pause_us":9840,"waited_ms":5012,"reasons":["the database has)") !=
          std::string::npos);
  }
}
