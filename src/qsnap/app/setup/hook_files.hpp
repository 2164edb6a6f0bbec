// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>

/// Our hooks in a repository, beside those of others. docs/git.md, "Hooks".
namespace qsnap::app::setup {

/// What was done, or would be, with one hook.
enum class HookAction : std::uint8_t {
  written,   ///< there was none
  upgraded,  ///< an older body of ours
  chained,   ///< somebody else's was there; it runs first, from NAME.d/50-previous
  kept,      ///< ours already
  refused,   ///< not ours to write (a hooks folder inside the work tree, or one for all repositories), or edited
  removed,
};

struct HookOutcome {
  std::string hook;  ///< "pre-commit"
  HookAction action = HookAction::kept;
  std::filesystem::path file;
  std::string sha256;  ///< hexadecimal, of what stands in the file afterwards
  std::string words;   ///< why it was refused and what to do instead; empty otherwise
};

/// All hooks that we have, in the order of docs/git.md.
[[nodiscard]] std::vector<std::string> all_hooks();

enum class DryRun : std::uint8_t { no, yes };

/// `hooks` is a selection of all_hooks(). Idempotent. A hook that cannot be written is an outcome, no error.
Result<std::vector<HookOutcome>> install_hooks(const std::filesystem::path& folder,
                                               const std::vector<std::string>& hooks, DryRun dry_run);
/// The exact inverse: what was chained is put back under its own name, with its mode; what the user edited stays and
/// is reported as refused. Without `hooks` of ours, nothing happens.
Result<std::vector<HookOutcome>> uninstall_hooks(const std::filesystem::path& folder, DryRun dry_run);

/// For status and doctor: what each hook is now (kept: ours and current; upgraded: ours, but old; refused: foreign or
/// unreachable, with words; removed: not installed).
Result<std::vector<HookOutcome>> hook_status(const std::filesystem::path& folder);

}  // namespace qsnap::app::setup
