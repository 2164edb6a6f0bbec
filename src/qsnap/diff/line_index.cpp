// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <optional>

#include <qsnap/base/limits.hpp>
#include <qsnap/diff/line_index.hpp>
#include <qsnap/diff/order.hpp>

namespace qsnap::diff {

namespace {

constexpr std::size_t k_kept_bytes = 12 * limits::k_mib;
constexpr std::uint32_t k_none = UINT32_MAX;

using Chunks = std::span<const model::ChunkInfo>;

/// The chunks of the section, sorted by digest and then by position.
std::vector<std::uint32_t> by_digest(Chunks chunks, model::Section section) {
  std::vector<std::uint32_t> list;
  for (std::uint32_t i = 0; i < chunks.size(); ++i) {
    if (chunks[i].section == section) {
      list.push_back(i);
    }
  }
  std::stable_sort(list.begin(), list.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return chunks[a].digest < chunks[b].digest; });
  return list;
}

/// Chunks with equal digests, the first with the first and so on, ascending by `before`.
std::vector<LinePair> equal_chunks(Chunks before, Chunks after, model::Section section) {
  const auto left = by_digest(before, section), right = by_digest(after, section);
  std::vector<LinePair> pairs;
  for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    const int order = before[left[i]].digest.compare(after[right[j]].digest);
    if (order == 0) {
      pairs.push_back({left[i], right[j]});
    }
    i += order <= 0 ? 1 : 0;
    j += order >= 0 ? 1 : 0;
  }
  std::sort(pairs.begin(), pairs.end(), [](LinePair a, LinePair b) { return a.before < b.before; });
  return pairs;
}

/// The chunks of the section that are not among `skipped` (ascending).
std::vector<OpenChunk> all_but(Chunks chunks, model::Section section, std::span<const std::uint32_t> skipped) {
  std::vector<OpenChunk> open;
  std::uint32_t gap = 0, ordinal = 0;
  for (std::uint32_t i = 0; i < chunks.size(); ++i) {
    if (chunks[i].section != section) {
      continue;
    }
    if (gap < skipped.size() && skipped[gap] == i) {
      ++gap;
    } else {
      open.push_back({i, gap, ordinal});
    }
    ordinal += static_cast<std::uint32_t>(chunks[i].records);
  }
  return open;
}

/// The records of the chunks that both sides skip, pair by pair.
std::vector<SameRecords> skipped_records(Chunks before, std::span<const std::uint32_t> before_skipped, Chunks after,
                                         std::span<const std::uint32_t> after_skipped, model::Section section) {
  const auto records_up_to = [&](Chunks chunks, std::uint32_t& next, std::uint32_t end) {
    std::uint32_t records = 0;
    for (; next < end; ++next) {
      records += chunks[next].section == section ? static_cast<std::uint32_t>(chunks[next].records) : 0;
    }
    return records;
  };
  std::vector<SameRecords> same;
  std::uint32_t before_next = 0, after_next = 0, before_ordinal = 0, after_ordinal = 0;
  for (std::size_t i = 0; i < before_skipped.size(); ++i) {
    before_ordinal += records_up_to(before, before_next, before_skipped[i]);
    after_ordinal += records_up_to(after, after_next, after_skipped[i]);
    same.push_back({before_ordinal, after_ordinal, static_cast<std::uint32_t>(before[before_skipped[i]].records)});
  }
  return same;
}

/// Finds lines by hash. Lines with the same hash form a chain, so that a million equal lines cost no more than a
/// million different ones; take() hands them out in document order.
class LineTable {
 public:
  explicit LineTable(const LineIndex& lines)
      : m_lines(lines),
        m_slots(std::bit_ceil(2 * lines.size() + 2), k_none),
        m_next(lines.size(), k_none),
        m_taken(lines.size(), false) {
    for (auto line = static_cast<std::uint32_t>(lines.size()); line-- > 0;) {
      std::uint32_t& head = slot(lines.hash(line));
      m_next[line] = head;
      head = line;
    }
  }

