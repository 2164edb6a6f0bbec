// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/model/record.hpp>

/// The bytes of a container round its chunk frames: header frame and index frame, as encode and decode pairs.
/// docs/format.md, "Container". All integers are little-endian.
namespace qsnap::codec {

inline constexpr std::uint16_t k_format_version = 1;
inline constexpr std::size_t k_header_frame_bytes = 28;
inline constexpr std::size_t k_skippable_header_bytes = 8;
inline constexpr std::size_t k_index_tail_bytes = 16;
/// A name or key longer than this is not repeated in the index.
inline constexpr std::size_t k_index_text_bytes = 256;
/// So many chunks of the target size make the largest document; an index with more of them is refused.
inline constexpr std::size_t k_max_chunks = limits::k_document_bytes / (128 * limits::k_kib);

/// What a chunk holds; the values are the format's. A document has them in this order.
enum class ChunkKind : std::uint8_t { metadata, conflicts, config, queues, jobs, workers, keys, tail };

[[nodiscard]] ChunkKind kind_of(model::Section section);
/// Absent for metadata, conflicts and tail.
[[nodiscard]] std::optional<model::Section> section_of(ChunkKind kind);

/// What the index says of one chunk.
struct ChunkEntry {
  ChunkKind kind = ChunkKind::metadata;
  std::string digest;  ///< SHA-256 of the raw bytes, 32 bytes
  std::uint64_t raw_bytes = 0;
  std::uint64_t frame_bytes = 0;  ///< in the stored encoding computed, not kept
  std::uint64_t records = 0;
  std::string queue;     ///< of the first record; empty where it has none, or a longer one than k_index_text_bytes
  std::string state;     ///< the same
  std::string last_key;  ///< index_key() of the last record's key; empty without records

  friend bool operator==(const ChunkEntry&, const ChunkEntry&) = default;
};

/// A record key as the index keeps it: itself, or "xxh3:" and 16 hex digits where it is longer than
/// k_index_text_bytes. A hint for people and lookups, never an identity.
[[nodiscard]] std::string index_key(std::string_view record_key);

struct ContainerIndex {
  std::string fingerprint;  ///< 32 bytes
  std::vector<ChunkEntry> chunks;
};

/// SHA-256 over the format version and each chunk's raw length and digest, without metadata and tail.
[[nodiscard]] std::string root_digest(std::span<const ChunkEntry> chunks);

[[nodiscard]] std::string encode_header(Encoding encoding);
/// REQUIRES: `bytes` begins like a snapshot (file_kind). Strict: every byte has one allowed value, but for the version,
/// which errors with `unsupported_version`.
Result<Encoding> decode_header(std::string_view bytes);

/// The whole index frame. Errors with `limit_exceeded` when it would be larger than a reader accepts.
Result<std::string> encode_index(const ContainerIndex& index, Encoding encoding);

/// The last 16 bytes of a file.
struct IndexTail {
  std::uint32_t payload_bytes = 0;
  std::uint64_t checksum = 0;  ///< XXH64 of the payload

  /// Of the whole frame: its header, the payload and this tail.
  [[nodiscard]] std::uint64_t frame_bytes() const;
};
Result<IndexTail> decode_index_tail(std::string_view bytes);

/// Checks checksum, grammar, root and canonical form, and everything that can be known of the chunks without decoding
/// them: order, lengths, counts and limits. REQUIRES: `frame` has tail.frame_bytes() bytes
Result<ContainerIndex> decode_index(std::string_view frame, const IndexTail& tail, Encoding encoding);

}  // namespace qsnap::codec
