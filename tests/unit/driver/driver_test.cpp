// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <support/temp_repo.hpp>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/driver/index_entry.hpp>
#include <qsnap/driver/view_setting.hpp>

namespace qsnap::driver {

namespace {

using test::TempRepo;

/// A variable of the environment, as it was again at the end of the scope.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : m_name(std::move(name)) {
    if (const char* const before = std::getenv(m_name.c_str())) {
      m_before = before;
    }
    ::setenv(m_name.c_str(), value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { m_before ? ::setenv(m_name.c_str(), m_before->c_str(), 1) : ::unsetenv(m_name.c_str()); }

 private:
  std::string m_name;
  std::optional<std::string> m_before;
};

/// No configuration but the repository's.
struct BareWorld {
  Variable system{"GIT_CONFIG_SYSTEM", "/dev/null"};
  Variable global{"GIT_CONFIG_GLOBAL", "/dev/null"};
};

std::string text_of(const TempRepo& repo, const std::string& name) {
  const auto text = read_file(repo.path() / name, limits::k_mib);
  REQUIRE(text.has_value());
  return *text;
}

}  // namespace

TEST_SUITE("driver::index_has") {
  TEST_CASE("knows the bytes that are staged at a path, and no others") {
    const TempRepo repo;
    const std::string odd_name = ":(glob)a [b]*\n\"c\"";
    repo.write(odd_name, "staged");
    repo.write("ab", "neighbour");
    repo.commit_all("first");
    CHECK(index_has(repo.path(), odd_name, "staged"));
    CHECK_FALSE(index_has(repo.path(), odd_name, "neighbour"));
    CHECK_FALSE(index_has(repo.path(), "a*", "neighbour"));
    CHECK_FALSE(index_has(repo.path(), "absent", "staged"));
    CHECK_FALSE(index_has(repo.path(), "", "staged"));
    CHECK_FALSE(index_has(repo.outside(), odd_name, "staged"));
    const Variable literal{"GIT_LITERAL_PATHSPECS", "1"};
    CHECK(index_has(repo.path(), odd_name, "staged"));
  }

  TEST_CASE("knows every stage of a conflict") {
    const TempRepo repo;
    repo.write("file", "base\n");
    repo.commit_all("base");
    repo.git({"checkout", "-q", "-b", "theirs"});
    repo.write("file", "theirs\n");
    repo.commit_all("theirs");
    repo.git({"checkout", "-q", "-b", "ours", "HEAD~1"});
    repo.write("file", "ours\n");
    repo.commit_all("ours");
    CHECK_THROWS(repo.git({"merge", "-q", "theirs"}));
    for (const std::string_view bytes : {"base\n", "ours\n", "theirs\n"}) {
      CHECK(index_has(repo.path(), "file", bytes));
    }
    CHECK_FALSE(index_has(repo.path(), "file", text_of(repo, "file")));
  }
}

TEST_SUITE("driver::configured_view") {
  TEST_CASE("is semantic where nobody says anything, or something else") {
    const BareWorld world;
    const TempRepo repo;
    CHECK(configured_view(repo.path()) == TextView::semantic);
    CHECK(configured_view(repo.outside()) == TextView::semantic);
    repo.git({"config", "qsnap.textconv", "short"});
    CHECK(configured_view(repo.path()) == TextView::semantic);
  }

  TEST_CASE("is what the repository says, from everywhere in it") {
    const BareWorld world;
    const TempRepo repo;
    repo.write("a/b/file", "x");
    repo.commit_all("first");
    repo.git({"config", "QSnap.TextConv", "Full"});
    CHECK(configured_view(repo.path()) == TextView::full);
    CHECK(configured_view(repo.path() / "a/b") == TextView::full);
    const auto linked = repo.outside() / "linked";
    repo.git({"worktree", "add", "--quiet", "--detach", linked.native()});
    CHECK(configured_view(linked) == TextView::full);
  }

  TEST_CASE("is what the command line, the environment or the user's configuration says") {
    const BareWorld world;
    const TempRepo repo;
    {
      const Variable parameters{"GIT_CONFIG_PARAMETERS", "'qsnap.textconv'='full'"};
      CHECK(configured_view(repo.path()) == TextView::full);
    }
    {
      const Variable count{"GIT_CONFIG_COUNT", "2"};
      const Variable first_key{"GIT_CONFIG_KEY_0", "user.name"};
      const Variable first_value{"GIT_CONFIG_VALUE_0", "x"};
      const Variable second_key{"GIT_CONFIG_KEY_1", "qsnap.textconv"};
      const Variable second_value{"GIT_CONFIG_VALUE_1", "full"};
      CHECK(configured_view(repo.path()) == TextView::full);
    }
    const std::string file = repo.outside() / "user.gitconfig";
    REQUIRE(write_file_atomically(file, "[core]\n\tbare = false\n\t[QSNAP] textconv = full\n").has_value());
    const Variable user{"GIT_CONFIG_GLOBAL", file};
    CHECK(configured_view(repo.path()) == TextView::full);
    CHECK(configured_view(repo.outside()) == TextView::full);
  }
}

}  // namespace qsnap::driver
