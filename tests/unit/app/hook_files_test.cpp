// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <map>

#include <doctest/doctest.h>
#include <support/temp_repo.hpp>

#include <qsnap/app/setup/hook_bodies.hpp>
#include <qsnap/app/setup/hook_files.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>

using namespace qsnap;
using namespace qsnap::app::setup;
namespace fs = std::filesystem;

namespace {

const std::string k_foreign = "#!/bin/sh\necho theirs\n";

fs::path hooks_of(const test::TempRepo& repo) {
  return repo.path() / ".git/hooks";
}

void put(const fs::path& path, std::string_view text, fs::perms mode = fs::perms{0755}) {
  fs::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary} << text;
  fs::permissions(path, mode);
}

std::string text_of(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string body_of(const std::string& hook) {
  for (const HookBodies::Body& body : embedded_hook_bodies().bodies) {
    if (body.hook == hook) {
      return body.text;
    }
  }
  return {};
}

/// Everything below a folder: kind, mode, and text or target.
std::map<std::string, std::string> listing(const fs::path& folder) {
  std::map<std::string, std::string> entries;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    const fs::file_status status = entry.symlink_status();
    std::string what = std::to_string(static_cast<unsigned>(status.permissions()));
    if (fs::is_symlink(status)) {
      what = "-> " + fs::read_symlink(entry.path()).native();
    } else if (fs::is_regular_file(status)) {
      what += ' ' + text_of(entry.path());
    }
    entries.emplace(fs::relative(entry.path().parent_path(), folder) / entry.path().filename(), what);
  }
  return entries;
}

HookOutcome install(const test::TempRepo& repo, const std::string& hook, DryRun dry_run = DryRun::no) {
  const auto outcomes = install_hooks(repo.path(), {hook}, dry_run);
  REQUIRE(outcomes);
  REQUIRE(outcomes->size() == 1);
  return outcomes->front();
}

std::vector<HookOutcome> uninstall(const test::TempRepo& repo) {
  auto outcomes = uninstall_hooks(repo.path(), DryRun::no);
  REQUIRE(outcomes);
  return *std::move(outcomes);
}

HookOutcome status(const test::TempRepo& repo, const std::string& hook) {
  const auto outcomes = hook_status(repo.path());
  REQUIRE(outcomes);
  const auto found =
      std::find_if(outcomes->begin(), outcomes->end(), [&](const auto& each) { return each.hook == hook; });
  REQUIRE(found != outcomes->end());
  return *found;
}

}  // namespace