  std::optional<std::uint32_t> take(const Hash128& hash) {
    std::uint32_t& head = slot(hash);
    if (head == k_none || m_taken[head]) {
      return std::nullopt;
    }
    const std::uint32_t line = head;
    m_taken[line] = true;
    if (m_next[line] != k_none) {
      head = m_next[line];
    }
    return line;
  }

  [[nodiscard]] std::vector<std::uint32_t> rest() const {
    std::vector<std::uint32_t> lines;
    for (std::uint32_t line = 0; line < m_taken.size(); ++line) {
      if (!m_taken[line]) {
        lines.push_back(line);
      }
    }
    return lines;
  }

 private:
  /// The slot of the hash, or the free one where it belongs.
  std::uint32_t& slot(const Hash128& hash) {
    std::size_t at = hash.low & (m_slots.size() - 1);
    while (m_slots[at] != k_none && m_lines.hash(m_slots[at]) != hash) {
      at = (at + 1) & (m_slots.size() - 1);
    }
    return m_slots[at];
  }

  const LineIndex& m_lines;
  std::vector<std::uint32_t> m_slots;  ///< power of two, at most half full
  std::vector<std::uint32_t> m_next;
  std::vector<bool> m_taken;
};

}  // namespace

OpenChunks open_chunks(const model::RecordSource& before, const model::RecordSource& after, model::Section section) {
  const std::vector<LinePair> pairs = equal_chunks(before.chunks(), after.chunks(), section);
  std::vector<std::uint32_t> targets;
  for (const LinePair pair : pairs) {
    targets.push_back(pair.after);
  }
  std::vector<std::uint32_t> before_skipped, after_skipped;
  for (const std::uint32_t i : longest_increasing(targets)) {
    before_skipped.push_back(pairs[i].before);
    after_skipped.push_back(pairs[i].after);
  }
  return {all_but(before.chunks(), section, before_skipped), all_but(after.chunks(), section, after_skipped),
          skipped_records(before.chunks(), before_skipped, after.chunks(), after_skipped, section)};
}

LineIndex::LineIndex(const model::RecordSource& source, model::Section section, std::vector<OpenChunk> chunks)
    : m_source(source), m_section(section), m_chunks(std::move(chunks)) {}

Result<void> LineIndex::read(const KeyedHash& hash, const Progress& progress, const ChunkReader& reader) {
  for (std::uint32_t i = 0; i < m_chunks.size(); ++i) {
    QSNAP_TRY(progress.check());
    progress.report("comparing", i, m_chunks.size());
    QSNAP_TRY(m_source.read_chunk(m_chunks[i].index, [&](const model::Chunk& chunk) -> Result<void> {
      const std::size_t first = m_places.size();
      if (chunk.lines.size() >= k_none - first) {
        return make_error(ErrorCode::limit_exceeded, "more records than a comparison can count");
      }
      for (std::uint32_t line = 0; line < chunk.lines.size(); ++line) {
        m_places.push_back({i, line});
        m_hashes.push_back(hash(chunk.lines[line]));
      }
      return reader ? reader(static_cast<std::uint32_t>(first), chunk) : Result<void>{};
    }));
  }
  return {};
}

Result<void> LineIndex::visit(std::span<const std::uint32_t> lines, const RecordReader& reader) {
  while (!lines.empty()) {
    const std::uint32_t chunk = m_places[lines.front()].chunk;
    const auto end =
        std::find_if(lines.begin(), lines.end(), [&](std::uint32_t line) { return m_places[line].chunk != chunk; });
    const auto count = static_cast<std::size_t>(end - lines.begin());
    QSNAP_TRY(visit_chunk(lines.first(count), reader));
    lines = lines.subspan(count);
  }
  return {};
}

