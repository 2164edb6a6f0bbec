// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/hook_report.hpp>

namespace qsnap::app::hooks {

/// How Git calls a hook.
struct HookCall {
  std::filesystem::path folder;  ///< of the repository
  std::string hook;              ///< "pre-commit"
  std::vector<std::string> arguments;
  std::string input;  ///< its standard input: what pre-push is told
};

/// What the hook finds. Nothing is staged, checked out or sent anywhere; prepare-commit-msg appends comments to the
/// file that it is given. Errors with `usage` for a hook that there is not, or arguments that Git does not give.
Result<report::HookView> run_hook(const HookCall& call, const Progress& progress);

}  // namespace qsnap::app::hooks
