// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/temp_repo.hpp>

#include <qsnap/app/archive_folder.hpp>
#include <qsnap/app/archive_remote.hpp>
#include <qsnap/app/history_archive.hpp>
#include <qsnap/app/history_compact.hpp>
#include <qsnap/app/history_costs.hpp>
#include <qsnap/app/history_prune.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/store/album.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/history_json.hpp>
#include <qsnap/store/pending.hpp>

namespace fs = std::filesystem;
using namespace qsnap;
using namespace qsnap::app;

namespace {

class FixedClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return *parse_instant("2026-11-21T12:00:00.000Z"); }
};

codec::SnapshotReader state_of(Instant captured_at, const std::string& key) {
  model::Metadata metadata;
  metadata.captured_at = captured_at;
  std::string bytes;
  auto writer =
      codec::SnapshotWriter::begin(metadata, codec::Encoding::packed, [&](std::string_view more) -> Result<void> {
        bytes += more;
        return {};
      });
  REQUIRE(writer);
  model::Record record;
  record.section = model::Section::keys;
  record.fields.set("items", R"(["v"])");
  record.fields.set("key", '"' + key + '"');
  record.fields.set("part", "0");
  record.fields.set("role", R"("data")");
  record.fields.set("type", R"("string")");
  REQUIRE(writer->add(record));
  REQUIRE(writer->finish());
  auto reader = codec::SnapshotReader::open(codec::memory_source(std::move(bytes)));
  REQUIRE(reader);
  return std::move(*reader);
}

/// A repository with a tree, and captures of chosen instants.
class World {
 public:
  World() {
    REQUIRE(store::Store::init(repo.path()));
    auto opened = store::Store::open(repo.path());
    REQUIRE(opened);
    m_store.emplace(std::move(*opened));
  }

  [[nodiscard]] const store::Store& store() const { return *m_store; }
  [[nodiscard]] store::History history() const { return {store().repository(), store::SetName::default_set()}; }

  store::HistoryEntry capture(std::string_view instant, const std::string& series = {},
                              std::vector<std::string> tags = {}) const {
    const Instant at = *parse_instant(instant);
    const codec::SnapshotReader state = state_of(at, "key " + std::string{instant.substr(0, 10)});
    const auto entry = history().append({.name = store::new_history_name(series, at),
                                         .captured_at = at,
                                         .root = std::string{state.root()},
                                         .fingerprint = std::string{state.fingerprint()},
                                         .jobs = 0,
                                         .queues = 1,
                                         .raw_bytes = state.raw_bytes(),
                                         .description = {},
                                         .tags = std::move(tags),
                                         .payload_id = {}},
                                        state);
    REQUIRE(entry);
    write(store().folder() / (entry->name.text() + ".json"), store::format_history_entry(*entry, history().ref()));
    return *entry;
  }

  static void write(const fs::path& path, std::string_view text) {
    fs::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
  }

  [[nodiscard]] std::vector<std::string> names() const {
    const auto entries = history().list();
    REQUIRE(entries);
    std::vector<std::string> names;
    for (const store::HistoryEntry& entry : *entries) {
      names.push_back(entry.name.text());
    }
    return names;
  }

  [[nodiscard]] RetentionRequest request(config::KeepRules rules) const {
    return {.series = {}, .rules = rules, .pending_folder = pending(), .uncommitted = UncommittedRule::keep};
  }
  [[nodiscard]] fs::path pending() const { return store().git_dir() / "qsnap/pending"; }
  /// The album flow has this one alone.
  void add_to_album(const store::SnapshotName& name) const {
    const store::AlbumStore albums{store().folder()};
    REQUIRE(albums.lock());
    REQUIRE(albums.put({"flow", "", {}, {{name, ""}}}));
  }
  void compare_with(const store::HistoryEntry& entry) const {
    const store::PendingStore states{pending()};
    REQUIRE(states.put({.name = entry.name,
                        .kind = store::PendingKind::changed,
                        .expected_root = entry.root,
                        .test = "",
                        .summary = "",
                        .asserted_at = entry.captured_at},
                       state_of(entry.captured_at, "x")));
  }

