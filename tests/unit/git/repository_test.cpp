// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include <doctest/doctest.h>
#include <support/temp_repo.hpp>

#include <qsnap/git/repository.hpp>

using qsnap::ErrorCode;
using qsnap::git::Repository;
using qsnap::test::TempRepo;

namespace {

Repository open(const std::filesystem::path& start) {
  auto found = Repository::discover(start);
  REQUIRE(found.has_value());
  REQUIRE(found->has_value());
  return **std::move(found);
}

}  // namespace

TEST_SUITE("qsnap::git::Repository") {
  TEST_CASE("is found from the top and from a folder deep inside") {
    const TempRepo repo;
    repo.write("a/b/c/file", "x");
    CHECK(open(repo.path()).work_tree() == repo.path());
    CHECK(open(repo.path() / "a/b/c").work_tree() == repo.path());
    CHECK(open(repo.path()).git_dir() == repo.path() / ".git");
  }

  TEST_CASE("is absent outside of any repository") {
    const TempRepo repo;
    const auto found = Repository::discover(repo.outside());
    REQUIRE(found.has_value());
    CHECK_FALSE(found->has_value());
  }

  TEST_CASE("has no work tree when it is bare") {
    const TempRepo repo{TempRepo::Kind::bare};
    CHECK(open(repo.path()).work_tree() == std::nullopt);
  }

  TEST_CASE("gives a linked work tree its own git folder") {
    const TempRepo repo;
    repo.commit_all("first");
    const auto linked = repo.outside() / "linked";
    repo.git({"worktree", "add", "--quiet", "--detach", linked.native()});
    CHECK(open(linked).work_tree() == linked);
    CHECK(open(linked).git_dir() == repo.path() / ".git/worktrees/linked");
  }

  TEST_CASE("opens with the extension that sparse checkouts set") {
    const TempRepo repo;
    repo.git({"config", "core.repositoryFormatVersion", "1"});
    repo.git({"config", "extensions.worktreeConfig", "true"});
    CHECK(open(repo.path()).work_tree() == repo.path());
  }

  TEST_CASE("says what libgit2 says about a repository that it cannot open") {
    const TempRepo repo;
    repo.git({"config", "core.repositoryFormatVersion", "7"});
    const auto found = Repository::discover(repo.path());
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == ErrorCode::git);
    CHECK(found.error().message.find("version") != std::string::npos);
  }
}

TEST_SUITE("qsnap::git::Repository::read_blob") {
  using namespace std::string_view_literals;

  TEST_CASE("gives the bytes of each revision") {
    const TempRepo repo;
    constexpr auto binary = "one\0two\xff\r\n"sv;
    repo.write("dir/file", binary);
    const std::string first = repo.commit_all("first");
    repo.git({"tag", "-a", "-m", "annotated", "v1"});
    repo.write("dir/file", "later");
    repo.commit_all("second");
    const Repository repository = open(repo.path());
    for (const std::string& revision : {first, first.substr(0, 10), std::string{"HEAD~1"}, std::string{"v1"}}) {
      CAPTURE(revision);
      const auto blob = repository.read_blob(revision, "dir/file");
      REQUIRE(blob.has_value());
      CHECK(**blob == binary);
    }
    CHECK(**repository.read_blob("main", "dir/file") == "later");
  }

  TEST_CASE("runs no filter, whatever the attributes say") {
    const TempRepo repo;
    repo.write("file", "a\nb\n");
    repo.write(".gitattributes", "file text eol=crlf ident\n");
    repo.commit_all("first");
    CHECK(**open(repo.path()).read_blob("HEAD", "file") == "a\nb\n");
  }

  TEST_CASE("is absent for a path that the revision does not have") {
    const TempRepo repo;
    repo.write("dir/file", "x");
    repo.commit_all("first");
    const Repository repository = open(repo.path());
    for (const char* path : {"nothing", "dir/nothing", "dir/file/below"}) {
      CAPTURE(path);
      const auto blob = repository.read_blob("HEAD", path);
      REQUIRE(blob.has_value());
      CHECK_FALSE(blob->has_value());
    }
  }

  TEST_CASE("is not_found for a revision that does not exist") {
    const TempRepo repo;
    const Repository unborn = open(repo.path());
    CHECK(unborn.read_blob("HEAD", "file").error().code == ErrorCode::not_found);
    repo.write("file", "x");
    repo.commit_all("first");
    const Repository repository = open(repo.path());
    for (const char* revision : {"nothing", "HEAD~5", "HEAD^{", "..", "HEAD:file", "^", "0000000000"}) {
      CAPTURE(revision);
      const auto blob = repository.read_blob(revision, "file");
      REQUIRE_FALSE(blob.has_value());
      CHECK(blob.error().code == ErrorCode::not_found);
    }
    CHECK(repository.read_blob("HEAD\0x"sv, "file").error().code == ErrorCode::usage);
    CHECK(repository.read_blob("", "file").error().code == ErrorCode::usage);
  }

  TEST_CASE("refuses symbolic links and folders") {
    const TempRepo repo;
    repo.write("dir/file", "x");
    std::filesystem::create_symlink("/etc/passwd", repo.path() / "link");
    std::filesystem::create_directory_symlink("dir", repo.path() / "linked-dir");
    repo.commit_all("first");
    const Repository repository = open(repo.path());
    CHECK(repository.read_blob("HEAD", "link").error().code == ErrorCode::refused);
    CHECK(repository.read_blob("HEAD", "dir").error().code == ErrorCode::refused);
    const auto through_link = repository.read_blob("HEAD", "linked-dir/file");
    REQUIRE(through_link.has_value());
    CHECK_FALSE(through_link->has_value());
  }
}
