// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/temp_dir.hpp>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/transfer/collect.hpp>
#include <qsnap/transfer/cutting.hpp>
#include <qsnap/transfer/download.hpp>
#include <qsnap/transfer/folder_store.hpp>
#include <qsnap/transfer/rsync_store.hpp>
#include <qsnap/transfer/upload.hpp>

using namespace qsnap;
using namespace qsnap::transfer;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

void write(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary} << bytes;
}

/// Four chunks of a MiB, and `last`; texts of one letter give the same chunks again.
std::string object(std::string_view letters, std::string_view last) {
  std::string bytes;
  for (const char letter : letters) {
    bytes += std::string(limits::k_mib, letter);
  }
  return bytes.append(last);
}

const Advance k_nobody = [](std::uint64_t) {};

/// Both kinds of stores keep the same files, so what is true of one is true of the other.
struct World {
  test::TempDir dir;
  fs::path share = dir.path() / "share";
  fs::path files = share / k_store_folder;
  std::unique_ptr<ChunkStore> store;

  explicit World(std::string_view kind) {
    fs::create_directories(share);
    auto folder = FolderStore::create(share);
    REQUIRE(folder);
    if (kind == "folder") {
      store = std::make_unique<FolderStore>(*std::move(folder));
      return;
    }
    // In place of ssh: takes options and the host, and runs the rest here, as sshd hands it to a shell.
    const fs::path shell = dir.path() / "rsh";
    write(shell,
          "#!/bin/sh\nwhile [ \"${1#-}\" != \"$1\" ]; do shift; done\n[ \"$1\" = host ] || exit 255\nshift\nexec sh -c "
          "\"$*\"\n");
    ::chmod(shell.c_str(), 0755);
    store = std::make_unique<RsyncStore>(RsyncAccess{{"host", {}, share.native()},
                                                     shell.native(),
                                                     {std::string{"PATH="} + std::getenv("PATH")},
                                                     dir.path() / "work"});
  }

  [[nodiscard]] Result<std::uint64_t> send(const std::string& bytes, Belief belief = Belief::length) const {
    const std::string id = to_hex(codec::sha256(bytes));
    return upload(*store, {id, bytes.size()}, *codec::memory_source(bytes), belief, k_nobody);
  }
  [[nodiscard]] Result<std::optional<Downloaded>> bring(const std::string& bytes) const {
    LocalChunks nothing{dir.path() / "none"};
    return bring(bytes, nothing);
  }
  [[nodiscard]] Result<std::optional<Downloaded>> bring(const std::string& bytes, LocalChunks& at_hand) const {
    const std::string id = to_hex(codec::sha256(bytes));
    return download(*store, {id, bytes.size()}, at_hand, dir.path() / "incoming", k_nobody);
  }
  [[nodiscard]] fs::path chunk_of(std::string_view bytes) const {
    return files / chunk_name(to_hex(codec::sha256(bytes)));
  }
};

/// Does something just before a manifest is written, as another process might.
class Interrupted final : public ChunkStore {
 public:
  Interrupted(ChunkStore& store, std::function<void()> before_manifest)
      : m_store(store), m_before_manifest(std::move(before_manifest)) {}
  Result<std::vector<std::optional<std::uint64_t>>> lengths(Names names) override { return m_store.lengths(names); }
  Result<void> put(Names names, const Give& give) override {
    if (names.front().starts_with("manifests/") && m_before_manifest) {
      std::exchange(m_before_manifest, {})();
    }
    return m_store.put(names, give);
  }
  Result<void> get(Names names, std::size_t most_bytes, const Take& take) override {
    return m_store.get(names, most_bytes, take);
  }
  [[nodiscard]] std::string label() const override { return m_store.label(); }

 private:
  ChunkStore& m_store;
  std::function<void()> m_before_manifest;
};

CollectRequest collect_now() {
  return {CollectRequest::Run::collect, SystemClock{}.now() + std::chrono::hours{25}, std::chrono::hours{0}, {}};
}

}  // namespace

