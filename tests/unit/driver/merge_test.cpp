// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <support/temp_repo.hpp>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/codec/merge_journal.hpp>
#include <qsnap/codec/merge_journal_json.hpp>
#include <qsnap/codec/record_json.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/driver/merge_entry.hpp>

namespace qsnap::driver {

namespace {

using test::TempRepo;
using Numbers = std::vector<std::string>;

std::string job(const std::string& id, std::string_view payload) {
  return R"({"enc":"json","name":"a","payload":)" + std::string{payload} +
         R"(,"queue":"sidekiq::q","state":"waiting","volatile":{"created_at_s":1,"id":")" + id + R"("}})";
}

/// A document with these jobs in one queue.
std::string document(const Numbers& jobs, const std::vector<model::Conflict>& conflicts = {}) {
  std::string bytes;
  auto writer = codec::SnapshotWriter::begin(
      {}, codec::Encoding::packed,
      [&](std::string_view more) -> Result<void> {
        bytes += more;
        return {};
      },
      0, conflicts);
  REQUIRE(writer.has_value());
  for (const std::string& line : jobs) {
    const auto record = codec::parse_record(model::Section::jobs, line);
    REQUIRE(record.has_value());
    REQUIRE(writer->add(*record).has_value());
  }
  REQUIRE(writer->finish().has_value());
  return bytes;
}

model::Conflict conflict_of(const std::string& id) {
  model::Conflict conflict;
  conflict.subject = "job";
  conflict.id = id;
  conflict.ours = "1";
  return conflict;
}

/// Three files in a repository of their own.
struct Sides {
  TempRepo repo;
  MergeRequest request;

  Sides(std::string_view base, std::string_view ours, std::string_view theirs) {
    repo.write("base", base);
    repo.write("ours", ours);
    repo.write("theirs", theirs);
    request.base = repo.path() / "base";
    request.ours = repo.path() / "ours";
    request.theirs = repo.path() / "theirs";
    request.path = "x.qsnap";
    request.folder = repo.path();
  }

  [[nodiscard]] std::string text(std::string_view name) const {
    const auto bytes = read_file(repo.path() / name, 2 * limits::k_mib);
    REQUIRE(bytes.has_value());
    return *bytes;
  }

  [[nodiscard]] codec::SnapshotReader result() const {
    auto reader = codec::SnapshotReader::open(codec::memory_source(text("ours")));
    REQUIRE(reader.has_value());
    return *std::move(reader);
  }

