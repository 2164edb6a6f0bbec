// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "merge_support.hpp"

namespace qsnap::merge {

using testing::Document;
using testing::Lines;
using testing::merged;
using testing::Outcome;

namespace {

constexpr std::string_view k_slot =
    R"({"name":"cron","queue":"bullmq:bull:mail","scheduler":"yearly","state":"delayed","volatile":{"slot_at_ms":9}})";

/// A flow of a report and its mails, as one capture has it: `run` is in every id and time.
struct Flow {
  int run = 0;
  int mails = 2;
  int done = 0;  ///< of these, how many are completed
  std::string_view beside = k_slot;

  [[nodiscard]] std::string id(int job) const { return fmt::format("0{}{}-uuid", run, job); }

  [[nodiscard]] std::string mail(int n) const {
    const bool is_done = n < done;
    return fmt::format(R"({{"name":"mail","payload":{{"n":{}}},"queue":"bullmq:bull:mail",)"
                       R"("refs":[{{"name":"report","queue":"bullmq:bull:mail","role":"parent"}}],{}"state":"{}",)"
                       R"("volatile":{{"created_at_ms":{},{}"id":"{}","ref_ids":["{}"]}}}})",
                       n, is_done ? R"("return_value":"sent",)" : "", is_done ? "completed" : "waiting", run * 1000 + n,
                       is_done ? R"("finished_at_ms":9,)" : "", id(n), id(9));
  }

  [[nodiscard]] std::string report() const {
    std::string refs, ids;
    for (int n = 0; n < mails; ++n) {
      refs += fmt::format(R"({}{{"name":"mail","queue":"bullmq:bull:mail","role":"{}"}})", n > 0 ? "," : "",
                          n < done ? "processed" : "pending");
      ids += fmt::format(R"({}"{}")", n > 0 ? "," : "", id(n));
    }
    return fmt::format(R"({{"name":"report","payload":{{}},"queue":"bullmq:bull:mail","refs":[{}],)"
                       R"("state":"waiting-children","volatile":{{"created_at_ms":{},"id":"{}","ref_ids":[{}]}}}})",
                       refs, run * 1000, id(9), ids);
  }