  test::TempRepo repo;

 private:
  std::optional<store::Store> m_store;
};

Result<bool> yes(const report::RetentionView& /*plan*/) {
  return true;
}

report::PruneView prune(const World& world, const RetentionRequest& request, PruneRun run = PruneRun::drop) {
  auto view = prune_history(world.store(), request, run, yes, FixedClock{});
  REQUIRE(view);
  REQUIRE(*view);
  return std::move(**view);
}

}  // namespace

TEST_CASE("what is tagged, in an album, pending or newest of its series stays, and says so") {
  const World world;
  const auto tagged = world.capture("2026-11-01T10:00:00.000Z", "", {"v1"});
  const auto member = world.capture("2026-11-02T10:00:00.000Z");
  const auto compared = world.capture("2026-11-03T10:00:00.000Z");
  const auto old = world.capture("2026-11-04T10:00:00.000Z");
  const auto newest = world.capture("2026-11-05T10:00:00.000Z");
  const auto other = world.capture("2026-01-05T10:00:00.000Z", "prod");
  world.add_to_album(member.name);
  world.compare_with(compared);
  const report::PruneView told = prune(world, world.request({.last = 1}), PruneRun::tell);
  CHECK_FALSE(told.drop);
  CHECK(told.plan.leaving() == 1);
  REQUIRE(told.plan.series.size() == 2);
  const auto& rows = told.plan.series.front().rows;
  REQUIRE(rows.size() == 5);
  using Reasons = std::vector<std::string>;
  CHECK(rows[0].reasons == Reasons{"last 1 of 1"});
  CHECK(rows[1].loss == "older than all that the rules keep");
  CHECK(rows[2].reasons == Reasons{"a pending state is compared with it"});
  CHECK(rows[3].reasons == Reasons{"in album flow"});
  CHECK(rows[4].reasons == Reasons{"tagged v1"});
  CHECK(world.names().size() == 6);

  const report::PruneView done = prune(world, world.request({.last = 1}));
  REQUIRE(done.drop);
  CHECK(done.drop->dropped == 1);
  CHECK(done.drop->files == Reasons{".queue-snapshots/" + old.name.text() + ".json"});
  CHECK_FALSE(fs::exists(world.store().folder() / (old.name.text() + ".json")));
  CHECK(fs::exists(world.store().folder() / (newest.name.text() + ".json")));
  CHECK(world.names() ==
        Reasons{other.name.text(), tagged.name.text(), member.name.text(), compared.name.text(), newest.name.text()});
  // What is printed undoes it.
  world.repo.git({"update-ref", done.drop->ref, done.drop->before, done.drop->after});
  CHECK(world.names().size() == 6);
}

TEST_CASE("what came in or was tagged between the decision and the drop stays") {
  const World world;
  const auto old = world.capture("2026-11-01T10:00:00.000Z");
  auto wanted = world.capture("2026-11-02T10:00:00.000Z");
  const auto member = world.capture("2026-11-02T11:00:00.000Z");
  const auto compared = world.capture("2026-11-02T12:00:00.000Z");
  world.capture("2026-11-03T10:00:00.000Z");
  const RetentionRequest request = world.request({.last = 1});
  const auto plan = plan_retention(world.store(), request);
  REQUIRE(plan);
  const auto late = world.capture("2026-10-01T10:00:00.000Z");
  wanted.tags = {"keep-me"};
  REQUIRE(world.history().relabel(wanted));
  world.add_to_album(member.name);
  world.compare_with(compared);
  const auto drop = drop_planned(world.store(), *plan, request, FixedClock{}.now());
  REQUIRE(drop);
  CHECK(drop->dropped == 1);
  CHECK(drop->spared == std::vector<std::string>{wanted.name.text(), compared.name.text(), member.name.text()});
  const auto names = world.names();
  CHECK(names.size() == 5);
  CHECK(std::count(names.begin(), names.end(), late.name.text()) == 1);
  CHECK(std::count(names.begin(), names.end(), old.name.text()) == 0);
  CHECK(fs::exists(world.store().folder() / (wanted.name.text() + ".json")));
}

