// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/store/pending.hpp>
#include <qsnap/store/run_ledger.hpp>

/// What an assertion takes from where it runs. cli/ and api/ hand over the environment; nothing here reads it.
namespace qsnap::app {

/// A variable's value; absent when it is not set or empty.
using Environment = std::function<std::optional<std::string>(std::string_view)>;

/// The variable by which CI is known, if any of these is set and not "false" or "0": CI, CONTINUOUS_INTEGRATION,
/// GITHUB_ACTIONS, GITLAB_CI, JENKINS_URL, TEAMCITY_VERSION, TF_BUILD, BUILDKITE, GO_SERVER_URL.
[[nodiscard]] std::optional<std::string> ci_variable(const Environment& environment);

struct ModeChoice {
  config::UpdateMode mode = config::UpdateMode::pending;
  std::string reason;     ///< "--update", "QSNAP_UPDATE", "config.yaml", "CI is set", "default": told to the user
  std::string warning{};  ///< a sentence, where CI writes because the repository says so; empty: none
};

/// `flag` > QSNAP_UPDATE > config.yaml > CI > pending. An unknown word in the environment is a usage error.
Result<ModeChoice> choose_mode(std::optional<config::UpdateMode> flag, const Environment& environment,
                               const config::AssertSection& section);

/// Of a work tree: <git dir>/qsnap/pending.
[[nodiscard]] std::filesystem::path pending_folder(const std::filesystem::path& git_dir);

/// Where pending states go: QSNAP_PENDING_DIR, else the git dir. Absent in mode none without QSNAP_PENDING_DIR and
/// RUNNER_TEMP (then its folder qsnap-pending): nothing is written.
[[nodiscard]] std::optional<std::filesystem::path> pending_folder(const std::filesystem::path& git_dir,
                                                                  config::UpdateMode mode,
                                                                  const Environment& environment);

/// Where the ledgers of all runs are: QSNAP_RUNS_DIR, else the git dir's qsnap/runs.
[[nodiscard]] std::filesystem::path runs_folder(const std::filesystem::path& git_dir, const Environment& environment);

/// The run that this process belongs to: QSNAP_RUN_ID, below runs_folder(). Absent: no run, nothing is recorded.
Result<std::optional<store::RunLedger>> run_ledger(const std::filesystem::path& git_dir,
                                                   const Environment& environment);

/// Where an assertion may write, beside the tree. Absent: nowhere.
struct AssertPlaces {
  std::optional<store::PendingStore> pending;
  std::optional<store::RunLedger> ledger;
};
/// pending_folder() and run_ledger().
Result<AssertPlaces> assert_places(const std::filesystem::path& git_dir, config::UpdateMode mode,
                                   const Environment& environment);

}  // namespace qsnap::app
