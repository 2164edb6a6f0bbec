// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/search_indexing.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/search/chunk_filter.hpp>

namespace qsnap::app {

namespace {

/// Of the files that wait or are worked on, those of history being in memory.
constexpr std::size_t k_bound_bytes = 16 * limits::k_mib;

}  // namespace

ChunkIndexer::ChunkIndexer(search::Index& index, const search::MemberReader& reader, std::size_t threads)
    : m_index(index),
      m_workers(
          threads, k_bound_bytes,
          [&reader] {
            return [&reader, maker = std::make_shared<search::WordFilterMaker>()](Job job) -> Result<Filters> {
              return filters_of(job, reader, *maker);
            };
          },
          [this](const Filters& filters) -> Result<void> {
            for (const auto& [digest, filter] : filters) {
              m_index.add(digest, filter);
            }
            return {};
          }) {}

Result<void> ChunkIndexer::submit(codec::SnapshotReader snapshot) {
  Job job{std::make_unique<codec::SnapshotReader>(std::move(snapshot)), {}};
  const auto chunks = job.snapshot->chunks();
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    if (chunks[i].section && m_index.ask(chunks[i].digest) == search::Answer::unknown) {
      job.chunks.push_back(i);
    }
  }
  const std::uint64_t weight = job.snapshot->file_bytes();
  return m_workers.submit(std::move(job), weight);
}

ChunkIndexer::Filters ChunkIndexer::filters_of(const Job& job, const search::MemberReader& reader,
                                               search::WordFilterMaker& maker) {
  Filters filters;
  for (const std::size_t chunk : job.chunks) {
    if (auto filter = search::filter_of_chunk(*job.snapshot, chunk, reader, maker)) {
      filters.emplace_back(job.snapshot->chunks()[chunk].digest, *std::move(filter));
    }
  }
  return filters;
}

}  // namespace qsnap::app
