// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/temp_dir.hpp>

#include <qsnap/base/atomic_file.hpp>

TEST_SUITE_BEGIN("qsnap::AtomicFile");

namespace qsnap {

namespace fs = std::filesystem;

namespace {

std::size_t entries_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator{}));
}

/// The pid of a process that is certainly gone.
pid_t dead_process() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  return child;
}

}  // namespace

TEST_CASE("a file appears whole at commit, and only then") {
  const test::TempDir dir;
  const fs::path target = dir.path() / "x";
  auto file = AtomicFile::open(target);
  REQUIRE(file);
  REQUIRE(file->write("hello "));
  REQUIRE(file->write("world"));
  CHECK_FALSE(fs::exists(target));
  REQUIRE(file->commit());
  CHECK(*read_file(target, 100) == "hello world");
  CHECK(entries_in(dir.path()) == 1);
}

TEST_CASE("without a commit the old file stays and nothing is left behind") {
  const test::TempDir dir;
  const fs::path target = dir.path() / "x";
  REQUIRE(write_file_atomically(target, "old"));
  {
    auto file = AtomicFile::open(target);
    REQUIRE(file);
    REQUIRE(file->write("new"));
  }
  CHECK(*read_file(target, 100) == "old");
  CHECK(entries_in(dir.path()) == 1);
}

TEST_CASE("what a killed process left is swept, what a living one writes is not") {
  const test::TempDir dir;
  std::ofstream(dir.path() / fmt::format(".qsnap-tmp-{}-abcdef", dead_process())) << "half";
  std::ofstream(dir.path() / fmt::format(".qsnap-tmp-{}-abcdef", ::getpid())) << "half";
  std::ofstream(dir.path() / "notes") << "mine";
  REQUIRE(write_file_atomically(dir.path() / "x", "new"));
  CHECK(entries_in(dir.path()) == 3);
}

TEST_CASE("a symbolic link is neither replaced nor read") {
  const test::TempDir dir;
  REQUIRE(write_file_atomically(dir.path() / "real", "secret"));
  fs::create_symlink("real", dir.path() / "link");
  CHECK(AtomicFile::open(dir.path() / "link").error().code == ErrorCode::refused);
  CHECK(read_file(dir.path() / "link", 100).error().code == ErrorCode::io);
}

TEST_CASE("a folder that is not there and a file that is too large are errors with names") {
  const test::TempDir dir;
  CHECK(write_file_atomically(dir.path() / "no" / "x", "new").error().message.find("/no") != std::string::npos);
  REQUIRE(write_file_atomically(dir.path() / "x", "12345"));
  CHECK(read_file(dir.path() / "x", 4).error().code == ErrorCode::limit_exceeded);
  CHECK(*read_file(dir.path() / "x", 5) == "12345");
}

}  // namespace qsnap
TEST_SUITE_END();
