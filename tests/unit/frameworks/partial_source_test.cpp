// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/fix_state.hpp>
#include <qsnap/frameworks/queue_source.hpp>
#include <qsnap/model/meaning.hpp>

#include "adapter_fixture.hpp"

// What is loaded of a document in part, or put right in it, held against what a capture says of the same keys.
namespace qsnap::frameworks {

namespace {

using model::Record;
using model::Section;
using namespace qsnap::test;

constexpr std::array k_fixtures = {"arq026",  "asynq024", "bee-queue2", "bull4",   "bullmq5",
                                   "bullmq6", "celery5",  "dramatiq2",  "huey3",   "laravel8",
                                   "resque3", "rq1",      "sidekiq6",   "taskiq1", "go-redis-work-queue"};

model::Metadata metadata_of(const Document& document) {
  model::Metadata metadata;
  metadata.frameworks = document.frameworks;
  return metadata;
}

std::set<std::string> queues_of(const Document& document) {
  std::set<std::string> queues;
  for (const Record& record : document.records) {
    if (record.section == Section::queues) {
      queues.insert(*codec::json_to_bytes(*record.fields.find("queue")));
    }
  }
  return queues;
}

/// The keys that a capture of this queue alone holds.
Keys keys_of_queue(const Keys& keys, const std::string& queue) {
  const model::MemoryKeyspace keyspace{keys};
  Composer composer{keyspace};
  if (const auto selected = composer.select_queues({queue}); !selected) {
    REQUIRE(selected.error().code == ErrorCode::not_found);  // its jobs stand in shared structures alone
    return {};
  }
  CollectingSink sink;
  REQUIRE(composer.run([&](const Composition&) -> Result<model::RecordSink*> { return &sink; }));
  std::set<std::string_view> names;
  for (model::KeyId key = 0; key < keyspace.size(); ++key) {
    if (composer.selected()[key]) {
      names.insert(keyspace.name(key));
    }
  }
  Keys selected;
  std::copy_if(keys.begin(), keys.end(), std::back_inserter(selected),
               [&](const auto& key) { return names.contains(key.name); });
  return selected;
}

/// What a load of this queue alone writes.
Keys loaded_keys(const Document& document, const std::string& queue) {
  const FakeRecords source{document.records, metadata_of(document)};
  const auto narrowed = QueueSource::create(source, {queue});
  REQUIRE(narrowed);
  MemorySink sink;
  REQUIRE(rebuild_keys(*narrowed, {.exact = true, .now = instant_from_ms(0)}, sink));
  return sink.keys();
}

/// How many keys there were to look at.
std::size_t check_queues(const Keys& keys) {
  std::size_t seen = 0;
  const Document document = compose(keys, adapters());
  for (const std::string& queue : queues_of(document)) {
    CAPTURE(queue);
    const Keys loaded = loaded_keys(document, queue);
    for (const auto& key : keys_of_queue(keys, queue)) {
      CAPTURE(key.name);
      const auto same =
          std::find_if(loaded.begin(), loaded.end(), [&](const auto& each) { return each.name == key.name; });
      REQUIRE(same != loaded.end());
      CHECK(describe({*same}) == describe({key}));
      ++seen;
    }
  }
  return seen;
}

std::ptrdiff_t jobs_with_body(const Document& document) {
  return std::count_if(document.records.begin(), document.records.end(),
                       [](const Record& record) { return record.section == Section::jobs && model::has_body(record); });
}

Record job(std::string_view state, std::string_view id) {
  Record record{.section = Section::jobs, .fields = {}, .volatiles = {}};
  record.fields.set("queue", R"("bull:bull:mail")");
  record.fields.set("state", json_bytes(state));
  record.volatiles.set("id", json_bytes(id));
  return record;
}

}  // namespace

TEST_SUITE("frameworks::QueueSource") {
  TEST_CASE("a load of a queue writes every key that a capture of that queue holds, for every framework") {
    std::size_t seen = 0;
    for (const std::string_view name : k_fixtures) {
      CAPTURE(name);
      seen += check_queues(fixture(name));
    }
    CHECK(seen > 100);
  }

  TEST_CASE("the same of damaged states, whose keys are verbatim here and there") {
    for (const std::string_view name : {"bull4", "bullmq6", "rq1", "sidekiq6"}) {
      CAPTURE(name);
      for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        std::mt19937_64 random{seed};
        Keys damaged = fixture(name);
        for (int times = 0; times < 4; ++times) {
          damage(damaged, random);
        }
        CHECK(check_queues(damaged) > 0);
      }
    }
  }

