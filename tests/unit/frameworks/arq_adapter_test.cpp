// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>

#include <qsnap/frameworks/arq/arq.hpp>

#include "adapter_fixture.hpp"

namespace qsnap::frameworks {

namespace {

using test::Document;
using test::Keys;
using Counts = std::map<std::string, int>;

const AdapterList& arq_alone() {
  static const AdapterList list = test::alone(make_arq_adapter());
  return list;
}

}  // namespace

TEST_SUITE("arq adapter") {
  TEST_CASE("a state of arq 0.26 is modelled, and every byte comes back") {
    const Document document = test::check_round_trip(test::fixture("arq026"), arq_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.lines_with(R"("form":"raw")").empty());
    // As ArqRedis.queued_jobs and all_job_results counted, and ZCARD of the other queue.
    CHECK(document.jobs_by_state() ==
          Counts{{"arq::arq%3Aqueue complete", 3}, {"arq::arq%3Aqueue queued", 7}, {"arq::hold queued", 1}});
    for (const auto& [key, role] : test::verbatim(document)) {
      CAPTURE(key);
      CHECK(role == (key.starts_with("arq:in-progress:") ? "lock" : "derived"));
      CHECK((role == "lock" || key.ends_with(":health-check")));
    }
  }

  TEST_CASE("what differs from run to run is taken out of a job's pickle, and put back") {
    const Document document = test::compose(test::fixture("arq026"), arq_alone());
    const std::string result = document.lines_with(R"("state":"complete")");
    CHECK(result.find(R"("inner_id":true)") != std::string::npos);
    CHECK(result.find(R"("finished_at_ms":17951)") != std::string::npos);
    CHECK(document.lines_with(R"("id":"report:2026/é")").find(R"("due_at_ms":17951)") != std::string::npos);
    CHECK(document.lines_with(R"("retry_count":0)").find(R"("retry_count_expires_at_ms":)") != std::string::npos);
  }

  TEST_CASE("a shift of time moves scores, expiries and what the pickle says alike") {
    const Document document = test::compose(test::fixture("arq026"), arq_alone());
    const Keys before = test::fixture("arq026");
    const Keys shifted = test::rebuild(document, arq_alone(), std::chrono::milliseconds{5000});
    const Document later = test::compose(shifted, arq_alone());
    const auto number = [](const std::string& text, std::string_view member) {
      return std::stoll(text.substr(text.find(member) + member.size(), 13));
    };
    for (const std::string_view member : {R"("due_at_ms":)", R"("created_at_ms":)", R"("expires_at_ms":)"}) {
      CAPTURE(member);
      CHECK(number(later.lines_with("report:2026"), member) ==
            number(document.lines_with("report:2026"), member) + 5000);
    }
  }

  TEST_CASE("whatever is damaged comes back") {
    test::check_damaged(test::fixture("arq026"), arq_alone(), 1, 300);
  }

  TEST_CASE("the fingerprint knows payloads, retries and states, and not ids and times") {
    const auto& adapters = arq_alone();
    const Keys keys = test::fixture("arq026");
    const std::string before = test::fingerprint(keys, adapters);
    CHECK(test::fingerprint(test::fixture("arq026-again"), adapters) == before);
    const auto changed = [&](std::string_view prefix, std::string_view from, std::string_view to) {
      Keys others = keys;
      const auto at =
          std::find_if(others.begin(), others.end(), [&](const auto& key) { return key.name.starts_with(prefix); });
      REQUIRE(at != others.end());
      test::replace(*at, from, to);
      return test::fingerprint(others, adapters);
    };
    CHECK(changed("arq:job:report", "named", "nomed") != before);
    CHECK(changed("arq:retry:", "1", "2") != before);
    Keys moved = keys;
    test::key_named(moved, "hold").name = "hold2";
    CHECK(test::fingerprint(moved, adapters) != before);
  }
}

}  // namespace qsnap::frameworks