TEST_SUITE("hook files") {
  TEST_CASE("all hooks are written where there are none, kept the second time, and gone without a trace") {
    const test::TempRepo repo;
    const auto before = listing(repo.path() / ".git");
    const auto first = install_hooks(repo.path(), all_hooks(), DryRun::no);
    REQUIRE(first);
    CHECK(first->size() == 6);
    for (const HookOutcome& outcome : *first) {
      CAPTURE(outcome.hook);
      CHECK(outcome.action == HookAction::written);
      CHECK(text_of(outcome.file) == body_of(outcome.hook));
      CHECK(outcome.sha256 == to_hex(codec::sha256(text_of(outcome.file))));
      CHECK(fs::status(outcome.file).permissions() == fs::perms{0755});
    }
    const auto installed = listing(repo.path() / ".git");
    const auto second = install_hooks(repo.path(), all_hooks(), DryRun::no);
    REQUIRE(second);
    CHECK(
        std::all_of(second->begin(), second->end(), [](const auto& each) { return each.action == HookAction::kept; }));
    CHECK(listing(repo.path() / ".git") == installed);
    CHECK(uninstall(repo).size() == 6);
    CHECK(listing(repo.path() / ".git") == before);
    CHECK(uninstall(repo).empty());
  }

  TEST_CASE("each body is short, and passes its name and arguments on") {
    for (const HookBodies::Body& body : embedded_hook_bodies().bodies) {
      CAPTURE(body.hook);
      CHECK(std::count(body.text.begin(), body.text.end(), '\n') <= 25);
      CHECK(body.text.find("git qsnap hook " + body.hook + " \"$@\"") != std::string::npos);
    }
    const std::string dispatcher = embedded_hook_bodies().dispatcher;
    CHECK(std::count(dispatcher.begin(), dispatcher.end(), '\n') <= 25);
  }

  TEST_CASE("somebody else's hook runs first, and comes back as it was") {
    struct Foreign {
      const char* what;
      std::string text;
      fs::perms mode;
    };
    const std::vector<Foreign> foreigns = {{"sh", k_foreign, fs::perms{0755}},
                                           {"python", "#!/usr/bin/env python3\nprint('theirs')\n", fs::perms{0700}},
                                           {"not executable", k_foreign, fs::perms{0644}},
                                           {"empty", "", fs::perms{0755}},
                                           {"a program", std::string(2'000'000, '\x7f'), fs::perms{0755}}};
    for (const Foreign& foreign : foreigns) {
      CAPTURE(foreign.what);
      const test::TempRepo repo;
      const fs::path hook = hooks_of(repo) / "pre-commit", previous = hooks_of(repo) / "pre-commit.d/50-previous";
      put(hook, foreign.text, foreign.mode);
      const auto before = listing(repo.path() / ".git");
      CHECK(install(repo, "pre-commit", DryRun::yes).action == HookAction::chained);
      CHECK(listing(repo.path() / ".git") == before);
      CHECK(install(repo, "pre-commit").action == HookAction::chained);
      CHECK(text_of(hook) == embedded_hook_bodies().dispatcher);
      CHECK(text_of(previous) == foreign.text);
      CHECK(fs::status(previous).permissions() == foreign.mode);
      CHECK(text_of(hooks_of(repo) / "pre-commit.d/90-qsnap") == body_of("pre-commit"));
      CHECK(install(repo, "pre-commit").action == HookAction::kept);
      CHECK(status(repo, "pre-commit").action == HookAction::kept);
      REQUIRE(uninstall(repo).size() == 1);
      CHECK(listing(repo.path() / ".git") == before);
    }
  }

  TEST_CASE("a link stays a link to the same file, and comes back with the same words") {
    for (const bool absolute : {false, true}) {
      CAPTURE(absolute);
      const test::TempRepo repo;
      const fs::path script = repo.path() / "scripts/check.sh", hook = hooks_of(repo) / "pre-commit";
      put(script, k_foreign);
      fs::create_directories(hooks_of(repo));
      fs::create_symlink(absolute ? script : fs::path{"../../scripts/check.sh"}, hook);
      const auto before = listing(repo.path() / ".git");
      CHECK(install(repo, "pre-commit").action == HookAction::chained);
      const fs::path previous = hooks_of(repo) / "pre-commit.d/50-previous";
      CHECK(fs::is_symlink(previous));
      CHECK(fs::equivalent(previous, script));
      CHECK(uninstall(repo).front().action == HookAction::removed);
      CHECK(listing(repo.path() / ".git") == before);
    }
  }

  TEST_CASE("an older body of ours is replaced, one that was edited is not, by install and uninstall alike") {
    const test::TempRepo repo;
    const fs::path hook = hooks_of(repo) / "pre-push";
    const std::string old = "#!/bin/sh\n# git-qsnap hook pre-push, as it once was\nexit 0\n";
    put(hook, old);
    CHECK(install(repo, "pre-push").action == HookAction::refused);  // not known: it could be an edited one
    HookBodies bodies = embedded_hook_bodies();
    bodies.earlier += to_hex(codec::sha256(old)) + "  pre-push\n";
    const auto upgraded = install_hooks(repo.path(), {"pre-push"}, DryRun::no, bodies);
    REQUIRE(upgraded);
    CHECK(upgraded->front().action == HookAction::upgraded);
    CHECK(text_of(hook) == body_of("pre-push"));

    put(hook, body_of("pre-push") + "echo mine\n");
    const auto before = listing(repo.path() / ".git");
    const HookOutcome refused = install(repo, "pre-push");
    CHECK(refused.action == HookAction::refused);
    CHECK(refused.words.find("was edited") != std::string::npos);
    CHECK(uninstall(repo).front().action == HookAction::refused);
    CHECK(status(repo, "pre-push").action == HookAction::refused);
    CHECK(listing(repo.path() / ".git") == before);
  }

  TEST_CASE("what a user put beside ours keeps running after ours is gone") {
    const test::TempRepo repo;
    put(hooks_of(repo) / "pre-commit", k_foreign);
    install(repo, "pre-commit");
    put(hooks_of(repo) / "pre-commit.d/60-more", k_foreign);
    const HookOutcome outcome = uninstall(repo).front();
    CHECK(outcome.action == HookAction::refused);
    CHECK(text_of(hooks_of(repo) / "pre-commit") == embedded_hook_bodies().dispatcher);
    CHECK_FALSE(fs::exists(hooks_of(repo) / "pre-commit.d/90-qsnap"));
    CHECK(fs::exists(hooks_of(repo) / "pre-commit.d/50-previous"));
    CHECK(fs::exists(hooks_of(repo) / "pre-commit.d/60-more"));
  }

  TEST_CASE("what an interrupted run left is finished, or taken back") {
    for (const bool finish : {true, false}) {
      for (const bool linked : {true, false}) {  // both names of the hook, or only the new one
        CAPTURE(finish);
        CAPTURE(linked);
        const test::TempRepo repo;
        const fs::path hook = hooks_of(repo) / "pre-commit", chain = hooks_of(repo) / "pre-commit.d";
        put(hook, k_foreign);
        const auto before = listing(repo.path() / ".git");
        put(chain / "90-qsnap", body_of("pre-commit"));
        fs::create_hard_link(hook, chain / "50-previous");
        if (!linked) {
          fs::remove(hook);
        }
        if (finish) {
          CHECK(install(repo, "pre-commit").action != HookAction::refused);
          CHECK(text_of(hook) == embedded_hook_bodies().dispatcher);
          CHECK(text_of(chain / "50-previous") == k_foreign);
        }
        CHECK(uninstall(repo).front().action == HookAction::removed);
        CHECK(listing(repo.path() / ".git") == before);
      }
    }
  }

  TEST_CASE("a folder NAME.d of somebody else is not ours to use") {
    const test::TempRepo repo;
    put(hooks_of(repo) / "pre-commit", "#!/bin/sh\nrun-parts \"$0.d\"\n");
    put(hooks_of(repo) / "pre-commit.d/10-lint", k_foreign);
    const auto before = listing(repo.path() / ".git");
    const HookOutcome outcome = install(repo, "pre-commit");
    CHECK(outcome.action == HookAction::refused);
    CHECK(outcome.words.find("git qsnap hook pre-commit \"$@\"") != std::string::npos);
    CHECK(uninstall(repo).empty());
    CHECK(listing(repo.path() / ".git") == before);
  }

  TEST_CASE("a hook that another tool put over our dispatcher is left to the user") {
    const test::TempRepo repo;
    put(hooks_of(repo) / "pre-commit", k_foreign);
    install(repo, "pre-commit");
    put(hooks_of(repo) / "pre-commit", "#!/bin/sh\necho lefthook\n");
    const auto before = listing(repo.path() / ".git");
    CHECK(install(repo, "pre-commit").action == HookAction::refused);
    CHECK(uninstall(repo).front().action == HookAction::refused);
    CHECK(listing(repo.path() / ".git") == before);
  }

  TEST_CASE("a folder for hooks that is missing is made, and goes again") {
    const test::TempRepo repo;
    fs::remove_all(hooks_of(repo));
    const auto before = listing(repo.path() / ".git");
    CHECK(install(repo, "pre-commit").action == HookAction::written);
    uninstall(repo);
    CHECK(listing(repo.path() / ".git") == before);
    fs::create_directory(hooks_of(repo));  // an empty one that was there stays
    install(repo, "pre-commit");
    uninstall(repo);
    CHECK(fs::is_directory(hooks_of(repo)));
  }

  TEST_CASE("core.hooksPath inside the work tree is the project's: nothing is written, the words say the line") {
    const test::TempRepo repo;
    repo.git({"config", "core.hooksPath", ".husky"});
    put(repo.path() / ".husky/pre-commit", k_foreign);
    const auto before = listing(repo.path());
    const HookOutcome outcome = install(repo, "pre-commit");
    CHECK(outcome.action == HookAction::refused);
    CHECK(outcome.file == repo.path() / ".husky/pre-commit");
    CHECK(outcome.words.find("core.hooksPath is .husky (local)") != std::string::npos);
    CHECK(outcome.words.find("belong to the project") != std::string::npos);
    CHECK(outcome.words.find("git qsnap hook pre-commit \"$@\"") != std::string::npos);
    CHECK(listing(repo.path()) == before);
  }

  TEST_CASE("core.hooksPath elsewhere is refused, the repository's own folder by another name is not") {
    const test::TempRepo repo;
    repo.git({"config", "core.hooksPath", (repo.outside() / "all-hooks").native()});
    CHECK(install(repo, "pre-commit").action == HookAction::refused);
    CHECK_FALSE(fs::exists(repo.outside() / "all-hooks"));
    repo.git({"config", "core.hooksPath", ".git/hooks/"});
    CHECK(install(repo, "pre-commit").action == HookAction::written);
  }

  TEST_CASE("hooks that were installed go although core.hooksPath was set later") {
    const test::TempRepo repo;
    install(repo, "pre-commit");
    repo.git({"config", "core.hooksPath", ".husky"});
    CHECK(uninstall(repo).front().action == HookAction::removed);
    CHECK_FALSE(fs::exists(hooks_of(repo) / "pre-commit"));
  }

  TEST_CASE("a hooks folder that is a link into the work tree is the project's") {
    const test::TempRepo repo;
    fs::remove_all(hooks_of(repo));
    fs::create_directory(repo.path() / "githooks");
    fs::create_directory_symlink("../githooks", hooks_of(repo));
    const HookOutcome outcome = install(repo, "pre-commit");
    CHECK(outcome.action == HookAction::refused);
    CHECK(outcome.words.find("is a link") != std::string::npos);
    CHECK(fs::is_empty(repo.path() / "githooks"));
    CHECK(uninstall(repo).empty());
  }

  TEST_CASE("a linked work tree has the hooks of its main one, and a bare repository has its own") {
    const test::TempRepo repo;
    repo.write("file", "x");
    repo.commit_all("first");
    const fs::path linked = repo.outside() / "linked";
    repo.git({"worktree", "add", "--quiet", "--detach", linked.native()});
    const auto outcomes = install_hooks(linked, {"pre-commit"}, DryRun::no);
    REQUIRE(outcomes);
    CHECK(outcomes->front().file == hooks_of(repo) / "pre-commit");
    const test::TempRepo bare{test::TempRepo::Kind::bare};
    const auto in_bare = install_hooks(bare.path(), {"pre-push"}, DryRun::no);
    REQUIRE(in_bare);
    CHECK(in_bare->front().file == bare.path() / "hooks/pre-push");
  }

  TEST_CASE("a hook that lost its mode is told by status") {
    const test::TempRepo repo;
    install(repo, "pre-commit");
    CHECK(status(repo, "pre-commit").action == HookAction::kept);
    CHECK(status(repo, "pre-push").action == HookAction::removed);
    fs::permissions(hooks_of(repo) / "pre-commit", fs::perms{0644});
    CHECK(status(repo, "pre-commit").words.find("not executable") != std::string::npos);
  }

  TEST_CASE("a hook that cannot be written is told, and so are the others") {
    const test::TempRepo repo;
    fs::remove_all(hooks_of(repo));
    repo.write(".git/hooks", "a file where the folder should be");
    const auto outcomes = install_hooks(repo.path(), all_hooks(), DryRun::no);
    REQUIRE(outcomes);
    REQUIRE(outcomes->size() == 6);
    for (const HookOutcome& outcome : *outcomes) {
      CHECK(outcome.action == HookAction::refused);
      CHECK(outcome.words.find("cannot") != std::string::npos);
    }
    CHECK(uninstall(repo).empty());
  }

  TEST_CASE("an unknown hook, and no repository, are errors") {
    const test::TempRepo repo;
    CHECK(install_hooks(repo.path(), {"commit-msg"}, DryRun::no).error().code == ErrorCode::usage);
    CHECK(install_hooks(repo.outside(), {"pre-commit"}, DryRun::no).error().code == ErrorCode::git);
  }
}
