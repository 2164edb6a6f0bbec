// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <qsnap/base/ordered_workers.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/search/index.hpp>
#include <qsnap/search/record_lines.hpp>

namespace qsnap::app {

/// Brings chunks that an index does not know into it, several snapshots at once. What cannot be read stays unknown.
/// Neither index nor reader is owned. One thread, but for what it starts.
class ChunkIndexer {
 public:
  ChunkIndexer(search::Index& index, const search::MemberReader& reader, std::size_t threads);

  Result<void> submit(codec::SnapshotReader snapshot);
  /// Everything that was submitted is in the index afterwards.
  Result<void> finish() { return m_workers.finish(); }

 private:
  struct Job {
    std::unique_ptr<codec::SnapshotReader> snapshot;
    std::vector<std::size_t> chunks;
  };
  using Filters = std::vector<std::pair<std::string, search::WordFilter>>;  ///< by digest
  static Filters filters_of(const Job& job, const search::MemberReader& reader, search::WordFilterMaker& maker);

  search::Index& m_index;
  OrderedWorkers<Job, Filters> m_workers;
};

}  // namespace qsnap::app