  [[nodiscard]] model::MergeJournalEntry journal() const {
    const std::string lines = text(".git/qsnap/merge-log.jsonl");
    auto entry = codec::parse_merge_entry(std::string_view{lines}.substr(0, lines.size() - 1));
    REQUIRE(entry.has_value());
    return *std::move(entry);
  }
};

MergeOutcome merged(const MergeRequest& request) {
  const auto answer = merge_files(request);
  REQUIRE(answer.has_value());
  CHECK_FALSE(answer->journal_problem.has_value());
  return answer->outcome;
}

std::vector<std::string> jobs_of(const codec::SnapshotReader& snapshot) {
  std::vector<std::string> lines;
  REQUIRE(model::for_each_record(snapshot, [&](const model::Record& record) -> Result<void> {
            lines.push_back(codec::format_record(record));
            return {};
          }).has_value());
  return lines;
}

const std::string k_one = job("1", "1"), k_two = job("2", "2"), k_three = job("3", "3");

}  // namespace

TEST_SUITE("driver::merge_files") {
  TEST_CASE("has what both sides did, stored, and says so in the journal") {
    const Sides sides{document({k_one}), document({k_one, k_two}), document({k_one, k_three})};
    CHECK(merged(sides.request) == MergeOutcome::merged);
    const codec::SnapshotReader result = sides.result();
    CHECK(jobs_of(result).size() == 3);
    CHECK(result.encoding() == codec::Encoding::stored);
    const model::MergeJournalEntry entry = sides.journal();
    CHECK(entry.path == "x.qsnap");
    CHECK(entry.outcome == "merged");
    CHECK_FALSE(entry.result_root.empty());
  }

  TEST_CASE("leaves ours alone where theirs did nothing, and takes theirs as Git keeps it where ours did nothing") {
    const std::string base = document({k_one}), changed = document({k_one, k_two});
    const Sides theirs_is_quiet{base, changed, base};
    CHECK(merged(theirs_is_quiet.request) == MergeOutcome::merged);
    CHECK(theirs_is_quiet.text("ours") == changed);
    const Sides ours_is_quiet{base, base, changed};
    CHECK(merged(ours_is_quiet.request) == MergeOutcome::merged);
    CHECK(jobs_of(ours_is_quiet.result()).size() == 2);
    CHECK(ours_is_quiet.result().encoding() == codec::Encoding::stored);
  }

  TEST_CASE("a conflict is in the result, unless somebody is favored") {
    Sides sides{document({k_one}), document({job("1", "10")}), document({job("1", "11")})};
    const std::string ours = sides.text("ours");
    CHECK(merged(sides.request) == MergeOutcome::conflict);
    const auto conflicts = sides.result().conflicts();
    REQUIRE(conflicts.has_value());
    REQUIRE(conflicts->size() == 1);
    CHECK(conflicts->front().theirs == "11");
    for (const FavoredSide side : {FavoredSide::ours, FavoredSide::theirs}) {
      sides.repo.write("ours", ours);
      sides.request.favored = side;
      CHECK(merged(sides.request) == MergeOutcome::merged);
      const std::string payload = side == FavoredSide::ours ? "10" : "11";
      CHECK(jobs_of(sides.result()).front().find("\"payload\":" + payload) != std::string::npos);
    }
  }

  TEST_CASE("conflicts of earlier merges stay until a side has resolved them") {
    const model::Conflict resolved = conflict_of("resolved"), open = conflict_of("open"), ours = conflict_of("ours"),
                          theirs = conflict_of("theirs");
    const Sides sides{document({k_one}, {resolved, open}), document({k_one, k_two}, {resolved, open, ours}),
                      document({k_one, k_three}, {open, theirs})};
    CHECK(merged(sides.request) == MergeOutcome::conflict);
    const auto conflicts = sides.result().conflicts();
    REQUIRE(conflicts.has_value());
    CHECK(*conflicts == std::vector<model::Conflict>{open, ours, theirs});
    CHECK(jobs_of(sides.result()).size() == 3);
  }

  TEST_CASE("a virtual base has the ancestor's value where the sides do not agree") {
    Sides sides{document({k_one}), document({job("1", "10"), k_two}), document({job("1", "11")})};
    sides.request.kind = MergeKind::virtual_base;
    CHECK(merged(sides.request) == MergeOutcome::merged);
    CHECK_FALSE(sides.result().has_conflicts());
    CHECK(jobs_of(sides.result()) == std::vector<std::string>{k_one, k_two});
  }

  TEST_CASE("a virtual base is the ancestor where that is not enough, or a side cannot be read") {
    const std::string base = document({k_one});
    Sides unreadable{base, document({k_two}), "x"};
    unreadable.request.kind = MergeKind::virtual_base;
    CHECK(merged(unreadable.request) == MergeOutcome::merged);
    CHECK(unreadable.text("ours") == base);
    CHECK(unreadable.journal().problem == "their side: is not a git-qsnap snapshot");
    Sides removed{base, document({job("1", "10")}), document({})};
    removed.request.kind = MergeKind::virtual_base;
    CHECK(merged(removed.request) == MergeOutcome::merged);
    CHECK(removed.text("ours") == base);
    Sides added{"", document({k_one}), "x"};
    added.request.kind = MergeKind::virtual_base;
    CHECK(merged(added.request) == MergeOutcome::merged);
    CHECK(added.text("ours").empty());
  }

  TEST_CASE("fails without touching ours, and without its files") {
    Sides sides{document({k_one}), document({k_two}), "x"};
    const std::string before = sides.text("ours");
    CHECK_FALSE(merge_files(sides.request).has_value());
    CHECK(sides.journal().outcome == "failed");
    sides.request.theirs = sides.repo.path() / "absent";
    CHECK_FALSE(merge_files(sides.request).has_value());
    CHECK(sides.text("ours") == before);
    sides.request.folder = sides.repo.outside();
    CHECK_FALSE(merge_files(sides.request).has_value());
  }
}

TEST_SUITE("codec::append_to_journal") {
  TEST_CASE("several at once: every line is whole, and the files stay bounded") {
    const TempRepo repo;
    model::MergeJournalEntry entry;
    entry.path = "x.qsnap";
    entry.outcome = "conflict";
    entry.conflicts.assign(200, {"moved", "job", "queue", "waiting", "12345678", "name", ".state"});
    const auto append_many = [&] {
      for (int i = 0; i < 25; ++i) {
        CHECK(codec::append_to_journal(repo.path(), entry).has_value());
      }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back(append_many);
    }
    std::for_each(threads.begin(), threads.end(), [](std::thread& thread) { thread.join(); });
    std::size_t lines = 0;
    for (const char* name : {"merge-log.1.jsonl", "merge-log.jsonl"}) {
      const auto text = read_file(repo.path() / "qsnap" / name, limits::k_mib + 64 * limits::k_kib);
      REQUIRE(text.has_value());
      for (std::string_view rest = *text; !rest.empty(); ++lines) {
        const std::size_t end = rest.find('\n');
        REQUIRE(end != std::string_view::npos);
        CHECK(codec::parse_merge_entry(rest.substr(0, end)).has_value());
        rest.remove_prefix(end + 1);
      }
    }
    CHECK(lines == 75);
  }
}

}  // namespace qsnap::driver