TEST_CASE("a snapshot is cut where its frames end, and anything else after each MiB") {
  const std::string golden = std::string{QSNAP_SOURCE_DIR} + "/tests/golden/format-v1/small.";
  for (const char* encoding : {"packed.qsnap", "stored.qsnap"}) {
    const auto source = codec::open_file_source(golden + encoding);
    REQUIRE(source);
    const std::vector<std::uint64_t> pieces = cut(**source);
    CHECK(pieces.size() > 2);
    std::uint64_t at = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const std::string front = *(*source)->read(at, 4);
      CHECK(front == (i == 0 ? front : std::string{"\x28\xb5\x2f\xfd"}));  // a frame of zstd begins
      at += pieces[i];
    }
    CHECK(at == (*source)->size());
    std::string damaged = *(*source)->read(0, static_cast<std::size_t>(at));
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    CHECK(cut(*codec::memory_source(damaged)) == std::vector<std::uint64_t>{at});
  }
  CHECK(cut(*codec::memory_source(object("ab", "x"))) == std::vector<std::uint64_t>{limits::k_mib, limits::k_mib, 1});
  CHECK(cut(*codec::memory_source({})).empty());
}

TEST_CASE("what was sent comes back, and a second version sends what is new") {
  for (const char* kind : {"folder", "rsync"}) {
    CAPTURE(kind);
    const World world{kind};
    const std::string first = object("abca", "end"), second = object("abda", "end");
    const auto sent = world.send(first);
    REQUIRE(sent);
    CHECK(*sent == 3 * limits::k_mib + 3);  // "a" once
    CHECK(*world.send(first) == 0);
    CHECK(*world.send(second) == limits::k_mib);
    CHECK(*world.send({}) == 0);
    for (const std::string& bytes : {first, second, std::string{}}) {
      const auto got = world.bring(bytes);
      REQUIRE(got);
      REQUIRE(*got);
      CHECK(content((*got)->file) == bytes);
    }
    CHECK_FALSE(*world.bring("never sent"));
  }
}

TEST_CASE("chunks that an object at hand has are not fetched") {
  const World world{"folder"};
  const std::string first = object("abca", "end"), second = object("abda", "end");
  REQUIRE(world.send(first));
  REQUIRE(world.send(second));
  const fs::path objects = world.dir.path() / "objects";
  LocalChunks at_hand{objects};
  const auto got = world.bring(first, at_hand);
  REQUIRE(got);
  const fs::path kept = git::lfs_object_path(objects, to_hex(codec::sha256(first)));
  fs::create_directories(kept.parent_path());
  fs::rename((*got)->file, kept);  // as git-lfs does
  CHECK((*world.bring(second, at_hand))->received == limits::k_mib);
  // Damaged since: fetched after all.
  write(kept, std::string(first.size(), 'x'));
  fs::remove_all(world.dir.path() / "incoming");
  const auto again = world.bring(second, at_hand);
  REQUIRE(again);
  CHECK(content((*again)->file) == second);
}

TEST_CASE("a chunk of another length is replaced by the next upload, and one with other bytes when they are read") {
  for (const char* kind : {"folder", "rsync"}) {
    CAPTURE(kind);
    const World world{kind};
    const std::string bytes = object("ab", "end");
    REQUIRE(world.send(bytes));
    write(world.chunk_of("end"), "en");
    const auto short_one = world.bring(bytes);
    REQUIRE_FALSE(short_one);
    CHECK(short_one.error().code == ErrorCode::corrupt);
    CHECK(*world.send(bytes) == 3);
    write(world.chunk_of("end"), "END");
    CHECK_FALSE(world.bring(bytes));
    CHECK(*world.send(bytes) == 0);
    CHECK(*world.send(bytes, Belief::nothing) == 3);
    const auto got = world.bring(bytes);
    REQUIRE(got);
    CHECK(content((*got)->file) == bytes);
  }
}

