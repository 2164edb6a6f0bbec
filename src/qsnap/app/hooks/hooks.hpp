// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

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
/// prepare-commit-msg.
Result<report::HookView> summarize_commit(const HookCall& call, const Progress& progress);

/// What to do about findings, a line for each kind of them.
[[nodiscard]] std::vector<std::string> advice_on(const std::vector<report::HookFinding>& findings);

}  // namespace qsnap::app::hooks
