// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/temp_repo.hpp>

#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/promote.hpp>
#include <qsnap/app/promote_memory.hpp>
#include <qsnap/app/resolve.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/record_json.hpp>
#include <qsnap/codec/snapshot_writer.hpp>

using namespace qsnap;
using namespace qsnap::app;
using report::PromotedAs;

namespace {

namespace fs = std::filesystem;

const std::string k_mine = ".queue-snapshots/test-cases/a.qsnap";
const std::string k_sets = ".queue-snapshots/sets/feature%2Fx/test-cases/a.qsnap";

/// One queue with jobs that wait, each known by its id: the payload's member "n", and what was tried.
struct Job {
  int id = 1;
  int n = 0;
  int retries = 0;
};

std::string document(const std::vector<Job>& jobs, std::int64_t captured_at_ms = 1000) {
  std::string bytes;
  model::Metadata metadata;
  metadata.captured_at = instant_from_ms(captured_at_ms);
  auto writer =
      codec::SnapshotWriter::begin(metadata, codec::Encoding::stored, [&](std::string_view more) -> Result<void> {
        bytes += more;
        return {};
      });
  REQUIRE(writer.has_value());
  const auto add = [&](model::Section section, const std::string& line) {
    const auto record = codec::parse_record(section, line);
    REQUIRE(record.has_value());
    REQUIRE(writer->add(*record).has_value());
  };
  add(model::Section::queues,
      fmt::format(R"({{"counts":{{"waiting":{}}},"framework":"bullmq","queue":"bullmq:bull:mail"}})", jobs.size()));
  for (const Job& job : jobs) {
    add(model::Section::jobs,
        fmt::format(
            R"({{"enc":"json","name":"send","payload":{{"n":{}}},"queue":"bullmq:bull:mail","retry_count":{},"state":"waiting","volatile":{{"created_at_ms":{},"id":"{}"}}}})",
            job.n, job.retries, 1000 + job.id, job.id));
  }
  REQUIRE(writer->finish().has_value());
  return bytes;
}

/// A repository whose main branch has test-cases/a, and what a user does in it.
struct World {
  World() {
    REQUIRE(store::Store::init(repo.path()).has_value());
    repo.write(k_mine, document({{1, 0, 0}, {2, 0, 0}}));
    repo.commit_all("base");
  }

  /// A branch that has its own version of a file, merged into main, where the other file is what `mine` says.
  void merge_branch(const std::string& file, const std::string& theirs) const {
    repo.git({"checkout", "-q", "-b", "feature/x"});
    repo.write(file, theirs);
    repo.commit_all("on the branch");
    repo.git({"checkout", "-q", "main"});
  }
  void merge() const { repo.git({"merge", "-q", "--no-edit", "feature/x"}); }
  void change_main(const std::string& mine) const {
    repo.write(k_mine, mine);
    repo.commit_all("on main");
  }

  [[nodiscard]] report::PromoteView promote(PromoteRule rule = PromoteRule::write, const std::string& into = {}) const {
    auto store = store::Store::open(repo.path());
    REQUIRE(store.has_value());
    auto request = promote_request(*store, {"feature/x", into, {}});
    if (!request) {
      FAIL(request.error().message);
    }
    request->rule = rule;
    auto view = app::promote(*std::move(store), *request, {});
    if (!view) {
      FAIL(view.error().message);
    }
    return *std::move(view);
  }

  [[nodiscard]] bool has(const std::string& file) const { return fs::exists(repo.path() / file); }
  /// The values of the jobs, in order: "1:0/0 2:5/1" are id, n and retries.
  [[nodiscard]] std::string jobs(const std::string& file = k_mine) const {
    const auto reader = codec::SnapshotReader::open_file(repo.path() / file);
    REQUIRE(reader.has_value());
    std::string text;
    REQUIRE(for_each_record(*reader, model::Section::jobs, [&](const model::Record& job) -> Result<void> {
              const std::string volatiles{job.volatiles.find("id").value_or("?")};
              text +=
                  fmt::format("{}{}:{}/{}", text.empty() ? "" : " ", volatiles,
                              job.fields.find("payload").value_or("-"), job.fields.find("retry_count").value_or("-"));
              return {};
            }).has_value());
    return text;
  }
  [[nodiscard]] std::string outcome(const report::PromoteView& view) const {
    std::string text;
    for (const report::PromotedSnapshot& one : view.snapshots) {
      text += fmt::format("{}{}", text.empty() ? "" : " ", report::to_text(one.as));
    }
    return text;
  }

