// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/model/conflict.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `merge-files`, `merge` and `ci-merge`.
namespace qsnap::report {

struct MergeFilesView {
  std::string output;                              ///< the file that was written
  std::map<std::string, std::uint64_t> decisions;  ///< how often each rule decided
  std::vector<model::Conflict> conflicts;
};
[[nodiscard]] std::string merge_files_text(const MergeFilesView& view, const Style& style);
[[nodiscard]] std::string merge_files_json(const MergeFilesView& view);

enum class HeadOutcome : std::uint8_t {
  up_to_date,  ///< there was nothing to merge
  merged,
  conflicts,
  not_looked_at,  ///< one before it has conflicts
};
[[nodiscard]] std::string_view to_text(HeadOutcome outcome);

struct MergedHead {
  std::string name;  ///< as the user said it
  HeadOutcome outcome = HeadOutcome::not_looked_at;
  std::vector<std::string> conflicts;  ///< paths, from the top
};
struct MergeView {
  std::vector<MergedHead> heads;
  std::string commit;  ///< HEAD afterwards; empty: nothing was changed
  /// Whether every head is merged, or could be.
  [[nodiscard]] bool clean() const;
};
[[nodiscard]] std::string merge_text(const MergeView& view, const Style& style);
[[nodiscard]] std::string merge_json(const MergeView& view);

struct CiMergeView {
  std::string base;
  std::string head;                    ///< the commit that base was merged into
  std::string commit;                  ///< that has both; empty with conflicts
  std::vector<std::string> conflicts;  ///< paths, from the top
};
[[nodiscard]] std::string ci_merge_text(const CiMergeView& view, const Style& style);
[[nodiscard]] std::string ci_merge_json(const CiMergeView& view);

}  // namespace qsnap::report
