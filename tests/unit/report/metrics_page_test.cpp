// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include <qsnap/report/count_metrics.hpp>

namespace qsnap::report {

using Metric = MetricsPage::Metric;

TEST_SUITE("report::MetricsPage") {
  TEST_CASE("counters add up, gauges are replaced, and each metric has its head once") {
    MetricsPage page;
    page.note(Metric::snapshot_bytes, "test-cases/a", 10);
    page.note(Metric::snapshot_bytes, "test-cases/a", 7);
    page.note(Metric::commands_total, "save");
    page.note(Metric::commands_total, "assert");
    page.note(Metric::commands_total, "assert", 2);
    page.note(Metric::command_seconds_total, "assert", 1234);
    page.note(Metric::loads_total, "load", 0);
    page.note_failure("assert", "differs");
    CHECK(page.text() ==
          "# HELP qsnap_commands_total Commands that were run.\n"
          "# TYPE qsnap_commands_total counter\n"
          "qsnap_commands_total{command=\"assert\"} 3\n"
          "qsnap_commands_total{command=\"save\"} 1\n"
          "# HELP qsnap_command_seconds_total How long commands took, together.\n"
          "# TYPE qsnap_command_seconds_total counter\n"
          "qsnap_command_seconds_total{command=\"assert\"} 1.234\n"
          "# HELP qsnap_failures_total Commands that did not end with 0.\n"
          "# TYPE qsnap_failures_total counter\n"
          "qsnap_failures_total{command=\"assert\",reason=\"differs\"} 1\n"
          "# HELP qsnap_snapshot_bytes Size of the state as a file, when it was captured last.\n"
          "# TYPE qsnap_snapshot_bytes gauge\n"
          "qsnap_snapshot_bytes{snapshot=\"test-cases/a\"} 7\n");
  }

  TEST_CASE("a page is read back from its own text, and goes on") {
    MetricsPage page;
    for (const auto* name : {"a\"b\\c", "\x1b[31m", "\xff", "100%", "} 5", "x\",reason=\"y"}) {
      page.note(Metric::snapshot_jobs, name, 0);
      page.note(Metric::captures_total, name, 3);
      page.note_failure(name, name);
    }
    page.note(Metric::command_seconds_total, "diff", 7);
    auto read = MetricsPage::parse(page.text());
    REQUIRE(read);
    CHECK(read->text() == page.text());
    read->add(page);
    page.add(page);
    CHECK(read->text() == page.text());
    CHECK(page.text().find("qsnap_command_seconds_total{command=\"diff\"} 0.014\n") != std::string::npos);
    CHECK(page.text().find("qsnap_captures_total{command=\"100%25\"} 6\n") != std::string::npos);
    CHECK(MetricsPage::parse("")->text().empty());
  }

  TEST_CASE("what is not ours is refused") {
    MetricsPage page;
    page.note(Metric::commands_total, "save");
    const std::string text = page.text();
    const std::string head = text.substr(0, text.find("qsnap_commands_total{"));
    for (const std::string& foreign :
         {std::string{"hello\n"}, std::string{"# HELP up Whether it is.\n# TYPE up gauge\nup 1\n"}, text + "x",
          text + text, text.substr(0, text.size() - 1), head + "qsnap_commands_total{command=\"save\"} -1\n",
          head + "qsnap_commands_total{command=\"save\"} 1e3\n", head + "qsnap_commands_total{command=\"save\"} 01\n",
          head + "qsnap_commands_total{command=\"save\"} 99999999999999999999\n",
          head + "qsnap_commands_total{command=\"save\",a=\"b\"} 1\n", head + "qsnap_commands_total{command=save} 1\n",
          head + "qsnap_commands_total{} 1\n", head + "qsnap_commands_total 1\n",
          head + "qsnap_loads_total{command=\"save\"} 1\n",
          head + "qsnap_commands_total{command=\"a\"} 1\nqsnap_commands_total{command=\"a\"} 1\n"}) {
      INFO(foreign);
      const auto read = MetricsPage::parse(foreign);
      REQUIRE_FALSE(read);
      CHECK(read.error().code == ErrorCode::refused);
    }
  }

  TEST_CASE("an assertion counts its captures, its result, what it wrote and its invariants") {
    AssertView view;
    view.name = "test-cases/a";
    view.result = "missing";
    view.pending = "/somewhere";
    view.captures = 4;
    view.jobs = 3;
    view.file_bytes = 900;
    view.contract = {{}, {}};
    view.contract.back().holds = false;
    const std::string text = metrics_of("assert", view).text();
    for (const auto* line :
         {"qsnap_captures_total{command=\"assert\"} 4\n", "qsnap_assertions_total{result=\"missing\"} 1\n",
          "qsnap_pending_total{kind=\"added\"} 1\n", "qsnap_invariants_total{result=\"broken\"} 1\n",
          "qsnap_invariants_total{result=\"holds\"} 1\n", "qsnap_snapshot_bytes{snapshot=\"test-cases/a\"} 900\n",
          "qsnap_snapshot_jobs{snapshot=\"test-cases/a\"} 3\n"}) {
      INFO(text);
      CHECK(text.find(line) != std::string::npos);
    }
    CHECK(text.find("updates_total") == std::string::npos);
    view.result = "rewritten";
    CHECK(metrics_of("assert", view).text().find("qsnap_updates_total{kind=\"changed\"} 1\n") != std::string::npos);
  }
}

}  // namespace qsnap::report
