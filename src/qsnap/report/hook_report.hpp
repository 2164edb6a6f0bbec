// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <qsnap/report/style.hpp>

namespace qsnap::report {

/// One thing that a hook found in a snapshot.
struct HookFinding {
  /// conflicts, broken and secret stop what Git is about to do, unless they are warnings.
  enum class Kind : std::uint8_t { conflicts, broken, secret, size, unfiltered };
  enum class Weight : std::uint8_t { refused, warning };

  Kind kind = Kind::broken;
  Weight weight = Weight::refused;
  std::string file;   ///< from the top of the repository
  std::string where;  ///< "jobs[queue=\"bullmq:bull:mail\"].payload.token"; empty: the file
  std::string what;
};

/// A snapshot that another commit has differently.
struct HookChange {
  enum class Kind : std::uint8_t { added, changed, removed };
  std::string name;
  Kind kind = Kind::changed;
};

/// What a hook has to say.
struct HookView {
  std::string hook;
  std::uint64_t checked = 0;  ///< snapshots that were looked into
  std::vector<HookFinding> findings;
  std::vector<HookChange> changes;   ///< of post-checkout and post-merge
  std::vector<std::string> summary;  ///< of prepare-commit-msg: a line for each snapshot
  std::vector<std::string> notes;    ///< what was not looked at
  std::vector<std::string> advice;   ///< what to do next, without repetition

  [[nodiscard]] bool refused() const;
};
/// Empty where there is nothing to say.
[[nodiscard]] std::string hook_text(const HookView& view, const Style& style);
[[nodiscard]] std::string hook_json(const HookView& view);

}  // namespace qsnap::report
