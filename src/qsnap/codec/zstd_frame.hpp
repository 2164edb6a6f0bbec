// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_writer.hpp>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace qsnap::codec {

/// The size of the stored frame of `raw_bytes` bytes. No frame of a container is longer than this.
[[nodiscard]] std::uint64_t stored_frame_bytes(std::uint64_t raw_bytes);

/// The most that a frame of `frame_bytes` bytes may claim to hold: a chunk's cap, and what lies above it only in
/// proportion to the frame. So memory follows the size of a file, not its claims.
[[nodiscard]] std::uint64_t max_raw_bytes(std::uint64_t frame_bytes);

/// Makes one zstd frame (RFC 8878) out of one chunk. Both encodings have the content size and the checksum.
///   stored  one segment, raw blocks of 128 KiB, the last one shorter
///   packed  zstd level 3, level 9 for the first 2 MiB of a document; the stored frame where that is no longer, or
///           where the frame would expand too far
/// A pure function of chunk and position, so that the same document has the same frames, whoever encodes which of them.
/// One thread.
class FrameEncoder {
 public:
  explicit FrameEncoder(Encoding encoding);
  FrameEncoder(FrameEncoder&&) noexcept = default;

  /// `position`: how many raw bytes of the document stand before the chunk. The view lives until the next call.
  /// REQUIRES: raw is not empty and has at most limits::k_record_bytes bytes
  Result<std::string_view> encode(std::string_view raw, std::uint64_t position);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  Result<std::string_view> pack(std::string_view raw, std::uint64_t position);
  std::string_view store(std::string_view raw);

  Encoding m_encoding;
  std::unique_ptr<ZSTD_CCtx_s, Free> m_context;
  std::string m_frame;
};

/// Reads frames that nobody has checked; does not care which encoding made them.
class FrameDecoder {
 public:
  FrameDecoder();
  FrameDecoder(FrameDecoder&&) noexcept = default;

  /// The content, if `frame` is exactly one zstd frame of exactly `raw_bytes` bytes; that is checked before anything
  /// is allocated. Errors with `corrupt` otherwise. REQUIRES: the caller has bounded raw_bytes
  Result<std::string> decode(std::string_view frame, std::uint64_t raw_bytes);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> m_context;
};

}  // namespace qsnap::codec
