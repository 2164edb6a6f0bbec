// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>

#include <doctest/doctest.h>

#include <qsnap/app/assert_mode.hpp>

using qsnap::app::choose_mode;
using qsnap::app::ci_variable;
using qsnap::app::Environment;
using qsnap::app::pending_folder;
using qsnap::config::AssertSection;
using qsnap::config::UpdateMode;

namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

/// As the process's: what is empty counts as not set.
Environment environment(Variables variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() || found->second.empty() ? std::nullopt : std::optional{found->second};
  };
}

/// "all by --update"; the error's message for an error.
std::string choice(std::optional<UpdateMode> flag, const Variables& variables, std::optional<UpdateMode> configured) {
  const auto mode = choose_mode(flag, environment(variables), AssertSection{configured, {}});
  return mode ? std::string{qsnap::config::to_text(mode->mode)} + " by " + mode->reason : mode.error().message;
}

}  // namespace

TEST_SUITE("app::assert_mode") {
  TEST_CASE("the words of modes are read as they are written") {
    for (const UpdateMode mode : {UpdateMode::pending, UpdateMode::new_, UpdateMode::all, UpdateMode::none}) {
      CHECK(qsnap::config::parse_update_mode(to_text(mode)) == mode);
    }
    CHECK_FALSE(qsnap::config::parse_update_mode("New"));
    CHECK_FALSE(qsnap::config::parse_update_mode(""));
  }

  TEST_CASE("each source of the mode beats those behind it") {
    const Variables both = {{"QSNAP_UPDATE", "new"}, {"CI", "true"}};
    CHECK(choice(UpdateMode::all, both, UpdateMode::pending) == "all by --update");
    CHECK(choice({}, both, UpdateMode::pending) == "new by QSNAP_UPDATE");
    CHECK(choice({}, {{"CI", "true"}}, UpdateMode::pending) == "pending by config.yaml");
    CHECK(choice({}, {{"CI", "true"}}, {}) == "none by CI is set");
    CHECK(choice({}, {}, {}) == "pending by default");
    CHECK(choice({}, {{"QSNAP_UPDATE", "always"}}, {}) == "QSNAP_UPDATE is \"always\"");
  }

  TEST_CASE("CI is known by any of its variables, unless that says no") {
    for (const char* name : {"CI", "CONTINUOUS_INTEGRATION", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL",
                             "TEAMCITY_VERSION", "TF_BUILD", "BUILDKITE", "GO_SERVER_URL"}) {
      CAPTURE(name);
      CHECK(ci_variable(environment({{name, "yes"}})) == name);
      CHECK_FALSE(ci_variable(environment({{name, "false"}})));
      CHECK_FALSE(ci_variable(environment({{name, "0"}})));
      CHECK_FALSE(ci_variable(environment({{name, ""}})));
    }
    CHECK_FALSE(ci_variable(environment({{"CIRCUS", "1"}})));
    CHECK(ci_variable(environment({{"CI", "false"}, {"BUILDKITE", "true"}})) == "BUILDKITE");
  }

  TEST_CASE("in mode none there is a place for pending states only where one was named") {
    using Folder = std::optional<std::filesystem::path>;
    CHECK(pending_folder("/r/.git", UpdateMode::pending, environment({})) == Folder{"/r/.git/qsnap/pending"});
    CHECK_FALSE(pending_folder("/r/.git", UpdateMode::none, environment({})));
    CHECK(pending_folder("/r/.git", UpdateMode::none, environment({{"RUNNER_TEMP", "/t"}})) ==
          Folder{"/t/qsnap-pending"});
    CHECK(pending_folder("/r/.git", UpdateMode::pending, environment({{"RUNNER_TEMP", "/t"}})) ==
          Folder{"/r/.git/qsnap/pending"});
    for (const UpdateMode mode : {UpdateMode::none, UpdateMode::all}) {
      CHECK(pending_folder("/r/.git", mode, environment({{"QSNAP_PENDING_DIR", "/p"}, {"RUNNER_TEMP", "/t"}})) ==
            Folder{"/p"});
    }
  }

  TEST_CASE("a run is one only with a name that may be a folder's") {
    CHECK_FALSE(qsnap::app::run_ledger("/r/.git", environment({}))->has_value());
    CHECK(qsnap::app::run_ledger("/r/.git", environment({{"QSNAP_RUN_ID", "42-a"}}))->has_value());
    const auto refused = qsnap::app::run_ledger("/r/.git", environment({{"QSNAP_RUN_ID", "../42"}}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == qsnap::ErrorCode::usage);
    CHECK(refused.error().message.starts_with("QSNAP_RUN_ID: "));
  }
}