  test::TempRepo repo;
};

void resolve_all(const World& world, Take take) {
  auto merge = open_merge(world.repo.path(), *store::SnapshotName::parse("a"), {});
  if (!merge) {
    FAIL(merge.error().message);
  }
  for (std::size_t i = 0; i < merge->resolution->conflicts().size(); ++i) {
    merge->resolution->choose(i, take);
  }
  const auto done = keep_decisions(*merge, {});
  REQUIRE(done.has_value());
  CHECK(done->staged);
}

}  // namespace

TEST_SUITE("promote") {
  TEST_CASE("a version that the target has not changed since is taken as it is, to the byte, and the set goes") {
    const World world;
    const std::string theirs = document({{1, 7, 0}, {2, 0, 0}});
    world.merge_branch(k_sets, theirs);
    world.repo.write("other", "x");
    world.repo.commit_all("something else on main");
    world.merge();
    const auto trial = world.promote(PromoteRule::dry_run);
    CHECK(world.outcome(trial) == "taken");
    CHECK(trial.left == 1);
    CHECK(world.repo.git({"status", "--short"}).empty());
    const auto view = world.promote();
    CHECK(world.outcome(view) == "taken");
    CHECK(view.set_is_gone);
    CHECK(view.snapshots.front().since == world.repo.git({"rev-parse", "feature/x~1"}));
    CHECK(world.jobs() == "\"1\":{\"n\":7}/0 \"2\":{\"n\":0}/0");
    CHECK_FALSE(world.has(".queue-snapshots/sets"));
    CHECK(world.repo.git({"hash-object", k_mine}) == world.repo.git({"rev-parse", "feature/x:" + k_sets}));
  }

  TEST_CASE("what both changed in different jobs is merged from where the branch left, and what is new is added") {
    const World world;
    world.merge_branch(k_sets, document({{1, 7, 0}, {2, 0, 0}}));
    world.change_main(document({{1, 0, 0}, {2, 8, 0}}));
    world.merge();
    world.repo.write(".queue-snapshots/sets/feature%2Fx/baselines/new.qsnap", document({{5, 5, 0}}));
    const auto view = world.promote();
    CHECK(world.outcome(view) == "added merged");
    CHECK(view.open() == 0);
    CHECK(world.jobs() == "\"1\":{\"n\":7}/0 \"2\":{\"n\":8}/0");
    CHECK(world.jobs(".queue-snapshots/baselines/new.qsnap") == "\"5\":{\"n\":5}/0");
    CHECK(view.set_is_gone);
  }

  TEST_CASE("a state that main captured while the branch was rebased is not undone by the older one of the set") {
    const World world;
    world.merge_branch(k_sets, document({{1, 7, 0}, {2, 0, 0}}, 2000));
    world.change_main(document({{1, 0, 0}, {2, 8, 0}}, 3000));
    world.repo.git({"checkout", "-q", "feature/x"});
    world.repo.git({"rebase", "-q", "main"});
    world.repo.git({"checkout", "-q", "main"});
    world.merge();
    CHECK(world.outcome(world.promote()) == "merged");
    CHECK(world.jobs() == "\"1\":{\"n\":7}/0 \"2\":{\"n\":8}/0");
  }

  TEST_CASE("of a squashed branch that is here still, the base is where the branch left") {
    const World world;
    world.merge_branch(k_sets, document({{1, 7, 0}, {2, 0, 0}}));
    world.change_main(document({{1, 0, 0}, {2, 8, 0}}));
    world.repo.git({"merge", "-q", "--squash", "feature/x"});
    world.repo.commit_all("squashed");
    CHECK(world.outcome(world.promote()) == "merged");
    CHECK(world.jobs() == "\"1\":{\"n\":7}/0 \"2\":{\"n\":8}/0");
  }

  TEST_CASE("a conflict is Git's own: it is resolved, brought back, and the second call takes the decision") {
    for (const Take take : {Take::ours, Take::theirs, Take::base}) {
      const World world;
      world.merge_branch(k_sets, document({{1, 7, 0}, {2, 0, 0}}));
      world.change_main(document({{1, 9, 0}, {2, 8, 0}}));
      world.merge();
      const auto view = world.promote();
      CHECK(world.outcome(view) == "conflict");
      CHECK(view.snapshots.front().conflicts == 1);
      CHECK(view.left == 1);
      CHECK(world.has(k_sets));
      CHECK(world.repo.git({"ls-files", "-u"}).find(k_mine) != std::string::npos);
      const auto listed = list_conflicts(world.repo.path(), std::nullopt, {});
      REQUIRE(listed.has_value());
      REQUIRE(listed->snapshots.size() == 1);
      CHECK(listed->snapshots.front().conflicts.size() == 1);
      CHECK(world.outcome(world.promote()) == "in-conflict");
      resolve_all(world, take);
      REQUIRE(unresolve(world.repo.path(), *store::SnapshotName::parse("a"), {}).has_value());
      CHECK(world.outcome(world.promote()) == "in-conflict");
      resolve_all(world, take);
      const auto second = world.promote();
      CHECK(world.outcome(second) == "resolved");
      CHECK(second.set_is_gone);
      CHECK(world.jobs() == fmt::format("\"1\":{{\"n\":{}}}/0 \"2\":{{\"n\":8}}/0", take == Take::ours     ? 9
                                                                                    : take == Take::theirs ? 7
                                                                                                           : 0));
    }
  }

  TEST_CASE("a conflict that was thrown away is one again") {
    const World world;
    world.merge_branch(k_sets, document({{1, 7, 0}}));
    world.change_main(document({{1, 9, 0}}));
    world.merge();
    CHECK(world.outcome(world.promote()) == "conflict");
    world.repo.git({"reset", "-q", "--hard"});
    CHECK(world.jobs() == "\"1\":{\"n\":9}/0");
    CHECK(world.outcome(world.promote()) == "conflict");
  }

  TEST_CASE("a merge that was ended between its two files is not done twice: a sum counts once") {
    const World world;
    world.repo.write(".queue-snapshots/config.yaml", "version: 1\nmerge:\n  jobs.retry_count: sum\n");
    world.repo.commit_all("rules");
    const std::string theirs = document({{1, 0, 2}, {2, 0, 0}});
    world.merge_branch(k_sets, theirs);
    world.change_main(document({{1, 0, 3}, {2, 0, 0}}));
    world.merge();
    CHECK(world.outcome(world.promote()) == "merged");
    CHECK(world.jobs() == "\"1\":{\"n\":0}/5 \"2\":{\"n\":0}/0");
    // What a kill leaves: the merged file, the memory of it, and the file of the set.
    const auto merged = codec::SnapshotReader::open_file(world.repo.path() / k_mine);
    world.repo.write(k_sets, theirs);
    const auto set_root = codec::SnapshotReader::open(codec::memory_source(theirs));
    REQUIRE(remember_promotion(world.repo.path() / ".git", k_mine, {to_hex(set_root->root()), to_hex(merged->root())})
                .has_value());
    CHECK(world.outcome(world.promote()) == "merged");
    CHECK(world.jobs() == "\"1\":{\"n\":0}/5 \"2\":{\"n\":0}/0");
    CHECK_FALSE(world.has(k_sets));
  }

  TEST_CASE("a conflict that was ended between Git's index and the file is written by the next call") {
    const World world;
    const std::string theirs = document({{1, 7, 0}}), ours = document({{1, 9, 0}});
    world.merge_branch(k_sets, theirs);
    world.change_main(ours);
    world.merge();
    CHECK(world.outcome(world.promote()) == "conflict");
    const auto conflicted = codec::SnapshotReader::open_file(world.repo.path() / k_mine);
    const auto set_root = codec::SnapshotReader::open(codec::memory_source(theirs));
    world.repo.write(k_mine, ours);
    CHECK(world.outcome(world.promote()) == "in-conflict");  // somebody chose a side, and has not told Git
    REQUIRE(remember_promotion(world.repo.path() / ".git", k_mine, {to_hex(set_root->root()), "?"}).has_value());
    CHECK(world.outcome(world.promote()) == "conflict");
    const auto again = codec::SnapshotReader::open_file(world.repo.path() / k_mine);
    CHECK(again->root() == conflicted->root());
    CHECK(again->has_conflicts());
    CHECK(world.outcome(world.promote()) == "in-conflict");
  }

  TEST_CASE("of very many merges and conflicts not all documents are open at once, and each is written") {
    constexpr int k_snapshots = 36;
    const auto file = [](int i) { return fmt::format("test-cases/m{:02}.qsnap", i); };
    const World world;
    const auto write_all = [&](const std::string& folder, const std::string& even, const std::string& odd) {
      for (int i = 0; i < k_snapshots; ++i) {
        world.repo.write(fmt::format(".queue-snapshots/{}{}", folder, file(i)), i % 2 == 0 ? even : odd);
      }
      world.repo.commit_all(folder.empty() ? "on main" : "on the branch");
    };
    const std::string base = document({{1, 0, 0}, {2, 0, 0}}), theirs = document({{1, 7, 0}, {2, 0, 0}});
    write_all("", base, base);
    world.repo.git({"checkout", "-q", "-b", "feature/x"});
    write_all("sets/feature%2Fx/", theirs, theirs);
    world.repo.git({"checkout", "-q", "main"});
    write_all("", document({{1, 0, 0}, {2, 8, 0}}), document({{1, 9, 0}, {2, 8, 0}}));
    world.merge();
    const auto view = world.promote();
    CHECK(view.open() == k_snapshots / 2);
    for (int i = 0; i < k_snapshots; i += 2) {
      CHECK(world.jobs(fmt::format(".queue-snapshots/{}", file(i))) == "\"1\":{\"n\":7}/0 \"2\":{\"n\":8}/0");
    }
    CHECK(conflicted_names(world.repo.path())->size() == k_snapshots / 2);
  }

  TEST_CASE("a branch that goes on after a promote is merged from what the target has taken of it") {
    enum class Second { from_main, by_hand, by_hand_uncommitted };  // who merges, and what is kept of the set's file
    for (const Second second : {Second::from_main, Second::by_hand, Second::by_hand_uncommitted}) {
      CAPTURE(static_cast<int>(second));
      const World world;
      world.repo.write(".queue-snapshots/config.yaml", "version: 1\nmerge:\n  jobs.retry_count: sum\n");
      world.repo.commit_all("rules");
      world.merge_branch(k_sets, document({{1, 7, 2}, {2, 0, 0}}));
      world.change_main(document({{1, 0, 3}, {2, 8, 0}}));
      world.merge();
      CHECK(world.outcome(world.promote()) == "merged");
      CHECK(world.jobs() == "\"1\":{\"n\":7}/5 \"2\":{\"n\":8}/0");
      world.repo.commit_all("promoted");
      world.repo.git({"checkout", "-q", "feature/x"});
      world.repo.write(k_sets, document({{1, 9, 3}, {2, 0, 0}}));
      world.repo.commit_all("the branch goes on");
      if (second == Second::from_main) {
        CHECK_THROWS(world.repo.git({"merge", "-q", "--no-edit", "main"}));
        world.repo.commit_all("the branch keeps its own");
      }
      world.repo.git({"checkout", "-q", "main"});
      if (second == Second::from_main) {
        world.merge();
      } else {
        CHECK_THROWS(world.merge());
        world.repo.git({"add", k_sets});
      }
      if (second == Second::by_hand) {
        world.repo.commit_all("main keeps it, too");
      }
      CHECK(world.outcome(world.promote()) == "merged");
      CHECK(world.jobs() == "\"1\":{\"n\":9}/6 \"2\":{\"n\":8}/0");
    }
  }

  TEST_CASE("a set that two lines began is merged from where the second one did, though the first one was promoted") {
    const World world;
    world.repo.git({"branch", "second"});
    world.merge_branch(k_sets, document({{1, 7, 0}, {2, 0, 0}}));
    world.merge();
    CHECK(world.outcome(world.promote()) == "taken");
    world.repo.commit_all("promoted");
    world.repo.git({"branch", "-q", "-D", "feature/x"});
    world.repo.git({"checkout", "-q", "second"});
    world.repo.write(k_sets, document({{1, 0, 0}, {2, 8, 0}}));
    world.repo.commit_all("another line of the same set");
    world.repo.git({"checkout", "-q", "main"});
    world.repo.git({"merge", "-q", "--no-edit", "second"});
    CHECK(world.outcome(world.promote()) == "merged");
    CHECK(world.jobs() == "\"1\":{\"n\":7}/0 \"2\":{\"n\":8}/0");
  }

  TEST_CASE("a set that is begun anew after a promote, in the commit or before it, is merged from there") {
    for (const bool commits : {true, false}) {
      CAPTURE(commits);
      const World world;
      world.merge_branch(k_sets, document({{1, 7, 0}, {2, 0, 0}}));
      world.merge();
      CHECK(world.outcome(world.promote()) == "taken");
      world.repo.commit_all("promoted");
      world.repo.write(k_sets, document({{1, 7, 0}, {2, 8, 0}}));
      if (commits) {
        world.repo.commit_all("anew");
      }
      CHECK(world.outcome(world.promote()) == "taken");
      CHECK(world.jobs() == "\"1\":{\"n\":7}/0 \"2\":{\"n\":8}/0");
    }
  }

  TEST_CASE("a version that no commit has does not undo what was captured after it") {
    const World world;
    world.change_main(document({{1, 0, 0}, {2, 8, 0}}, 3000));
    world.repo.write(k_sets, document({{1, 7, 0}, {2, 0, 0}}, 2000));
    CHECK(world.outcome(world.promote()) == "merged");
    CHECK(world.jobs() == "\"1\":{\"n\":7}/0 \"2\":{\"n\":8}/0");
  }

  TEST_CASE("a mark of removal removes, but for what the target changed meanwhile") {
    const std::string mark = ".queue-snapshots/sets/feature%2Fx/test-cases/a.removed";
    {
      const World world;
      world.merge_branch(mark, "removed\n");
      world.merge();
      CHECK(world.outcome(world.promote()) == "removed");
      CHECK_FALSE(world.has(k_mine));
      CHECK_FALSE(world.has(mark));
    }
    const World world;
    world.merge_branch(mark, "removed\n");
    world.change_main(document({{1, 9, 0}}));
    world.merge();
    const auto view = world.promote();
    CHECK(world.outcome(view) == "kept");
    CHECK(view.open() == 1);
    CHECK(view.snapshots.front().mark == mark);
    CHECK(view.snapshots.front().target_file == k_mine);
    CHECK(world.has(k_mine));
    CHECK(world.has(mark));
    world.repo.git({"rm", "-q", k_mine});
    CHECK(world.outcome(world.promote()) == "removed");
    CHECK_FALSE(world.has(mark));
  }

  TEST_CASE(
      "what the target removed and the set changed is a conflict of the file; what it did not change stays away") {
    const World world;
    world.merge_branch(k_sets, document({{1, 7, 0}}));
    world.repo.git({"rm", "-q", k_mine});
    world.repo.commit_all("removed on main");
    world.merge();
    CHECK(world.outcome(world.promote()) == "deleted");
    auto merge = open_merge(world.repo.path(), *store::SnapshotName::parse("a"), {});
    REQUIRE(merge.has_value());
    REQUIRE(settle_deleted(*merge, DeletedFile::keep).has_value());
    CHECK(world.outcome(world.promote()) == "resolved");
    CHECK(world.jobs() == "\"1\":{\"n\":7}/0");
  }

  TEST_CASE("a set goes into a set, which then has its own version of what it inherited") {
    const World world;
    world.repo.write(".queue-snapshots/sets/release%2F2/baselines/b.qsnap", document({{3, 3, 0}}));
    world.repo.commit_all("a release line");
    world.merge_branch(k_sets, document({{1, 7, 0}, {2, 0, 0}}));
    world.change_main(document({{1, 0, 0}, {2, 8, 0}}));
    world.merge();
    const auto view = world.promote(PromoteRule::write, "release/2");
    CHECK(view.target == "release/2");
    CHECK(world.outcome(view) == "merged");
    CHECK(world.jobs(".queue-snapshots/sets/release%2F2/test-cases/a.qsnap") == "\"1\":{\"n\":7}/0 \"2\":{\"n\":8}/0");
    CHECK(world.jobs() == "\"1\":{\"n\":0}/0 \"2\":{\"n\":8}/0");
  }

  TEST_CASE(
      "unknown sets, names and targets are told; a broken snapshot of the set ends it before anything is written") {
    const World world;
    world.merge_branch(k_sets, document({{1, 7, 0}}));
    world.merge();
    const auto store = store::Store::open(world.repo.path());
    CHECK(promote_request(*store, {"feature/y", {}, {}}).error().code == ErrorCode::not_found);
    CHECK(promote_request(*store, {"", {}, {}}).error().code == ErrorCode::usage);
    CHECK(promote_request(*store, {"feature/x", "feature/x", {}}).error().code == ErrorCode::usage);
    CHECK(promote_request(*store, {"feature/x", "releese/1", {}}).error().code == ErrorCode::not_found);
    world.repo.git({"branch", "release/1"});
    CHECK(promote_request(*store, {"feature/x", "release/1", {}}).has_value());
    CHECK(promote_request(*store, {"feature/x", {}, {"sets/feature%2Fy/test-cases/a"}}).error().code ==
          ErrorCode::usage);
    CHECK(promote_request(*store, {"feature/x", {}, {"sets/feature%2Fx/test-cases/a"}}).has_value());
    const auto unknown = promote_request(*store, {"feature/x", {}, {"nothing"}});
    REQUIRE(unknown.has_value());
    CHECK(app::promote(*store::Store::open(world.repo.path()), *unknown, {}).error().code == ErrorCode::not_found);
    world.repo.write(".queue-snapshots/sets/feature%2Fx/test-cases/z.qsnap", document({{1, 7, 0}}));
    world.repo.write(".queue-snapshots/test-cases/Z.qsnap", document({{1, 7, 0}}));
    CHECK(app::promote(*store::Store::open(world.repo.path()), *promote_request(*store, {"feature/x", {}, {}}), {})
              .error()
              .code == ErrorCode::refused);
    CHECK(world.has(k_sets));
    fs::remove(world.repo.path() / ".queue-snapshots/test-cases/Z.qsnap");
    world.repo.write(".queue-snapshots/sets/feature%2Fx/test-cases/z.qsnap", "no snapshot");
    const auto all = promote_request(*store, {"feature/x", {}, {}});
    CHECK(app::promote(*store::Store::open(world.repo.path()), *all, {}).error().code == ErrorCode::corrupt);
    CHECK(world.has(k_sets));
    CHECK(world.jobs() == "\"1\":{\"n\":0}/0 \"2\":{\"n\":0}/0");
  }
}
