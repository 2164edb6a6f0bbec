// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <new>

#include <fmt/format.h>
#include <zstd.h>

#include <qsnap/base/cursor.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/zstd_frame.hpp>

namespace qsnap::codec {

namespace {

constexpr std::uint32_t k_frame_magic = 0xFD2FB528;
/// Content size in four bytes, single segment, checksum; no dictionary (RFC 8878, 3.1.1.1.1).
constexpr char k_stored_descriptor = static_cast<char>(0xA4);
constexpr std::size_t k_block_bytes = 128 * limits::k_kib;
constexpr std::size_t k_block_header_bytes = 3;
constexpr std::size_t k_frame_header_bytes = 4 + 1 + 4;
constexpr std::size_t k_checksum_bytes = 4;
/// Of chunks as small as ours, level 3 packs as well as level 6 within 2 % and is four to five times as fast.
constexpr int k_level = 3;
/// The beginning of a document is packed harder: it costs 30 ms at the most, and without it a snapshot of 1,000 jobs
/// would not be 85 % smaller (docs/performance.md).
constexpr int k_level_at_first = 9;
constexpr std::uint64_t k_first_bytes = 2 * limits::k_mib;

/// Bit 0: last block; bits 1 and 2: type, 0 is raw; then the size (RFC 8878, 3.1.1.2).
void append_raw_block(std::string& out, std::string_view block, std::uint32_t last) {
  const auto header = static_cast<std::uint32_t>(block.size()) << 3U | last;
  for (unsigned shift = 0; shift < 24; shift += 8) {
    out += static_cast<char>((header >> shift) & 0xFFU);
  }
  out += block;
}

Error zstd_error(std::string_view doing, std::size_t code) {
  return make_error(ErrorCode::internal, fmt::format("cannot {}: {}", doing, ZSTD_getErrorName(code)));
}

}  // namespace

std::uint64_t stored_frame_bytes(std::uint64_t raw_bytes) {
  const std::uint64_t blocks = raw_bytes / k_block_bytes + (raw_bytes % k_block_bytes != 0 ? 1 : 0);
  return k_frame_header_bytes + blocks * k_block_header_bytes + raw_bytes + k_checksum_bytes;
}

std::uint64_t max_raw_bytes(std::uint64_t frame_bytes) {
  const std::uint64_t counted = std::min<std::uint64_t>(frame_bytes, limits::k_record_bytes);
  return std::min<std::uint64_t>(limits::k_record_bytes, limits::k_chunk_bytes + limits::k_expansion * counted);
}

void FrameEncoder::Free::operator()(ZSTD_CCtx_s* context) const {
  ZSTD_freeCCtx(context);
}

FrameEncoder::FrameEncoder(Encoding encoding) : m_encoding(encoding) {
  if (encoding == Encoding::packed) {
    m_context.reset(ZSTD_createCCtx());
    if (!m_context) {
      throw std::bad_alloc();
    }
    ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_contentSizeFlag, 1);
  }
}

Result<std::string_view> FrameEncoder::encode(std::string_view raw, std::uint64_t position) {
  return m_encoding == Encoding::packed ? pack(raw, position) : Result<std::string_view>{store(raw)};
}

Result<std::string_view> FrameEncoder::pack(std::string_view raw, std::uint64_t position) {
  if (const std::size_t bound = ZSTD_compressBound(raw.size()); m_frame.size() < bound) {
    m_frame.resize(bound);
  }
  const int level = position < k_first_bytes ? k_level_at_first : k_level;
  ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_compressionLevel, level);
  const std::size_t bytes = ZSTD_compress2(m_context.get(), m_frame.data(), m_frame.size(), raw.data(), raw.size());
  if (ZSTD_isError(bytes) != 0) {
    return zstd_error("compress a chunk", bytes);
  }
  if (bytes >= stored_frame_bytes(raw.size()) || raw.size() > max_raw_bytes(bytes)) {
    return store(raw);
  }
  return std::string_view{m_frame}.substr(0, bytes);
}

std::string_view FrameEncoder::store(std::string_view raw) {
  m_frame.clear();
  m_frame.reserve(stored_frame_bytes(raw.size()));
  append_u32(m_frame, k_frame_magic);
  m_frame += k_stored_descriptor;
  append_u32(m_frame, static_cast<std::uint32_t>(raw.size()));
  for (std::size_t at = 0; at < raw.size(); at += k_block_bytes) {
    append_raw_block(m_frame, raw.substr(at, k_block_bytes), at + k_block_bytes >= raw.size() ? 1 : 0);
  }
  append_u32(m_frame, static_cast<std::uint32_t>(xxh64(raw)));
  return m_frame;
}

void FrameDecoder::Free::operator()(ZSTD_DCtx_s* context) const {
  ZSTD_freeDCtx(context);
}

FrameDecoder::FrameDecoder() : m_context(ZSTD_createDCtx()) {
  if (!m_context) {
    throw std::bad_alloc();
  }
}

Result<std::string> FrameDecoder::decode(std::string_view frame, std::uint64_t raw_bytes) {
  // Asked first, because zstd also takes skippable frames and the formats of its early days.
  QSNAP_ASSIGN(const std::uint32_t magic, ByteCursor{frame}.u32());
  if (magic != k_frame_magic) {
    return make_error(ErrorCode::corrupt, "no zstd frame begins here");
  }
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size()) {
    return make_error(ErrorCode::corrupt, "the zstd frame does not have the length that the index says");
  }
  if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != raw_bytes) {
    return make_error(ErrorCode::corrupt, "the zstd frame does not hold as many bytes as the index says");
  }
  std::string raw(raw_bytes, '\0');
  const std::size_t bytes = ZSTD_decompressDCtx(m_context.get(), raw.data(), raw.size(), frame.data(), frame.size());
  if (ZSTD_isError(bytes) != 0) {
    return make_error(ErrorCode::corrupt, fmt::format("the zstd frame is damaged: {}", ZSTD_getErrorName(bytes)));
  }
  if (bytes != raw_bytes) {
    return make_error(ErrorCode::corrupt, "the zstd frame ends early");
  }
  return raw;
}

}  // namespace qsnap::codec
