// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/store/name.hpp>

/// What the words behind `git qsnap diff` mean.
namespace qsnap::app {

struct TwoSides {
  store::Side before;
  store::Side after;
};

/// All snapshots that differ between two revisions, or between one and the work tree.
struct DiffRange {
  std::string text;                          ///< for a headline: "main...topic"
  std::string before;                        ///< a revision
  std::string before_label;                  ///< how it is named in a report: not by a long id
  std::optional<std::string> after;          ///< a revision; absent: the work tree
  std::vector<store::SnapshotName> names{};  ///< these alone; empty: all
};

using DiffRequest = std::variant<TwoSides, DiffRange>;

/// Nothing: HEAD against the work tree. A range, then names. One or two revisions, then names; the second revision is
/// the work tree when left out. A name alone, or REV:NAME: against the work tree. Two sides. Where a word is a snapshot
/// of the work tree and a revision, it is the snapshot. `folder` is any folder of the repository, or a bare one;
/// `chain` says what bare names mean there.
Result<DiffRequest> parse_diff_request(const std::filesystem::path& folder, const store::SetChain& chain,
                                       std::span<const std::string> words);

}  // namespace qsnap::app
