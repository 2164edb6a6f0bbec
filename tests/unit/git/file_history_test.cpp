// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <support/temp_repo.hpp>

#include <qsnap/git/file_history.hpp>

using namespace qsnap;
using namespace qsnap::git;

TEST_CASE("a file's history has what each commit did to it, and where the bytes before are") {
  const test::TempRepo repo;
  const std::string long_text(400, 'x');
  repo.write("a", long_text);
  repo.git({"add", "-A"});
  repo.git({"commit", "-q", "--allow-empty-message", "-m", ""});  // an empty subject is one
  repo.write("other", "1");
  repo.commit_all("elsewhere");
  repo.git({"mv", "a", "b"});
  repo.write("b", long_text + "y");
  repo.commit_all("commit");  // the word that marks a commit in our format
  std::filesystem::remove(repo.path() / "b");
  repo.commit_all("gone");
  const auto history = file_history(repo.path(), "b");
  REQUIRE(history);
  REQUIRE(history->size() == 3);
  const FileVersion &gone = history->at(0), &renamed = history->at(1), &first = history->at(2);
  CHECK(gone.blob_id.empty());
  CHECK(gone.before_ids.size() == 1);
  CHECK(renamed.commit.subject == "commit");
  CHECK(renamed.renamed_from == "a");
  CHECK(renamed.path == "b");
  CHECK(renamed.before_ids == std::vector{first.blob_id});
  CHECK(gone.before_ids == std::vector{renamed.blob_id});
  CHECK(first.commit.subject.empty());
  CHECK(first.before_ids.empty());
  CHECK(first.path == "a");
  CHECK(first.commit.id.starts_with(first.commit.short_id));
  CHECK(first.commit.id.size() == 40);
}

TEST_CASE("a link in the file's place is no version, and names may hold what a pattern would mean") {
  const test::TempRepo repo;
  repo.write("x*\n:y", "1");
  repo.write("xa\n:y", "2");
  repo.commit_all("both");
  std::filesystem::remove(repo.path() / "x*\n:y");
  std::filesystem::create_symlink("target", repo.path() / "x*\n:y");
  repo.commit_all("link");
  const auto history = file_history(repo.path(), "x*\n:y");
  REQUIRE(history);
  REQUIRE(history->size() == 2);
  CHECK(history->at(0).blob_id.empty());
  CHECK(history->at(0).before_ids.size() == 1);
  CHECK(history->at(1).path == "x*\n:y");
}

TEST_CASE("no commit is not_found, and a file that no commit knows has no history") {
  const test::TempRepo repo;
  CHECK(file_history(repo.path(), "a").error().code == ErrorCode::not_found);
  repo.write("a", "1");
  repo.commit_all("one");
  CHECK(file_history(repo.path(), "b")->empty());
}
