// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/limits.hpp>
#include <qsnap/git/ref_tree.hpp>

/// How a history is changed, whoever else changes it at the same time. Internal to store.
namespace qsnap::store {

struct HistoryChange {
  std::vector<git::TreeEdit> edits;
  git::CommitParent parent = git::CommitParent::tip;
  std::string message;
  std::optional<std::string> united_with = std::nullopt;  ///< a commit that this one comes of, too: edits or none
};

/// What is to be done to the history as it is at this commit (absent: there is none yet); without edits, and united
/// with nothing, nothing is done. Asked again when somebody else was faster.
using HistoryPlan = std::function<Result<HistoryChange>(const std::optional<std::string>& tip)>;

struct ChangedHistory {
  std::optional<std::string> before;
  std::optional<std::string> tip;  ///< the same where nothing was to be done
};

Result<ChangedHistory> change_history(const git::Repository& repository, const std::string& ref, Instant at,
                                      const HistoryPlan& plan);

/// The files of an entry, and of the names that were dropped in a month.
[[nodiscard]] std::string entry_path(const std::string& folder);
[[nodiscard]] std::string payload_path(const std::string& folder);
inline constexpr std::string_view k_dropped_folder = "dropped/";
/// A list of dropped names: more is none.
inline constexpr std::size_t k_most_dropped_bytes = 16 * limits::k_mib;

}  // namespace qsnap::store
