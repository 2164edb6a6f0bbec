// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/names.hpp>
#include <support/temp_dir.hpp>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/store/pending.hpp>
#include <qsnap/store/pending_json.hpp>

namespace {

namespace fs = std::filesystem;
using qsnap::ErrorCode;
using qsnap::Result;
using qsnap::store::PendingEntry;
using qsnap::store::PendingKind;
using qsnap::store::PendingStore;
using qsnap::store::SnapshotName;
using qsnap::test::named;

/// A sound snapshot without records, known by its description.
qsnap::codec::SnapshotReader state(const std::string& description) {
  qsnap::model::Metadata metadata;
  metadata.captured_at = qsnap::instant_from_ms(1'790'000'000'000);
  metadata.description = description;
  std::string bytes;
  auto writer = qsnap::codec::SnapshotWriter::begin(metadata, qsnap::codec::Encoding::packed,
                                                    [&](std::string_view part) -> Result<void> {
                                                      bytes += part;
                                                      return {};
                                                    });
  REQUIRE(writer.has_value());
  REQUIRE(writer->finish().has_value());
  auto reader = qsnap::codec::SnapshotReader::open(qsnap::codec::memory_source(std::move(bytes)));
  REQUIRE(reader.has_value());
  return *std::move(reader);
}

PendingEntry entry_of(std::string_view name) {
  return {named(name), PendingKind::changed,   std::string(32, 'r'),
          "a test",    "3 jobs added\x01\xff", qsnap::instant_from_ms(1'790'000'000'123)};
}

/// A folder of pending states, which is not there yet.
struct Folder {
  qsnap::test::TempDir scratch;
  PendingStore store{scratch.path() / "some" / "pending"};

  [[nodiscard]] fs::path path(std::string_view below) const { return store.folder() / below; }
  void write(std::string_view below, std::string_view bytes) const {
    fs::create_directories(path(below).parent_path());
    std::ofstream{path(below), std::ios::binary} << bytes;
  }
  /// What a reader of the folder finds, but for the lock.
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> files;
    for (const auto& file : fs::recursive_directory_iterator(store.folder())) {
      if (file.path().filename() != ".lock") {
        files.push_back(fs::relative(file.path(), store.folder()).generic_string());
      }
    }
    return files;
  }
};

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What a reader sees while others write: an entry with its state, or one that another has taken the place of by now.
void check_whole(const PendingStore& store) {
  const auto entry = store.find(named("checkout"));
  REQUIRE(entry.has_value());
  if (*entry && !store.content(**entry)) {
    const auto now = store.find(named("checkout"));
    REQUIRE(now.has_value());
    REQUIRE(now->has_value());
    CHECK((*now)->content_digest != (*entry)->content_digest);
  }
}

template <class T>
void check_error(const Result<T>& result, ErrorCode code, std::string_view part) {
  REQUIRE_FALSE(result.has_value());
  CAPTURE(result.error().message);
  CHECK(result.error().code == code);
  CHECK(result.error().message.find(part) != std::string::npos);
}

}  // namespace

