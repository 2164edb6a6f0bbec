// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

/// Git's pkt-line framing (gitprotocol-common(5)): four hexadecimal digits that count themselves and what follows.
namespace qsnap::driver {

inline constexpr std::size_t k_packet_bytes = 65516;  ///< the most that one packet holds

enum class PacketKind : std::uint8_t { content, flush, end_of_input };

struct Packet {
  PacketKind kind = PacketKind::end_of_input;
  std::string_view content;  ///< lives until the next read
};

class PacketReader {
 public:
  /// `in` stays the caller's.
  explicit PacketReader(std::FILE* in) : m_in(in) {}

  /// Errors with `corrupt` for an input that ends inside a packet and a length that is none, `io` if it cannot be read.
  Result<Packet> next();

 private:
  std::FILE* m_in;
  std::string m_content;
};

class PacketWriter {
 public:
  /// `out` stays the caller's.
  explicit PacketWriter(std::FILE* out) : m_out(out) {}

  /// One packet with a line of text, and the line feed that belongs there. REQUIRES: it fits
  Result<void> line(std::string_view text);
  /// As many packets as it takes; none for no bytes.
  Result<void> content(std::string_view bytes);
  /// The flush packet; and everything written so far leaves this process.
  Result<void> flush();

 private:
  Result<void> packet(std::string_view content, std::string_view end);

  std::FILE* m_out;
};

}  // namespace qsnap::driver
