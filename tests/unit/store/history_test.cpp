// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/names.hpp>
#include <support/temp_repo.hpp>

#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/git/ref_tree.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/history_index.hpp>
#include <qsnap/store/history_json.hpp>
#include <qsnap/store/history_point.hpp>

namespace {

using namespace qsnap;
using namespace qsnap::store;
using test::named;
using test::TempRepo;
using test::value;

constexpr std::int64_t k_start_ms = 1'790'000'000'000;
constexpr std::int64_t k_hour_ms = 3'600'000;

Instant hour(std::int64_t number) {
  return instant_from_ms(k_start_ms + number * k_hour_ms);
}

/// Without records, known by its description.
codec::SnapshotReader state(const std::string& description, Instant captured_at = hour(0)) {
  model::Metadata metadata;
  metadata.captured_at = captured_at;
  metadata.description = description;
  std::string bytes;
  auto writer = codec::SnapshotWriter::begin(metadata, codec::Encoding::packed, [&](std::string_view part) {
    bytes += part;
    return Result<void>{};
  });
  REQUIRE(writer);
  REQUIRE(writer->finish());
  return value(codec::SnapshotReader::open(codec::memory_source(std::move(bytes))));
}

/// A clone, as far as a history goes.
struct Clone {
  TempRepo repo;
  git::Repository repository = **git::Repository::discover(repo.path());
  History history{repository, SetName::default_set()};

