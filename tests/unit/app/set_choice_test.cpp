// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/names.hpp>
#include <support/temp_repo.hpp>

#include <qsnap/app/set_choice.hpp>
#include <qsnap/store/set_folder.hpp>

namespace {

using qsnap::app::ChosenSet;
using qsnap::app::SetWords;
using qsnap::store::SetName;
using qsnap::store::Store;
using qsnap::test::set_named;
using qsnap::test::TempRepo;
using Variables = std::map<std::string, std::string, std::less<>>;

constexpr const char* k_rules = R"(version: 1
sets:
  - branches: ["feature/*", "fix/*"]
    parent: "release/*"
  - branches: "release/*"
  - branches: "hotfix/*"
    set: hotfix
    parent: release/2.0
)";

Store open_store(const std::filesystem::path& folder) {
  auto store = Store::open(folder);
  REQUIRE(store.has_value());
  return *std::move(store);
}

/// What is said on the command line and in the environment.
struct Said {
  std::string set{};
  std::string branch{};
  Variables variables{};
};

qsnap::Result<ChosenSet> choose(const std::filesystem::path& folder, const Said& said = {}) {
  const Store store = open_store(folder);
  return choose_set(store, SetWords{said.set, said.branch, [&](std::string_view name) -> std::optional<std::string> {
                                      const auto found = said.variables.find(name);
                                      return found == said.variables.end() || found->second.empty()
                                                 ? std::nullopt
                                                 : std::optional{found->second};
                                    }});
}

/// "set feature/x, then default (branch feature/x)", with "; " and each note behind it; the message of an error.
std::string words(const std::filesystem::path& folder, const Said& said = {}) {
  const auto chosen = choose(folder, said);
  if (!chosen) {
    return chosen.error().message;
  }
  std::string text = set_words(*chosen);
  for (const std::string& note : chosen->notes) {
    text += "; " + note;
  }
  return text;
}

/// main, release/1.0 and release/2.0 cut from it one after the other, each with a commit of its own, main with one
/// behind them; the rules above.
struct Lines {
  Lines() {
    repo.git({"symbolic-ref", "HEAD", "refs/heads/main"});
    repo.write(".queue-snapshots/config.yaml", k_rules);
    commit("begin");
    for (const char* line : {"release/1.0", "release/2.0"}) {
      repo.git({"checkout", "-q", "-b", line});
      commit(line);
      repo.git({"checkout", "-q", "main"});
      commit(fmt::format("main after {}", line));
    }
  }

  /// All of one instant: the clock of a scratch repository stands still.
  void commit(const std::string& message) {
    repo.write("file-" + std::to_string(m_commits++), message);
    repo.commit_all(message);
  }
  /// Checks out a new branch at `start`, with a commit.
  void branch(const std::string& name, const std::string& start) {
    repo.git({"checkout", "-q", "-b", name, start});
    commit(name);
  }
  void put_set(const std::string& name) const {
    repo.write(".queue-snapshots/sets/" + set_named(name).encoded() + "/test-cases/x.qsnap", "whatever");
  }
  [[nodiscard]] std::string say(const Said& said = {}) const { return words(repo.path(), said); }

  TempRepo repo;

 private:
  int m_commits = 0;
};

constexpr const char* k_detached =
    "set default; HEAD is detached and nobody says which branch it is, so the default set is used; say --branch or "
    "QSNAP_BRANCH";

}  // namespace

