// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <support/temp_repo.hpp>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::store {

namespace {

namespace fs = std::filesystem;
using test::TempRepo;

std::string bytes_of(const fs::path& file) {
  auto bytes = read_file(file, 2 * limits::k_mib);
  REQUIRE(bytes.has_value());
  return *std::move(bytes);
}

codec::LfsPointer pointer_to(std::string bytes) {
  const auto pointer = store::pointer_to(*codec::memory_source(std::move(bytes)));
  REQUIRE(pointer.has_value());
  return *pointer;
}

/// Bytes that no two blocks have in common.
std::string sample(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<char>(state >> 24U);
  }
  return bytes;
}

struct Objects {
  TempRepo repo;
  git::Repository repository;
  fs::path folder;

  Objects() : repository(open(repo)), folder(repo.path() / ".git" / "lfs" / "objects") {}

  static git::Repository open(const TempRepo& repo) {
    auto found = git::Repository::discover(repo.path());
    REQUIRE(found.has_value());
    REQUIRE(found->has_value());
    return **std::move(found);
  }

  [[nodiscard]] codec::LfsPointer put(const std::string& bytes) const {
    const auto pointer = put_lfs_object(repository, *codec::memory_source(bytes));
    REQUIRE(pointer.has_value());
    return *pointer;
  }
  [[nodiscard]] ObjectState look(const codec::LfsPointer& pointer, ObjectCheck check) const {
    const auto state = look_at_object(folder, pointer, check);
    REQUIRE(state.has_value());
    return *state;
  }
};

TEST_CASE("pointers are those of git-lfs: the vectors in lfs/vectors") {
  std::size_t vectors = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator{fs::path{QSNAP_SOURCE_DIR} / "lfs" / "vectors"}) {
    if (entry.path().extension() == ".bin") {
      CAPTURE(entry.path().filename().native());
      fs::path expected = entry.path();
      expected.replace_extension(".pointer");
      CHECK(codec::format_lfs_pointer(pointer_to(bytes_of(entry.path()))) == bytes_of(expected));
      ++vectors;
    }
  }
  CHECK(vectors == 5);
}

TEST_CASE("pointers are those of git-lfs: the program itself, at sizes round its limits") {
  const TempRepo repo;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1023}, std::size_t{1024},
                                 limits::k_mib - 1, limits::k_mib, limits::k_mib + 1}) {
    CAPTURE(size);
    const std::string bytes = sample(size);
    repo.write("object", bytes);
    const std::string ours = codec::format_lfs_pointer(pointer_to(bytes));
    const std::string theirs = repo.git({"lfs", "pointer", "--file=object"});  // without its last newline
    CHECK(ours == (theirs.empty() ? "" : theirs + "\n"));
  }
}

TEST_CASE("an object is where git-lfs looks for it, and nothing else is left behind") {
  const Objects objects;
  const std::string bytes = sample(limits::k_mib + 7);
  const codec::LfsPointer pointer = objects.put(bytes);
  CHECK(bytes_of(git::lfs_object_path(objects.folder, pointer.object_id)) == bytes);
  CHECK(objects.look(pointer, ObjectCheck::digest) == ObjectState::here);
  CHECK(fs::is_empty(objects.folder.parent_path() / "tmp"));
  objects.repo.write(".gitattributes", "pointer filter=lfs\n");
  objects.repo.write("pointer", codec::format_lfs_pointer(pointer));
  objects.repo.commit_all("a pointer");
  CHECK(objects.repo.git({"lfs", "ls-files", "--long"}).starts_with(pointer.object_id + " - "));  // '-': a pointer
  objects.repo.git({"lfs", "fsck", "--objects"});
}

TEST_CASE("an object is missing, damaged or here; one that is damaged is replaced") {
  const Objects objects;
  codec::LfsPointer pointer = pointer_to(sample(1000));
  CHECK(objects.look(pointer, ObjectCheck::length) == ObjectState::missing);
  REQUIRE(objects.put(sample(1000)) == pointer);
  const fs::path file = git::lfs_object_path(objects.folder, pointer.object_id);
  REQUIRE(write_file_atomically(file, std::string(1000, 'x')).has_value());
  CHECK(objects.look(pointer, ObjectCheck::length) == ObjectState::here);
  CHECK(objects.look(pointer, ObjectCheck::digest) == ObjectState::damaged);
  REQUIRE(write_file_atomically(file, "short").has_value());
  CHECK(objects.look(pointer, ObjectCheck::length) == ObjectState::damaged);
  CHECK(objects.put(sample(1000)) == pointer);
  CHECK(objects.look(pointer, ObjectCheck::digest) == ObjectState::here);
}

TEST_CASE("a snapshot stands at one of two paths") {
  const auto name = SnapshotName::parse("sets/feature%2Fx/test-cases/a");
  REQUIRE(name.has_value());
  const auto paths = paths_of(*name);
  CHECK(paths[0] == ".queue-snapshots/sets/feature%2Fx/test-cases/a.qsnap");
  CHECK(paths[1] == ".queue-snapshots/lfs/sets/feature%2Fx/test-cases/a.qsnap");
  for (const std::string& path : paths) {
    CHECK(name_of_path(path) == *name);
  }
  CHECK(storage_of_path(paths[0]) == Storage::git);
  CHECK(storage_of_path(paths[1]) == Storage::lfs);
}

}  // namespace

}  // namespace qsnap::store