  [[nodiscard]] Document document(const std::vector<std::string>& more = {}) const {
    Lines lines;
    for (int n = 0; n < done; ++n) {
      lines.jobs.push_back(mail(n));
    }
    lines.jobs.emplace_back(beside);
    for (int n = done; n < mails; ++n) {
      lines.jobs.push_back(mail(n));
    }
    lines.jobs.insert(lines.jobs.end(), more.begin(), more.end());
    lines.jobs.push_back(report());
    return Document{lines};
  }
};

std::string new_mail(std::string_view id) {
  return fmt::format(
      R"({{"name":"single","payload":{{"new":true}},"queue":"bullmq:bull:mail","state":"waiting","volatile":{{"created_at_ms":5,"id":"{}"}}}})",
      id);
}

std::vector<std::string> names_and_states(const Outcome& outcome) {
  std::vector<std::string> list;
  for (const model::Record& record : outcome.records) {
    list.push_back(fmt::format("{} {}", *record.fields.find("name"), *record.fields.find("state")));
  }
  std::sort(list.begin(), list.end());
  return list;
}

/// The ids of the jobs of a result.
std::vector<std::string> ids_of(const Outcome& outcome) {
  std::vector<std::string> ids;
  for (const model::Record& record : outcome.records) {
    ids.emplace_back(record.volatiles.find("id").value_or(""));
  }
  return ids;
}

/// A job that both sides ended, each in its own way; `error` and `outcome` are members.
Document ended(std::string_view state, std::string_view error, std::string_view outcome) {
  return Document{
      Lines{{},
            {},
            {fmt::format(R"({{{}"name":"send","payload":{{}},"queue":"a:b:c",{}"state":"{}","volatile":{{"id":"1"}}}})",
                         error, outcome, state)},
            {},
            {}}};
}

}  // namespace

TEST_SUITE("branches that ran apart") {
  TEST_CASE("a scheduler's slot is no sign that ids go on: a flow that both sides captured anew is one flow") {
    const std::string_view with_time =
        R"({"name":"cron","queue":"bullmq:bull:mail","scheduler":"yearly","state":"delayed","volatile":{"created_at_ms":7,"slot_at_ms":9}})";
    for (const std::string_view slot_of_ours : {k_slot, with_time}) {
      CAPTURE(slot_of_ours);
      const Outcome outcome =
          merged(Flow{.run = 1}.document(), Flow{.run = 2, .done = 1, .beside = slot_of_ours}.document(),
                 Flow{.run = 3}.document({new_mail("new")}));
      CHECK(outcome.conflicts.empty());
      CHECK(names_and_states(outcome) ==
            std::vector<std::string>{R"("cron" "delayed")", R"("mail" "completed")", R"("mail" "waiting")",
                                     R"("report" "waiting-children")", R"("single" "waiting")"});
    }
  }

  TEST_CASE("an equal line that has an id or a time shows that ids go on, and a slot or a list's item does not") {
    // Ours adds a job. Theirs has another one than base that looks much like it: has it been changed, or has one left
    // and another one come?
    const auto counts = [](std::string_view beside) {
      const auto state = [&](int id, const std::vector<std::string>& more = {}) {
        Lines lines{{},
                    {},
                    {std::string{beside},
                     fmt::format(R"({{"name":"send","payload":{{"a":1,"b":2,"c":3,"n":{}}},"queue":"bullmq:bull:mail",)"
                                 R"("state":"waiting","volatile":{{"created_at_ms":{},"id":"{}"}}}})",
                                 id, id, id)},
                    {},
                    {}};
        lines.jobs.insert(lines.jobs.end(), more.begin(), more.end());
        return Document{lines};
      };
      return merged(state(1), state(1, {new_mail("new")}), state(2)).counts;
    };
    const auto beside_item = counts(R"({"name":"item","queue":"a:b:c","state":"waiting"})");
    CHECK(beside_item.contains("changed by theirs"));
    CHECK(counts(k_slot).contains("changed by theirs"));
    const auto beside_job = counts(R"({"name":"old","queue":"a:b:c","state":"waiting","volatile":{"id":"0-uuid"}})");
    CHECK(beside_job.contains("added by theirs"));
    CHECK(beside_job.contains("removed by theirs"));
  }

  TEST_CASE("a conflict about a reference names a job of the result") {
    const std::string old_job = R"({"name":"old","queue":"a:b:c","state":"waiting","volatile":{"id":"0-uuid"}})";
    const Outcome outcome =
        merged(Flow{.run = 1, .beside = old_job}.document(), Flow{.run = 2, .done = 1, .beside = old_job}.document(),
               Flow{.run = 3, .mails = 3, .beside = old_job}.document({new_mail("new")}));
    const std::vector<std::string> ids = ids_of(outcome);
    for (const Conflict& conflict : outcome.conflicts) {
      CAPTURE(conflict.about.id);
      CHECK(std::find(ids.begin(), ids.end(), fmt::format("\"{}\"", conflict.about.id)) != ids.end());
    }
  }

  TEST_CASE("what an attempt left goes with the place: a job that completed here and failed there is one of the two") {
    const Document base = ended("waiting", R"("error":"first",)", R"("retry_count":1,)");
    const Document ours = ended("completed", "", R"("retry_count":1,"return_value":"ok",)");
    const Document theirs = ended("failed", R"("error":"boom","error_class":"E",)", R"("retry_count":2,)");
    const Outcome outcome = merged(base, ours, theirs);
    REQUIRE(outcome.conflicts.size() == 1);
    CHECK(outcome.conflicts[0].kind == ConflictKind::moved);
    CHECK(outcome.records == ours.records());
    const auto ruled = [&](std::string_view lines) {
      auto config = config::parse_config(fmt::format("version: 1\nmerge:\n{}", lines), "config.yaml");
      REQUIRE(config.has_value());
      const Outcome result = merged(base, ours, theirs, *config);
      CHECK(result.conflicts.empty());
      return result.records;
    };
    CHECK(ruled("  jobs: theirs\n") == theirs.records());
    CHECK(ruled("  jobs: ours\n") == ours.records());
    CHECK(ruled("  jobs.state: theirs\n  jobs.error: ours\n") == theirs.records());
    CHECK(ruled("  jobs.state: base\n") == base.records());
  }

  TEST_CASE("no rule makes one attempt of two") {
    const auto config = config::parse_config("version: 1\nmerge:\n  jobs.state: ours\n  jobs.retry_count: max\n", "c");
    REQUIRE(config.has_value());
    const Document ours = ended("completed", "", R"("retry_count":2,)");
    const Outcome outcome =
        merged(ended("waiting", "", R"("retry_count":1,)"), ours, ended("failed", "", R"("retry_count":5,)"), *config);
    CHECK(outcome.records == ours.records());
  }
}

}  // namespace qsnap::merge
