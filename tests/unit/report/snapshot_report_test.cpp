// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>
#include <qsnap/report/snapshot_report.hpp>

namespace {

using namespace qsnap::report;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

SnapshotView checkout() {
  SnapshotView view;
  view.name = "test-cases/checkout";
  view.metadata.captured_at = qsnap::instant_from_ms(1'790'000'000'123);
  view.metadata.description = "after the first order";
  view.metadata.tags = {"nightly", "shop"};
  view.metadata.frameworks = {{"bullmq", "bull", "6.7.0"}};
  view.queues = {{"bullmq:bull:email", false, {{"completed", 80}, {"failed", 1}, {"waiting", 40}}},
                 {"bullmq:bull:idle", true, {}}};
  view.jobs = 121;
  view.keys = 1;
  view.file_bytes = 2048;
  view.raw_bytes = 40960;
  view.fingerprint = std::string(32, '\x01');
  return view;
}

std::vector<JobRow> rows() {
  JobRow waiting{"bullmq:bull:email", "waiting", "7", "send", R"({"to":"ada@example.org"})", 0, "", {}};
  JobRow failed{"bullmq:bull:email", "failed", "12", "digest", "{}", 3, "SmtpError: 421", {}};
  failed.due_at = qsnap::instant_from_ms(1'790'000'000'123);
  return {failed, waiting};
}

}  // namespace

TEST_SUITE("qsnap::report::snapshot_text") {
  TEST_CASE("shows what a snapshot is and how its queues stand") {
    CHECK(snapshot_text(checkout(), Style{false, 40}) == R"(test-cases/checkout
             after the first order
captured     2026-09-21 14:13:20 UTC
scope        the whole database
frameworks   bullmq:bull 6.7.0
tags         nightly, shop
holds        121 jobs in 2 queues, and other keys as they are (1 record)
size         2.0 KiB (40 KiB before compression)
fingerprint  0101010101010101010101010101010101010101010101010101010101010101

bullmq:bull:email
  completed  80  ███████████████████████
  failed      1  ▎
  waiting    40  ███████████▌

bullmq:bull:idle  paused  no jobs
)");
  }

  TEST_CASE("has numbers alone where bars do not fit") {
    const std::string text = snapshot_text(checkout(), Style{false, 20});
    CHECK_FALSE(contains(text, "█"));
    CHECK(contains(text, "  completed  80\n"));
  }

  TEST_CASE("keeps count rows within the width, whatever the counts") {
    SnapshotView view = checkout();
    view.queues[0].states.push_back({"waiting-children", 18'000'000'000'000'000'000ULL});
    for (const int width : {30, 45, 80, 200}) {
      const std::string text = snapshot_text(view, Style{false, width});
      const std::size_t at = text.find("  waiting-children");
      CHECK(display_width(text.substr(at, text.find('\n', at) - at)) <= std::max(width, 40));
    }
  }

  TEST_CASE("says when it is no point in time, and what the scope was") {
    SnapshotView view = checkout();
    view.metadata.consistency = qsnap::model::Consistency::none;
    view.metadata.scope = {{"bull:"}, {"email", "payments"}};
    const std::string text = snapshot_text(view, Style{});
    CHECK(contains(text, "(not a point in time)"));
    CHECK(contains(text, "keys that start with bull:; queues email, payments"));
  }
}

