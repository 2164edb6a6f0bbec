// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <qsnap/redis/rdb/crc64.hpp>

namespace qsnap::redis {

namespace {

/// 0xad93d23594c935a9 with its bits reversed.
constexpr std::uint64_t k_polynomial = 0x95ac9329ac4bc9b5;
constexpr std::size_t k_slices = 8;

using Table = std::array<std::uint64_t, 256>;

/// Slicing-by-8 (Kounavis and Berry, 2005): table k says what a byte does to the checksum k bytes later, so that eight
/// bytes are one step. Boost.CRC goes byte by byte, at a third of the speed.
constexpr std::array<Table, k_slices> make_tables() {
  std::array<Table, k_slices> tables{};
  for (std::uint64_t byte = 0; byte < tables[0].size(); ++byte) {
    std::uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? k_polynomial : 0);
    }
    tables[0][byte] = crc;
  }
  for (std::size_t slice = 1; slice < k_slices; ++slice) {
    for (std::size_t byte = 0; byte < tables[0].size(); ++byte) {
      const std::uint64_t before = tables[slice - 1][byte];
      tables[slice][byte] = (before >> 8U) ^ tables[0][before & 0xffU];
    }
  }
  return tables;
}

constexpr std::array<Table, k_slices> k_tables = make_tables();

}  // namespace

std::uint64_t crc64(std::uint64_t crc, std::string_view bytes) {
  while (bytes.size() >= k_slices) {
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < k_slices; ++i) {
      const auto byte = static_cast<std::uint8_t>(bytes[i] ^ static_cast<char>(crc >> (8 * i)));
      next ^= k_tables[k_slices - 1 - i][byte];
    }
    crc = next;
    bytes.remove_prefix(k_slices);
  }
  for (const char byte : bytes) {
    crc = (crc >> 8U) ^ k_tables[0][(crc ^ static_cast<std::uint8_t>(byte)) & 0xffU];
  }
  return crc;
}

}  // namespace qsnap::redis
