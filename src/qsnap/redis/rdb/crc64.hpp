// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace qsnap::redis {

/// The checksum at the end of an RDB: CRC-64 with Jones's polynomial, reflected, starting at 0. Goes on from `crc`.
[[nodiscard]] std::uint64_t crc64(std::uint64_t crc, std::string_view bytes);

}  // namespace qsnap::redis
