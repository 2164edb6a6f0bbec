// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <support/temp_dir.hpp>

#include <qsnap/base/private_folder.hpp>

namespace qsnap {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_longest = 4096;

/// TMPDIR for one test.
class TemporaryFolder {
 public:
  TemporaryFolder() { ::setenv("TMPDIR", m_folder.path().c_str(), 1); }
  ~TemporaryFolder() { ::unsetenv("TMPDIR"); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return m_folder.path(); }

 private:
  test::TempDir m_folder;
};

PrivateFolder made(std::size_t longest = k_longest) {
  auto folder = PrivateFolder::create("qsnap-test", longest);
  REQUIRE_MESSAGE(folder.has_value(), (folder ? "" : folder.error().message));
  return *std::move(folder);
}

}  // namespace

TEST_CASE("a private folder is its owner's alone, and goes with its content") {
  const TemporaryFolder temporary;
  fs::path path;
  {
    const PrivateFolder folder = made();
    path = folder.path();
    std::ofstream{path / "file"} << "x";
    fs::create_directory(path / "folder");
    CHECK(path.parent_path() == temporary.path());
    CHECK(fs::status(path).permissions() == fs::perms::owner_all);
  }
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("a folder that a killed process left goes with the next one; others of the name stay") {
  const TemporaryFolder temporary;
  const fs::path abandoned = temporary.path() / "qsnap-test-aaaaaa", beginning = temporary.path() / "qsnap-test-bbbbbb",
                 other = temporary.path() / "qsnap-test-longer", link = temporary.path() / "qsnap-test-cccccc",
                 target = temporary.path() / "target";
  for (const fs::path& folder : {abandoned, beginning, other, target}) {
    fs::create_directory(folder);
  }
  for (const fs::path& folder : {abandoned, other, target}) {
    std::ofstream{folder / "locked"} << "";
  }
  fs::create_symlink(target, link);
  fs::rename(other, temporary.path() / "qsnap-test-much-longer");
  const PrivateFolder first = made(), second = made();
  CHECK(fs::exists(first.path()));
  CHECK(fs::exists(second.path()));
  CHECK_FALSE(fs::exists(abandoned));
  CHECK(fs::exists(beginning));
  CHECK(fs::exists(temporary.path() / "qsnap-test-much-longer" / "locked"));
  CHECK(fs::exists(target / "locked"));
  CHECK(fs::is_symlink(link));
}

TEST_CASE("a folder is elsewhere when names in TMPDIR would be too long") {
  const TemporaryFolder temporary;
  CHECK(made(temporary.path().native().size()).path().parent_path() == "/tmp");
}

TEST_CASE("where TMPDIR is relative, a folder's path is not: another program may be told of it") {
  const TemporaryFolder temporary;
  const std::string relative = fs::relative(temporary.path()).native();
  ::setenv("TMPDIR", relative.c_str(), 1);
  const PrivateFolder folder = made();
  CHECK(folder.path().is_absolute());
  CHECK(fs::equivalent(folder.path().parent_path(), temporary.path()));
}

}  // namespace qsnap