TEST_CASE("a chunk that is gone, a damaged manifest and a wrong one are told, and the next upload mends it") {
  for (const char* kind : {"folder", "rsync"}) {
    CAPTURE(kind);
    const World world{kind};
    const std::string bytes = object("ab", "end");
    const fs::path manifest = world.files / manifest_name(to_hex(codec::sha256(bytes)));
    const auto expect_corrupt = [&] {
      fs::remove_all(world.dir.path() / "incoming");  // else nothing is left to fetch
      const auto got = world.bring(bytes);
      REQUIRE_FALSE(got);
      CHECK(got.error().code == ErrorCode::corrupt);
      REQUIRE(world.send(bytes));
      REQUIRE(world.bring(bytes));
    };
    REQUIRE(world.send(bytes));
    fs::remove(world.chunk_of("end"));
    expect_corrupt();
    fs::resize_file(world.chunk_of("end"), k_most_chunk_bytes + limits::k_mib);
    expect_corrupt();
    fs::resize_file(manifest, 16 * limits::k_mib);
    expect_corrupt();
    write(manifest, "version git-qsnap-lfs/1\n");
    expect_corrupt();
    write(manifest, format_manifest({to_hex(codec::sha256("x")), 0, {}}));
    expect_corrupt();
    // Right in itself, but the chunks in another order.
    Manifest swapped = *describe(*codec::memory_source(bytes));
    std::swap(swapped.chunks[0], swapped.chunks[1]);
    write(manifest, format_manifest(swapped));
    expect_corrupt();
  }
}

TEST_CASE("a download goes on where one was cut off") {
  const World world{"folder"};
  const std::string bytes = object("abcd", "end");
  REQUIRE(world.send(bytes));
  write(world.dir.path() / "incoming" / to_hex(codec::sha256(bytes)), object("abx", ""));
  const auto got = world.bring(bytes);
  REQUIRE(got);
  CHECK((*got)->received == 2 * limits::k_mib + 3);
  CHECK(content((*got)->file) == bytes);
}

TEST_CASE("who wants the same object meanwhile gets a file of its own") {
  const World world{"folder"};
  const std::string bytes = object("a", "end");
  REQUIRE(world.send(bytes));
  const auto first = world.bring(bytes), second = world.bring(bytes);
  REQUIRE((first && *first && second && *second));
  CHECK((*first)->file != (*second)->file);
  fs::remove((*first)->file);  // git-lfs takes it
  CHECK(content((*second)->file) == bytes);
}

TEST_CASE("bytes that are not the object are not sent") {
  const World world{"folder"};
  const std::string id(64, 'a');
  const auto sent = upload(*world.store, {id, 3}, *codec::memory_source("abc"), Belief::length, k_nobody);
  REQUIRE_FALSE(sent);
  CHECK(sent.error().code == ErrorCode::corrupt);
  CHECK(fs::is_empty(world.files / "chunks"));
}

TEST_CASE("a folder without a store is none, and a folder that is not there is not made") {
  const test::TempDir dir;
  CHECK_FALSE(FolderStore::open(dir.path()));
  CHECK_FALSE(FolderStore::create(dir.path() / "mnt"));
  CHECK_FALSE(fs::exists(dir.path() / "mnt"));
}

TEST_CASE("an unreachable host is an error that says so") {
  const World world{"rsync"};
  RsyncStore store{{{"elsewhere", {}, "/x"},
                    (world.dir.path() / "rsh").native(),
                    {std::string{"PATH="} + std::getenv("PATH")},
                    world.dir.path() / "work"}};
  const std::vector<std::string> names = {chunk_name(std::string(64, 'a'))};
  const auto lengths = store.lengths(names);
  REQUIRE_FALSE(lengths);
  CHECK(lengths.error().code == ErrorCode::io);
  CHECK(fs::is_empty(world.dir.path() / "work"));
}

TEST_CASE("garbage goes, and what an object has stays") {
  const World world{"folder"};
  const auto store = FolderStore::open(world.share);
  const std::string wanted = object("ab", "end"), other = object("ac", "z");
  REQUIRE(world.send(wanted));
  REQUIRE(world.send(other));
  fs::create_directories(world.files / "tmp/upload-killed");
  CollectRequest request = collect_now();
  CHECK(collect(*store, request)->dropped_chunks == 0);
  request.objects = {to_hex(codec::sha256(wanted))};
  request.run = CollectRequest::Run::propose;
  const auto proposed = collect(*store, request);
  REQUIRE(proposed);
  REQUIRE(world.bring(other));
  request.run = CollectRequest::Run::collect;
  const auto done = collect(*store, request);
  REQUIRE(done);
  CHECK(done->dropped_objects == 1);
  CHECK(done->dropped_chunks == 2);
  CHECK(done->dropped_bytes == limits::k_mib + 1);
  CHECK(proposed->dropped_chunks == done->dropped_chunks);
  CHECK(fs::is_empty(world.files / "tmp"));
  CHECK_FALSE(fs::exists(world.files / "trash"));
  CHECK(content((*world.bring(wanted))->file) == wanted);
  CHECK_FALSE(*world.bring(other));
}

