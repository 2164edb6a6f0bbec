// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/driver/merge_repository.hpp>

namespace qsnap::driver {

/// One of the three files that are merged. Git hands pointers of Git LFS over as they are, and each of the three may be
/// one or not.
struct MergeInput {
  codec::SnapshotReader document;
  std::optional<codec::LfsPointer> pointer;  ///< the document is that object
};

/// Absent for an empty file: what Git gives as the base of a file that both sides added. What a pointer names has to be
/// here already: nothing is downloaded, for that a command of the repository's configuration would have to run. Errors
/// say whose file it is.
Result<std::optional<MergeInput>> open_merge_input(const std::string& file, std::string_view whose,
                                                   const MergeRepository& repository);

}  // namespace qsnap::driver
