// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <qsnap/model/conflict.hpp>
#include <qsnap/report/style.hpp>

/// The face of `merge-files`.
namespace qsnap::report {

struct MergeFilesView {
  std::string output;                              ///< the file that was written
  std::map<std::string, std::uint64_t> decisions;  ///< how often each rule decided
  std::vector<model::Conflict> conflicts;
};
[[nodiscard]] std::string merge_files_text(const MergeFilesView& view, const Style& style);
[[nodiscard]] std::string merge_files_json(const MergeFilesView& view);

}  // namespace qsnap::report
