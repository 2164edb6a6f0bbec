// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/report/load_report.hpp>
#include <qsnap/report/outcome_report.hpp>

#include "rendered.hpp"

namespace {

using namespace qsnap::report;

SaveView save_view() {
  SaveView view;
  view.name = "test-cases/checkout";
  view.path = ".queue-snapshots/test-cases/checkout.qsnap";
  view.reason = "created";
  view.captured_at = qsnap::instant_from_ms(1'790'000'000'123);
  view.jobs = 1;
  view.queues = 2;
  view.file_bytes = 1536;
  view.raw_bytes = 20480;
  view.fingerprint = std::string(32, '\xab');
  view.capture.mode = "freeze";
  view.capture.pause = std::chrono::microseconds{1840};
  view.capture.reasons = {"it fits"};
  return view;
}

LoadView load_view() {
  LoadView view;
  view.name = "checkout";
  view.target = "127.0.0.1:6379/0";
  view.keys = 12;
  view.jobs = 3;
  return view;
}

}  // namespace

TEST_SUITE("qsnap::report::save") {
  TEST_CASE("tells what was kept, where and how") {
    CHECK(save_text(save_view(), Style{}) ==
          "saved test-cases/checkout: 1 job in 2 queues, 1.5 KiB (20 KiB before compression)\n"
          "  .queue-snapshots/test-cases/checkout.qsnap\n"
          "  new; captured 2026-09-21 14:13:20 UTC by freeze, writers paused for 1.8 ms\n");
  }

  TEST_CASE("says that the old capture stays when nothing differs") {
    SaveView view = save_view();
    view.written = false;
    CHECK(save_text(view, Style{}) ==
          "test-cases/checkout: same meaning, kept the capture of 2026-09-21 14:13:20 UTC\n");
  }

  TEST_CASE("has all of it as JSON") {
    CHECK(save_json(save_view()) ==
          R"({"schema":"qsnap.save/1","name":"test-cases/checkout",)"
          R"("path":".queue-snapshots/test-cases/checkout.qsnap","written":true,"reason":"created",)"
          R"("captured_at":"2026-09-21T14:13:20.123Z","jobs":1,"queues":2,"bytes":1536,"raw_bytes":20480,)"
          R"("fingerprint":"abababababababababababababababababababababababababababababababab",)"
          R"("storage":"git","mode":"freeze","pause_us":1840,"waited_ms":0,"reasons":["it fits"],"notes":[]})");
  }
}

