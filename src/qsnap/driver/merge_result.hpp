// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/driver/merge_input.hpp>

/// How the result of a merge comes into the file that Git takes it from: as Git keeps a snapshot, in one step.
namespace qsnap::driver {

/// Writes a document to the sink and answers what it is known by.
using WriteDocument = std::function<Result<codec::SnapshotDigest>(codec::Encoding, const codec::ByteSink&)>;

struct ResultPlan {
  const std::string& file;  ///< is replaced by a rename, and keeps its mode
  const MergeInput& ours;   ///< what the file holds: a pointer stays one, and its object is encoded as the old one
  std::uint64_t expected_raw_bytes = 0;
};

/// An object of Git LFS is written where git-lfs looks for it. Until this has succeeded, the file is as it was.
Result<codec::SnapshotDigest> write_result(const ResultPlan& plan, const MergeRepository& repository,
                                           const WriteDocument& write);

/// The file gets the bytes of `source`.
Result<void> copy_over(const std::string& source, const std::string& file);

}  // namespace qsnap::driver