  TEST_CASE("the scope is the queues, and frameworks without one are gone") {
    Record mail{.section = Section::queues, .fields = {}, .volatiles = {}};
    mail.fields.set("queue", R"("bullmq:bull:mail")");
    model::Metadata metadata;
    metadata.frameworks = {{"bullmq", "bull", ""}, {"sidekiq", "", ""}};
    const FakeRecords source{{mail}, metadata};
    const auto narrowed = QueueSource::create(source, {"mail"});
    REQUIRE(narrowed);
    CHECK(narrowed->metadata().scope.queues == std::vector<std::string>{"bullmq:bull:mail"});
    CHECK(narrowed->metadata().frameworks == std::vector<model::FrameworkInfo>{{"bullmq", "bull", ""}});
    CHECK_FALSE(QueueSource::create(source, {"other"}));
  }
}

TEST_SUITE("frameworks::StateFix") {
  TEST_CASE("a capture of the fixed state has every job that is there, and nothing left to fix") {
    std::size_t steps = 0;
    for (const std::string_view name : k_fixtures) {
      CAPTURE(name);
      for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random{seed};
        Keys damaged = fixture(name);
        for (int times = 0; times < 5; ++times) {
          damage(damaged, random);
        }
        const Document document = compose(damaged, adapters());
        const FakeRecords source{document.records, metadata_of(document)};
        const auto fix = StateFix::plan(source);
        REQUIRE(fix);
        steps += fix->steps().size();
        CollectingSink fixed;
        REQUIRE(fix->write(source, fixed));
        Document after;
        after.records = fixed.records;
        const Document captured = compose(rebuild(after, adapters()), adapters());
        CHECK(jobs_with_body(captured) == jobs_with_body(document));
        CHECK(StateFix::plan(FakeRecords{captured.records})->steps().empty());
      }
    }
    CHECK(steps > 10);
  }

  TEST_CASE("a counter that is a text rises and stays a text; the ids that go out do not count") {
    Record queue{.section = Section::queues, .fields = {}, .volatiles = {}};
    queue.fields.set("queue", R"("bull:bull:mail")");
    queue.fields.set("counts", R"({"waiting":3})");
    queue.volatiles.set("id_counter", R"("3")");
    Record dangling = job("waiting", "99");
    dangling.fields.set("body", R"("missing")");
    Record twice = job("waiting", "7");
    twice.fields.set("body", R"("duplicate")");
    const FakeRecords source{{queue, job("waiting", "7"), dangling, twice}};
    const auto fix = StateFix::plan(source);
    REQUIRE(fix);
    REQUIRE(fix->steps().size() == 3);
    CHECK(fix->steps()[0].what == "drops dangling id 99 in waiting");
    CHECK(fix->steps()[1].what == "drops job 7, which stands once more in waiting");
    CHECK(fix->steps()[2].what == "raises the id counter from 3 to 7");
    CollectingSink fixed;
    REQUIRE(fix->write(source, fixed));
    REQUIRE(fixed.records.size() == 2);
    CHECK(fixed.records[0].volatiles.find("id_counter") == R"("7")");
    CHECK(fixed.records[0].fields.find("counts") == R"({"waiting":1})");
  }

  TEST_CASE("a structure that is a verbatim key is not put right: its records rebuild nothing") {
    Record queue{.section = Section::queues, .fields = {}, .volatiles = {}};
    queue.fields.set("queue", R"("bull:bull:mail")");
    queue.fields.set("verbatim", R"(["waiting"])");
    Record dangling = job("waiting", "99");
    dangling.fields.set("body", R"("missing")");
    const auto fix = StateFix::plan(FakeRecords{{queue, dangling}});
    REQUIRE(fix);
    CHECK(fix->steps().empty());
  }
}

}  // namespace qsnap::frameworks
