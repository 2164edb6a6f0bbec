// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/container_layout.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/fingerprint.hpp>
#include <qsnap/model/conflict.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::codec {

/// The cut rule of the format: whether xxh3(record key) / 2^64 < length / 128 KiB, in exact integers. `line_bytes` is
/// the length of the record's line without what separates it from the next. So a boundary moves only when its own
/// record goes or changes its size, and longer records are likelier to end a chunk, in proportion.
[[nodiscard]] bool ends_chunk(std::string_view record_key, std::uint64_t line_bytes);

/// Turns records into the chunks of a document: text, boundaries, and what the index says of them. A pure function of
/// metadata and records; knows nothing of frames and files. Holds one chunk and the fingerprint's hashes. Whoever takes
/// a chunk computes its digest, because that can be done for several at once.
class Chunker final : public model::RecordSink {
 public:
  /// Takes each chunk as it is finished, in order. Its digest is empty and frame_bytes is 0.
  using ChunkSink = std::function<Result<void>(ChunkEntry, std::string raw)>;

  struct Digest {
    std::string fingerprint;
    std::string checksum;
    std::uint64_t raw_bytes = 0;
    std::uint64_t records = 0;
  };

  explicit Chunker(ChunkSink sink) : m_sink(std::move(sink)) {}

  /// Call once, first.
  Result<void> begin(const model::Metadata& metadata, std::span<const model::Conflict> conflicts = {});
  Result<void> add(const model::Record& record) override;
  /// Call once, last.
  Result<Digest> finish();

 private:
  Result<void> enter(ChunkKind kind);
  [[nodiscard]] bool has_room_for(std::size_t line_bytes) const;
  Result<void> separate_from_last(std::size_t least_bytes);
  Result<std::size_t> keep_in_bounds(std::size_t line_begin);
  Result<std::size_t> append_line(const model::Record& record);
  Result<void> add_conflict(const model::Conflict& conflict);
  Result<void> end_line(std::string key, std::string_view line);
  Result<void> flush();

  ChunkSink m_sink;
  Sha256 m_checksum;
  FingerprintBuilder m_fingerprint;
  Digest m_totals;  ///< digests empty before finish()

  std::string m_text;      ///< of the open chunk; the last record has no separator yet
  ChunkEntry m_chunk;      ///< of the open chunk, as far as it is known
  std::string m_last_key;  ///< whole
  bool m_cut_due = false;  ///< the last record ends its chunk, by the cut rule
};

}  // namespace qsnap::codec
