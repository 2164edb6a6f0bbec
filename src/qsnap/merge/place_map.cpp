// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <tuple>

#include <qsnap/diff/job_index.hpp>
#include <qsnap/merge/place_map.hpp>

namespace qsnap::merge {

namespace {

/// Whether jobs of `place` stand before the first job that is asked for.
bool is_in_front(const diff::Place& place, const diff::Place& wanted, PlaceMap::Bound bound) {
  const auto key = [](const diff::Place& p) { return std::tie(p.queue, p.state); };
  return bound == PlaceMap::Bound::behind ? key(place) <= key(wanted) : key(place) < key(wanted);
}

}  // namespace

PlaceMap::PlaceMap(const model::RecordSource& source, const model::PayloadReader& payloads)
    : m_source(source), m_payloads(payloads) {
  const auto chunks = source.chunks();
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    if (chunks[i].section == model::Section::jobs && chunks[i].records > 0) {
      const auto records = static_cast<std::uint32_t>(chunks[i].records);
      m_chunks.push_back({i, m_jobs, records});
      m_jobs += records;
    }
  }
}

Result<std::uint32_t> PlaceMap::begin(const diff::Place& place) {
  return find(place, Bound::from);
}
Result<std::uint32_t> PlaceMap::end(const diff::Place& place) {
  return find(place, Bound::behind);
}

Result<std::uint32_t> PlaceMap::find(const diff::Place& place, Bound bound) {
  // The first chunk that begins with a job that is not in front; what is asked for is there, or in the chunk before.
  std::size_t low = 0, high = m_chunks.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    QSNAP_ASSIGN(const diff::Place first, first_place(m_chunks[middle]));
    (is_in_front(first, place, bound) ? low : high) = is_in_front(first, place, bound) ? middle + 1 : middle;
  }
  if (low == 0) {
    return 0U;
  }
  QSNAP_ASSIGN(const std::vector<Run>* const found, runs(m_chunks[low - 1]));
  for (const Run& run : *found) {
    if (!is_in_front(run.place, place, bound)) {
      return run.first;
    }
  }
  return m_chunks[low - 1].first + m_chunks[low - 1].records;
}

Result<diff::Place> PlaceMap::first_place(const Chunk& chunk) {
  const model::ChunkInfo& info = m_source.chunks()[chunk.index];
  if (!info.queue.empty() && !info.state.empty()) {
    return diff::Place{info.queue, info.state};
  }
  QSNAP_ASSIGN(const std::vector<Run>* const found, runs(chunk));
  return found->front().place;
}

Result<const std::vector<PlaceMap::Run>*> PlaceMap::runs(const Chunk& chunk) {
  const auto known = m_runs.find(chunk.index);
  if (known != m_runs.end()) {
    return &known->second;
  }
  std::vector<Run> list;
  QSNAP_TRY(m_source.read_chunk(chunk.index, [&](const model::Chunk& text) -> Result<void> {
    for (std::uint32_t i = 0; i < text.lines.size(); ++i) {
      QSNAP_ASSIGN(const model::Record record, m_source.parse(model::Section::jobs, text.lines[i]));
      diff::Place place = diff::place_of(record, m_payloads);
      if (list.empty() || list.back().place != place) {
        list.push_back({std::move(place), chunk.first + i});
      }
    }
    return {};
  }));
  return &m_runs.emplace(chunk.index, std::move(list)).first->second;
}

}  // namespace qsnap::merge
