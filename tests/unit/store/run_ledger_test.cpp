// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <support/temp_dir.hpp>

#include <qsnap/store/run_event_json.hpp>
#include <qsnap/store/run_ledger.hpp>
#include <qsnap/store/run_list.hpp>

namespace fs = std::filesystem;
using namespace qsnap;
using namespace qsnap::store;

namespace {

RunId run_id(std::string_view text) {
  return *RunId::parse(text);
}

RunEvent event(std::string_view name, Instant at = instant_from_ms(0)) {
  return {RunEventKind::asserted, *SnapshotName::parse(name), true, "a test", at};
}

void write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary} << text;
}

std::vector<std::string> names_of(const std::vector<RunEvent>& events) {
  std::vector<std::string> names;
  for (const RunEvent& one : events) {
    names.push_back(one.name.text());
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path only_file_in(const fs::path& folder) {
  const std::vector<fs::path> files(fs::directory_iterator{folder}, fs::directory_iterator{});
  REQUIRE(files.size() == 1);
  return files.front();
}

constexpr std::string_view k_line =
    R"({"event":"asserted","name":"test-cases/a","held":true,"at":"2026-01-02T03:04:05.000Z"})";

}  // namespace

TEST_CASE("an id of a run is a folder's name and nothing else") {
  for (const char* good : {"1", "shard-3", "a.b_c", "2026-01-02T03-04"}) {
    CHECK(RunId::parse(good));
  }
  for (const std::string& bad : {std::string{}, std::string{"."}, std::string{".."}, std::string{"a/b"},
                                 std::string{"-a"}, std::string{"a."}, std::string{"a b"}, std::string{"a\nb"},
                                 std::string{"\xc3\xa4"}, std::string(101, 'a'), std::string("a\0b", 3)}) {
    const Result<RunId> parsed = RunId::parse(bad);
    REQUIRE(!parsed);
    CHECK(parsed.error().code == ErrorCode::usage);
  }
}

TEST_CASE("an event comes back as it was written, whatever the test is called") {
  for (const std::string& test : {std::string{}, std::string{"a \"test\"\n"}, std::string{"\xff\x00z", 3}}) {
    const RunEvent written{RunEventKind::asserted, *SnapshotName::parse("a"), false, test, instant_from_ms(1234)};
    const std::string line = format_run_event(written);
    CHECK(line.find('\n') == std::string::npos);
    const Result<RunEvent> read = parse_run_event(line);
    REQUIRE(read);
    CHECK(read->kind == RunEventKind::asserted);
    CHECK(read->name.text() == "test-cases/a");
    CHECK(!read->held);
    CHECK(read->test == test);
    CHECK(read->at == instant_from_ms(1234));
  }
  const RunEvent loaded{RunEventKind::loaded, *SnapshotName::parse("baselines/a"), true, {}, instant_from_ms(0)};
  CHECK(parse_run_event(format_run_event(loaded))->kind == RunEventKind::loaded);
}

TEST_CASE("a long test name is cut between two characters") {
  std::string test;
  for (int i = 0; i < 1000; ++i) {
    test += "\xc3\xa4";
  }
  const RunEvent written{RunEventKind::asserted, *SnapshotName::parse("a"), true, "x" + test, instant_from_ms(0)};
  const Result<RunEvent> read = parse_run_event(format_run_event(written));
  REQUIRE(read);
  CHECK(read->test.size() == 1023);
  CHECK(("x" + test).starts_with(read->test));
}

TEST_CASE("what is no event is told; members of a later version are skipped") {
  CHECK(parse_run_event(R"({"event":"asserted","name":"a","at":"2026-01-02T03:04:05.000Z","new":[1]})"));
  for (const char* bad :
       {"", "[]", "{}", R"({"event":"asserted","name":"a"})", R"({"name":"a","at":"2026-01-02T03:04:05.000Z"})",
        R"({"event":"looked-at","name":"a","at":"2026-01-02T03:04:05.000Z"})",
        R"({"event":"asserted","name":"../a","at":"2026-01-02T03:04:05.000Z"})",
        R"({"event":"asserted","name":"a","at":"yesterday"})"}) {
    CHECK(!parse_run_event(bad));
  }
}

TEST_CASE("a ledger is a private file below its run, and events of many threads are all in it") {
  const test::TempDir folder;
  const fs::path runs = folder.path() / "git" / "qsnap" / "runs";
  const RunLedger ledger{runs, run_id("one")};
  CHECK(!fs::exists(runs));
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&ledger, thread] {
      for (int i = 0; i < 50; ++i) {
        REQUIRE(ledger.append(event("n" + std::to_string(thread) + "-" + std::to_string(i))));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  struct stat status {};
  const fs::path file = only_file_in(runs / "one");
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  REQUIRE(::stat((runs / "one").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  const auto events = read_run_events(runs / "one");
  REQUIRE(events);
  std::vector<std::string> names = names_of(*events);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  CHECK(names.size() == 200);
}

TEST_CASE("two ledgers of one process are two files, so that copying never replaces one by the other") {
  const test::TempDir folder;
  REQUIRE(RunLedger{folder.path() / "a", run_id("x")}.append(event("one")));
  REQUIRE(RunLedger{folder.path() / "b", run_id("x")}.append(event("two")));
  fs::copy(folder.path() / "a" / "x", folder.path() / "all");
  fs::copy(folder.path() / "b" / "x", folder.path() / "all");
  CHECK(names_of(*read_run_events(folder.path() / "all")) ==
        std::vector<std::string>{"test-cases/one", "test-cases/two"});
}

TEST_CASE("no link is followed to a ledger or a run, and a fifo is not waited for") {
  const test::TempDir folder;
  const fs::path outside = folder.path() / "outside", runs = folder.path() / "runs";
  fs::create_directories(outside);
  fs::create_directories(runs);
  fs::create_directory_symlink(outside, runs / "linked");
  const auto appended = RunLedger{runs, run_id("linked")}.append(event("a"));
  REQUIRE(!appended);
  CHECK(appended.error().code == ErrorCode::refused);
  CHECK(fs::is_empty(outside));

  const RunLedger ledger{runs, run_id("one")};
  REQUIRE(ledger.append(event("a")));
  const fs::path file = only_file_in(runs / "one");
  fs::rename(file, outside / "moved");
  fs::create_symlink(outside / "moved", file);
  CHECK(!ledger.append(event("b")));
  CHECK(read_run_events(runs / "one").error().code == ErrorCode::refused);
  fs::remove(file);
  REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  CHECK(!ledger.append(event("b")));
  CHECK(names_of(*read_run_events(outside / "moved")) == std::vector<std::string>{"test-cases/a"});
}

TEST_CASE("half a last line was never said; half a line elsewhere is an error that names its place") {
  const test::TempDir folder;
  const fs::path ledger = folder.path() / "run" / "h-1.jsonl";
  const std::string line = std::string{k_line} + "\n";
  write(ledger, line + line.substr(0, 20));
  CHECK(read_run_events(folder.path() / "run")->size() == 1);
  write(ledger, line + std::string{k_line});  // all there but for its end
  CHECK(read_run_events(ledger)->size() == 2);
  write(ledger, line + line.substr(0, 20) + "\n" + line);
  const auto broken = read_run_events(folder.path() / "run");
  REQUIRE(!broken);
  CHECK(broken.error().code == ErrorCode::corrupt);
  CHECK(broken.error().message.find("h-1.jsonl:2: ") != std::string::npos);
  write(ledger, line + line.substr(0, 20) + "\n");
  CHECK(!read_run_events(folder.path() / "run"));
}

TEST_CASE("artifacts may be folders in folders; other files are none of ours; nothing at all is told") {
  const test::TempDir folder;
  const std::string line = std::string{k_line} + "\n";
  write(folder.path() / "all" / "shard-1" / "h-1.jsonl", line);
  write(folder.path() / "all" / "shard-2" / "run" / "h-1.jsonl", line);
  write(folder.path() / "all" / "README.txt", "hello");
  CHECK(read_run_events(folder.path() / "all")->size() == 2);
  CHECK(read_run_events(folder.path() / "none").error().code == ErrorCode::not_found);
  write(folder.path() / "deep" / "1" / "2" / "3" / "4" / "5" / "h-1.jsonl", line);
  CHECK(read_run_events(folder.path() / "deep").error().code == ErrorCode::limit_exceeded);
}

TEST_CASE("runs are listed with the newest first, and what is no run is not") {
  const test::TempDir folder;
  CHECK(list_runs(folder.path() / "none")->empty());
  REQUIRE(RunLedger{folder.path(), run_id("old")}.append(event("a", instant_from_ms(1000))));
  const RunLedger ledger{folder.path(), run_id("new")};
  REQUIRE(ledger.append(event("a", instant_from_ms(500))));
  REQUIRE(ledger.append(event("a", instant_from_ms(3000))));
  write(folder.path() / "no-run" / "data.jsonl", "{}\n");
  write(folder.path() / "file.jsonl", "{}\n");
  const auto runs = list_runs(folder.path());
  REQUIRE(runs);
  REQUIRE(runs->size() == 2);
  CHECK(runs->front().id.text() == "new");
  CHECK(runs->front().first_at == instant_from_ms(500));
  CHECK(runs->front().last_at == instant_from_ms(3000));
  CHECK(runs->front().events == 2);
  CHECK(runs->front().snapshots == 1);
}

TEST_CASE("a run that begins puts away quiet ones behind fifty newer ones, and nothing that is not ours") {
  const test::TempDir folder;
  const auto day = [](int number) { return instant_from_ms(number * 86'400'000LL); };
  const auto age = [&](const std::string& run, int days) {
    fs::last_write_time(folder.path() / run, fs::file_time_type::clock::now() - std::chrono::hours{24} * days);
  };
  write(folder.path() / "user" / "data.jsonl", "{\"mine\":1}\n");
  write(folder.path() / "mixed" / "h-1.jsonl", std::string{k_line} + "\n");
  write(folder.path() / "mixed" / "notes.txt", "mine");
  fs::create_directory(folder.path() / "empty");
  for (const char* foreign : {"user", "mixed", "empty"}) {
    age(foreign, 200);
  }
  const auto begin = [&](const std::string& run, int at_day) {
    REQUIRE(RunLedger{folder.path(), run_id(run)}.append(event("a", day(at_day))));
  };
  for (int i = 0; i < 50; ++i) {
    begin("r" + std::to_string(i), i);
    age("r" + std::to_string(i), 100 - i);
  }
  begin("r1", 60);
  age("r1", 150);  // as old as that, and still going on
  CHECK(fs::exists(folder.path() / "r0"));
  begin("last", 60);
  CHECK(fs::exists(folder.path() / "r0"));  // the fiftieth behind it is r1
  begin("last-of-all", 60);
  CHECK(!fs::exists(folder.path() / "r0"));
  CHECK(fs::exists(folder.path() / "r1"));
  CHECK(fs::exists(folder.path() / "r2"));
  for (const char* foreign : {"user", "mixed", "empty"}) {
    CHECK(fs::exists(folder.path() / foreign));
  }
}
