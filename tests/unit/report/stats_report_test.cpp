// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/report/prometheus.hpp>
#include <qsnap/report/stats_report.hpp>

namespace {

using namespace qsnap::report;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

JobStats mail_jobs() {
  JobStats jobs;
  jobs.with_error = 2;
  jobs.retried = 1;
  jobs.retries = 3;
  jobs.payloads = {3, 3000, 2000, "7"};
  jobs.due = {2, 1, -5'000, 3'600'000};
  return jobs;
}

SnapshotStats flow() {
  SnapshotStats stats;
  stats.name = "test-cases/flow";
  stats.captured_at = qsnap::instant_from_ms(1'790'000'000'123);
  stats.sizes.document = 40'960;
  stats.sizes.file = 4'096;
  stats.sizes.is_packed = true;
  stats.sizes.stored = 41'000;
  stats.sizes.git = 512;
  stats.sizes.sections = {{qsnap::model::Section::jobs, 3, 40'000}, {qsnap::model::Section::workers, 0, 0}};
  stats.jobs = 3;
  stats.queues = {{{"bullmq:bull:mail", true, {{"delayed", 1}, {"failed", 2}}}, {}}};
  return stats;
}

SnapshotStats flow_with_jobs() {
  SnapshotStats stats = flow();
  stats.has_contents = true;
  stats.queues[0].contents = mail_jobs();
  return stats;
}

SnapshotStats broken() {
  SnapshotStats stats;
  stats.name = "test-cases/torn";
  stats.problem = "is truncated\x1b[31m";
  return stats;
}

VersionStats version(std::string id, std::uint64_t jobs, std::uint64_t bytes) {
  VersionStats stats;
  stats.commit = {std::string(40, 'a'), std::move(id), "Ada", "Mail is\nretried",
                  qsnap::instant_from_ms(1'790'000'000'000)};
  stats.jobs = jobs;
  stats.document_bytes = bytes;
  stats.git_bytes = 100;
  return stats;
}

}  // namespace

TEST_SUITE("qsnap::report::stats") {
  TEST_CASE("all snapshots are a table with their sum, and what cannot be read stands below it") {
    CHECK(stats_text(std::vector{flow(), broken()}, Sparklines::none, {}) ==
          R"(snapshot         jobs  document     file   saved  in Git  captured (UTC)
test-cases/flow     3    40 KiB  4.0 KiB  90.0 %   512 B  2026-09-21 14:13
2 snapshots         3    40 KiB  4.0 KiB  90.0 %   512 B
test-cases/torn  is truncated\x1b[31m
)");
  }

  TEST_CASE("without a snapshot the next command is told") {
    CHECK(contains(stats_text({}, Sparklines::none, {}), "git qsnap save"));
    CHECK(stats_json({}) == R"({"schema":"qsnap.stats/1","snapshots":[]})");
    CHECK(stats_prometheus({}).empty());
  }

  TEST_CASE("a snapshot whose jobs were read is told with errors, payloads and when they are due") {
    const std::string text = stats_text(std::vector{flow_with_jobs()}, Sparklines::none, {});
    CHECK(contains(text, "4.0 KiB, 90.0 % saved; 40 KiB in the stored form"));
    CHECK(contains(text, "bullmq: 3 jobs in 1 queue"));
    CHECK(contains(text, "2 jobs with an error, 1 retried (3 retries)"));
    CHECK(contains(text, "2.9 KiB in 3 jobs, 1000 B on average, 2.0 KiB the largest (job 7)"));
    CHECK(contains(text, "2 jobs: from 5s before to 1h after the capture; 1 overdue"));
    CHECK(contains(text, "  paused\n  1 delayed, 2 failed\n"));
  }

  TEST_CASE("sums are over all queues, and the largest payload is one of them") {
    SnapshotStats stats = flow_with_jobs();
    stats.queues.push_back(stats.queues[0]);
    stats.queues[1].contents->payloads = {1, 5'000, 5'000, "big"};
    stats.queues[1].contents->due = {};
    const JobStats sum = *stats.contents();
    CHECK(sum.retries == 6);
    CHECK(sum.payloads.bytes == 8'000);
    CHECK(sum.payloads.largest_job == "big");
    CHECK(sum.due.earliest_ms == -5'000);
    CHECK(sum.due.jobs == 2);
  }

  TEST_CASE("sums of what a hostile document claims stay integers that JSON readers take") {
    constexpr std::uint64_t k_most = 9'223'372'036'854'775'807U;
    SnapshotStats stats = flow_with_jobs();
    stats.queues[0].add({"bullmq:bull:mail", false, {{"failed", k_most}}});
    stats.queues[0].contents->retries = k_most;
    stats.queues[0].contents->add(mail_jobs());
    const std::string json = stats_json(std::vector{stats});
    CHECK(contains(json, R"("counts":{"delayed":1,"failed":9223372036854775807})"));
    CHECK(contains(json, R"("retries":9223372036854775807)"));
    CHECK(contains(json, R"("paused":true,"jobs":9223372036854775807)"));
  }

  TEST_CASE("growth is numbers everywhere, and drawn where the terminal can") {
    SnapshotStats stats = flow_with_jobs();
    VersionStats deleted = version("3333333", 0, 0);
    deleted.problem = "deleted";
    stats.growth = GrowthStats{
        {version("4444444", 12, 4'096), deleted, version("2222222", 5, 1'024), version("1111111", 4, 512)}, 2};
    const std::string plain = stats_text(std::vector{stats}, Sparklines::none, {});
    CHECK(contains(plain, "6 versions, 512 B → 4.0 KiB\n"));
    CHECK(contains(plain, "     5  +1   1.0 KiB   100 B  2222222 Mail is\\nretried"));
    CHECK(contains(plain, "3333333 deleted"));
    CHECK(contains(plain, "2 versions older"));
    CHECK(contains(stats_text(std::vector{stats}, Sparklines::drawn, {}), "512 B → 4.0 KiB  ▁▂ █\n"));
  }

  TEST_CASE("a sparkline goes from the least to the most, with a gap for what is not known") {
    CHECK(sparkline(std::vector<std::optional<std::uint64_t>>{0, 50, {}, 100}) == "▁▄ █");
    CHECK(sparkline(std::vector<std::optional<std::uint64_t>>{7, 7}) == "▄▄");
    CHECK(sparkline({}).empty());
  }

  TEST_CASE("Prometheus has HELP and TYPE before the samples, and none for what was not read") {
    const std::string page = stats_prometheus(std::vector{flow_with_jobs(), broken()});
    CHECK(contains(page, R"(# HELP qsnap_snapshot_readable Whether the snapshot can be read.
# TYPE qsnap_snapshot_readable gauge
qsnap_snapshot_readable{snapshot="test-cases/flow"} 1
qsnap_snapshot_readable{snapshot="test-cases/torn"} 0
)"));
    CHECK(
        contains(page, R"(qsnap_snapshot_jobs{snapshot="test-cases/flow",queue="bullmq:bull:mail",state="failed"} 2)"));
    CHECK(contains(
        page, "qsnap_snapshot_due_earliest_seconds{snapshot=\"test-cases/flow\",queue=\"bullmq:bull:mail\"} -5.000\n"));
    CHECK(contains(page, "qsnap_snapshot_captured_timestamp_seconds{snapshot=\"test-cases/flow\"} 1790000000.123\n"));
    CHECK_FALSE(contains(stats_prometheus(std::vector{flow()}), "payload"));
  }

  TEST_CASE("labels are escaped, and different queues stay different series") {
    SnapshotStats stats = flow();
    stats.name = "./a\"b\\c%.qsnap";
    stats.queues = {{{"bullmq:bull:a\nb\x1b", false, {{"x\"", 1}}}, {}}, {{"bullmq:bull:\xff", false, {{"x", 1}}}, {}}};
    const std::string page = stats_prometheus(std::vector{stats});
    CHECK(contains(page, R"(snapshot="./a\"b\\c%25.qsnap",queue="bullmq:bull:a%0Ab%1B",state="x\""} 1)"));
    CHECK(contains(page, R"(queue="bullmq:bull:%FF",state="x"} 1)"));
    CHECK_FALSE(contains(page, "\x1b"));
  }
}