TEST_SUITE("qsnap::report::load") {
  TEST_CASE("is one line when there is nothing else to say") {
    CHECK(load_text(load_view(), Style{}) == "loaded checkout into 127.0.0.1:6379/0: 12 keys, 3 jobs\n");
  }

  TEST_CASE("tells what moved, what was left out, and the way back") {
    LoadView view = load_view();
    view.shift = std::chrono::hours{-50};
    view.dropped_locks = 1;
    view.dropped_lapsed = 2;
    view.active_jobs = 1;
    view.replaced_keys = 7;
    view.backup = "/repo/.git/qsnap/backups/x.qsnap";
    CHECK(load_text(view, Style{}) ==
          "loaded checkout into 127.0.0.1:6379/0: 12 keys, 3 jobs\n"
          "  all times moved back by 2d 2h\n"
          "  left out: 1 lock, 2 keys whose expiry has passed\n"
          "  1 job is active, but no worker holds it (--active=requeue puts it back to wait)\n"
          "  deleted 7 keys that stood there before\n"
          "  to undo: git qsnap load --exact --replace /repo/.git/qsnap/backups/x.qsnap\n");
    CHECK(
        load_json(view) ==
        R"({"schema":"qsnap.load/1","name":"checkout","target":"127.0.0.1:6379/0","dry_run":false,"keys":12,"jobs":3,)"
        R"("queues":{},"dropped":{"locks":1,"dangling_ids":0,"lapsed":2},"replaced_keys":7,)"
        R"("backup":"/repo/.git/qsnap/backups/x.qsnap","time":"shift","shift_ms":-180000000,"due_shift_ms":0,)"
        R"("overdue_jobs":0,"active":"keep","active_jobs":1,"requeued_jobs":0,"lost_jobs":0,"paused":false,)"
        R"("merge":null})");
  }

  TEST_CASE("tells what a merge numbered and what it left") {
    LoadView view = load_view();
    view.merge = {3, 1, 2, 1, {"bullmq:bull:mail"}};
    const std::string text = load_text(view, Style{});
    CHECK(text.starts_with("merged checkout into"));
    CHECK(text.find("3 jobs have another number, behind those of the target") != std::string::npos);
    CHECK(text.find("left as the target has it: 2 schedules, 1 next job of a schedule, 1 key") != std::string::npos);
    CHECK(text.find("bullmq:bull:mail keeps its own pause and settings") != std::string::npos);
    CHECK(
        load_json(view).ends_with(R"("merge":{"renumbered_jobs":3,"left":{"keys":1,"schedules":2,"scheduled_jobs":1},)"
                                  R"("other_settings":["bullmq:bull:mail"]}})"));
  }

  TEST_CASE("tells what the policies did") {
    LoadView view = load_view();
    view.dry_run = true;
    view.queues = {{"bullmq:bull:mail", {{"delayed", 1}, {"waiting", 2}}}};
    view.time = "keep";
    view.overdue_jobs = 1;
    view.requeued_jobs = 2;
    view.lost_jobs = 1;
    view.paused = true;
    CHECK(load_text(view, Style{}) ==
          "would load checkout into 127.0.0.1:6379/0: 12 keys, 3 jobs\n"
          "  bullmq:bull:mail: 1 delayed, 2 waiting\n"
          "  times are as captured: 1 job is overdue, and will run at once\n"
          "  2 jobs that workers held are back in the queue, ahead of those that wait\n"
          "  1 job is in no queue, because only its worker had it: --active=requeue puts it back\n"
          "  every queue is paused\n");
    view = load_view();
    view.time = "due";
    view.due_shift = std::chrono::hours{-1};
    CHECK(load_text(view, Style{}) ==
          "loaded checkout into 127.0.0.1:6379/0: 12 keys, 3 jobs\n"
          "  what waits for its time is due now: 1h 0m ahead of it\n");
  }

  TEST_CASE("has null for a backup that was not made") {
    CHECK(load_json(load_view()).find(R"("backup":null)") != std::string::npos);
  }
}

TEST_SUITE("qsnap::report::init") {
  TEST_CASE("lists what was made, or says that nothing was missing") {
    const InitView view{"/repo/.queue-snapshots", {".queue-snapshots/config.yaml"}};
    CHECK(init_text(view, Style{}) == "made /repo/.queue-snapshots\n  .queue-snapshots/config.yaml\n");
    CHECK(init_text({"/repo/.queue-snapshots", {}}, Style{}) ==
          "/repo/.queue-snapshots: everything was there already\n");
    CHECK(init_json(view) ==
          R"({"schema":"qsnap.init/1","folder":"/repo/.queue-snapshots","created":[".queue-snapshots/config.yaml"]})");
  }
}

