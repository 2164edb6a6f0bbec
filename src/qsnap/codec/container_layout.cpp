// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <qsnap/base/cursor.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/codec/container_layout.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/codec/zstd_frame.hpp>

namespace qsnap::codec {

namespace {

constexpr std::uint32_t k_header_frame_magic = 0x184D2A57;
constexpr std::uint32_t k_index_frame_magic = 0x184D2A58;
constexpr std::string_view k_header_magic = "QSNAPHDR";
constexpr std::string_view k_index_magic = "QSIX";
constexpr std::string_view k_tail_magic = "QSND";
constexpr std::uint16_t k_flag_stored = 1;
constexpr std::uint8_t k_hash_sha256 = 1;
constexpr std::uint8_t k_cut_rule = 1;
constexpr std::uint16_t k_cut_target_kib = 128;
constexpr std::size_t k_digest_bytes = 32;
/// Kind, digest and six numbers of one byte each: no chunk takes less of an index.
constexpr std::size_t k_least_entry_bytes = 1 + k_digest_bytes + 5;
/// "{}" and its separator: no record takes less of a chunk.
constexpr std::uint64_t k_least_record_bytes = 3;

Error bad_index(std::string_view what) {
  return make_error(ErrorCode::corrupt, fmt::format("the index is damaged: {}", what));
}

/// The names of queues and states, each once, numbered from 1 in order of first use; 0 is "none".
/// A tree and not a hash table: names come from outside, and nobody shall choose collisions.
class StringTable {
 public:
  std::uint64_t reference(const std::string& text) {
    if (text.empty()) {
      return 0;
    }
    const auto [entry, is_new] = m_references.emplace(text, m_references.size() + 1);
    if (is_new) {
      m_in_order.push_back(entry->first);
    }
    return entry->second;
  }

  [[nodiscard]] const std::vector<std::string_view>& in_order() const { return m_in_order; }