TEST_CASE("what is young stays") {
  const World world{"folder"};
  const auto store = FolderStore::open(world.share);
  REQUIRE(world.send("abc"));
  CollectRequest request = collect_now();
  request.grace = std::chrono::hours{26};
  request.objects.emplace();
  CHECK(collect(*store, request)->dropped_objects == 0);
  fs::remove_all(world.files / "manifests");
  const auto done = collect(*store, request);
  CHECK(done->dropped_chunks == 0);
  CHECK(done->young_chunks == 1);
}

TEST_CASE("a collection at any moment of an upload does not harm it") {
  const World world{"folder"};
  const auto store = FolderStore::open(world.share);
  const std::string bytes = object("ab", "end"), id = to_hex(codec::sha256(bytes));
  REQUIRE(world.send(bytes));
  fs::remove_all(world.files / "manifests");  // now all are garbage, and an upload believes to need none
  Interrupted interrupted{*world.store, [&] { CHECK(collect(*store, collect_now())->dropped_chunks == 3); }};
  const auto sent = upload(interrupted, {id, bytes.size()}, *codec::memory_source(bytes), Belief::length, k_nobody);
  REQUIRE(sent);
  CHECK(*sent == bytes.size());
  CHECK(content((*world.bring(bytes))->file) == bytes);
}

TEST_CASE("a collection that was killed is finished by the next one") {
  const World world{"folder"};
  const auto store = FolderStore::open(world.share);
  const std::string bytes = object("ab", "end");
  REQUIRE(world.send(bytes));
  const std::string chunk = chunk_name(to_hex(codec::sha256("end")));
  fs::create_directories((world.files / "trash" / chunk).parent_path());
  fs::rename(world.files / chunk, world.files / "trash" / chunk);
  write(world.files / k_collections_name, ".");
  const auto done = collect(*store, collect_now());
  REQUIRE(done);
  CHECK(done->dropped_chunks == 0);
  CHECK(fs::file_size(world.files / k_collections_name) % 2 == 0);
  CHECK(content((*world.bring(bytes))->file) == bytes);
}

TEST_CASE("a collection follows no link out of the store") {
  for (const char* folder : {"v1/tmp", "v1/chunks", "v1/chunks/ab", "v1/manifests", "v1/trash", "v1", ""}) {
    CAPTURE(folder);
    const World world{"folder"};
    const fs::path elsewhere = world.dir.path() / "elsewhere";
    write(elsewhere / "v1" / "file", "kept");
    write(elsewhere / "file", "kept");
    const fs::path link = *folder == '\0' ? world.share / "qsnap-lfs" : world.share / "qsnap-lfs" / folder;
    fs::remove_all(link);
    fs::create_directory_symlink(elsewhere, link);
    const auto folder_store = FolderStore::open(world.share);
    REQUIRE(folder_store);
    CHECK_FALSE(collect(*folder_store, collect_now()));
    CHECK(content(elsewhere / "v1" / "file") == "kept");
    CHECK(content(elsewhere / "file") == "kept");
  }
}

TEST_CASE("nothing is collected while a manifest cannot be read") {
  const World world{"folder"};
  const auto store = FolderStore::open(world.share);
  REQUIRE(world.send("abc"));
  write(world.files / manifest_name(std::string(64, 'a')), "damaged");
  fs::remove(world.files / manifest_name(to_hex(codec::sha256("abc"))));
  const auto done = collect(*store, collect_now());
  REQUIRE_FALSE(done);
  CHECK(done.error().code == ErrorCode::corrupt);
  CHECK(fs::exists(world.chunk_of("abc")));
}
