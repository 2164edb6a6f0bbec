// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <string>

#include <doctest/doctest.h>
#include <support/temp_repo.hpp>

#include <qsnap/git/git_command.hpp>

using namespace qsnap;
using namespace qsnap::git;

namespace {

/// A variable of this process, for one scope.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : m_name(name) { ::setenv(name, value.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(m_name); }

 private:
  const char* m_name;
};

std::string output(const test::TempRepo& repo, std::vector<std::string> arguments, GitEnvironment environment) {
  const auto answer = run_git({repo.path(), std::move(arguments), {}, limits::k_mib, environment});
  REQUIRE(answer);
  return answer->output;
}

}  // namespace

TEST_CASE("a hermetic git knows none of our variables, and no configuration but the repository's") {
  const test::TempRepo repo, other;
  repo.git({"config", "qsnap.here", "yes"});
  const Variable git_dir{"GIT_DIR", (other.path() / ".git").native()};
  const Variable parameters{"GIT_CONFIG_PARAMETERS", "'user.name'='Eve'"};
  CHECK(output(repo, {"rev-parse", "--absolute-git-dir"}, GitEnvironment::inherited) ==
        (other.path() / ".git").native() + "\n");
  CHECK(output(repo, {"config", "--get", "user.name"}, GitEnvironment::inherited) == "Eve\n");
  CHECK(output(repo, {"rev-parse", "--absolute-git-dir"}, GitEnvironment::hermetic) ==
        (repo.path() / ".git").native() + "\n");
  CHECK(output(repo, {"config", "--get", "user.name"}, GitEnvironment::hermetic).empty());
  CHECK(output(repo, {"config", "--get", "qsnap.here"}, GitEnvironment::hermetic) == "yes\n");
}

TEST_CASE("what git writes is synced, refs and loose objects, too") {
  const test::TempRepo repo;
  for (const GitEnvironment environment :
       {GitEnvironment::inherited, GitEnvironment::hermetic, GitEnvironment::transport}) {
    CHECK(output(repo, {"config", "--get", "core.fsync"}, environment) == "all\n");
  }
}
