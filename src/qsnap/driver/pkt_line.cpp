// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/driver/pkt_line.hpp>

namespace qsnap::driver {

namespace {

constexpr std::size_t k_length_bytes = 4;

Error bad_packet(std::string_view what) {
  return make_error(ErrorCode::corrupt, fmt::format("git's message is damaged: {}", what));
}

std::optional<std::size_t> parse_length(std::string_view digits) {
  constexpr std::size_t k_base = 16;
  std::size_t length = 0;
  for (const char digit : digits) {
    const auto value = hex_value(digit);
    if (!value) {
      return std::nullopt;
    }
    length = length * k_base + *value;
  }
  return length;
}

}  // namespace

Result<Packet> PacketReader::next() {
  std::array<char, k_length_bytes> digits{};
  const std::size_t got = std::fread(digits.data(), 1, digits.size(), m_in);
  if (std::ferror(m_in) != 0) {
    return make_error(ErrorCode::io, fmt::format("cannot read what git says: {}", std::strerror(errno)));
  }
  if (got == 0) {
    return Packet{};
  }
  const auto length = parse_length({digits.data(), got});
  if (got < digits.size() || !length) {
    return bad_packet("no length where one has to be");
  }
  if (*length == 0) {
    return Packet{PacketKind::flush, {}};
  }
  if (*length < k_length_bytes || *length > k_length_bytes + k_packet_bytes) {
    return bad_packet(fmt::format("no packet has {} bytes", *length));
  }
  m_content.resize(*length - k_length_bytes);
  if (std::fread(m_content.data(), 1, m_content.size(), m_in) != m_content.size()) {
    return bad_packet("it ends inside a packet");
  }
  return Packet{PacketKind::content, m_content};
}

Result<void> PacketWriter::packet(std::string_view content, std::string_view end) {
  std::array<char, k_length_bytes> length{};
  fmt::format_to_n(length.data(), length.size(), "{:04x}", k_length_bytes + content.size() + end.size());
  for (const std::string_view part : {std::string_view{length.data(), length.size()}, content, end}) {
    if (std::fwrite(part.data(), 1, part.size(), m_out) != part.size()) {
      return make_error(ErrorCode::io, fmt::format("cannot answer git: {}", std::strerror(errno)));
    }
  }
  return {};
}

Result<void> PacketWriter::line(std::string_view text) {
  return packet(text, "\n");
}

Result<void> PacketWriter::content(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view now = bytes.substr(0, k_packet_bytes);
    QSNAP_TRY(packet(now, {}));
    bytes.remove_prefix(now.size());
  }
  return {};
}

Result<void> PacketWriter::flush() {
  constexpr std::string_view k_flush = "0000";
  if (std::fwrite(k_flush.data(), 1, k_flush.size(), m_out) != k_flush.size() || std::fflush(m_out) != 0) {
    return make_error(ErrorCode::io, fmt::format("cannot answer git: {}", std::strerror(errno)));
  }
  return {};
}

}  // namespace qsnap::driver
