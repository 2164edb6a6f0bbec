// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/redis/rdb/crc64.hpp>
#include <qsnap/redis/rdb/lzf.hpp>
#include <qsnap/redis/rdb/rdb_cursor.hpp>

namespace qsnap::redis {

namespace {

/// Special forms of a string, in the lower six bits of a length's first byte (redis/src/rdb.h).
constexpr std::uint64_t k_form_int8 = 0;
constexpr std::uint64_t k_form_int32 = 2;
constexpr std::uint64_t k_form_compressed = 3;

}  // namespace

Result<void> RdbCursor::refill() {
  QSNAP_TRY(m_progress.check());
  m_crc = checksum();
  m_before += m_piece.size();
  m_piece = {};
  m_at = 0;
  m_hashed = 0;
  QSNAP_ASSIGN(m_piece, m_input.next());
  return {};
}

std::uint64_t RdbCursor::checksum() {
  m_crc = crc64(m_crc, m_piece.substr(m_hashed, m_at - m_hashed));
  m_hashed = m_at;
  return m_crc;
}

Error RdbCursor::damaged(std::string_view what) const {
  return make_error(ErrorCode::corrupt, fmt::format("damaged RDB: {} before byte {}", what, offset()));
}

Error RdbCursor::too_long(std::uint64_t bytes) const {
  return make_error(
      ErrorCode::limit_exceeded,
      fmt::format("a string of {} bytes at byte {} of the RDB: more than Redis itself takes", bytes, offset()));
}

Result<std::string_view> RdbCursor::bytes(std::uint64_t count) {
  if (count > m_piece.size() - m_at) {
    return gather(count);
  }
  const std::string_view taken = m_piece.substr(m_at, count);
  m_at += count;
  return taken;
}

Result<std::string_view> RdbCursor::gather(std::uint64_t count) {
  m_gathered = m_piece.substr(m_at);
  m_at = m_piece.size();
  while (m_gathered.size() < count) {
    QSNAP_TRY(refill());
    if (m_piece.empty()) {
      return damaged("it ends too early,");
    }
    m_at = std::min<std::uint64_t>(count - m_gathered.size(), m_piece.size());
    m_gathered += m_piece.substr(0, m_at);
  }
  return std::string_view{m_gathered};
}

Result<void> RdbCursor::skip(std::uint64_t count) {
  while (count > m_piece.size() - m_at) {
    count -= m_piece.size() - m_at;
    m_at = m_piece.size();
    QSNAP_TRY(refill());
    if (m_piece.empty()) {
      return damaged("it ends too early,");
    }
  }
  m_at += count;
  return {};
}

Result<bool> RdbCursor::at_end() {
  if (m_at == m_piece.size()) {
    QSNAP_TRY(refill());
  }
  return m_piece.empty();
}

Result<std::uint8_t> RdbCursor::u8() {
  QSNAP_ASSIGN(const std::string_view byte, bytes(1));
  return static_cast<std::uint8_t>(byte.front());
}

Result<std::uint64_t> RdbCursor::integer(std::size_t width) {
  QSNAP_ASSIGN(const std::string_view from, bytes(width));
  return PackedCursor{from}.integer(width);
}

// The first two bits of the first byte: 6 bits, 14 bits, more in the bytes that follow, or a form.
Result<RdbCursor::Length> RdbCursor::length_or_form() {
  constexpr std::uint8_t k_32_bits = 0x80;
  constexpr std::uint8_t k_64_bits = 0x81;
  QSNAP_ASSIGN(const std::uint8_t first, u8());
  const std::uint64_t low = first & 0x3fU;
  switch (first >> 6U) {
    case 0:
      return Length{low, false};
    case 1: {
      QSNAP_ASSIGN(const std::uint8_t second, u8());
      return Length{low << 8U | second, false};
    }
    case 3:
      return Length{low, true};
    default:
      break;
  }
  if (first != k_32_bits && first != k_64_bits) {
    return damaged("an unknown form of length");
  }
  const std::size_t width = first == k_32_bits ? 4 : 8;
  QSNAP_ASSIGN(const std::string_view from, bytes(width));
  return Length{PackedCursor{from}.integer(width, PackedCursor::Endian::big), false};
}

Result<std::uint64_t> RdbCursor::length() {
  QSNAP_ASSIGN(const Length length, length_or_form());
  if (length.is_form) {
    return damaged("a string where a length should be");
  }
  return length.value;
}

Result<std::string_view> RdbCursor::string() {
  QSNAP_ASSIGN(const Length length, length_or_form());
  if (length.is_form) {
    return special_string(length.value);
  }
  if (length.value > limits::k_reply_bulk_bytes) {
    return too_long(length.value);
  }
  return bytes(length.value);
}

Result<std::string_view> RdbCursor::special_string(std::uint64_t form) {
  if (form == k_form_compressed) {
    return compressed_string();
  }
  if (form > k_form_compressed) {
    return damaged("an unknown form of string");
  }
  QSNAP_ASSIGN(const std::string_view from, bytes(std::uint64_t{1} << form));
  return m_integer.print(PackedCursor{from}.signed_integer(from.size()));
}

Result<std::string_view> RdbCursor::compressed_string() {
  QSNAP_ASSIGN(const std::uint64_t compressed, length());
  QSNAP_ASSIGN(const std::uint64_t expanded, length());
  if (std::max(compressed, expanded) > limits::k_reply_bulk_bytes) {
    return too_long(std::max(compressed, expanded));
  }
  QSNAP_ASSIGN(const std::string_view from, bytes(compressed));
  if (expanded > lzf_bound(compressed)) {
    return damaged("a compressed string that claims to be longer than it can be");
  }
  m_expanded.resize(std::max<std::size_t>(m_expanded.size(), expanded));
  const std::span<char> to = std::span<char>{m_expanded}.first(expanded);
  if (!lzf_expand(from, to)) {
    return damaged("a compressed string that is none");
  }
  return std::string_view{to.data(), to.size()};
}

Result<void> RdbCursor::skip_string() {
  QSNAP_ASSIGN(const Length length, length_or_form());
  if (!length.is_form) {
    return skip(length.value);
  }
  if (length.value >= k_form_int8 && length.value <= k_form_int32) {
    return skip(std::uint64_t{1} << length.value);
  }
  if (length.value != k_form_compressed) {
    return damaged("an unknown form of string");
  }
  QSNAP_ASSIGN(const std::uint64_t compressed, this->length());
  QSNAP_TRY(this->length());
  return skip(compressed);
}

}  // namespace qsnap::redis
