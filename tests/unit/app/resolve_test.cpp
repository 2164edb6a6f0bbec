// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/app/conflict_words.hpp>
#include <qsnap/app/resolve.hpp>
#include <qsnap/codec/record_json.hpp>
#include <qsnap/codec/snapshot_writer.hpp>

using namespace qsnap;
using namespace qsnap::app;

namespace {

using Lines = std::vector<std::string>;

/// The parts of a document that the tests change, as lines.
struct State {
  Lines jobs;
  Lines keys;
  std::string description;
  std::int64_t captured_at_ms = 1000;
};

codec::SnapshotReader document(const State& state) {
  std::string bytes;
  model::Metadata metadata;
  metadata.description = state.description;
  metadata.captured_at = instant_from_ms(state.captured_at_ms);
  auto writer =
      codec::SnapshotWriter::begin(metadata, codec::Encoding::stored, [&](std::string_view more) -> Result<void> {
        bytes += more;
        return {};
      });
  REQUIRE(writer.has_value());
  const auto add = [&](model::Section section, const std::string& line) {
    auto record = codec::parse_record(section, line);
    if (!record) {
      FAIL(record.error().message << ": " << line);
    }
    REQUIRE(writer->add(*record).has_value());
  };
  std::map<std::string, int> counts;
  for (const std::string& line : state.jobs) {
    const auto job = codec::parse_record(model::Section::jobs, line);
    REQUIRE(job.has_value());
    ++counts[std::string{job->fields.find("state").value_or("")}];
  }
  std::string counted;
  for (const auto& [name, count] : counts) {
    counted += fmt::format("{}{}:{}", counted.empty() ? "" : ",", name, count);
  }
  add(model::Section::queues,
      fmt::format(R"({{"counts":{{{}}},"framework":"bullmq","queue":"bullmq:bull:mail"}})", counted));
  for (const std::string& line : state.jobs) {
    add(model::Section::jobs, line);
  }
  for (const std::string& line : state.keys) {
    add(model::Section::keys, line);
  }
  REQUIRE(writer->finish().has_value());
  auto reader = codec::SnapshotReader::open(codec::memory_source(std::move(bytes)));
  REQUIRE(reader.has_value());
  return *std::move(reader);
}

/// `volatiles` are members in front of the id.
std::string job(int id, std::string_view state, std::string_view payload, std::string_view volatiles = "") {
  return fmt::format(
      R"({{"enc":"json","name":"send","payload":{},"queue":"bullmq:bull:mail","state":"{}","volatile":{{"created_at_ms":{}{},"id":"{}"}}}})",
      payload, state, 1000 + id, volatiles, id);
}
std::string numbered(int id) {
  return job(id, "waiting", fmt::format(R"({{"n":{}}})", id));
}
Lines in_order(const std::vector<int>& ids) {
  Lines lines;
  std::transform(ids.begin(), ids.end(), std::back_inserter(lines), numbered);
  return lines;
}
std::string hash_key(std::string_view items) {
  return fmt::format(R"({{"items":{},"key":"settings","part":0,"role":"data","type":"hash"}})", items);
}

Resolution merged(const State& base, const State& ours, const State& theirs) {
  auto resolution = Resolution::of_sides({document(base), document(ours), document(theirs)}, {}, {});
  if (!resolution) {
    FAIL(resolution.error().message);
  }
  return *std::move(resolution);
}

/// The same without its versions.
Resolution list_alone(const Resolution& resolution) {
  auto conflicted = resolution.document({});
  REQUIRE(conflicted.has_value());
  auto alone = Resolution::of_document(*std::move(conflicted));
  REQUIRE(alone.has_value());
  return *std::move(alone);
}

Lines lines(const codec::SnapshotReader& reader, model::Section section) {
  Lines list;
  REQUIRE(for_each_record(reader, section, [&](const model::Record& record) -> Result<void> {
            list.push_back(codec::format_record(record));
            return {};
          }).has_value());
  return list;
}

codec::SnapshotReader decided(const Resolution& resolution) {
  auto result = resolution.document({});
  if (!result) {
    FAIL(result.error().message);
  }
  return *std::move(result);
}

/// The jobs when every conflict is decided for one side; the counts of the queue have to fit them.
Lines jobs_with(Resolution resolution, Take take) {
  for (std::size_t i = 0; i < resolution.conflicts().size(); ++i) {
    resolution.choose(i, take);
  }
  const codec::SnapshotReader result = decided(resolution);
  CHECK_FALSE(result.has_conflicts());
  Lines jobs = lines(result, model::Section::jobs);
  CHECK(lines(result, model::Section::queues) == lines(document({jobs, {}, {}}), model::Section::queues));
  return jobs;
}

Resolution copy(const Resolution& resolution, const State& base, const State& ours, const State& theirs) {
  Resolution other = merged(base, ours, theirs);
  other.adopt(resolution.choices());
  return other;
}

}  // namespace

