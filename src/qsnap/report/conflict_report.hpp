// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <qsnap/model/conflict.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `conflicts`, `resolve` and `unresolve`.
namespace qsnap::report {

/// What the two sides are called: in a rebase, Git's "ours" is what the user's own commits are put upon.
struct SideLabels {
  std::string ours = "ours", theirs = "theirs";
};

/// A conflict with its values in words (plain bytes).
struct ConflictView {
  std::uint64_t number = 0;  ///< from 1, of all that the merge had
  model::Conflict conflict;
  std::string base, ours, theirs;
};

/// Why a snapshot is in conflict.
enum class ConflictedKind : std::uint8_t {
  content,            ///< both sides changed it
  deleted_by_ours,    ///< and theirs changed it
  deleted_by_theirs,  ///< and ours changed it
  renamed_twice,      ///< to two different names
};
[[nodiscard]] std::string_view to_text(ConflictedKind kind);

/// Where the conflict is.
enum class ConflictedIn : std::uint8_t {
  index,      ///< Git has not finished the merge
  staged,     ///< the index has a document with conflicts: it was added, or committed
  work_tree,  ///< a file that Git does not have like that
};
[[nodiscard]] std::string_view to_text(ConflictedIn where);

struct ConflictedSnapshot {
  std::string path;  ///< from the top
  std::string name;  ///< for the command line; empty where the path is none of a name
  ConflictedKind kind = ConflictedKind::content;
  ConflictedIn where = ConflictedIn::index;
  std::uint64_t decided = 0;  ///< conflicts that have a decision already
  std::vector<ConflictView> conflicts;
  std::string problem;                       ///< why they cannot be told; empty where they can
  std::string name_of_ours, name_of_theirs;  ///< of one that was renamed: how the sides call it
};
struct ConflictsView {
  SideLabels labels;
  std::vector<ConflictedSnapshot> snapshots;
  std::string asked;         ///< the name that was asked for; empty: all
  std::uint64_t others = 0;  ///< in conflict beside that one
};
[[nodiscard]] std::string conflicts_text(const ConflictsView& view, const Style& style);
[[nodiscard]] std::string conflicts_json(const ConflictsView& view);
/// One of them on some lines, as the prompt of `resolve -i` shows it.
[[nodiscard]] std::string conflict_text(const ConflictView& view, const SideLabels& labels, const Style& style);

struct ResolveView {
  std::string path;
  std::string name;
  std::uint64_t decided = 0;  ///< conflicts
  std::uint64_t left = 0;
  bool removed = false;  ///< the file
  bool staged = false;   ///< Git has the result in its index
  /// Why the decision is not in the journal that `why` reads; it stands nevertheless.
  std::optional<std::string> journal_problem = std::nullopt;
};
struct ResolvesView {
  std::vector<ResolveView> snapshots;
  std::uint64_t others = 0;  ///< still in conflict, and none of these

  /// How many of them have conflicts left.
  [[nodiscard]] std::size_t left() const {
    return static_cast<std::size_t>(
        std::count_if(snapshots.begin(), snapshots.end(), [](const ResolveView& one) { return one.left > 0; }));
  }
};
[[nodiscard]] std::string resolve_text(const ResolvesView& view, const Style& style);
[[nodiscard]] std::string resolve_json(const ResolvesView& view);

struct UnresolveView {
  std::string path;
  std::string name;
  std::uint64_t conflicts = 0;
};
[[nodiscard]] std::string unresolve_text(const UnresolveView& view, const Style& style);
[[nodiscard]] std::string unresolve_json(const UnresolveView& view);

}  // namespace qsnap::report