TEST_SUITE("qsnap::report::fsck") {
  TEST_CASE("a fix is told step by step, with what stays, and whether it was written") {
    CheckedSnapshot proposed{"test-cases/a", {}, FixView{{{"bullmq:bull:mail", "drops dangling id 17 in waiting"}}}};
    CHECK_FALSE(proposed.sound());
    CHECK(fsck_text(std::span{&proposed, 1}, Style{}) ==
          "test-cases/a: would be fixed by 1 step\n"
          "  bullmq:bull:mail: drops dangling id 17 in waiting\n"
          "nothing was written; to keep the fixed state under the same name, add --write\n");
    CheckedSnapshot written = proposed;
    written.fix->written = true;
    CHECK(written.sound());
    CHECK(fsck_json(std::span{&written, 1}) ==
          R"({"schema":"qsnap.fsck/1","snapshots":[{"name":"test-cases/a","findings":[],"fixes":)"
          R"([{"where":"bullmq:bull:mail","what":"drops dangling id 17 in waiting"}],"written":true}],"ok":true})");
    written.findings.push_back({"bullmq:bull:mail", "job 5 is in no state"});
    CHECK_FALSE(written.sound());
    CHECK(fsck_text(std::span{&written, 1}, Style{}) ==
          "test-cases/a: fixed by 1 step\n"
          "  bullmq:bull:mail: drops dangling id 17 in waiting\n"
          "what stays:\n"
          "  bullmq:bull:mail: job 5 is in no state\n"
          "1 snapshot checked, 1 finding\n");
  }

  TEST_CASE("names each finding, and is ok only without any") {
    const std::vector<CheckedSnapshot> snapshots = {
        {"test-cases/a", {}}, {"test-cases/b", {{"", "chunk 3 is broken"}, {"bullmq:bull:mail", "dangling id 17"}}}};
    CHECK(fsck_text(snapshots, Style{}) ==
          "test-cases/a: sound\n"
          "test-cases/b: 2 findings\n"
          "  chunk 3 is broken\n"
          "  bullmq:bull:mail: dangling id 17\n"
          "2 snapshots checked, 2 findings\n");
    CHECK(fsck_json(snapshots) == R"({"schema":"qsnap.fsck/1","snapshots":[{"name":"test-cases/a","findings":[]},)"
                                  R"({"name":"test-cases/b","findings":[{"where":"","what":"chunk 3 is broken"},)"
                                  R"({"where":"bullmq:bull:mail","what":"dangling id 17"}]}],"ok":false})");
    const std::span sound = std::span{snapshots}.first(1);
    CHECK(fsck_text(sound, Style{}) == "test-cases/a: sound\n1 snapshot checked, all sound\n");
    CHECK(fsck_json(sound).ends_with(R"("ok":true})"));
  }
}

TEST_SUITE("qsnap::report::verify") {
  TEST_CASE("ends with a verdict") {
    SnapshotDiff diff;
    diff.name = "test-cases/a\x1b[2J";
    diff.sides.before = "test-cases/a";
    diff.sides.after = "live";
    const auto json = [&] { return rendered([&](const Output& out) { return write_verify_json(diff, {}, out); }); };
    CHECK(verify_verdict(diff, Style{}) == "ok: test-cases/a\\x1b[2J\n");
    CHECK(json() == R"({"schema":"qsnap.verify/1","ok":true,"before":"test-cases/a","after":"live",)"
                    R"("before_consistency":"point-in-time","after_consistency":"point-in-time","capture":null,)"
                    R"("equal":true,"changes":[],)"
                    R"("queues":{},"ignored":[],"unmatched_rules":[]})"
                    "\n");
    diff.changes.list.emplace_back();
    CHECK(verify_verdict(diff, Style{}) == "not ok: test-cases/a\\x1b[2J\n");
    CHECK(json().find(R"("ok":false)") != std::string::npos);
  }
}

TEST_SUITE("qsnap::report::error") {
  TEST_CASE("has code, message and hints, and is harmless") {
    const ErrorView error{"not-found", 1, "no snapshot \x1b[31m", {"git qsnap list"}};
    CHECK(error_text(error, Style{}) == "git-qsnap: error: no snapshot \\x1b[31m\nhint: git qsnap list\n");
    CHECK(error_json(error) ==
          R"({"schema":"qsnap.error/1","code":"not-found","exit_code":1,"message":"no snapshot \u001b[31m",)"
          R"("hints":["git qsnap list"]})");
  }

  TEST_CASE("keeps hostile bytes from the terminal in every text and JSON of this page") {
    const std::string evil = "\x1b[2J\xc2\x9b\u202e\xff\n";
    SaveView saved = save_view();
    LoadView loaded = load_view();
    for (std::string* field :
         {&saved.name, &saved.path, &saved.reason, &saved.capture.mode, &loaded.name, &loaded.target}) {
      *field = evil;
    }
    loaded.backup = evil;
    const std::vector<CheckedSnapshot> checked = {{evil, {{evil, evil}}}};
    const ErrorView error{evil, 70, evil, {evil}};
    const std::vector<std::string> outputs = {
        save_text(saved, Style{}),   save_json(saved),   load_text(loaded, Style{}),         load_json(loaded),
        fsck_text(checked, Style{}), fsck_json(checked), init_text({evil, {evil}}, Style{}), init_json({evil, {evil}}),
        error_text(error, Style{}),  error_json(error)};
    for (const std::string& output : outputs) {
      CAPTURE(output);
      CHECK(std::all_of(output.begin(), output.end(), [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); }));
    }
  }
}
