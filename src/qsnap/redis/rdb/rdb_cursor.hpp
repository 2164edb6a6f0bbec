// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <qsnap/base/progress.hpp>
#include <qsnap/redis/rdb/packed_cursor.hpp>
#include <qsnap/redis/rdb/rdb_input.hpp>

namespace qsnap::redis {

/// A bounded reader over the bytes of an RDB as they come, with the checksum of what was consumed. Memory is taken
/// only for bytes that have arrived. Every view lives until the next call; every error says at which byte.
class RdbCursor {
 public:
  /// Neither is owned. A cancellation is noticed whenever new bytes are needed.
  RdbCursor(RdbInput& input, const Progress& progress) : m_input(input), m_progress(progress) {}

  Result<std::string_view> bytes(std::uint64_t count);
  Result<void> skip(std::uint64_t count);
  Result<std::uint8_t> u8();
  /// Little-endian, of up to eight bytes.
  Result<std::uint64_t> integer(std::size_t width);
  /// A length, count or other number in Redis's variable form.
  Result<std::uint64_t> length();
  /// A string in any of its forms: plain, an integer, compressed.
  Result<std::string_view> string();
  Result<void> skip_string();
  /// Whether the input ends here.
  Result<bool> at_end();

  [[nodiscard]] std::uint64_t checksum();
  [[nodiscard]] std::uint64_t offset() const { return m_before + m_at; }
  /// A `corrupt` error for what was just read.
  [[nodiscard]] Error damaged(std::string_view what) const;

 private:
  /// A length, or one of the special forms of a string.
  struct Length {
    std::uint64_t value = 0;
    bool is_form = false;
  };
  Result<Length> length_or_form();
  Result<std::string_view> special_string(std::uint64_t form);
  Result<std::string_view> compressed_string();
  Result<std::string_view> gather(std::uint64_t count);
  Result<void> refill();
  [[nodiscard]] Error too_long(std::uint64_t bytes) const;

  RdbInput& m_input;
  const Progress& m_progress;
  std::string_view m_piece;    ///< what the input gave last
  std::size_t m_at = 0;        ///< what of it is consumed
  std::size_t m_hashed = 0;    ///< what of it is in the checksum
  std::uint64_t m_before = 0;  ///< bytes in front of the piece
  std::uint64_t m_crc = 0;
  std::string m_gathered;  ///< bytes that came in several pieces
  std::string m_expanded;  ///< a compressed string; never shrinks
  IntegerText m_integer;
};

}  // namespace qsnap::redis
