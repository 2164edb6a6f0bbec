// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter_fixture.hpp"

/// A document may have been edited by anybody: what its records say is checked while keys are made of them.
namespace qsnap::frameworks {

namespace {

using model::Record;
using model::Section;
using test::Document;

/// Counts what is written, and looks at what a server would refuse.
class ShapeSink final : public model::KeySink {
 public:
  Result<void> write(const model::KeyWrite& write) override {
    const std::size_t step = model::items_per_element(write.type).value_or(1);
    CHECK(write.items->size() % step == 0);
    for (std::size_t i = 1; write.type == model::RedisType::zset && i < write.items->size(); i += 2) {
      CHECK(parse_double((*write.items)[i]));
    }
    return {};
  }
};

Record record_of(Section section, const std::vector<std::pair<std::string_view, std::string>>& members) {
  Record record{section, {}, {}};
  for (const auto& [name, json] : members) {
    record.fields.set(name, json);
  }
  return record;
}

Result<RebuildOutcome> load(std::vector<Record> records, const RebuildOptions& options) {
  ShapeSink sink;
  return rebuild_keys(test::FakeRecords{std::move(records)}, options, sink);
}

ErrorCode error_of(Record record) {
  std::vector<Record> records;
  records.push_back(std::move(record));
  const auto loaded = load(std::move(records), {.exact = true, .now = {}});
  REQUIRE(!loaded);
  return loaded.error().code;
}

constexpr std::array k_odd_values = {
    "null", "true", "-1",  "1e400", "99999999999999999999999", R"("")",           R"("orphan")", R"("x")",
    "[]",   "{}",   "[1]", "[[]]",  R"({"$b64":"AA=="})",      R"({"$b64":"*"})", R"("raw")",    R"("sidekiq::x")"};

/// Drops, replaces, doubles or moves one member of one record.
void edit(std::vector<Record>& records, std::mt19937_64& random) {
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  Record& record = records[below(records.size())];
  auto& from = below(2) == 0 || record.volatiles.empty() ? record.fields : record.volatiles;
  auto& to = &from == &record.fields ? record.volatiles : record.fields;
  const model::Field member = *std::next(from.begin(), static_cast<std::ptrdiff_t>(below(from.size())));
  switch (below(4)) {
    case 0:
      from.erase(member.name);
      break;
    case 1:
      from.erase(member.name);
      to.set(member.name, member.json);
      break;
    default:
      from.set(member.name, k_odd_values[below(k_odd_values.size())]);
      break;
  }
}

}  // namespace

TEST_SUITE("hostile records") {
  TEST_CASE("an orphan of a framework whose jobs have no bodies is corrupt") {
    CHECK(error_of(
              record_of(Section::jobs, {{"queue", R"("huey::mail")"}, {"state", R"("orphan")"}, {"id", R"("1")"}})) ==
          ErrorCode::corrupt);
  }

  TEST_CASE("a job that is a key of its own has an id where its key's name has one") {
    CHECK(
        error_of(record_of(Section::jobs, {{"queue", R"("celery::")"}, {"state", R"("success")"}, {"payload", "1"}})) ==
        ErrorCode::corrupt);
  }

  TEST_CASE("a score that is no number is found before a server sees it") {
    Record job = record_of(Section::jobs, {{"queue", R"("laravel::mail")"},
                                           {"state", R"("delayed")"},
                                           {"form", R"("raw")"},
                                           {"payload", R"("x")"},
                                           {"enc", R"("text")"}});
    job.volatiles.set("due_at_s", "1700000000");
    CHECK(load({job}, {.exact = true, .now = {}}));
    job.volatiles.set("due_at_s", R"("soon")");
    CHECK(error_of(std::move(job)) == ErrorCode::corrupt);
  }

  TEST_CASE("whatever is edited, a load ends well or in corrupt, and writes nothing that has not its type's form") {
    constexpr std::array fixtures = {"arq026", "asynq024", "bee-queue2", "bull4", "bullmq6",  "celery5", "dramatiq2",
                                     "huey3",  "laravel8", "resque3",    "rq2",   "sidekiq6", "taskiq1"};
    const std::array options = {
        RebuildOptions{.exact = true, .now = {}},
        RebuildOptions{.shift = std::chrono::hours{24},
                       .now = instant_from_ms(1'800'000'000'000),
                       .policy = {.active = ActiveRule::requeue, .pause = PauseRule::paused, .now = {}}}};
    std::mt19937_64 random{1};
    for (const std::string_view name : fixtures) {
      const Document document = test::compose(test::fixture(name), adapters());
      for (int round = 0; round < 40; ++round) {
        CAPTURE(name);
        CAPTURE(round);
        std::vector<Record> records = document.records;
        edit(records, random);
        for (const RebuildOptions& each : options) {
          const auto loaded = load(records, each);
          REQUIRE((loaded || loaded.error().code == ErrorCode::corrupt));
        }
      }
    }
  }
}

}  // namespace qsnap::frameworks