Result<void> LineIndex::visit_chunk(std::span<const std::uint32_t> lines, const RecordReader& reader) {
  const auto is_kept = [&](std::uint32_t line) { return m_kept.contains(line); };
  if (std::all_of(lines.begin(), lines.end(), is_kept)) {
    for (const std::uint32_t line : lines) {
      QSNAP_TRY(hand_out(line, m_kept.find(line)->second, reader));
    }
    return {};
  }
  const std::uint32_t index = m_chunks[m_places[lines.front()].chunk].index;
  return m_source.read_chunk(index, [&](const model::Chunk& chunk) -> Result<void> {
    for (const std::uint32_t line : lines) {
      if (m_places[line].line >= chunk.lines.size()) {
        return make_error(ErrorCode::corrupt, "a chunk changed while it was compared");
      }
      const std::string_view text = chunk.lines[m_places[line].line];
      keep(line, text);
      QSNAP_TRY(hand_out(line, text, reader));
    }
    return {};
  });
}

Result<void> LineIndex::hand_out(std::uint32_t line, std::string_view text, const RecordReader& reader) const {
  QSNAP_ASSIGN(model::Record record, m_source.parse(m_section, text));
  return reader(line, std::move(record));
}

Result<LineIndex::Records> LineIndex::load(std::vector<std::uint32_t> lines) {
  std::sort(lines.begin(), lines.end());
  Records records;
  QSNAP_TRY(visit(lines, [&](std::uint32_t line, model::Record record) -> Result<void> {
    records.emplace(line, std::move(record));
    return {};
  }));
  return records;
}

void LineIndex::keep(std::uint32_t line, std::string_view text) {
  constexpr std::size_t k_overhead = 96;  // node, string, bucket
  if (m_kept_bytes + text.size() + k_overhead <= k_kept_bytes && m_kept.try_emplace(line, text).second) {
    m_kept_bytes += text.size() + k_overhead;
  }
}

void LineIndex::forget_texts() {
  m_kept = {};
  m_kept_bytes = 0;
}

std::optional<std::uint32_t> LineIndex::line_at(std::uint32_t wanted) const {
  const auto behind = std::upper_bound(m_places.begin(), m_places.end(), wanted, [&](std::uint32_t value, Place place) {
    return value < m_chunks[place.chunk].first_ordinal + place.line;
  });
  const auto line = static_cast<std::uint32_t>(behind - m_places.begin());
  return line > 0 && ordinal(line - 1) == wanted ? std::optional{line - 1} : std::nullopt;
}

std::uint64_t LineIndex::estimated_bytes(std::uint32_t line) const {
  const model::ChunkInfo& chunk = m_source.chunks()[m_chunks[m_places[line].chunk].index];
  return chunk.raw_bytes / std::max<std::uint64_t>(1, chunk.records);
}

Result<SectionLines> collect_lines(const model::RecordSource& before, const model::RecordSource& after,
                                   model::Section section, const KeyedHash& hash, const Progress& progress,
                                   const LineIndex::ChunkReader& before_chunks) {
  OpenChunks open = open_chunks(before, after, section);
  SectionLines lines{{before, section, std::move(open.before)},
                     {after, section, std::move(open.after)},
                     {},
                     {},
                     {},
                     std::move(open.same)};
  QSNAP_TRY(lines.before.read(hash, progress, before_chunks));
  LineTable table{lines.before};
  QSNAP_TRY(lines.after.read(hash, progress, [&](std::uint32_t first, const model::Chunk& chunk) -> Result<void> {
    for (std::uint32_t i = 0; i < chunk.lines.size(); ++i) {
      const std::uint32_t line = first + i;
      if (const auto same = table.take(lines.after.hash(line))) {
        lines.equal.push_back({*same, line});
      } else {
        lines.after_rest.push_back(line);
        lines.after.keep(line, chunk.lines[i]);
      }
    }
    return {};
  }));
  lines.before_rest = table.rest();
  lines.before.drop_hashes();
  lines.after.drop_hashes();
  std::sort(lines.equal.begin(), lines.equal.end(), [](LinePair a, LinePair b) { return a.before < b.before; });
  return lines;
}

}  // namespace qsnap::diff
