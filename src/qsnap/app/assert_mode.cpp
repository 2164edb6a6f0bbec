// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/assert_mode.hpp>

namespace qsnap::app {

namespace {

constexpr std::array<std::string_view, 9> k_ci_variables = {
    "CI",       "CONTINUOUS_INTEGRATION", "GITHUB_ACTIONS", "GITLAB_CI",     "JENKINS_URL",
    "TF_BUILD", "TEAMCITY_VERSION",       "BUILDKITE",      "GO_SERVER_URL",
};

}  // namespace

std::optional<std::string> ci_variable(const Environment& environment) {
  const auto* const set = std::find_if(k_ci_variables.begin(), k_ci_variables.end(), [&](std::string_view name) {
    const std::optional<std::string> value = environment(name);
    return value && *value != "false" && *value != "0";
  });
  return set != k_ci_variables.end() ? std::optional{std::string{*set}} : std::nullopt;
}

Result<ModeChoice> choose_mode(std::optional<config::UpdateMode> flag, const Environment& environment,
                               const config::AssertSection& section) {
  if (flag) {
    return ModeChoice{*flag, "--update"};
  }
  if (const auto word = environment("QSNAP_UPDATE")) {
    const auto mode = config::parse_update_mode(*word);
    if (!mode) {
      return make_error(ErrorCode::usage, fmt::format("QSNAP_UPDATE is \"{}\"", *word),
                        {"it may be pending, new, all or none"});
    }
    return ModeChoice{*mode, "QSNAP_UPDATE"};
  }
  const auto variable = ci_variable(environment);
  if (section.update) {
    ModeChoice choice{*section.update, "config.yaml"};
    const bool writes = choice.mode == config::UpdateMode::all || choice.mode == config::UpdateMode::new_;
    if (writes && variable) {
      choice.warning =
          fmt::format("config.yaml says update: {}, so what is new or different passes, although {} is set",
                      config::to_text(choice.mode), *variable);
    }
    return choice;
  }
  if (variable) {
    return ModeChoice{config::UpdateMode::none, fmt::format("{} is set", *variable)};
  }
  return ModeChoice{config::UpdateMode::pending, "default"};
}

std::filesystem::path pending_folder(const std::filesystem::path& git_dir) {
  return git_dir / "qsnap" / "pending";
}

std::optional<std::filesystem::path> pending_folder(const std::filesystem::path& git_dir, config::UpdateMode mode,
                                                    const Environment& environment) {
  if (auto folder = environment("QSNAP_PENDING_DIR")) {
    return std::filesystem::path{*std::move(folder)}.lexically_normal();  // it is told to people
  }
  if (mode != config::UpdateMode::none) {
    return pending_folder(git_dir);
  }
  if (const auto runner = environment("RUNNER_TEMP")) {  // GitHub's, which a workflow can upload from
    return std::filesystem::path{*runner} / "qsnap-pending";
  }
  return std::nullopt;
}

std::filesystem::path runs_folder(const std::filesystem::path& git_dir, const Environment& environment) {
  const auto named = environment("QSNAP_RUNS_DIR");
  return named ? std::filesystem::path{*named} : git_dir / "qsnap" / "runs";
}

Result<std::optional<store::RunLedger>> run_ledger(const std::filesystem::path& git_dir,
                                                   const Environment& environment) {
  const auto text = environment("QSNAP_RUN_ID");
  if (!text) {
    return std::optional<store::RunLedger>{};
  }
  auto id = store::RunId::parse(*text);
  if (!id) {
    return with_context(std::move(id).error(), "QSNAP_RUN_ID");
  }
  return std::optional{store::RunLedger{runs_folder(git_dir, environment), *std::move(id)}};
}

Result<AssertPlaces> assert_places(const std::filesystem::path& git_dir, config::UpdateMode mode,
                                   const Environment& environment) {
  AssertPlaces places;
  if (auto folder = pending_folder(git_dir, mode, environment)) {
    places.pending.emplace(*std::move(folder));
  }
  QSNAP_ASSIGN(places.ledger, run_ledger(git_dir, environment));
  return places;
}

}  // namespace qsnap::app