TEST_SUITE("qsnap::store::PendingStore") {
  TEST_CASE("what is put is listed, found and read as it was, and the folder is made") {
    const Folder folder;
    CHECK(folder.store.list()->empty());
    CHECK_FALSE(folder.store.find(named("checkout"))->has_value());
    const auto content = state("one");
    REQUIRE(folder.store.put(entry_of("test-cases/b"), state("other")).has_value());
    const auto path = folder.store.put(entry_of("checkout"), content);
    REQUIRE(path.has_value());
    CHECK(bytes_of(*path) == content.source().read(0, content.source().size()).operator*());
    const auto listed = folder.store.list();
    REQUIRE(listed.has_value());
    REQUIRE(listed->size() == 2);
    const PendingEntry& entry = listed->back();
    CHECK(listed->front().name.text() == "test-cases/b");
    CHECK(entry.name.text() == "test-cases/checkout");
    CHECK(entry.kind == PendingKind::changed);
    CHECK(entry.expected_root == std::string(32, 'r'));
    CHECK(entry.test == "a test");
    CHECK(entry.summary == "3 jobs added\x01\xff");
    CHECK(entry.asserted_at == qsnap::instant_from_ms(1'790'000'000'123));
    const auto read = folder.store.content(entry);
    REQUIRE(read.has_value());
    CHECK(read->metadata().description == "one");
  }

  TEST_CASE("a later state takes the place of the earlier one, and nothing of that is left") {
    const Folder folder;
    REQUIRE(folder.store.put(entry_of("checkout"), state("one")).has_value());
    const auto first = folder.store.find(named("checkout"));
    REQUIRE(folder.store.put(entry_of("checkout"), state("two")).has_value());
    CHECK(folder.files().size() == 3);  // the folder test-cases, an entry, a state
    CHECK(folder.store.content(**folder.store.find(named("checkout")))->metadata().description == "two");
    check_error(folder.store.content(**first), ErrorCode::not_found, "is gone");
    REQUIRE(folder.store.propose_removal(entry_of("checkout")).has_value());
    CHECK(folder.files().size() == 2);
  }

  TEST_CASE("removing takes entry, state and folder away, and leaves what came meanwhile") {
    const Folder folder;
    CHECK(folder.store.remove(named("checkout")).has_value());  // nothing there is no error
    REQUIRE(folder.store.put(entry_of("checkout"), state("one")).has_value());
    const auto first = folder.store.find(named("checkout"));
    REQUIRE(folder.store.put(entry_of("checkout"), state("two")).has_value());
    CHECK(folder.store.remove(**first).has_value());  // decided about the first one
    REQUIRE(folder.store.find(named("checkout"))->has_value());
    folder.write("test-cases/notes.txt", "not ours");
    CHECK(folder.store.remove(named("checkout")).has_value());
    CHECK(folder.files() == std::vector<std::string>{"test-cases", "test-cases/notes.txt"});
    fs::remove(folder.path("test-cases/notes.txt"));
    REQUIRE(folder.store.put(entry_of("checkout"), state("two")).has_value());
    CHECK(folder.store.remove(named("checkout")).has_value());
    CHECK(folder.files().empty());
  }

  TEST_CASE("states of names that begin alike do not disturb each other") {
    const Folder folder;
    for (const std::string name : {"a", "a.b", "a.0123456789abcdef", "a/a"}) {
      REQUIRE(folder.store.put(entry_of("test-cases/" + name), state(name)).has_value());
    }
    REQUIRE(folder.store.put(entry_of("test-cases/a"), state("again")).has_value());
    const auto listed = folder.store.list();
    REQUIRE(listed->size() == 4);
    for (const PendingEntry& entry : *listed) {
      CHECK(folder.store.content(entry).has_value());
    }
  }

  TEST_CASE("a state whose bytes are not those of its digest is corrupt") {
    const Folder folder;
    const auto path = folder.store.put(entry_of("checkout"), state("one"));
    const auto other = folder.scratch.path() / "other";
    std::ofstream{other, std::ios::binary} << *state("two").source().read(0, state("two").source().size());
    fs::copy_file(other, *path, fs::copy_options::overwrite_existing);
    check_error(folder.store.content(**folder.store.find(named("checkout"))), ErrorCode::corrupt, "SHA-256");
  }

  TEST_CASE("an entry under another name than its own is corrupt, and so is one with a name that is none") {
    const Folder folder;
    REQUIRE(folder.store.put(entry_of("checkout"), state("one")).has_value());
    const std::string entry = bytes_of(folder.path("test-cases/checkout.json"));
    folder.write("baselines/checkout.json", entry);
    check_error(folder.store.list(), ErrorCode::corrupt, "is the entry of test-cases/checkout");
    for (const std::string bad : {"../../x", "/etc/passwd", "test-cases/../x", "checkout", "test-cases/a\\n"}) {
      std::string hostile = entry;
      hostile.replace(hostile.find("test-cases/checkout"), 19, bad);
      folder.write("baselines/checkout.json", hostile);
      check_error(folder.store.list(), ErrorCode::corrupt, "\"name\"");
    }
  }

  TEST_CASE("what is broken in an entry is named") {
    const Folder folder;
    REQUIRE(folder.store.put(entry_of("checkout"), state("one")).has_value());
    const std::string whole = bytes_of(folder.path("test-cases/checkout.json"));
    const auto with = [&](std::string_view from, std::string_view to) {
      std::string text = whole;
      text.replace(text.find(from), from.size(), to);
      folder.write("test-cases/checkout.json", text);
      return folder.store.find(named("checkout"));
    };
    check_error(with("pending-entry/1", "pending-entry/2"), ErrorCode::corrupt, "qsnap.pending-entry/1");
    check_error(with("\"changed\"", "\"odd\""), ErrorCode::corrupt, "\"kind\"");
    check_error(with("\"changed\"", "\"obsolete\""), ErrorCode::corrupt, "\"content_sha256\"");
    check_error(with("2026-", "26-"), ErrorCode::corrupt, "\"asserted_at\"");
    check_error(with(qsnap::to_hex(std::string(32, 'r')), "72"), ErrorCode::corrupt, "\"expected_root\"");
    check_error(with("{", "{{"), ErrorCode::corrupt, "checkout.json");
    check_error(with("}", ""), ErrorCode::corrupt, "checkout.json");
    CHECK(with("\"test\"", "\"later\":[1],\"test\"").has_value());  // what we do not know yet
    folder.write("test-cases/checkout.json", std::string(1U << 20U, ' '));
    check_error(folder.store.find(named("checkout")), ErrorCode::limit_exceeded, "checkout.json");
  }

  TEST_CASE("links are refused, whether they are the entry, its state or a folder on the way") {
    const Folder folder, elsewhere;
    REQUIRE(folder.store.put(entry_of("checkout"), state("one")).has_value());
    const auto path = elsewhere.store.put(entry_of("checkout"), state("one"));
    const auto entry = folder.store.find(named("checkout"));
    const fs::path local = folder.path("test-cases") / path->filename();
    fs::remove(local);
    fs::create_symlink(*path, local);
    CHECK_FALSE(folder.store.content(**entry).has_value());
    fs::remove(folder.path("test-cases/checkout.json"));
    fs::create_symlink(elsewhere.path("test-cases/checkout.json"), folder.path("test-cases/checkout.json"));
    check_error(folder.store.list(), ErrorCode::refused, "not a regular file");
    check_error(folder.store.find(named("checkout")), ErrorCode::refused, "not a regular file");
    fs::remove_all(folder.path("test-cases"));
    fs::create_directory_symlink(elsewhere.path("test-cases"), folder.path("test-cases"));
    CHECK(folder.store.list()->empty());
    check_error(folder.store.find(named("checkout")), ErrorCode::refused, "symbolic link");
    check_error(folder.store.put(entry_of("checkout"), state("two")), ErrorCode::refused, "symbolic link");
    check_error(folder.store.remove(named("checkout")), ErrorCode::refused, "symbolic link");
    CHECK(elsewhere.store.content(**elsewhere.store.find(named("checkout")))->metadata().description == "one");
  }

  TEST_CASE("long texts are cut so that the entry can be read again") {
    const Folder folder;
    PendingEntry entry = entry_of("checkout");
    entry.test = std::string(1U << 20U, '\x01');
    entry.summary = "x" + std::string(1U << 20U, '\xff');
    REQUIRE(folder.store.put(entry, state("one")).has_value());
    const auto read = folder.store.find(named("checkout"));
    REQUIRE(read.has_value());
    CHECK((*read)->test == std::string(4096, '\x01'));
  }

  TEST_CASE("of eight processes that put one name again and again, one whole entry stays") {
    const Folder folder;
    std::vector<pid_t> children;
    int start[2] = {};  // the end of its input is the starting signal
    REQUIRE(::pipe(start) == 0);
    for (int i = 0; i < 8; ++i) {
      const pid_t child = ::fork();
      REQUIRE(child >= 0);
      if (child == 0) {
        ::close(start[1]);
        char nothing = 0;
        bool done = ::read(start[0], &nothing, 1) == 0;
        for (int round = 0; round < 10; ++round) {
          done = folder.store.put(entry_of("checkout"), state(std::to_string(i * 100 + round))).has_value() && done;
        }
        ::_exit(done ? 0 : 1);
      }
      children.push_back(child);
    }
    ::close(start[0]);
    ::close(start[1]);
    while (!children.empty()) {
      check_whole(folder.store);
      int status = 0;
      const pid_t ended = ::waitpid(-1, &status, WNOHANG);
      REQUIRE(ended >= 0);
      if (ended > 0) {
        CHECK(status == 0);
        std::erase(children, ended);
      }
    }
    CHECK(folder.files().size() == 3);
    const auto entry = folder.store.find(named("checkout"));
    REQUIRE(entry.has_value());
    REQUIRE(entry->has_value());
    CHECK(folder.store.content(**entry).has_value());
  }
}
