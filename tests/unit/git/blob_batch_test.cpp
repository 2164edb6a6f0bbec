// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <doctest/doctest.h>
#include <support/temp_repo.hpp>

#include <qsnap/git/blob_batch.hpp>
#include <qsnap/git/git_command.hpp>

using namespace qsnap;
using namespace qsnap::git;

namespace {

struct Seen {
  std::size_t index = 0;
  std::string bytes;
  bool missing = false;
};

class CollectingBlobs final : public BlobSink {
 public:
  Result<void> begin(std::size_t index, std::uint64_t bytes) override {
    seen.push_back({index, {}, false});
    m_expected = bytes;
    return {};
  }
  Result<void> piece(std::string_view bytes) override {
    seen.back().bytes += bytes;
    return {};
  }
  Result<void> end() override {
    CHECK(seen.back().bytes.size() == m_expected);
    return {};
  }
  Result<void> missing(std::size_t index) override {
    seen.push_back({index, {}, true});
    return {};
  }

  std::vector<Seen> seen;

 private:
  std::uint64_t m_expected = 0;
};

std::string blob(const test::TempRepo& repo, const std::string& bytes) {
  auto id = git_output({.folder = repo.path(), .arguments = {"hash-object", "-w", "--stdin"}, .input = bytes});
  REQUIRE(id);
  id->pop_back();
  return *id;
}

}  // namespace

TEST_CASE("blobs of any bytes come in order, and what is not there or no blob is missing") {
  const test::TempRepo repo;
  repo.write("file", "x");
  const std::string commit = repo.commit_all("one");
  const std::vector<std::string> contents = {"", "\n", "a missing\n", std::string("\0\n\0", 3),
                                             std::string(3'000'000, 'x') + "\n"};
  std::vector<std::string> ids;
  for (const std::string& bytes : contents) {
    ids.push_back(blob(repo, bytes));
  }
  ids.insert(ids.begin() + 2, std::string(40, '1'));
  ids.insert(ids.begin() + 3, commit);
  CollectingBlobs sink;
  REQUIRE(read_blobs(repo.path(), ids, sink));
  REQUIRE(sink.seen.size() == 7);
  for (std::size_t i = 0; i < sink.seen.size(); ++i) {
    CHECK(sink.seen[i].index == i);
    CHECK(sink.seen[i].missing == (i == 2 || i == 3));
  }
  CHECK(sink.seen[0].bytes == contents[0]);
  CHECK(sink.seen[1].bytes == contents[1]);
  CHECK(sink.seen[4].bytes == contents[2]);
  CHECK(sink.seen[5].bytes == contents[3]);
  CHECK(sink.seen[6].bytes == contents[4]);
}

TEST_CASE("an id that git could take for something else is refused, and no ids are no process") {
  const test::TempRepo repo;
  CollectingBlobs sink;
  CHECK_FALSE(read_blobs(repo.path(), std::vector<std::string>{"HEAD"}, sink));
  CHECK_FALSE(read_blobs(repo.path(), std::vector<std::string>{"12\n34"}, sink));
  CHECK(read_blobs(repo.outside(), {}, sink));
  CHECK(sink.seen.empty());
}

TEST_CASE("the error of whoever takes git's output ends git, and is the answer") {
  const test::TempRepo repo;
  const std::string id = blob(repo, std::string(5'000'000, 'x'));
  std::size_t calls = 0;
  const auto answer = run_git({.folder = repo.path(), .arguments = {"cat-file", "blob", id}, .input = {}},
                              [&](std::string_view /*piece*/) -> Result<void> {
                                ++calls;
                                return make_error(ErrorCode::cancelled, "enough");
                              });
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::cancelled);
  CHECK(calls == 1);
}

TEST_CASE("more output than a command may have is limit_exceeded") {
  const test::TempRepo repo;
  const std::string id = blob(repo, std::string(1000, 'x'));
  GitCommand command{.folder = repo.path(), .arguments = {"cat-file", "blob", id}, .input = {}};
  command.most_output = 1000;
  CHECK(git_output(command)->size() == 1000);
  command.most_output = 999;
  CHECK(git_output(command).error().code == ErrorCode::limit_exceeded);
}
