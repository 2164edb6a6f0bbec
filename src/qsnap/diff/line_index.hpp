// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/diff/keyed_hash.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::diff {

/// A chunk that has no equal on the other side. `gap` counts the equal chunks in front of it: two records whose gaps
/// differ stand on different sides of an equal chunk.
struct OpenChunk {
  std::uint32_t index = 0;
  std::uint32_t gap = 0;
  std::uint32_t first_ordinal = 0;  ///< of its first record; an ordinal counts the records of the section
};

/// Records in equal chunks: `count` of them from `before` on are those from `after` on. Ordinals.
struct SameRecords {
  std::uint32_t before = 0;
  std::uint32_t after = 0;
  std::uint32_t count = 0;
};

/// The chunks of one section that have to be decoded, on both sides. Equal digests in the same relative order are
/// left out: equal bytes, so equal records in the same queues and states.
struct OpenChunks {
  std::vector<OpenChunk> before;
  std::vector<OpenChunk> after;
  std::vector<SameRecords> same;  ///< what was left out, ascending on both sides
};
[[nodiscard]] OpenChunks open_chunks(const model::RecordSource& before, const model::RecordSource& after,
                                     model::Section section);

/// The records of one side's open chunks, numbered in document order ("lines"). Knows a hash and a place for each,
/// 24 bytes a line, and keeps the texts of a few megabytes of them, so that what is looked at again is rarely decoded
/// again.
class LineIndex {
 public:
  /// `source` must outlive the index.
  LineIndex(const model::RecordSource& source, model::Section section, std::vector<OpenChunk> chunks);

  using RecordReader = std::function<Result<void>(std::uint32_t line, model::Record record)>;
  using ChunkReader = std::function<Result<void>(std::uint32_t first_line, const model::Chunk& chunk)>;
  /// Decodes all open chunks once; `reader` sees each chunk after its lines have been numbered and hashed.
  Result<void> read(const KeyedHash& hash, const Progress& progress, const ChunkReader& reader);
  /// Hands out some lines as records. REQUIRES: `lines` ascending. Each chunk is decoded at most once.
  Result<void> visit(std::span<const std::uint32_t> lines, const RecordReader& reader);
  /// Those lines' records, by line, in memory. In any order.
  using Records = std::unordered_map<std::uint32_t, model::Record>;
  Result<Records> load(std::vector<std::uint32_t> lines);

  /// Keeps the text as long as there is room.
  void keep(std::uint32_t line, std::string_view text);
  /// Gives the memory of kept texts back; lines are decoded again from then on.
  void forget_texts();
  /// The hashes have done their work.
  void drop_hashes() { std::vector<Hash128>{}.swap(m_hashes); }

  [[nodiscard]] std::size_t size() const { return m_places.size(); }
  /// REQUIRES: line < size(), and hashes not dropped
  [[nodiscard]] const Hash128& hash(std::uint32_t line) const { return m_hashes[line]; }
  [[nodiscard]] std::uint32_t gap(std::uint32_t line) const { return m_chunks[m_places[line].chunk].gap; }
  /// Where the line's record stands in its section.
  [[nodiscard]] std::uint32_t ordinal(std::uint32_t line) const {
    return m_chunks[m_places[line].chunk].first_ordinal + m_places[line].line;
  }
  /// The line of a record; absent if it is in no open chunk.
  [[nodiscard]] std::optional<std::uint32_t> line_at(std::uint32_t wanted) const;
  /// About how many bytes the line has: the mean of its chunk.
  [[nodiscard]] std::uint64_t estimated_bytes(std::uint32_t line) const;

 private:
  struct Place {
    std::uint32_t chunk;  ///< index into m_chunks
    std::uint32_t line;   ///< inside the chunk
  };

  Result<void> visit_chunk(std::span<const std::uint32_t> lines, const RecordReader& reader);
  Result<void> hand_out(std::uint32_t line, std::string_view text, const RecordReader& reader) const;

  const model::RecordSource& m_source;
  model::Section m_section;
  std::vector<OpenChunk> m_chunks;
  std::vector<Place> m_places;
  std::vector<Hash128> m_hashes;
  std::unordered_map<std::uint32_t, std::string> m_kept;
  std::size_t m_kept_bytes = 0;
};

struct LinePair {
  std::uint32_t before = 0;
  std::uint32_t after = 0;
};

/// Both sides of a section with the equal lines taken out, as a multiset: not one record has been parsed for that.
struct SectionLines {
  LineIndex before;
  LineIndex after;
  std::vector<LinePair> equal;             ///< ascending by `before`
  std::vector<std::uint32_t> before_rest;  ///< ascending
  std::vector<std::uint32_t> after_rest;   ///< ascending
  std::vector<SameRecords> same;           ///< records of chunks that were not decoded
};

/// `before_chunks` sees each decoded chunk of the before side.
Result<SectionLines> collect_lines(const model::RecordSource& before, const model::RecordSource& after,
                                   model::Section section, const KeyedHash& hash, const Progress& progress,
                                   const LineIndex::ChunkReader& before_chunks = {});

}  // namespace qsnap::diff