TEST_CASE("an album of a branch that is not checked out keeps its members, and a broken one is not passed over") {
  const World world;
  const auto member = world.capture("2026-11-01T10:00:00.000Z");
  world.capture("2026-11-02T10:00:00.000Z");
  world.repo.commit_all("main");
  const store::AlbumStore albums{world.store().folder()};
  REQUIRE(albums.lock());
  REQUIRE(albums.put({"flow", "", {}, {{member.name, ""}}}));
  world.repo.git({"checkout", "-q", "-b", "feature"});
  world.repo.commit_all("an album");
  world.repo.git({"checkout", "-q", "main"});
  REQUIRE_FALSE(fs::exists(albums.path_of("flow")));
  const auto view = prune(world, world.request({.last = 1}));
  CHECK(view.drop->dropped == 0);
  CHECK(view.plan.series.front().rows[1].reasons == std::vector<std::string>{"in album flow"});
  world.repo.git({"checkout", "-q", "feature"});
  World::write(albums.path_of("flow"), "{");
  world.repo.commit_all("broken");
  world.repo.git({"checkout", "-q", "main"});
  const auto refused = plan_retention(world.store(), world.request({.last = 1}));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("album flow.json on another branch") != std::string::npos);
}

TEST_CASE("no rules, a series that there is not, and a no") {
  const World world;
  world.capture("2026-11-01T10:00:00.000Z");
  world.capture("2026-11-02T10:00:00.000Z");
  const auto none = choose_keep_rules(world.store(), {});
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::refused);
  auto request = world.request({.last = 1});
  request.series = "prod";
  const auto unknown = prune_history(world.store(), request, PruneRun::tell, yes, FixedClock{});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == ErrorCode::not_found);
  const auto refused = prune_history(
      world.store(), world.request({.last = 1}), PruneRun::drop,
      [](const report::RetentionView&) -> Result<bool> { return false; }, FixedClock{});
  REQUIRE(refused);
  CHECK_FALSE(*refused);
  CHECK(world.names().size() == 2);
}

TEST_CASE("rules of the command line replace those of config.yaml one by one") {
  const World world;
  World::write(world.store().folder() / "config.yaml", "version: 1\nkeep:\n  last: 3\n  daily: 7\n");
  const auto rules = choose_keep_rules(world.store(), {.last = 5, .daily = 0, .yearly = 2});
  REQUIRE(rules);
  CHECK(*rules == config::KeepRules{.last = 5, .yearly = 2});
}

TEST_CASE("captures in the work tree are pruned as well, but for those that no commit has") {
  const World world;
  const auto put = [&](const std::string& instant) {
    const auto name = store::new_history_name("", *parse_instant(instant));
    auto file = world.store().replace(name);
    REQUIRE(file);
    REQUIRE(codec::reencode(state_of(*parse_instant(instant), "a"), codec::Encoding::packed,
                            [&](std::string_view bytes) { return file->write(bytes); }));
    REQUIRE(file->commit());
    return name;
  };
  const auto committed = put("2026-11-01T10:00:00.000Z");
  world.repo.commit_all("captures");
  const auto only_copy = put("2026-11-02T10:00:00.000Z");
  const auto newest = put("2026-11-03T10:00:00.000Z");
  World::write(world.store().folder() / "history/chosen-by-hand.qsnap", "not a dated one");
  auto request = world.request({.last = 1});
  const auto view = prune(world, request);
  CHECK(view.drop->files == std::vector<std::string>{".queue-snapshots/" + committed.text() + ".qsnap"});
  CHECK(fs::exists(world.store().path_of(only_copy)));
  request.uncommitted = UncommittedRule::drop;
  CHECK(prune(world, request).drop->dropped == 1);
  CHECK_FALSE(fs::exists(world.store().path_of(only_copy)));
  CHECK(fs::exists(world.store().path_of(newest)));
  CHECK(fs::exists(world.store().folder() / "history/chosen-by-hand.qsnap"));
}

