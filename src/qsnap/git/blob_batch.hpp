// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::git {

/// Takes blobs one after the other, each piece by piece, so that none of them has to be in memory as a whole.
class BlobSink {
 public:
  virtual ~BlobSink() = default;
  /// `index` is that of the id. Then come the pieces, then end().
  virtual Result<void> begin(std::size_t index, std::uint64_t bytes) = 0;
  virtual Result<void> piece(std::string_view bytes) = 0;
  virtual Result<void> end() = 0;
  /// Instead of all these: the repository does not have it (a shallow or partial clone), or it is no blob.
  virtual Result<void> missing(std::size_t index) = 0;
};

/// The blobs with these ids (hexadecimal), in this order, by one process of git. An error of the sink ends it.
Result<void> read_blobs(const std::filesystem::path& folder, std::span<const std::string> ids, BlobSink& sink);

}  // namespace qsnap::git
