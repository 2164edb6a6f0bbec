// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/setup/hook_files.hpp>
#include <qsnap/app/setup/places.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/setup_report.hpp>

/// Setting up Git for snapshots, and taking that back. docs/git.md, "Installing".
namespace qsnap::app::setup {

/// Which hooks: those that guard commits and pushes, or what the user says.
struct HookChoice {
  bool asked_for = false;          ///< then one that cannot be written is a failure
  std::vector<std::string> hooks;  ///< of all_hooks()
};
/// The choice of a user who says nothing: the hooks that only ever refuse what is broken.
[[nodiscard]] HookChoice default_hooks();
/// Errors with `usage` for a hook that we have not.
Result<HookChoice> chosen_hooks(const std::vector<std::string>& names);

struct InstallRequest {
  Scope scope = Scope::local;
  Environment environment;
  HookChoice hooks;
  DryRun dry_run = DryRun::no;
  std::optional<std::filesystem::path> pinned_program;  ///< instead of the one that is on the PATH when Git runs
};

/// Idempotent. What was changed by hand is an outcome, no error.
Result<report::SetupView> install(const std::filesystem::path& folder, const InstallRequest& request);

struct UninstallRequest {
  Scope scope = Scope::local;
  Environment environment;
  DryRun dry_run = DryRun::no;
};

/// The exact inverse of all installs in this scope: every byte, mode and folder as it was, but for what somebody
/// changed since.
Result<report::SetupView> uninstall(const std::filesystem::path& folder, const UninstallRequest& request);

/// Where the program that Git starts is, if it lies in an absolute folder of the PATH.
[[nodiscard]] std::optional<std::filesystem::path> find_driver(const Environment& environment);
/// For --pin-path: the driver beside this program, else that on the PATH. Errors with `not_found`.
Result<std::filesystem::path> driver_to_pin(const Environment& environment);

}  // namespace qsnap::app::setup