TEST_SUITE("app::choose_set") {
  TEST_CASE("without rules nothing is chosen but what --set or QSNAP_SET say") {
    const TempRepo repo;
    repo.write(".queue-snapshots/config.yaml", "version: 1\n");
    repo.git({"symbolic-ref", "HEAD", "refs/heads/feature/x"});
    CHECK(words(repo.path()) == "set default");
    CHECK(words(repo.path(), {{}, "feature/x", {}}) == "set default");
    CHECK(words(repo.path(), {"mine", {}, {}}) == "set mine, then default");
    CHECK(words(repo.path(), {{}, {}, {{"QSNAP_SET", "theirs"}}}) == "set theirs, then default");
    CHECK(words(repo.path(), {"mine", {}, {{"QSNAP_SET", "theirs"}}}) == "set mine, then default");
    CHECK(words(repo.path(), {"default", {}, {{"QSNAP_SET", "theirs"}}}) == "set default");
    CHECK(words(repo.path(), {"../etc", {}, {}}).starts_with("\"../etc\" is not the name of a set"));
  }

  TEST_CASE("a branch has the set of the first rule that fits, before and after its first commit") {
    const TempRepo repo;
    repo.write(".queue-snapshots/config.yaml", k_rules);
    const auto on = [&](const std::string& branch) {
      repo.git({"symbolic-ref", "HEAD", "refs/heads/" + branch});
      return words(repo.path());
    };
    CHECK(on("main") == "set default (branch main)");
    CHECK(on("release/2.0") == "set release/2.0, then default (branch release/2.0)");
    CHECK(on("feature/x") == "set feature/x, then default (branch feature/x)");
    CHECK(on("hotfix/a") == "set hotfix, then release/2.0, then default (branch hotfix/a)");
    CHECK(on("hotfix/b") == "set hotfix, then release/2.0, then default (branch hotfix/b)");
    CHECK(on("features/x") == "set default (branch features/x)");
    repo.commit_all("first");
    CHECK(on("hotfix/b") == "set hotfix, then release/2.0, then default (branch hotfix/b)");
  }

  TEST_CASE("the parent by a glob is the line that the branch left last") {
    Lines lines;
    lines.branch("feature/old", "release/1.0");
    CHECK(lines.say() == "set feature/old, then release/1.0, then default (branch feature/old)");
    lines.branch("feature/new", "release/2.0");
    CHECK(lines.say() == "set feature/new, then release/2.0, then default (branch feature/new)");
    lines.branch("feature/mainly", "main");
    CHECK(lines.say() == "set feature/mainly, then default (branch feature/mainly)");
    lines.repo.git({"checkout", "-q", "-b", "fix/empty", "release/2.0"});
    CHECK(lines.say() == "set fix/empty, then release/2.0, then default (branch fix/empty)");
    // What goes on in the line afterwards changes nothing, and neither does a merge of it.
    lines.repo.git({"checkout", "-q", "release/1.0"});
    lines.commit("later");
    lines.repo.git({"checkout", "-q", "feature/old"});
    CHECK(lines.say() == "set feature/old, then release/1.0, then default (branch feature/old)");
    // A line that is merged into the main one has what both have.
    lines.repo.git({"checkout", "-q", "main"});
    lines.repo.git({"merge", "-q", "--no-edit", "release/2.0"});
    lines.repo.git({"checkout", "-q", "feature/new"});
    CHECK(lines.say() == "set feature/new, then release/2.0, then default (branch feature/new)");
  }

  TEST_CASE("of two lines with the same commit the first by name is meant") {
    Lines lines;
    lines.repo.git({"branch", "release/2.1", "release/2.0"});
    lines.branch("feature/x", "release/2.1");
    CHECK(lines.say() == "set feature/x, then release/2.0, then default (branch feature/x)");
  }

  TEST_CASE("lines that only a remote has count, and a clone of one commit says that it does not know") {
    Lines lines;
    lines.branch("feature/x", "release/2.0");
    lines.put_set("release/2.0");
    lines.commit("with a set");
    const std::string url = "file://" + lines.repo.path().native();
    const auto all = lines.repo.outside() / "all", shallow = lines.repo.outside() / "shallow";
    lines.repo.git({"clone", "-q", "--branch", "feature/x", url, all.native()});
    CHECK(words(all) == "set feature/x, then release/2.0, then default (branch feature/x)");
    lines.repo.git({"clone", "-q", "--depth", "1", "--branch", "feature/x", url, shallow.native()});
    CHECK(
        words(shallow) ==
        "set feature/x, then default (branch feature/x); where feature/x left a branch like release/* is not known "
        "here "
        "(a shallow clone?), so it inherits from the default set; git qsnap set create feature/x --parent release/2.0 "
        "would say it");
  }

  TEST_CASE("what a set says of its parent beats config.yaml, and its parent's rule goes on from there") {
    Lines lines;
    lines.branch("feature/x", "release/2.0");
    const Store store = open_store(lines.repo.path());
    REQUIRE(write_set_file(store, set_named("feature/x"), {"", set_named("hotfix")}).has_value());
    CHECK(lines.say() == "set feature/x, then hotfix, then release/2.0, then default (branch feature/x)");
    REQUIRE(write_set_file(store, set_named("feature/x"), {"", SetName::default_set()}).has_value());
    CHECK(lines.say() == "set feature/x, then default (branch feature/x)");
    lines.repo.write(".queue-snapshots/sets/feature%2Fx/set.json", "{\"schema\":\"qsnap.set/2\"}");
    CHECK(lines.say().find("sets/feature%2Fx/set.json: is no set") != std::string::npos);
  }

  TEST_CASE("sets that inherit from themselves, or from more than eight, are errors with the lines") {
    const TempRepo repo;
    const auto with = [&](const std::string& rules) {
      repo.write(".queue-snapshots/config.yaml", "version: 1\nsets:\n" + rules);
      return words(repo.path(), {"a", {}, {}});
    };
    CHECK(with("  - {branches: a, parent: b}\n  - {branches: b, parent: a}\n") ==
          "sets inherit from themselves: a → b (.queue-snapshots/config.yaml:3) → a (.queue-snapshots/config.yaml:4)");
    CHECK(with("  - {branches: a, parent: a}\n") ==
          "sets inherit from themselves: a → a (.queue-snapshots/config.yaml:3)");
    std::string chain;
    for (const char* pair : {"ab", "bc", "cd", "de", "ef", "fg", "gh"}) {
      chain += fmt::format("  - {{branches: {}, parent: {}}}\n", pair[0], pair[1]);
    }
    CHECK(with(chain) == "set a, then b, then c, then d, then e, then f, then g, then h, then default");
    CHECK(with(chain + "  - {branches: h, parent: i}\n")
              .starts_with("more than 8 sets inherit from each other: a → b (.queue-snapshots/config.yaml:3) → c"));
  }

  TEST_CASE("each source of the branch beats those behind it") {
    Lines lines;
    const Variables ci = {{"GITHUB_HEAD_REF", "fix/ci"}};
    const auto with = [&](Variables more) {
      more.insert(ci.begin(), ci.end());
      return more;
    };
    CHECK(lines.say({"mine", "fix/a", with({{"QSNAP_SET", "s"}, {"QSNAP_BRANCH", "fix/b"}})}) ==
          "set mine, then default");
    CHECK(lines.say({{}, "fix/a", with({{"QSNAP_SET", "s"}, {"QSNAP_BRANCH", "fix/b"}})}) == "set s, then default");
    CHECK(lines.say({{}, "fix/a", with({{"QSNAP_BRANCH", "fix/b"}})}) == "set fix/a, then default (branch fix/a)");
    CHECK(lines.say({{}, "refs/heads/fix/a", {}}) == "set fix/a, then default (branch fix/a)");
    CHECK(lines.say({{}, {}, with({{"QSNAP_BRANCH", "fix/b"}})}) ==
          "set fix/b, then default (branch fix/b, says QSNAP_BRANCH)");
    CHECK(lines.say({{}, {}, ci}) == "set default (branch main)");
    lines.repo.git({"checkout", "-q", "--detach"});
    CHECK(lines.say({{}, {}, ci}) == "set fix/ci, then default (branch fix/ci, says GITHUB_HEAD_REF)");
    CHECK(lines.say() == k_detached);
  }

  TEST_CASE("with a detached HEAD, CI systems say the branch by their own variables") {
    Lines lines;
    lines.repo.git({"checkout", "-q", "--detach"});
    struct Case {
      Variables variables;
      std::string branch;  ///< "feature/x, says NAME"; empty: none
    };
    const Case cases[] = {
        {{{"GITHUB_HEAD_REF", "fix/a"}, {"GITHUB_REF_NAME", "12/merge"}, {"GITHUB_REF_TYPE", "branch"}},
         "fix/a, says GITHUB_HEAD_REF"},
        {{{"GITHUB_HEAD_REF", ""}, {"GITHUB_REF_NAME", "fix/a"}, {"GITHUB_REF_TYPE", "branch"}},
         "fix/a, says GITHUB_REF_NAME"},
        {{{"GITHUB_REF_NAME", "fix/1.0"}, {"GITHUB_REF_TYPE", "tag"}}, ""},
        {{{"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "fix/a"}, {"CI_COMMIT_REF_NAME", "main"}},
         "fix/a, says CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"},
        {{{"CI_COMMIT_BRANCH", "fix/a"}}, "fix/a, says CI_COMMIT_BRANCH"},
        {{{"CI_COMMIT_REF_NAME", "fix/a"}}, "fix/a, says CI_COMMIT_REF_NAME"},
        {{{"CI_COMMIT_REF_NAME", "fix/1.0"}, {"CI_COMMIT_TAG", "fix/1.0"}}, ""},
        {{{"BITBUCKET_BRANCH", "fix/a"}}, "fix/a, says BITBUCKET_BRANCH"},
        {{{"CHANGE_BRANCH", "fix/a"}, {"BRANCH_NAME", "PR-7"}}, "fix/a, says CHANGE_BRANCH"},
        {{{"BRANCH_NAME", "fix/a"}}, "fix/a, says BRANCH_NAME"},
        {{{"GIT_BRANCH", "origin/fix/a"}}, "fix/a, says GIT_BRANCH"},
        {{{"CIRCLE_BRANCH", "fix/a"}}, "fix/a, says CIRCLE_BRANCH"},
        {{{"BUILDKITE_BRANCH", "fix/a"}}, "fix/a, says BUILDKITE_BRANCH"},
        {{{"TRAVIS_PULL_REQUEST_BRANCH", "fix/a"}, {"TRAVIS_BRANCH", "main"}},
         "fix/a, says TRAVIS_PULL_REQUEST_BRANCH"},
        {{{"TRAVIS_BRANCH", "fix/a"}}, "fix/a, says TRAVIS_BRANCH"},
        {{{"SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/fix/a"}, {"BUILD_SOURCEBRANCH", "refs/pull/1/merge"}},
         "fix/a, says SYSTEM_PULLREQUEST_SOURCEBRANCH"},
        {{{"BUILD_SOURCEBRANCH", "refs/heads/fix/a"}}, "fix/a, says BUILD_SOURCEBRANCH"},
        {{{"BUILD_SOURCEBRANCH", "refs/tags/fix/a"}}, ""},
        {{{"DRONE_SOURCE_BRANCH", "fix/a"}, {"DRONE_BRANCH", "main"}}, "fix/a, says DRONE_SOURCE_BRANCH"},
        {{{"DRONE_BRANCH", "fix/a"}}, "fix/a, says DRONE_BRANCH"},
        {{{"CI_COMMIT_SOURCE_BRANCH", "fix/a"}, {"CI_COMMIT_BRANCH", "main"}}, "fix/a, says CI_COMMIT_SOURCE_BRANCH"},
        {{{"APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH", "fix/a"}, {"APPVEYOR_REPO_BRANCH", "main"}},
         "fix/a, says APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH"},
        {{{"APPVEYOR_REPO_BRANCH", "fix/a"}}, "fix/a, says APPVEYOR_REPO_BRANCH"},
        {{{"SEMAPHORE_GIT_PR_BRANCH", "fix/a"}, {"SEMAPHORE_GIT_BRANCH", "main"}},
         "fix/a, says SEMAPHORE_GIT_PR_BRANCH"},
        {{{"SEMAPHORE_GIT_BRANCH", "fix/a"}}, "fix/a, says SEMAPHORE_GIT_BRANCH"},
        {{{"CODEBUILD_WEBHOOK_HEAD_REF", "refs/heads/fix/a"}}, "fix/a, says CODEBUILD_WEBHOOK_HEAD_REF"},
        {{{"CODEBUILD_WEBHOOK_HEAD_REF", "refs/tags/fix/a"}}, ""},
        {{{"CF_BRANCH", "fix/a"}}, "fix/a, says CF_BRANCH"},
        // What is set and empty is not set: Travis does so where no tag is built.
        {{{"TRAVIS_BRANCH", "fix/a"}, {"TRAVIS_TAG", ""}}, "fix/a, says TRAVIS_BRANCH"},
        {{{"TRAVIS_BRANCH", "fix/1.0"}, {"TRAVIS_TAG", "fix/1.0"}}, ""},
        {{{"BRANCH_NAME", "fix/1.0"}, {"TAG_NAME", "fix/1.0"}}, ""},
        {{{"BUILDKITE_BRANCH", "fix/1.0"}, {"BUILDKITE_TAG", "fix/1.0"}}, ""},
        {{{"DRONE_BRANCH", "fix/1.0"}, {"DRONE_TAG", "fix/1.0"}}, ""},
        {{{"APPVEYOR_REPO_BRANCH", "fix/1.0"}, {"APPVEYOR_REPO_TAG_NAME", "fix/1.0"}}, ""},
        {{{"SEMAPHORE_GIT_BRANCH", "fix/1.0"}, {"SEMAPHORE_GIT_TAG_NAME", "fix/1.0"}}, ""},
    };
    for (const Case& c : cases) {
      CAPTURE(c.branch);
      CHECK(lines.say({{}, {}, c.variables}) ==
            (c.branch.empty() ? k_detached : fmt::format("set fix/a, then default (branch {})", c.branch)));
    }
  }

  TEST_CASE("while a branch is being rebased its set stays, and what it inherits") {
    Lines lines;
    lines.branch("feature/x", "release/2.0");
    lines.repo.write("file-0", "in the way");
    lines.commit("in conflict");
    lines.repo.git({"checkout", "-q", "-b", "onto", "main"});
    lines.repo.write("file-0", "another way");
    lines.commit("other side");
    lines.repo.git({"checkout", "-q", "feature/x"});
    for (const char* backend : {"--merge", "--apply"}) {
      CAPTURE(backend);
      CHECK_THROWS(lines.repo.git({"rebase", "-q", backend, "onto"}));
      CHECK(lines.say() == "set feature/x, then release/2.0, then default (branch feature/x, which is being rebased)");
      lines.repo.git({"rebase", "--abort"});
    }
    lines.repo.git({"checkout", "-q", "--detach"});
    CHECK_THROWS(lines.repo.git({"rebase", "-q", "onto"}));  // of no branch
    CHECK(lines.say() == k_detached);
  }

  TEST_CASE("a linked work tree has the set of its own branch") {
    Lines lines;
    const auto linked = lines.repo.outside() / "linked";
    lines.repo.git({"worktree", "add", "-q", "-b", "feature/linked", linked.native(), "release/1.0"});
    CHECK(words(linked) == "set feature/linked, then release/1.0, then default (branch feature/linked)");
    CHECK(lines.say() == "set default (branch main)");
  }

  TEST_CASE("a branch that was renamed finds out which set was its own") {
    Lines lines;
    lines.branch("feature/old", "main");
    lines.put_set("feature/old");
    CHECK(lines.say() == "set feature/old, then default (branch feature/old)");
    lines.repo.git({"branch", "-m", "feature/middle"});
    lines.repo.git({"branch", "-m", "feature/new"});
    CHECK(
        lines.say() ==
        "set feature/new, then default (branch feature/new); the branch feature/new was called feature/old, and has no "
        "set under its new name: git qsnap set rename feature/old feature/new");
    const Store store = open_store(lines.repo.path());
    REQUIRE(rename_set(store, set_named("feature/old"), set_named("feature/new")).has_value());
    CHECK(lines.say() == "set feature/new, then default (branch feature/new)");
    // One that has a branch is nobody's old name, and neither is that of another rule.
    lines.branch("feature/other", "main");
    lines.put_set("release/1.0");
    CHECK(lines.say() == "set feature/other, then default (branch feature/other)");
    lines.repo.git({"branch", "-D", "feature/new"});
    CHECK(lines.say() ==
          "set feature/other, then default (branch feature/other); feature/other has no set yet, and no branch has the "
          "set "
          "feature/new any more; if it was renamed: git qsnap set rename feature/new feature/other");
  }

  TEST_CASE("a set whose folder would differ from another one in case alone is refused") {
    Lines lines;
    lines.put_set("feature/x");
    CHECK(lines.say({"Feature/X", {}, {}}) ==
          "the set Feature/X differs from the set feature/x in case alone: on some systems the two are one folder");
    CHECK(lines.say({{}, "feature/X", {}}).starts_with("the set feature/X differs from the set feature/x"));
    CHECK(lines.say({{}, "feature/x", {}}) == "set feature/x, then default (branch feature/x)");
  }
}