TEST_CASE("a folder gets what goes, packed and read back, and gives it back under new names") {
  const World world;
  const auto first = world.capture("2026-11-01T10:00:00.000Z");
  const auto second = world.capture("2026-11-02T10:00:00.000Z", "prod");
  world.capture("2026-11-03T10:00:00.000Z");
  world.capture("2026-11-03T10:00:00.000Z", "prod");
  const fs::path folder = world.repo.outside() / "archive";
  const ArchiveRequest request{world.request({.last = 1}), folder.native()};
  const auto archive = [&] {
    return archive_history(world.store(), request, PruneRun::drop, yes, FixedClock{}, Progress{});
  };
  const auto missing = archive();
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  fs::create_directories(folder);
  // Somebody was killed when one of two files was there: nothing was dropped, and the next run goes on.
  fs::create_directories((folder / first.name.text()).parent_path());
  const auto state = world.history().open(first);
  REQUIRE(state);
  REQUIRE(archive_to_folder(folder, store::SetName::default_set(), first, *state));
  fs::remove(folder / (first.name.text() + ".json"));
  const auto done = archive();
  REQUIRE(done);
  REQUIRE(*done);
  CHECK((*done)->verified == 2);
  CHECK((*done)->drop->dropped == 2);
  CHECK(world.names().size() == 2);
  const auto file = codec::SnapshotReader::open_file(folder / (second.name.text() + ".qsnap"));
  REQUIRE(file);
  CHECK(file->encoding() == codec::Encoding::packed);
  CHECK(file->root() == second.root);

  const RestoreRequest restore{folder.native(), {}};
  for (const std::size_t expected : {2U, 0U}) {  // a second time everything is there
    const auto restored = restore_history(world.store(), restore, FixedClock{}, Progress{});
    REQUIRE(restored);
    const auto is_new = [](const report::RestoredEntry& entry) { return !entry.new_name.empty(); };
    CHECK(static_cast<std::size_t>(std::count_if(restored->entries.begin(), restored->entries.end(), is_new)) ==
          expected);
  }
  CHECK(world.names().size() == 4);
  const auto again = world.history().list();
  CHECK(again->front().root == first.root);
  CHECK(again->front().captured_at == first.captured_at);
  CHECK(again->front().name != first.name);
}

TEST_CASE("a remote gets what goes as a ref of its own, which is read back from there") {
  const World world;
  const test::TempRepo remote{test::TempRepo::Kind::bare};
  world.repo.git({"remote", "add", "vault", remote.path().native()});
  const auto first = world.capture("2026-11-01T10:00:00.000Z");
  world.capture("2026-11-02T10:00:00.000Z", "prod");
  world.capture("2026-11-03T10:00:00.000Z");
  world.capture("2026-11-04T10:00:00.000Z", "prod");
  const auto archive = [&](PruneRun run) {
    return archive_history(world.store(), {world.request({.last = 1}), "vault"}, run, yes, FixedClock{}, Progress{});
  };
  REQUIRE(archive(PruneRun::tell));
  CHECK(remote.git({"for-each-ref"}).empty());
  // Somebody was killed after the push: the next run pushes the very same.
  const auto entries = world.history().list();
  REQUIRE(entries);
  const auto pushed = push_archive(world.store(), "vault", {(*entries)[0], (*entries)[1]});
  REQUIRE(pushed);
  const auto done = archive(PruneRun::drop);
  REQUIRE(done);
  CHECK((*done)->verified == 2);
  CHECK((*done)->archive_ref == *pushed);
  CHECK(remote.git({"for-each-ref", "--format=%(refname)"}) == *pushed);
  CHECK(world.names().size() == 2);
  CHECK(world.repo.git({"for-each-ref", "--format=%(refname)"}) == "refs/qsnap/history/default");
  const auto restored = restore_history(world.store(), {"vault", {first.name.text()}}, FixedClock{}, Progress{});
  REQUIRE(restored);
  REQUIRE(restored->entries.size() == 1);
  CHECK_FALSE(restored->entries.front().new_name.empty());
  CHECK(world.names().size() == 3);
  CHECK_FALSE(
      restore_history(world.store(), {"vault", {"history/2026-01-01/100000.000Z-00000000"}}, FixedClock{}, Progress{}));
}