  HistoryEntry save(const std::string& series, Instant at, const std::string& description = "a state") const {
    const codec::SnapshotReader document = state(description, at);
    return value(history.append(entry_of(new_history_name(series, at), document), document));
  }
  /// Takes in what another one has.
  HistoryUnion take(const Clone& other, TheirDrops drops = TheirDrops::follow) const {
    const auto tip = value(other.history.tip());
    REQUIRE(tip);
    repo.git({"fetch", "--quiet", other.repo.path().native(), "+refs/qsnap/history/default:refs/qsnap/fetched"});
    return value(history.unite(*tip, hour(10'000), drops));
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const SnapshotName& name : value(history.names())) {
      names.push_back(name.text());
    }
    return names;
  }
  /// All that there is to see.
  [[nodiscard]] std::map<std::string, std::string> content() const {
    std::map<std::string, std::string> content;
    for (const HistoryEntry& entry : value(history.list())) {
      content[entry.name.text()] = format_history_entry(entry, {});
      CHECK(value(history.open(entry)).root() == entry.root);
    }
    for (const std::string& name : value(history.dropped_in("2026-09"))) {
      content[name] += "dropped";
    }
    return content;
  }
};

/// What somebody does to a history at random.
class RandomWork {
 public:
  explicit RandomWork(std::uint32_t seed) : m_random(seed) {}

  void change(const Clone& side) {
    const std::vector<SnapshotName> names = value(side.history.names());
    const int what = names.empty() ? 0 : number(0, 5);
    if (what <= 3) {
      side.save(number(0, 1) == 0 ? "" : "prod", hour(number(0, 100)), "state " + std::to_string(number(0, 5)));
      return;
    }
    const SnapshotName& name = names[static_cast<std::size_t>(number(0, static_cast<int>(names.size()) - 1))];
    if (what == 4) {
      REQUIRE(side.history.drop(std::vector{*value(side.history.find(name))}, hour(9'000)));
      return;
    }
    HistoryEntry entry = *value(side.history.find(name));
    entry.tags.push_back("tag" + std::to_string(number(0, 3)));
    std::sort(entry.tags.begin(), entry.tags.end());
    entry.tags.erase(std::unique(entry.tags.begin(), entry.tags.end()), entry.tags.end());
    entry.description = "described " + std::to_string(number(0, 3));
    REQUIRE(side.history.relabel(entry));
  }
  int number(int least, int most) { return std::uniform_int_distribution{least, most}(m_random); }

 private:
  std::mt19937 m_random;
};

}  // namespace

TEST_SUITE("store::History") {
  TEST_CASE("what was appended is found, listed by age, and opened, in the form that the clean filter gives") {
    const Clone side;
    CHECK(value(side.history.tip()) == std::nullopt);
    CHECK(value(side.history.list()).empty());
    const HistoryEntry late = side.save("prod", hour(30)), early = side.save("", hour(1)),
                       same = side.save("", hour(30));
    const std::vector<HistoryEntry> listed = value(side.history.list());
    REQUIRE(listed.size() == 3);
    CHECK(listed[0].name == early.name);
    CHECK(std::is_sorted(listed.begin(), listed.end(), is_older));
    CHECK(side.names() == std::vector{listed[0].name.text(), listed[1].name.text(), listed[2].name.text()});
    const auto found = value(side.history.find(late.name));
    REQUIRE(found);
    CHECK(found->series() == "prod");
    CHECK(found->captured_at == hour(30));
    CHECK(found->payload_id == late.payload_id);
    const codec::SnapshotReader opened = value(side.history.open(*found));
    CHECK(opened.encoding() == codec::Encoding::stored);
    CHECK(opened.root() == late.root);
    CHECK_FALSE(value(side.history.find(named("history/2026-09-21/000000.000Z-00000000"))));
    CHECK_FALSE(value(side.history.find(named("history/before-migration"))));
    CHECK(value(find_in_history(side.repository, same.name, SetName::default_set())).has_value());
    CHECK_FALSE(value(find_in_history(side.repository, same.name, value(SetName::parse("other")))).has_value());
    CHECK(side.repo.git({"fsck", "--strict"}).find("error") == std::string::npos);
  }

  TEST_CASE("a name is taken once, a state is kept once, and labels change nothing else") {
    const Clone side;
    const HistoryEntry entry = side.save("", hour(1), "x");
    const auto again = side.history.append(entry, state("x", hour(1)));
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::refused);
    CHECK(side.save("other", hour(1), "x").payload_id == entry.payload_id);
    HistoryEntry labelled = entry;
    labelled.tags = {"a", "b"};
    labelled.description = "bytes \xff and more";
    labelled.jobs = 99;
    REQUIRE(side.history.relabel(labelled));
    const HistoryEntry found = *value(side.history.find(entry.name));
    CHECK(found.tags == labelled.tags);
    CHECK(found.description == labelled.description);
    CHECK(found.jobs == 0);
    CHECK(found.payload_id == entry.payload_id);
    const auto tip = value(side.history.tip());
    REQUIRE(side.history.relabel(labelled));
    CHECK(value(side.history.tip()) == tip);
  }

  TEST_CASE("what was dropped is gone, remembered, and swept by git; what came in meanwhile stays") {
    const Clone side;
    const HistoryEntry first = side.save("", hour(1), "first"), second = side.save("prod", hour(2), "second");
    const auto before = value(side.history.tip());
    CHECK(value(side.history.drop(std::vector{first}, hour(5))).before == before);
    CHECK(side.names() == std::vector{second.name.text()});
    CHECK(value(side.history.dropped_in("2026-09")) == std::set{first.name.text()});
    CHECK(value(side.history.drop(std::vector{first}, hour(5))).before == std::nullopt);
    const HistoryEntry third = side.save("", hour(3), "third");
    CHECK(value(side.history.drop(std::vector{third}, hour(6))).dropped == 1);
    CHECK(value(side.history.dropped_in("2026-09")) == std::set{first.name.text(), third.name.text()});
    side.repo.git({"reflog", "expire", "--expire=now", "--all"});
    side.repo.git({"gc", "--quiet", "--prune=now"});
    const Clone* const same = &side;
    const git::Repository fresh = **git::Repository::discover(same->repo.path());
    const History history{fresh, SetName::default_set()};
    CHECK_FALSE(value(history.has_state(first)));
    CHECK(value(history.open(second)).root() == second.root);
    const auto gone = history.open(first);
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == ErrorCode::not_found);
    CHECK(gone.error().hints.front().find("history pull") != std::string::npos);
  }

  TEST_CASE("two histories come to the same, whoever unites first, and uniting again changes nothing") {
    const std::uint32_t seed = std::random_device{}();
    CAPTURE(seed);
    RandomWork work{seed};
    const Clone a, b;
    for (int round = 0; round < 2; ++round) {
      for (const Clone* side : {&a, &b}) {
        for (int i = work.number(1, 4); i > 0; --i) {
          work.change(*side);
        }
      }
      Clone a_first, b_first;  // a united with b, and b with a, each without the other's knowing
      a_first.take(a);
      a_first.take(b);
      b_first.take(b);
      b_first.take(a);
      const auto united = a_first.content();
      CHECK(united == b_first.content());
      const auto tip = value(a_first.history.tip());
      CHECK(a_first.take(b).tip == tip);
      CHECK(a_first.take(a).tip == tip);
      for (const auto& [name, words] : united) {
        CHECK((words.ends_with("dropped") ? words == "dropped" : true));  // and it did not come back
      }
      a.take(b_first);
      b.take(a);
      CHECK(a.content() == united);
      CHECK(b.content() == united);
    }
  }

  TEST_CASE("what one side has tagged stays, though the other one has dropped it") {
    const Clone a, b;
    HistoryEntry entry = a.save("", hour(1));
    b.take(a);
    REQUIRE(b.history.drop(std::vector{entry}, hour(2)));
    entry.tags = {"release"};
    REQUIRE(a.history.relabel(entry));
    a.take(b);
    b.take(a);
    CHECK(a.names() == std::vector{entry.name.text()});
    CHECK(a.content() == b.content());
    CHECK(value(b.history.dropped_in("2026-09")).empty());
  }

  TEST_CASE("what the other side has dropped stays for who does not follow that, and what we dropped stays away") {
    const Clone a, b;
    const HistoryEntry kept = a.save("", hour(1));
    const HistoryEntry gone = a.save("", hour(2));
    b.take(a);
    REQUIRE(a.history.drop(std::vector{kept}, hour(3)));
    REQUIRE(b.history.drop(std::vector{gone}, hour(3)));
    const HistoryUnion united = b.take(a, TheirDrops::ignore);
    CHECK(united.dropped == 0);
    CHECK(united.stay_dropped == 1);
    CHECK(b.names() == std::vector{kept.name.text()});
    CHECK(value(b.history.dropped_in("2026-09")) == std::set<std::string>{gone.name.text()});
  }

  TEST_CASE("of a hostile history only entries come in, and another state under a name of ours does not") {
    const Clone ours, theirs;
    const HistoryEntry entry = ours.save("", hour(1), "ours");
    theirs.save("", hour(2), "fine");
    const std::string folder = "entries/2026-09/21/";
    const auto put = [&](const std::string& path, const std::string& text) {
      theirs.repo.write("file", text);
      const std::string id = theirs.repo.git({"hash-object", "-w", "file"});
      return git::TreeEdit{path, id};
    };
    HistoryEntry forged = entry_of(entry.name, state("theirs", entry.captured_at));
    const git::RefTree tree{theirs.repository, theirs.history.ref()};
    const std::string stamp = entry.name.text().substr(std::string_view{"history/2026-09-21/"}.size());
    const git::TreeEdit payload = put(folder + stamp + "/dated-state.qsnap", "no snapshot");
    forged.payload_id = *payload.blob_id;
    git::RefCommit commit{value(theirs.history.tip()), {}, git::CommitParent::tip, "evil", {}};
    commit.edits = {payload,
                    put(folder + stamp + "/entry.json", format_history_entry(forged, {})),
                    put(folder + "010203.000Z-00000001/entry.json", "{}"),
                    put(folder + "010203.000Z-00000001/dated-state.qsnap", "x"),
                    put(folder + "010203.000Z-00000002/entry.json", format_history_entry(forged, {})),
                    put("entries/../../evil", "x"),
                    put("dropped/2026-09", "history/../x\nhistory/other\n"),
                    put("dropped/2026-9", entry.name.text()),
                    put("evil/entry.json", "x")};
    commit.edits.erase(commit.edits.begin() + 5);  // libgit2 refuses to write that one
    REQUIRE(value(tree.commit(commit)));
    const HistoryUnion united = ours.take(theirs);
    CHECK(united.added == 1);
    CHECK(united.dropped == 0);
    CHECK(united.refused.size() == 3);
    CHECK(value(ours.history.list()).size() == 2);
    CHECK(value(ours.history.open(*value(ours.history.find(entry.name)))).root() == entry.root);
  }

  TEST_CASE("names of series, and what is none") {
    for (const char* good : {"", "prod", "eu-west_1", "v2.0", "2026a", "History"}) {
      CHECK(value(parse_series(good)) == good);
    }
    for (const char* bad :
         {"a/b", "..", "-x", "x.lock", "2026", "2026-11", "2026-11-21", "history", "x y", "ü", ".x"}) {
      CAPTURE(bad);
      const auto series = parse_series(bad);
      REQUIRE_FALSE(series);
      CHECK(series.error().code == ErrorCode::usage);
    }
  }

  TEST_CASE("an index file says what the entry says, and where it is; a forged one is an error") {
    const Clone side;
    const HistoryEntry entry = side.save("prod", hour(1), "indexed");
    const auto folder = side.repo.path() / ".queue-snapshots";
    std::filesystem::create_directory(folder);
    const SetName feature = value(SetName::parse("feature/x"));
    for (const SetName& set : {SetName::default_set(), feature}) {
      const auto file = value(write_index_file(folder, set, entry, side.history.ref()));
      CHECK(file == folder / (entry.name.in(set).text() + ".json"));
      const auto read = value(read_index_files(folder, set));
      REQUIRE(read.size() == 1);
      CHECK(format_history_entry(read.front(), {}) == format_history_entry(entry, {}));
      const auto again = write_index_file(folder, set, entry, side.history.ref());
      REQUIRE_FALSE(again);
      CHECK(again.error().code == ErrorCode::refused);
    }
    side.repo.write(".queue-snapshots/history/notes.json", "{}");  // none of ours
    CHECK(value(read_index_files(folder, SetName::default_set())).size() == 1);
    side.repo.write(".queue-snapshots/history/2026-09-21/010203.000Z-00000001.json", format_history_entry(entry, {}));
    CHECK_FALSE(read_index_files(folder, SetName::default_set()));
  }
}

TEST_SUITE("store::HistoryPoint") {
  TEST_CASE("points count from the newest one, or tell the newest one at an instant") {
    std::vector<SnapshotName> names;
    for (int i = 0; i < 3; ++i) {
      names.push_back(new_history_name("", hour(i)));
      names.push_back(new_history_name("prod", hour(i)));
    }
    const Instant now = hour(3);
    const auto found = [&](std::string_view text) {
      const auto name = find_point(names, value(parse_history_point(text, now)));
      return name ? std::find(names.begin(), names.end(), *name) - names.begin() : -1;
    };
    CHECK(found("prod@latest") == 5);
    CHECK(found("prod@{0}") == 5);
    CHECK(found("prod@{2}") == 1);
    CHECK(found("prod@{3}") == -1);
    CHECK(found("history@latest") == 4);
    CHECK(found("history/prod@latest") == 5);
    CHECK(found("prod@{1 hour ago}") == 5);
    CHECK(found("prod@{2 hours ago}") == 3);
    CHECK(found("prod@{61 minutes ago}") == 3);
    CHECK(found("prod@{4 hours ago}") == -1);
    CHECK(found("history@{" + format_instant(hour(1)) + "}") == 2);
    CHECK(found("none@latest") == -1);
  }

  TEST_CASE("what is no point says which forms there are") {
    for (const char* text : {"prod", "@latest", "prod@", "prod@newest", "prod@{}", "prod@{1", "prod@1}", "a/b@latest",
                             "prod@{soon}", "2026-11@latest", "history/history@latest"}) {
      CAPTURE(text);
      const auto point = parse_history_point(text, hour(0));
      REQUIRE_FALSE(point);
      CHECK(point.error().code == ErrorCode::usage);
    }
  }
}
