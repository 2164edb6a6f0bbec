// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <qsnap/app/hooks/changed_files.hpp>
#include <qsnap/app/hooks/run_hook.hpp>
#include <qsnap/config/config.hpp>

/// One function for each kind of hook. Internal to app/hooks.
namespace qsnap::app::hooks {

/// config.yaml as it is in the index; without one, what holds then.
Result<config::Config> staged_config(const std::filesystem::path& folder);

/// pre-commit, pre-merge-commit: the snapshots in the index that differ from HEAD.
Result<report::HookView> check_staged(const HookCall& call, const Progress& progress);
/// pre-push: the snapshots that commits new to the remote bring.
Result<report::HookView> check_push(const HookCall& call, const Progress& progress);
/// post-checkout, post-merge: which snapshots are others now.
Result<report::HookView> tell_checkout(const HookCall& call);
Result<report::HookView> tell_merge(const HookCall& call);
/// A line for each set that these files of a merge are of, whose branch is merged or gone, and that belongs into the
/// set of the branch that is checked out. What cannot be found out is not told: the merge is done.
[[nodiscard]] std::vector<std::string> sets_to_promote(const std::filesystem::path& folder,
                                                       const std::vector<ChangedFile>& files);
/// prepare-commit-msg.
Result<report::HookView> summarize_commit(const HookCall& call, const Progress& progress);

/// What to do about findings, a line for each kind of them.
[[nodiscard]] std::vector<std::string> advice_on(const std::vector<report::HookFinding>& findings);

}  // namespace qsnap::app::hooks
