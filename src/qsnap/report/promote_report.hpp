// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/report/style.hpp>

/// The faces of `set promote`.
namespace qsnap::report {

/// What became of one snapshot of the set.
enum class PromotedAs : std::uint8_t {
  added,       ///< the target had no such snapshot
  taken,       ///< the target has not changed since the set began its own
  merged,      ///< both had, and nothing contradicts
  same,        ///< the target says it already
  removed,     ///< the set had removed it
  resolved,    ///< an earlier promote was in conflict, and somebody has decided
  conflict,    ///< both had changed the same thing
  deleted,     ///< the target removed what the set changed
  kept,        ///< the set removed what the target changed
  in_conflict  ///< the target's snapshot was in conflict before
};
[[nodiscard]] std::string_view to_text(PromotedAs as);

struct PromotedSnapshot {
  std::string name;  ///< bare
  PromotedAs as = PromotedAs::added;
  std::string since;            ///< the commit with the state that the set began from; empty: there is none
  std::uint64_t conflicts = 0;  ///< of `conflict`
  std::string target_name;      ///< of the target's own snapshot
  std::string mark;             ///< of `kept`: the file that says that the set has removed it, from the top
  std::string target_file;      ///< of `kept`: the target's file, from the top; empty: it inherits that snapshot

  /// Whether somebody has to decide something.
  [[nodiscard]] bool is_open() const {
    return as == PromotedAs::conflict || as == PromotedAs::deleted || as == PromotedAs::kept ||
           as == PromotedAs::in_conflict;
  }
};

enum class PromoteRun : std::uint8_t { done, trial };
struct PromoteView {
  std::string set, target;
  PromoteRun run = PromoteRun::done;
  std::vector<PromotedSnapshot> snapshots;
  std::uint64_t left = 0;  ///< snapshots and marks that the set has afterwards
  bool set_is_gone = false;

  [[nodiscard]] std::size_t open() const;
};
[[nodiscard]] std::string promote_text(const PromoteView& view, const Style& style);
[[nodiscard]] std::string promote_json(const PromoteView& view);

}  // namespace qsnap::report