 private:
  std::map<std::string, std::uint64_t> m_references;
  std::vector<std::string_view> m_in_order;  ///< views of the map's keys, which never move
};

void append_text(std::string& out, std::string_view text) {
  append_varint(out, text.size());
  out += text;
}

void append_entry(std::string& out, const ChunkEntry& chunk, Encoding encoding, StringTable& strings) {
  out += static_cast<char>(chunk.kind);
  out += chunk.digest;
  append_varint(out, chunk.raw_bytes);
  if (encoding == Encoding::packed) {
    append_varint(out, chunk.frame_bytes);
  }
  append_varint(out, chunk.records);
  append_varint(out, strings.reference(chunk.queue));
  append_varint(out, strings.reference(chunk.state));
  append_text(out, chunk.last_key);
}

std::string encode_payload(const ContainerIndex& index, Encoding encoding) {
  StringTable strings;
  std::string entries;
  for (const ChunkEntry& chunk : index.chunks) {
    append_entry(entries, chunk, encoding, strings);
  }
  std::string out{k_index_magic};
  append_u32(out, k_format_version);
  out += index.fingerprint;
  append_varint(out, strings.in_order().size());
  for (const std::string_view text : strings.in_order()) {
    append_text(out, text);
  }
  append_varint(out, index.chunks.size());
  out += entries;
  out += root_digest(index.chunks);
  return out;
}

Result<std::string_view> read_text(ByteCursor& cursor) {
  QSNAP_ASSIGN(const std::uint64_t bytes, cursor.varint());
  if (bytes > k_index_text_bytes) {
    return bad_index("a name is too long");
  }
  return cursor.bytes(bytes);
}

using Strings = std::vector<std::string_view>;

Error too_many_chunks(std::uint64_t count) {
  return make_error(ErrorCode::limit_exceeded,
                    fmt::format("a document of {} chunks is over the limit of {}", count, k_max_chunks));
}

Result<Strings> read_strings(ByteCursor& cursor) {
  QSNAP_ASSIGN(const std::uint64_t count, cursor.varint());
  if (count > 2 * k_max_chunks) {  // a queue and a state for each; bytes on disk are fewer than these take in memory
    return bad_index("it has more names than chunks can use");
  }
  Strings strings{{}};  // reference 0
  for (std::uint64_t i = 0; i < count; ++i) {
    QSNAP_ASSIGN(const std::string_view text, read_text(cursor));
    strings.push_back(text);
  }
  return strings;
}

Result<std::string> read_reference(ByteCursor& cursor, const Strings& strings) {
  QSNAP_ASSIGN(const std::uint64_t reference, cursor.varint());
  if (reference >= strings.size()) {
    return bad_index("a name is missing");
  }
  return std::string{strings[reference]};
}

Result<ChunkKind> read_kind(ByteCursor& cursor) {
  QSNAP_ASSIGN(const std::uint8_t kind, cursor.u8());
  if (kind > static_cast<std::uint8_t>(ChunkKind::tail)) {
    return bad_index("a chunk is of no known kind");
  }
  return static_cast<ChunkKind>(kind);
}

/// The lengths of a chunk that a hostile file may claim; nothing has been allocated for them yet.
Result<void> check_lengths(const ChunkEntry& chunk) {
  if (chunk.raw_bytes == 0 || chunk.records > chunk.raw_bytes / k_least_record_bytes) {
    return bad_index("a chunk is too short for its records");
  }
  if (chunk.raw_bytes > limits::k_chunk_bytes && chunk.records != 1) {
    return make_error(ErrorCode::limit_exceeded, fmt::format("a chunk of {} bytes is over the limit of {}",
                                                             chunk.raw_bytes, limits::k_chunk_bytes));
  }
  if (chunk.raw_bytes > max_raw_bytes(chunk.frame_bytes)) {
    return make_error(ErrorCode::limit_exceeded,
                      fmt::format("a chunk of {} bytes claims to expand to {}", chunk.frame_bytes, chunk.raw_bytes));
  }
  if (chunk.frame_bytes > stored_frame_bytes(chunk.raw_bytes)) {
    return bad_index("a frame is longer than its chunk");
  }
  return {};
}

Result<ChunkEntry> read_entry(ByteCursor& cursor, Encoding encoding, const Strings& strings) {
  ChunkEntry chunk;
  QSNAP_ASSIGN(chunk.kind, read_kind(cursor));
  QSNAP_ASSIGN(chunk.digest, cursor.bytes(k_digest_bytes));
  QSNAP_ASSIGN(chunk.raw_bytes, cursor.varint());
  if (chunk.raw_bytes > limits::k_record_bytes) {
    return make_error(ErrorCode::limit_exceeded, fmt::format("a chunk of {} bytes is over the limit of {}",
                                                             chunk.raw_bytes, limits::k_record_bytes));
  }
  chunk.frame_bytes = stored_frame_bytes(chunk.raw_bytes);
  if (encoding == Encoding::packed) {
    QSNAP_ASSIGN(chunk.frame_bytes, cursor.varint());
  }
  QSNAP_ASSIGN(chunk.records, cursor.varint());
  QSNAP_ASSIGN(chunk.queue, read_reference(cursor, strings));
  QSNAP_ASSIGN(chunk.state, read_reference(cursor, strings));
  QSNAP_ASSIGN(chunk.last_key, read_text(cursor));
  QSNAP_TRY(check_lengths(chunk));
  return chunk;
}

Result<ContainerIndex> read_payload(std::string_view payload, Encoding encoding) {
  ByteCursor cursor{payload};
  QSNAP_ASSIGN(const std::string_view magic, cursor.bytes(k_index_magic.size()));
  QSNAP_ASSIGN(const std::uint32_t version, cursor.u32());
  if (magic != k_index_magic || version != k_format_version) {
    return bad_index("it does not begin as it should");
  }
  ContainerIndex index;
  QSNAP_ASSIGN(index.fingerprint, cursor.bytes(k_digest_bytes));
  QSNAP_ASSIGN(const Strings strings, read_strings(cursor));
  QSNAP_ASSIGN(const std::uint64_t count, cursor.varint());
  if (count > k_max_chunks) {
    return too_many_chunks(count);
  }
  index.chunks.reserve(std::min<std::uint64_t>(count, cursor.remaining() / k_least_entry_bytes));
  for (std::uint64_t i = 0; i < count; ++i) {
    QSNAP_ASSIGN(ChunkEntry chunk, read_entry(cursor, encoding, strings));
    index.chunks.push_back(std::move(chunk));
  }
  QSNAP_ASSIGN(const std::string_view root, cursor.bytes(k_digest_bytes));
  if (root != root_digest(index.chunks)) {
    return bad_index("its root is not that of its chunks");
  }
  return index;
}

bool holds_records(ChunkKind kind) {
  return kind != ChunkKind::metadata && kind != ChunkKind::tail;
}

/// Whether `chunk` may stand behind `before`: the same section goes on (and then both hold records), or the next one
/// begins. Only conflicts may be left out.
bool may_follow(const ChunkEntry& before, const ChunkEntry& chunk) {
  if (before.kind == chunk.kind) {
    return holds_records(chunk.kind) && before.records > 0 && chunk.records > 0;
  }
  const int step = static_cast<int>(chunk.kind) - static_cast<int>(before.kind);
  const bool skips_conflicts = before.kind == ChunkKind::metadata && chunk.kind == ChunkKind::config;
  return step == 1 || skips_conflicts;
}

Result<void> check_order(const std::vector<ChunkEntry>& chunks) {
  if (chunks.empty() || chunks.front().kind != ChunkKind::metadata || chunks.back().kind != ChunkKind::tail) {
    return bad_index("it does not go from the metadata to the tail");
  }
  for (std::size_t i = 1; i < chunks.size(); ++i) {
    if (!may_follow(chunks[i - 1], chunks[i])) {
      return bad_index(fmt::format("chunk {} does not belong behind the one before it", i));
    }
  }
  const auto miscounts = [](const ChunkEntry& chunk) {
    return (!holds_records(chunk.kind) && chunk.records != 0) ||
           (chunk.kind == ChunkKind::conflicts && chunk.records == 0);
  };
  if (std::any_of(chunks.begin(), chunks.end(), miscounts)) {
    return bad_index("a chunk has another number of records than it can have");
  }
  return {};
}

Result<void> check_size(const std::vector<ChunkEntry>& chunks) {
  if (chunks.size() > k_max_chunks) {
    return too_many_chunks(chunks.size());
  }
  std::uint64_t raw_bytes = 0;
  for (const ChunkEntry& chunk : chunks) {
    raw_bytes += chunk.raw_bytes;  // cannot overflow: 2^19 chunks of less than 2^30 bytes
  }
  if (raw_bytes > limits::k_document_bytes) {
    return make_error(ErrorCode::limit_exceeded, fmt::format("a document of {} bytes is over the limit of {}",
                                                             raw_bytes, limits::k_document_bytes));
  }
  return {};
}

}  // namespace

ChunkKind kind_of(model::Section section) {
  switch (section) {
    case model::Section::config:
      return ChunkKind::config;
    case model::Section::queues:
      return ChunkKind::queues;
    case model::Section::jobs:
      return ChunkKind::jobs;
    case model::Section::workers:
      return ChunkKind::workers;
    case model::Section::keys:
      break;
  }
  return ChunkKind::keys;
}

std::optional<model::Section> section_of(ChunkKind kind) {
  for (const model::Section section : model::k_sections) {
    if (kind_of(section) == kind) {
      return section;
    }
  }
  return std::nullopt;
}

std::string index_key(std::string_view record_key) {
  return record_key.size() <= k_index_text_bytes ? std::string{record_key}
                                                 : fmt::format("xxh3:{:016x}", xxh3(record_key));
}

std::string root_digest(std::span<const ChunkEntry> chunks) {
  Sha256 hash;
  std::string bytes;
  append_u32(bytes, k_format_version);
  hash.update(bytes);
  for (const ChunkEntry& chunk : chunks) {
    if (!holds_records(chunk.kind)) {
      continue;
    }
    bytes.clear();
    append_u64(bytes, chunk.raw_bytes);
    bytes += chunk.digest;
    hash.update(bytes);
  }
  return hash.digest();
}

std::string encode_header(Encoding encoding) {
  std::string out;
  append_u32(out, k_header_frame_magic);
  append_u32(out, k_header_frame_bytes - k_skippable_header_bytes);
  out += k_header_magic;
  append_u16(out, k_format_version);
  append_u16(out, encoding == Encoding::stored ? k_flag_stored : 0);
  out += static_cast<char>(k_hash_sha256);
  out += static_cast<char>(k_cut_rule);
  append_u16(out, k_cut_target_kib);
  append_u32(out, 0);
  return out;
}

FileKind file_kind(std::string_view first_bytes) {
  std::string frame_magic;
  append_u32(frame_magic, k_header_frame_magic);
  if (first_bytes.starts_with(frame_magic) &&
      first_bytes.substr(std::min(first_bytes.size(), k_skippable_header_bytes)).starts_with(k_header_magic)) {
    return FileKind::snapshot;
  }
  return first_bytes.starts_with("version https://git-lfs.github.com/spec/") ? FileKind::lfs_pointer : FileKind::other;
}

Result<Encoding> decode_header(std::string_view bytes) {
  ByteCursor cursor{bytes};
  QSNAP_TRY(cursor.bytes(k_skippable_header_bytes + k_header_magic.size()));
  QSNAP_ASSIGN(const std::uint16_t version, cursor.u16());
  if (version > k_format_version) {
    return make_error(ErrorCode::unsupported_version,
                      fmt::format("format version {}, this program reads {}", version, k_format_version),
                      {"install a newer git-qsnap"});
  }
  for (const Encoding encoding : {Encoding::packed, Encoding::stored}) {
    if (bytes == encode_header(encoding)) {
      return encoding;
    }
  }
  return make_error(ErrorCode::corrupt, "the header is damaged");
}

Result<std::string> encode_index(const ContainerIndex& index, Encoding encoding) {
  QSNAP_TRY(check_size(index.chunks));
  const std::string payload = encode_payload(index, encoding);
  if (payload.size() > limits::k_index_bytes) {
    return make_error(ErrorCode::limit_exceeded, fmt::format("an index of {} bytes is over the limit of {}",
                                                             payload.size(), limits::k_index_bytes));
  }
  const auto payload_bytes = static_cast<std::uint32_t>(payload.size());
  std::string out;
  append_u32(out, k_index_frame_magic);
  append_u32(out, static_cast<std::uint32_t>(payload_bytes + k_index_tail_bytes));
  out += payload;
  append_u32(out, payload_bytes);
  append_u64(out, xxh64(payload));
  out += k_tail_magic;
  return out;
}

std::uint64_t IndexTail::frame_bytes() const {
  return k_skippable_header_bytes + std::uint64_t{payload_bytes} + k_index_tail_bytes;
}

Result<IndexTail> decode_index_tail(std::string_view bytes) {
  ByteCursor cursor{bytes};
  IndexTail tail;
  QSNAP_ASSIGN(tail.payload_bytes, cursor.u32());
  QSNAP_ASSIGN(tail.checksum, cursor.u64());
  if (!bytes.ends_with(k_tail_magic) || bytes.size() != k_index_tail_bytes) {
    return make_error(ErrorCode::corrupt, "is truncated or damaged");
  }
  if (tail.payload_bytes > limits::k_index_bytes) {
    return make_error(ErrorCode::limit_exceeded, fmt::format("an index of {} bytes is over the limit of {}",
                                                             tail.payload_bytes, limits::k_index_bytes));
  }
  return tail;
}

Result<ContainerIndex> decode_index(std::string_view frame, const IndexTail& tail, Encoding encoding) {
  ByteCursor cursor{frame};
  QSNAP_ASSIGN(const std::uint32_t magic, cursor.u32());
  QSNAP_ASSIGN(const std::uint32_t content_bytes, cursor.u32());
  QSNAP_ASSIGN(const std::string_view payload, cursor.bytes(tail.payload_bytes));
  if (magic != k_index_frame_magic || content_bytes != tail.payload_bytes + k_index_tail_bytes) {
    return bad_index("it has no frame of its own");
  }
  if (xxh64(payload) != tail.checksum) {
    return bad_index("its checksum is wrong");
  }
  QSNAP_ASSIGN(ContainerIndex index, read_payload(payload, encoding));
  QSNAP_TRY(check_size(index.chunks));
  QSNAP_TRY(check_order(index.chunks));
  // One index has one spelling. Writing what was understood proves that at once: no doubled or unused name, another
  // order of names, or bytes behind the end.
  if (encode_payload(index, encoding) != payload) {
    return bad_index("it is not in canonical form");
  }
  return index;
}

}  // namespace qsnap::codec
