// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <support/fake_records.hpp>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/check_state.hpp>

namespace qsnap::frameworks {

namespace {

using model::Record;
using model::Section;
using Texts = std::vector<std::string>;

Record queue(std::string_view counts, std::string_view id_counter = {}) {
  Record record{.section = Section::queues, .fields = {}, .volatiles = {}};
  record.fields.set("queue", R"("toy:toy:mail")");
  record.fields.set("counts", std::string{counts});
  if (!id_counter.empty()) {
    record.volatiles.set("id_counter", std::string{id_counter});
  }
  return record;
}

Record job(std::string_view state, std::string_view id, std::string_view body = {}) {
  Record record{.section = Section::jobs, .fields = {}, .volatiles = {}};
  record.fields.set("queue", R"("toy:toy:mail")");
  record.fields.set("state", json_bytes(state));
  record.volatiles.set("id", json_bytes(id));
  if (!body.empty()) {
    record.fields.set("body", json_bytes(body));
  }
  return record;
}

Record with_ref(Record record, std::string_view role, std::string_view id, std::string_view more = {}) {
  record.fields.set(
      "refs", R"([{"name":"n","queue":"toy:toy:mail","role":")" + std::string{role} + '"' + std::string{more} + "}]");
  record.volatiles.set("ref_ids", "[" + json_bytes(id) + "]");
  return record;
}

Texts findings(std::vector<Record> records) {
  const auto found = check_state(qsnap::test::FakeRecords{std::move(records)});
  REQUIRE(found);
  Texts texts;
  for (const Finding& finding : *found) {
    texts.push_back(finding.where + ": " + finding.what);
  }
  return texts;
}

}  // namespace

TEST_SUITE("frameworks::check_state") {
  TEST_CASE("a sound state has no findings") {
    CHECK(findings({}).empty());
    Record scheduled = job("delayed", "x");
    scheduled.volatiles.erase("id");
    scheduled.fields.set("scheduler", R"("nightly")");
    CHECK(findings({queue(R"({"delayed":1,"failed":0,"waiting":3})", "3"), scheduled, job("waiting", "1"),
                    job("waiting", "2"), job("waiting", "3", "verbatim")})
              .empty());
  }

  TEST_CASE("damage that one record tells is named") {
    CHECK(findings({job("waiting", "17", "missing"), job("waiting", "18"), job("waiting", "18", "duplicate"),
                    job("orphan", "19")}) == Texts{"toy:toy:mail: dangling id 17 in waiting",
                                                   "toy:toy:mail: job 18 stands once more in waiting",
                                                   "toy:toy:mail: job 19 is in no state"});
  }

  TEST_CASE("a job with two bodies is found once") {
    Record elsewhere = job("waiting", "1");
    elsewhere.fields.set("queue", R"("toy:toy:news")");
    CHECK(findings({job("failed", "1"), job("waiting", "1"), job("waiting", "2"), elsewhere}) ==
          Texts{"toy:toy:mail: job 1 is in two states, the second one waiting"});
  }

  TEST_CASE("a task of Celery and its result have one id") {
    const auto of_celery = [](std::string_view state) {
      Record record = job(state, "1");
      record.fields.set("queue", R"("celery::mail")");
      return record;
    };
    CHECK(findings({of_celery("retry"), of_celery("waiting")}).empty());
    CHECK(findings({of_celery("reserved"), of_celery("started"), of_celery("waiting")}) ==
          Texts{"celery::mail: job 1 is in two states, the second one waiting"});
  }

  TEST_CASE("a chosen id counts like a generated one") {
    Record chosen = job("waiting", "x");
    chosen.volatiles.erase("id");
    chosen.fields.set("id", R"("1")");
    CHECK(findings({job("failed", "1"), chosen}).size() == 1);
  }

  TEST_CASE("an id counter behind the highest id is found") {
    CHECK(findings({queue("{}", "9"), job("waiting", "9"), job("waiting", "x10")}).empty());
    CHECK(findings({queue("{}", "9"), job("waiting", "10")}) ==
          Texts{"toy:toy:mail: the id counter 9 is behind job 10: new jobs would overwrite old ones"});
    CHECK(findings({queue("{}"), job("waiting", "10")}).empty());
  }

  TEST_CASE("counts are counted again, but for states that are kept verbatim") {
    CHECK(findings({queue(R"({"failed":1,"waiting":2})"), job("waiting", "1")}) ==
          Texts{"toy:toy:mail: it counts 1 jobs in failed, and there are 0",
                "toy:toy:mail: it counts 2 jobs in waiting, and there are 1"});
    Record record = queue(R"({"waiting":2})");
    record.fields.set("verbatim", R"(["waiting"])");
    CHECK(findings({record, job("waiting", "1")}).empty());
  }

  TEST_CASE("counts are no finding in a document that is narrowed to queues") {
    model::Metadata metadata;
    metadata.scope.queues = {"toy:toy:mail"};
    CHECK(check_state(qsnap::test::FakeRecords{{queue(R"({"retry":2})")}, metadata})->empty());
  }

  TEST_CASE("a ref to a job that is not there is found, where it has to be there") {
    const Record mail = queue("{}");
    const auto parent = [](std::string_view role, std::string_view id, std::string_view more = {}) {
      return with_ref(job("waiting-children", "1"), role, id, more);
    };
    CHECK(findings({mail, parent("pending", "2"), job("waiting", "2")}).empty());
    CHECK(findings({mail, parent("pending", "3"), job("waiting", "2")}) ==
          Texts{"toy:toy:mail: job 1 refers to pending 3 of toy:toy:mail, which is not there"});
    CHECK(findings({mail, parent("pending", "2"), job("waiting", "2", "missing")}).size() == 2);
    CHECK(findings({mail, parent("processed", "3", R"(,"value":"1")")}).empty());
    CHECK(findings({mail, parent("unsuccessful", "3")}).empty());
    CHECK(findings({parent("pending", "3")}).empty());  // the queue itself is not in the document
    Record finished = with_ref(job("completed", "1"), "parent", "3");
    CHECK(findings({mail, finished}).size() == 1);
    finished.volatiles.set("finished_at_ms", "5");
    CHECK(findings({mail, finished}).empty());
  }

  TEST_CASE("findings are bounded, and the rest is counted") {
    std::vector<Record> records;
    for (int i = 0; i < 1500; ++i) {
      records.push_back(job("waiting", std::to_string(i), "missing"));
    }
    const Texts found = findings(std::move(records));
    CHECK(found.size() == 1001);
    CHECK(found.back() == "all queues: 500 more findings");
  }
}

}  // namespace qsnap::frameworks
