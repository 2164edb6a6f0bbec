// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/report/style.hpp>

/// What install, uninstall, status and doctor say.
namespace qsnap::report {

/// What was done, or would be, with one file or hook.
enum class SetupAction : std::uint8_t {
  written,   ///< made, or our part added
  upgraded,  ///< our part of an earlier version replaced
  chained,   ///< a hook of somebody else stays, and runs first
  kept,      ///< was as it has to be
  edited,    ///< what somebody changed or wrote; it stays, and `words` say what to do
  refused,   ///< not ours to write; `words` say what to do instead
  removed,   ///< our part is gone
  absent,    ///< there was nothing of ours
};

struct SetupStep {
  std::string what;  ///< a path, from the top of the work tree where it lies in there; or the name of a hook
  SetupAction action = SetupAction::kept;
  std::string words = {};
  std::string text = {};  ///< what is put into the file; for --print alone
};

struct SetupView {
  std::string scope;  ///< local, worktree, global, system
  bool done = true;   ///< not a dry run
  std::vector<SetupStep> files, hooks;
  std::vector<std::string> notes;
  bool ok = true;  ///< nothing was left behind or undone
};
[[nodiscard]] std::string install_text(const SetupView& view, const Style& style);
[[nodiscard]] std::string install_json(const SetupView& view);
/// For people who keep their configuration elsewhere: every text, with a comment that says where it belongs.
[[nodiscard]] std::string install_print(const SetupView& view);
[[nodiscard]] std::string uninstall_text(const SetupView& view, const Style& style);
[[nodiscard]] std::string uninstall_json(const SetupView& view);

enum class CheckState : std::uint8_t {
  good,
  note,  ///< worth knowing; nothing is broken
  bad,
};

/// One thing that was looked at.
struct SetupCheck {
  std::string id;  ///< "driver", "config", …
  CheckState state = CheckState::good;
  std::string what;    ///< one sentence without a full stop
  std::string remedy;  ///< a command; empty where none is needed
};

/// How Git holds the snapshots that it tracks.
struct TrackedCounts {
  std::uint64_t stored = 0, packed = 0, pointers = 0, broken = 0, conflicted = 0;

  [[nodiscard]] std::uint64_t all() const { return stored + packed + pointers + broken; }
};

struct StatusView {
  std::vector<std::string> scopes;  ///< where something of ours is installed
  TrackedCounts tracked;
  std::vector<SetupStep> hooks;
  std::vector<SetupCheck> checks;

  [[nodiscard]] bool ok() const;
};
[[nodiscard]] std::string status_text(const StatusView& view, const Style& style);
[[nodiscard]] std::string status_json(const StatusView& view);

struct DoctorView {
  StatusView status;                ///< with all the checks
  std::vector<SetupCheck> probe;    ///< what was proved in a scratch repository; empty: not asked for
  std::vector<std::string> mended;  ///< with --fix: what was done

  [[nodiscard]] bool ok() const;
};
[[nodiscard]] std::string doctor_text(const DoctorView& view, const Style& style);
[[nodiscard]] std::string doctor_json(const DoctorView& view);

}  // namespace qsnap::report