TEST_SUITE("resolve") {
  TEST_CASE("a job that was moved to two places goes to the chosen one, with what belongs to it there") {
    const State base{{numbered(1)}, {}, {}};
    const State ours{{job(1, "completed", R"({"n":1})", R"(,"finished_at_ms":7)")}, {}, {}};
    const State theirs{{job(1, "failed", R"({"n":1})", R"(,"finished_at_ms":8)")}, {}, {}};
    CHECK(jobs_with(merged(base, ours, theirs), Take::ours) == ours.jobs);
    CHECK(jobs_with(merged(base, ours, theirs), Take::theirs) == theirs.jobs);
    CHECK(jobs_with(merged(base, ours, theirs), Take::base) == base.jobs);
    CHECK(jobs_with(list_alone(merged(base, ours, theirs)), Take::ours) == ours.jobs);
    Resolution alone = list_alone(merged(base, ours, theirs));
    alone.choose(0, Take::theirs);
    CHECK(alone.document({}).error().code == ErrorCode::refused);
  }

  TEST_CASE("conflicts of one job are decided one by one, and the others stay") {
    const State base{{job(1, "waiting", R"({"a":0,"b":0})"), numbered(2)}, {}, {}};
    const State ours{{job(1, "waiting", R"({"a":1,"b":1})"), numbered(2)}, {}, {}};
    const State theirs{{job(1, "waiting", R"({"a":2,"b":2})"), numbered(2)}, {}, {}};
    for (const bool has_versions : {true, false}) {
      Resolution resolution = has_versions ? merged(base, ours, theirs) : list_alone(merged(base, ours, theirs));
      REQUIRE(resolution.conflicts().size() == 2);
      CHECK(resolution.left() == 2);
      resolution.choose(1, Take::theirs);
      CHECK(resolution.left() == 1);
      const codec::SnapshotReader half = decided(resolution);
      CHECK(lines(half, model::Section::jobs) == Lines{job(1, "waiting", R"({"a":1,"b":2})"), numbered(2)});
      REQUIRE(half.conflicts().has_value());
      REQUIRE(half.conflicts()->size() == 1);
      CHECK(half.conflicts()->front() == resolution.conflicts()[0]);
      resolution.forget(1);
      resolution.choose(0, Take::base);
      CHECK(lines(decided(resolution), model::Section::jobs) ==
            Lines{job(1, "waiting", R"({"a":0,"b":1})"), numbered(2)});
    }
  }

  TEST_CASE("a job that one side removed and the other changed is kept, removed, or as it was") {
    const State base{{numbered(1), numbered(2)}, {}, {}};
    const State ours{{numbered(2)}, {}, {}};
    const State theirs{{job(1, "waiting", R"({"n":100})"), numbered(2)}, {}, {}};
    for (const bool has_versions : {true, false}) {
      const auto open = [&] {
        return has_versions ? merged(base, ours, theirs) : list_alone(merged(base, ours, theirs));
      };
      CHECK(jobs_with(open(), Take::ours) == ours.jobs);
      CHECK(jobs_with(open(), Take::theirs) == theirs.jobs);
      CHECK(jobs_with(open(), Take::base) == base.jobs);
    }
  }

  TEST_CASE("an order is taken from the chosen side, and jobs that it has not stay behind their neighbours") {
    const State base{in_order({1, 2, 3, 4}), {}, {}};
    const State ours{in_order({4, 1, 2, 3, 10}), {}, {}};
    const State theirs{in_order({2, 1, 3, 4}), {}, {}};
    REQUIRE(merged(base, ours, theirs).conflicts().size() == 1);
    CHECK(merged(base, ours, theirs).conflicts()[0].kind == model::ConflictKind::order);
    CHECK(jobs_with(merged(base, ours, theirs), Take::ours) == ours.jobs);
    CHECK(jobs_with(merged(base, ours, theirs), Take::base) == in_order({1, 2, 3, 10, 4}));
    State with_another = theirs;
    with_another.description = "their words";
    State ours_too = ours;
    ours_too.description = "our words";
    // With another conflict left open, the order is not a rule but a decision in the document.
    Resolution resolution = merged(base, ours_too, with_another);
    REQUIRE(resolution.conflicts().size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
      if (resolution.conflicts()[i].kind == model::ConflictKind::order) {
        resolution.choose(i, Take::theirs);
      }
    }
    CHECK(lines(decided(resolution), model::Section::jobs) == in_order({2, 1, 3, 10, 4}));
    CHECK(decided(resolution).has_conflicts());
  }

  TEST_CASE("a reference to a job that the other side removed brings it back, or goes") {
    const auto child = [](std::string_view refs, std::string_view volatiles) {
      return fmt::format(
          R"({{"name":"child","queue":"bullmq:bull:mail",{}"state":"waiting","volatile":{{"created_at_ms":6000,"id":"3"{}}}}})",
          refs, volatiles);
    };
    const std::string linked = child(R"("refs":[{"name":"send","queue":"bullmq:bull:mail","role":"parent"}],)",
                                     R"(,"parent":{"id":"1"},"ref_ids":["1"])");
    const State base{{numbered(1), numbered(2)}, {}, {}};
    const State ours{{numbered(2)}, {}, {}};
    const State theirs{{numbered(1), numbered(2), linked}, {}, {}};
    REQUIRE(merged(base, ours, theirs).conflicts().size() == 1);
    CHECK(jobs_with(merged(base, ours, theirs), Take::theirs) == Lines{numbered(2), linked, numbered(1)});
    CHECK(jobs_with(merged(base, ours, theirs), Take::ours) == Lines{numbered(2), child("", "")});
    CHECK(jobs_with(list_alone(merged(base, ours, theirs)), Take::ours) == Lines{numbered(2), child("", "")});
  }

  TEST_CASE("a decision that takes away a job which another one belongs to is refused") {
    const std::string child =
        R"({"name":"child","queue":"bullmq:bull:mail","refs":[{"name":"send","queue":"bullmq:bull:mail","role":"parent"}],)"
        R"("state":"waiting","volatile":{"created_at_ms":6000,"id":"3","ref_ids":["1"]}})";
    const State base{{numbered(1), numbered(2)}, {}, {}};
    const State ours{{numbered(2)}, {}, {}};
    const State theirs{{job(1, "waiting", R"({"n":100})"), numbered(2), child}, {}, {}};
    Resolution resolution = merged(base, ours, theirs);
    REQUIRE(resolution.conflicts().size() == 1);
    resolution.choose(0, Take::ours);
    CHECK(resolution.document({}).error().code == ErrorCode::refused);
    resolution.choose(0, Take::base);
    CHECK(lines(decided(resolution), model::Section::jobs) == Lines{numbered(1), numbered(2), child});
  }

  TEST_CASE("of two jobs with one id, the chosen one is there") {
    const auto chosen = [](int created, int n) {
      return fmt::format(
          R"({{"id":"invoice-7","payload":{},"queue":"bullmq:bull:mail","state":"waiting","volatile":{{"created_at_ms":{}}}}})",
          n, created);
    };
    const State base, ours{{chosen(1, 1)}, {}, {}}, theirs{{chosen(2, 2)}, {}, {}};
    CHECK(jobs_with(merged(base, ours, theirs), Take::ours) == ours.jobs);
    CHECK(jobs_with(merged(base, ours, theirs), Take::theirs) == theirs.jobs);
    CHECK(jobs_with(list_alone(merged(base, ours, theirs)), Take::theirs) == theirs.jobs);
  }

  TEST_CASE("jobs without an id that look alike are decided each by itself") {
    const auto bare = [](int n, std::string_view to) {
      return fmt::format(
          R"({{"name":"send","payload":{{"n":{},"to":"{}"}},"queue":"bullmq:bull:mail","state":"waiting"}})", n, to);
    };
    const State base{{bare(1, "a"), bare(2, "b")}, {}, {}};
    const State ours{{bare(1, "ours1"), bare(2, "ours2")}, {}, {}};
    const State theirs{{bare(1, "theirs1"), bare(2, "theirs2")}, {}, {}};
    Resolution resolution = merged(base, ours, theirs);
    if (resolution.conflicts().size() == 2) {  // only if diff takes them for the same jobs
      resolution.choose(1, Take::theirs);
      const codec::SnapshotReader half = decided(resolution);
      CHECK(half.conflicts()->size() == 1);
      CHECK(lines(half, model::Section::jobs) == Lines{bare(1, "ours1"), bare(2, "theirs2")});
    }
    CHECK(resolution.conflicts().size() == 2);
  }

  TEST_CASE("fields of a key, and the description") {
    const State base{{}, {hash_key(R"([["a","0"],["b","0"]])")}, "old"};
    const State ours{{}, {hash_key(R"([["a","1"],["b","1"]])")}, "ours"};
    const State theirs{{}, {hash_key(R"([["a","2"],["b","2"]])")}, "theirs", 2000};
    Resolution resolution = merged(base, ours, theirs);
    REQUIRE(resolution.conflicts().size() == 3);
    CHECK(resolution.newest() == Take::theirs);
    for (std::size_t i = 0; i < 3; ++i) {
      const bool second = resolution.conflicts()[i].path == ".items[\"b\"]";
      resolution.choose(i, second ? Take::base : Take::theirs);
    }
    const codec::SnapshotReader result = decided(resolution);
    CHECK_FALSE(result.has_conflicts());
    CHECK(result.metadata().description == "theirs");
    CHECK(lines(result, model::Section::keys) == Lines{hash_key(R"([["a","2"],["b","0"]])")});
  }

  TEST_CASE("a key that was removed on one side and changed on the other") {
    const State base{{}, {hash_key(R"([["a","0"]])")}, {}};
    const State ours;
    const State theirs{{}, {hash_key(R"([["a","2"]])")}, {}};
    const auto keys_with = [&](Take take) {
      Resolution resolution = merged(base, ours, theirs);
      REQUIRE(resolution.conflicts().size() == 1);
      resolution.choose(0, take);
      const codec::SnapshotReader result = decided(resolution);
      CHECK_FALSE(result.has_conflicts());
      return lines(result, model::Section::keys);
    };
    CHECK(keys_with(Take::ours).empty());
    CHECK(keys_with(Take::theirs) == theirs.keys);
    CHECK(keys_with(Take::base) == base.keys);
  }

  TEST_CASE("the same decisions give the same document, in whatever order and at whatever time they were made") {
    const State base{in_order({1, 2, 3}), {}, {}};
    const State ours{{job(1, "completed", R"({"n":10})"), job(2, "waiting", R"({"n":20})"), numbered(3)}, {}, {}};
    const State theirs{{job(1, "failed", R"({"n":11})"), job(2, "waiting", R"({"n":21})"), numbered(3)}, {}, {}};
    Resolution forward = merged(base, ours, theirs), backward = merged(base, ours, theirs);
    REQUIRE(forward.conflicts().size() == 3);
    const std::vector takes = {Take::theirs, Take::base, Take::ours};
    for (std::size_t i = 0; i < 3; ++i) {
      forward.choose(i, takes[i]);
      backward.choose(2 - i, takes[2 - i]);
    }
    CHECK(decided(forward).root() == decided(backward).root());
    CHECK(decided(copy(forward, base, ours, theirs)).root() == decided(forward).root());
    Resolution later = merged(base, ours, theirs);
    CHECK(later.adopt_remembered(forward.to_remember()) == 3);
    CHECK(decided(later).root() == decided(forward).root());
  }
}
