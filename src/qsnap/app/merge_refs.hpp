// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/report/merge_report.hpp>

namespace qsnap::app {

enum class MergeRule : std::uint8_t { preview, merge };

struct MergeRefsRequest {
  std::filesystem::path folder;
  std::filesystem::path program_folder;  ///< of git-qsnap-driver
  std::vector<std::string> heads;        ///< branches or commits, merged one after the other
  MergeRule rule = MergeRule::merge;
};

/// Merges with our driver, whether it is installed or not; first in objects alone, so that what would conflict is known
/// before anything is changed. Ends at the first head with conflicts, in the state in which `git merge` leaves them. No
/// hook runs. Errors with `refused` where a filter of somebody else's (Git LFS) would have to run, and with `git` where
/// git refuses.
Result<report::MergeView> merge_refs(const MergeRefsRequest& request);

struct CiMergeRequest {
  std::filesystem::path folder;
  std::filesystem::path program_folder;
  std::string base;
};

/// The commit that merges `base` into HEAD, as an object alone: neither work tree nor index nor any branch is touched.
/// A forge that merges it has nothing left to decide, as base is an ancestor of it. With conflicts there is none.
Result<report::CiMergeView> ci_merge(const CiMergeRequest& request);

}  // namespace qsnap::app
