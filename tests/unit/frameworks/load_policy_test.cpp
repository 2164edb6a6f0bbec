// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <support/fake_records.hpp>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/load_policy.hpp>
#include <qsnap/frameworks/rebuild.hpp>
#include <qsnap/frameworks/renamed_source.hpp>

namespace qsnap::frameworks {

namespace {

using model::Record;
using model::Section;
using qsnap::test::FakeRecords;
using qsnap::test::MemorySink;

Record job(std::string_view queue, std::string_view state, std::string_view id) {
  Record record{.section = Section::jobs, .fields = {}, .volatiles = {}};
  record.fields.set("queue", json_bytes(queue));
  record.fields.set("state", json_bytes(state));
  record.fields.set("name", R"("send")");
  record.volatiles.set("id", json_bytes(id));
  return record;
}

Record due(Record record, std::string_view at_ms) {
  record.volatiles.set("due_at_ms", std::string{at_ms});
  return record;
}

model::Metadata metadata_of(std::string_view framework, std::string_view name_space) {
  model::Metadata metadata;
  metadata.frameworks = {{std::string{framework}, std::string{name_space}, ""}};
  return metadata;
}

std::vector<std::string> list_of(const MemorySink& sink, std::string_view key) {
  for (const auto& each : sink.keys()) {
    if (each.name == key) {
      std::vector<std::string> items;
      for (std::size_t i = 0; i < each.items.size(); ++i) {
        items.emplace_back(each.items[i]);
      }
      return items;
    }
  }
  return {};
}

}  // namespace

TEST_SUITE("frameworks::load_policy") {
  TEST_CASE("the last instant that a job waits for is found, and moved without the others") {
    Record waits = due(job("bullmq:bull:mail", "delayed", "1"), "5000");
    waits.volatiles.set("created_at_ms", "1000");
    const auto last = last_due(FakeRecords{{due(job("bullmq:bull:mail", "delayed", "2"), "4000"), waits}});
    REQUIRE(last);
    CHECK(*last == instant_from_ms(5000));
    shift_instants(waits, "due_at", std::chrono::milliseconds{-2000});
    CHECK(waits.volatiles.find("due_at_ms") == "3000");
    CHECK(waits.volatiles.find("created_at_ms") == "1000");
  }

  TEST_CASE("jobs are counted by queue and state, and those whose time has passed") {
    JobCounter counter{instant_from_ms(1000)};
    counter.add(due(job("bullmq:bull:mail", "delayed", "1"), "1000"));
    counter.add(due(job("bullmq:bull:mail", "delayed", "2"), "1001"));
    counter.add(job("bullmq:bull:mail", "waiting", "3"));
    CHECK(counter.tally().jobs() == 3);
    CHECK(counter.tally().overdue == 1);
    CHECK(counter.tally().queues.at("bullmq:bull:mail").at("delayed") == 2);
  }

  TEST_CASE("a pause is refused for a framework without one, and for plain keys") {
    const LoadPolicy paused{.active = ActiveRule::keep, .pause = PauseRule::paused, .now = {}};
    CHECK(check_policy(paused, metadata_of("bullmq", "bull")));
    CHECK_FALSE(check_policy(paused, metadata_of("sidekiq", "")));
    CHECK_FALSE(check_policy(paused, model::Metadata{}));
    CHECK(check_policy({}, metadata_of("sidekiq", "")));
  }

  TEST_CASE("requeued jobs run before those that wait, for any number of threads") {
    const std::vector<Record> records = {job("bullmq:bull:mail", "active", "1"), job("bullmq:bull:mail", "active", "2"),
                                         job("bullmq:bull:mail", "waiting", "3")};
    for (const std::size_t threads : {std::size_t{1}, std::size_t{2}}) {
      RebuildOptions options;
      options.threads = threads;
      options.policy.active = ActiveRule::requeue;
      MemorySink sink;
      const auto rebuilt = rebuild_keys(FakeRecords{records, metadata_of("bullmq", "bull")}, options, sink);
      REQUIRE(rebuilt);
      CHECK(rebuilt->jobs.requeued == 2);
      CHECK(rebuilt->jobs.active == 0);
      CHECK(list_of(sink, "bull:mail:wait") == std::vector<std::string>{"3", "2", "1"});
      CHECK(list_of(sink, "bull:mail:active").empty());
    }
  }

  TEST_CASE("an active list that is kept verbatim keeps its jobs: they would stand in two places") {
    Record queue{.section = Section::queues, .fields = {}, .volatiles = {}};
    queue.fields.set("queue", R"("bullmq:bull:mail")");
    queue.fields.set("verbatim", R"(["active"])");
    RebuildOptions options;
    options.policy.active = ActiveRule::requeue;
    MemorySink sink;
    const auto rebuilt = rebuild_keys(
        FakeRecords{{queue, job("bullmq:bull:mail", "active", "1")}, metadata_of("bullmq", "bull")}, options, sink);
    REQUIRE(rebuilt);
    CHECK(rebuilt->jobs.requeued == 0);
    CHECK(list_of(sink, "bull:mail:wait").empty());
  }
}

TEST_SUITE("frameworks::RenamedSource") {
  TEST_CASE("queues, keys and references get the new name; a namespace inside the old one keeps its own") {
    Record child = job("bullmq:bull:mail", "waiting", "1");
    child.fields.set("refs", R"([{"name":"p","queue":"bullmq:bull:flow","role":"parent"}])");
    child.volatiles.set("parent", R"({"id":"7","queueKey":"bull:flow"})");
    Record key{.section = Section::keys, .fields = {}, .volatiles = {}};
    key.fields.set("key", R"("bull:mail:events")");
    Record other{.section = Section::keys, .fields = {}, .volatiles = {}};
    other.fields.set("key", R"("bull:in:mail:events")");
    model::Metadata metadata = metadata_of("bullmq", "bull");
    metadata.frameworks.push_back({"bullmq", "bull:in", ""});
    metadata.scope.prefixes = {"bull:"};
    const FakeRecords source{{child, key, other}, metadata};
    const auto renamed = RenamedSource::create(source, {"bull", "twin"});
    REQUIRE(renamed);
    CHECK(renamed->metadata().scope.prefixes == std::vector<std::string>{"twin:"});
    std::vector<Record> seen;
    REQUIRE(model::for_each_record(*renamed, [&](const Record& record) -> Result<void> {
      seen.push_back(record);
      return {};
    }));
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].fields.find("queue") == R"("bullmq:twin:mail")");
    CHECK(seen[0].fields.find("refs") == R"([{"name":"p","queue":"bullmq:twin:flow","role":"parent"}])");
    CHECK(seen[0].volatiles.find("parent") == R"({"id":"7","queueKey":"twin:flow"})");
    CHECK(seen[1].fields.find("key") == R"("twin:mail:events")");
    CHECK(seen[2].fields.find("key") == R"("bull:in:mail:events")");
  }

  TEST_CASE("a name that is not there, one that is taken, and half a pair are usage errors") {
    model::Metadata metadata = metadata_of("bullmq", "bull");
    metadata.frameworks.push_back({"sidekiq", "jobs", ""});
    const FakeRecords source{{}, metadata};
    CHECK_FALSE(RenamedSource::create(source, {"none", "twin"}));
    CHECK_FALSE(RenamedSource::create(source, {"bull", "jobs"}));
    for (const std::string_view text : {"bull", "bull=", "=twin", ""}) {
      CHECK_FALSE(NamespaceRename::parse(text));
    }
  }
}

}  // namespace qsnap::frameworks
