// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/resolve.hpp>
#include <qsnap/base/result.hpp>

namespace qsnap::app {

/// A side as the user says it; newest becomes ours or theirs.
enum class Wish : std::uint8_t { ours, theirs, base, newest };
[[nodiscard]] std::optional<Wish> parse_wish(std::string_view text);
/// Absent for newest: which side that is, only a merge knows.
[[nodiscard]] std::optional<Take> named_version(Wish wish);

/// Which conflicts, and whose value: by number, or by the id of the job (or queue, schedule, key) and, if given, the
/// path in it.
struct ChosenConflict {
  std::optional<std::uint64_t> number;
  std::string id;
  std::string path;  ///< ".payload.to", also without the dot; empty: all of that id
  Wish wish = Wish::ours;
};

/// Decides what is left of one snapshot, by asking somebody; `title` says what was merged.
using AskAboutConflicts = std::function<Result<void>(Resolution& resolution, const std::string& title)>;

struct ResolveRequest {
  std::vector<ChosenConflict> chosen;  ///< in this order
  bool use_remembered = false;
  std::optional<Wish> rest;         ///< for what nothing else decides, and for a file that one side has not
  std::optional<DeletedFile> file;  ///< for that alone
  AskAboutConflicts ask;            ///< for what is left then; empty: nobody is asked
  bool remember = false;
  bool whole = false;  ///< the version of `rest` as it is

  /// Otherwise only what has nothing left to decide can be finished.
  [[nodiscard]] bool says_how() const { return ask || use_remembered || rest || !chosen.empty(); }
};

/// Notes the decisions. Errors with `usage` for a choice that fits no conflict, and for newest where nobody knows.
Result<void> apply_request(OpenMerge& merge, const ResolveRequest& request, const Progress& progress);

/// All decisions of this merge are used again when asked for (--remembered).
Result<void> remember_decisions(const OpenMerge& merge);

}  // namespace qsnap::app
