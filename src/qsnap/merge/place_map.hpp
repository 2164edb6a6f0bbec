// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::merge {

/// Where the jobs of a place stand in a document, as ordinals. The index tells it but for the chunks in which a place
/// begins: those are decoded when they are asked for, one for each question. Both must outlive the map.
class PlaceMap {
 public:
  PlaceMap(const model::RecordSource& source, const model::PayloadReader& payloads);

  /// The first job of the place, or of the next place that has any.
  Result<std::uint32_t> begin(const diff::Place& place);
  /// Behind the last job of the place.
  Result<std::uint32_t> end(const diff::Place& place);

  /// Which jobs are in front of the one that is asked for: those before the place, or those in it, too.
  enum class Bound : std::uint8_t { from, behind };

 private:
  Result<std::uint32_t> find(const diff::Place& place, Bound bound);

  struct Run {
    diff::Place place;
    std::uint32_t first = 0;
  };
  struct Chunk {
    std::size_t index = 0;
    std::uint32_t first = 0;  ///< ordinal
    std::uint32_t records = 0;
  };
  Result<const std::vector<Run>*> runs(const Chunk& chunk);
  /// The place of the first record; asks the chunk itself where the index does not know.
  Result<diff::Place> first_place(const Chunk& chunk);

  const model::RecordSource& m_source;
  const model::PayloadReader& m_payloads;
  std::vector<Chunk> m_chunks;                     ///< of jobs, without empty ones
  std::map<std::size_t, std::vector<Run>> m_runs;  ///< by index of the chunk
  std::uint32_t m_jobs = 0;
};

}  // namespace qsnap::merge
