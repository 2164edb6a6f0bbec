// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <support/fake_records.hpp>

#include <qsnap/base/text.hpp>
#include <qsnap/frameworks/compose.hpp>
#include <qsnap/frameworks/rebuild.hpp>
#include <qsnap/model/keyspace.hpp>

#include "../frameworks/keyspace_file.hpp"
#include "merge_support.hpp"

namespace qsnap::merge {

using model::Record;
using testing::Document;
using testing::merged;
using testing::Outcome;
using testing::Records;

namespace {

std::vector<std::filesystem::path> fixtures() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator{QSNAP_SOURCE_DIR "/tests/fixtures"}) {
    if (entry.path().extension() == ".keys") {
      paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  REQUIRE(paths.size() > 10);
  return paths;
}

Records composed(const std::filesystem::path& fixture) {
  const model::MemoryKeyspace keyspace{test::read_keys_file(fixture)};
  testing::Collector sink;
  frameworks::Composer composer{keyspace};
  const auto run = composer.run([&](const frameworks::Composition&) -> Result<model::RecordSink*> {
    sink.records.clear();
    return &sink;
  });
  REQUIRE(run.has_value());
  return std::move(sink.records);
}

/// What a load says against it.
std::optional<std::string> refusal(const Records& records) {
  const Document document{records};
  test::MemorySink sink;
  const auto rebuilt = frameworks::rebuild_keys(document.reader(), {}, sink);
  return rebuilt ? std::nullopt : std::optional{rebuilt.error().message};
}

/// The first job of each state of each queue.
std::vector<std::size_t> one_of_each(const Records& records) {
  std::vector<std::size_t> jobs;
  std::set<std::pair<std::string_view, std::string_view>> places;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].section == model::Section::jobs &&
        places.emplace(*records[i].fields.find("queue"), *records[i].fields.find("state")).second) {
      jobs.push_back(i);
    }
  }
  return jobs;
}

/// A later instant in what is volatile, if there is one.
void touch_volatile(Record& record) {
  for (const model::Field& field : record.volatiles) {
    const auto ms = parse_integer(field.json);
    if (ms && field.name.find("_at_") != std::string::npos) {
      record.volatiles.set(field.name, std::to_string(*ms + 1));
      return;
    }
  }
}

}  // namespace

TEST_SUITE("merge, documents of the frameworks") {
  TEST_CASE("a second run that one side captured is the result, byte for byte") {
    int runs = 0;
    for (const std::filesystem::path& path : fixtures()) {
      const std::filesystem::path again = path.parent_path() / (path.stem().string() + "-again.keys");
      if (!std::filesystem::exists(again)) {
        continue;
      }
      CAPTURE(path.filename().string());
      ++runs;
      const Records first = composed(path), second = composed(again);
      Records noted = first;
      // So that the root is another one, and the records are looked at.
      testing::append(noted, model::Section::keys,
                      {R"({"items":["1"],"key":"~note","part":0,"role":"data","type":"string"})"});
      const Document base{first}, quiet{noted}, changed{second};
      const Outcome theirs = merged(base, quiet, changed);
      const Outcome ours = merged(base, changed, quiet);
      const auto without_note = [](Records records) {
        std::erase_if(records, [](const Record& record) { return record.fields.find("key") == R"("~note")"; });
        return records;
      };
      CHECK(theirs.conflicts.empty());
      CHECK((without_note(theirs.records) == second));
      CHECK(ours.conflicts.empty());
      CHECK((without_note(ours.records) == second));
    }
    CHECK(runs > 5);
  }

  TEST_CASE("two members that the sides removed from one job are both gone, and the job can be loaded") {
    int merges = 0;
    for (const std::filesystem::path& path : fixtures()) {
      CAPTURE(path.filename().string());
      const Records base_records = composed(path);
      const Document base{base_records};
      for (const std::size_t job : one_of_each(base_records)) {
        std::vector<std::string> members;
        for (const model::Field& field : base_records[job].fields) {
          members.push_back(field.name);
        }
        for (std::size_t i = 0; i + 1 < members.size(); ++i) {
          const std::string &mine = members[i], &yours = members[(i + members.size() / 2) % members.size()];
          CAPTURE(mine);
          CAPTURE(yours);
          Records ours = base_records, theirs = base_records;
          ours[job].fields.erase(mine);
          theirs[job].fields.erase(yours);
          touch_volatile(theirs[job]);
          const bool is_place = mine == "queue" || mine == "state" || yours == "queue" || yours == "state";
          if (mine == yours || is_place || refusal(ours) || refusal(theirs)) {
            continue;
          }
          ++merges;
          const Outcome outcome = merged(base, Document{ours}, Document{theirs});
          if (outcome.conflicts.empty()) {
            const auto why = refusal(outcome.records);
            CHECK_MESSAGE(!why, why.value_or(""));
          }
        }
      }
    }
    CHECK(merges > 100);
  }
}

}  // namespace qsnap::merge