TEST_SUITE("qsnap::report::jobs_text") {
  TEST_CASE("groups by queue and state, aligns, and cuts what does not fit") {
    CHECK(jobs_text(rows(), 2, {}, Style{false, 72}) ==
          "bullmq:bull:email\n"
          "  failed\n"
          "    12  digest  3 retries  due 2026-09-21 14:13:20 UTC  SmtpError: 421 …\n"
          "  waiting\n"
          "    7   send    {\"to\":\"ada@example.org\"}\n");
  }

  TEST_CASE("says a queue and a state once, also when the rows come in several pieces") {
    const std::vector<JobRow> failed = {rows().front()};
    CHECK(jobs_text(failed, 1, {"bullmq:bull:email", "failed"}, Style{}).starts_with("    12  digest"));
    CHECK(jobs_text(failed, 1, {"bullmq:bull:email", "active"}, Style{}).starts_with("  failed\n    12"));
    CHECK(jobs_text(failed, 1, {"bullmq:bull:mail", "failed"}, Style{}).starts_with("\nbullmq:bull:email\n  failed\n"));
  }

  TEST_CASE("says how many there are beyond those shown") {
    CHECK(jobs_text(rows(), 3, {}, Style{}).ends_with("    … and 1 more job (--state waiting shows all)\n"));
    CHECK(jobs_text({}, 0, {}, Style{}) == "no jobs\n");
  }

  TEST_CASE("has a dash for a job without an id") {
    std::vector<JobRow> jobs = rows();
    jobs[0].id.clear();
    CHECK(contains(jobs_text(jobs, 2, {}, Style{}), "    -  digest"));
  }

  TEST_CASE("is one line for each job, however hostile") {
    std::vector<JobRow> jobs = rows();
    jobs[0].id = jobs[0].name = jobs[0].error = jobs[0].queue = jobs[0].state = "\x1b[2J\n\u202e\xff";
    jobs[0].payload = "\"\xc2\x9b\u200b\"";
    const std::string text = jobs_text(jobs, 2, {}, Style{false, 400});
    CHECK(std::count(text.begin(), text.end(), '\n') == 7);
    for (const std::string_view part : {"\x1b", "\u202e", "\xff", "\xc2\x9b", "\u200b"}) {
      CHECK_FALSE(contains(text, part));
    }
  }
}

TEST_SUITE("qsnap::report::snapshot_json") {
  TEST_CASE("has the view, and jobs only when asked for") {
    const std::string json = snapshot_json(checkout(), {});
    CHECK(json ==
          R"({"schema":"qsnap.show/1","name":"test-cases/checkout","captured_at":"2026-09-21T14:13:20.123Z",)"
          R"("consistency":"point-in-time","description":"after the first order","tags":["nightly","shop"],)"
          R"("scope":{"prefixes":[],"queues":[]},)"
          R"("frameworks":[{"name":"bullmq","namespace":"bull","version":"6.7.0"}],)"
          R"("queues":[{"queue":"bullmq:bull:email","paused":false,"counts":{"completed":80,"failed":1,"waiting":40}},)"
          R"({"queue":"bullmq:bull:idle","paused":true,"counts":{}}],)"
          R"("job_count":121,"key_count":1,"bytes":2048,"raw_bytes":40960,)"
          R"("fingerprint":"0101010101010101010101010101010101010101010101010101010101010101","capture":null})");
    CHECK(contains(snapshot_json(checkout(), rows()),
                   R"("jobs":[{"queue":"bullmq:bull:email","state":"failed","id":"12","name":"digest","payload":{},)"
                   R"("retry_count":3,"error":"SmtpError: 421","due_at":"2026-09-21T14:13:20.123Z"},)"));
  }
}

TEST_SUITE("qsnap::report::list") {
  TEST_CASE("has a row for each snapshot, also for a broken one") {
    std::vector<ListedSnapshot> listed = {{"baselines/dev", {}, "the index is broken", {}, {}},
                                          {"test-cases/checkout", checkout(), "", {}, {}}};
    CHECK(list_text(listed, "", Style{false, 120}) ==
          "baselines/dev        the index is broken\n"
          "test-cases/checkout  2026-09-21 14:13:20 UTC    121 jobs   2.0 KiB  after the first order\n");
    const std::string json = list_json(listed);
    CHECK(json.starts_with(R"({"schema":"qsnap.list/1","snapshots":[{"name":"baselines/dev",)"
                           R"("problem":"the index is broken"},{"name":"test-cases/checkout","captured_at")"));
  }

  TEST_CASE("teaches when there is none") {
    CHECK(contains(list_text({}, "", Style{}), "git qsnap save NAME"));
    CHECK(list_text({}, "hist*\x1b[2J", Style{}) == "no snapshot matches hist*" + escape_terminal("\x1b[2J") + "\n");
    CHECK(list_json({}) == R"({"schema":"qsnap.list/1","snapshots":[]})");
  }
}