TEST_CASE("a lock that was left on the way to a remote is in nobody's way") {
  const World world;
  const test::TempRepo remote{test::TempRepo::Kind::bare};
  const auto first = world.capture("2026-11-01T10:00:00.000Z");
  const std::string url = "file://" + remote.path().native();
  const auto refs = [&](const test::TempRepo& repo) { return repo.git({"for-each-ref", "--format=%(refname)"}); };
  const auto pushed = push_archive(world.store(), url, {first});
  REQUIRE(pushed);
  CHECK(refs(remote) == *pushed);
  CHECK(refs(world.repo) == "refs/qsnap/history/default");
  // Here there is no ref that a killed run could leave locked; there, what receive-pack had when it was killed:
  remote.git({"update-ref", "-d", *pushed});
  World::write(remote.path() / (*pushed + ".lock"), "");
  const auto again = push_archive(world.store(), url, {first});
  REQUIRE(again);
  CHECK(*again != *pushed);
  CHECK(refs(remote) == *again);
}

TEST_CASE("nothing is dropped where the archive holds something else or cannot be read") {
  const World world;
  const auto first = world.capture("2026-11-01T10:00:00.000Z");
  world.capture("2026-11-03T10:00:00.000Z");
  const fs::path folder = world.repo.outside() / "archive";
  const auto archive = [&] {
    return archive_history(world.store(), {world.request({.last = 1}), folder.native()}, PruneRun::drop, yes,
                           FixedClock{}, Progress{});
  };
  const fs::path file = folder / (first.name.text() + ".qsnap");
  fs::create_directories(file.parent_path());
  const codec::SnapshotReader another = state_of(first.captured_at, "another");
  std::string bytes;
  REQUIRE(codec::reencode(another, codec::Encoding::packed, [&](std::string_view more) -> Result<void> {
    bytes += more;
    return {};
  }));
  World::write(file, bytes);
  CHECK_FALSE(archive());
  World::write(file, "torn");
  CHECK_FALSE(archive());
  fs::remove(file);
  World::write(folder / (first.name.text() + ".json"), "{}");
  CHECK_FALSE(archive());
  CHECK(world.names().size() == 2);
  CHECK(fs::exists(world.store().folder() / (first.name.text() + ".json")));
}

TEST_CASE("stats tell what each entry takes, equal states once, and compact makes it less") {
  const World world;
  for (const char* instant : {"2026-11-01T10:00:00.000Z", "2026-11-01T11:00:00.000Z", "2026-11-02T10:00:00.000Z"}) {
    world.capture(instant);
  }
  world.repo.commit_all("the tree");
  const auto costs = history_costs(world.store(), {});
  REQUIRE(costs);
  REQUIRE(costs->series.size() == 1);
  const auto& rows = costs->series.front().rows;
  REQUIRE(rows.size() == 3);
  std::uint64_t sum = 0;
  for (const report::HistoryCost& cost : rows) {
    REQUIRE(cost.git_bytes);
    CHECK(*cost.git_bytes > 0);
    sum += cost.same_as.empty() ? *cost.git_bytes : 0;
  }
  CHECK(costs->series.front().git_bytes() == sum);
  CHECK(costs->ref_bytes > sum);
  CHECK(costs->loose == 3);
  const auto packed = compact_history(world.store(), CompactRun::pack, Progress{});
  REQUIRE(packed);
  CHECK(packed->states == 3);
  REQUIRE(packed->after_bytes);
  CHECK(*packed->after_bytes < packed->before_bytes);
  const auto after = history_costs(world.store(), {});
  REQUIRE(after);
  CHECK(after->loose == 0);
  CHECK(after->series.front().git_bytes() == *packed->after_bytes);
  CHECK(world.names().size() == 3);
  world.repo.git({"fsck", "--strict"});
}
