// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/base/spool.hpp>
#include <qsnap/model/item_block.hpp>

namespace qsnap::frameworks {

/// Jobs sorted into bins, each bin in the order in which its jobs came. A sorted set holds the jobs of all queues, and
/// a document wants them by queue: one pass over the set fills the bins, and each is then read on its own. Jobs lie in
/// a spool; memory is at most a few MiB and a few bytes for each block, whatever the number of bins. One thread.
class JobBins {
 public:
  static Result<JobBins> create();

  Result<void> add(std::size_t bin, std::string_view member, std::string_view score);
  /// Jobs in a bin; 0 for bins that nobody added to.
  [[nodiscard]] std::uint64_t count(std::size_t bin) const;
  /// Hands over the bin's jobs in blocks of (member, score).
  using BlockReader = std::function<Result<void>(const model::ItemBlock&)>;
  Result<void> read(std::size_t bin, const BlockReader& reader);

 private:
  struct Bin {
    std::uint64_t count = 0;
    std::vector<SpoolRef> blocks;
    model::ItemBlock pending;  ///< behind all blocks
  };

  explicit JobBins(Spool spool) : m_spool(std::move(spool)) {}
  Result<void> flush(Bin& bin);
  Result<void> flush_all();

  Spool m_spool;
  std::vector<Bin> m_bins;
  std::vector<std::size_t> m_dirty;  ///< bins that may have something pending
  std::size_t m_pending_bytes = 0;
};

}  // namespace qsnap::frameworks
