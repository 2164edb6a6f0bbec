// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <qsnap/base/limits.hpp>
#include <qsnap/codec/snapshot_writer.hpp>

namespace qsnap::codec {

/// A larger document goes into Git packed: Git deflates and deltifies what it is given in memory, and no history of
/// such documents stays small.
inline constexpr std::uint64_t k_most_stored_raw_bytes = 32 * limits::k_mib;

/// Whether Git shall keep the stored form of such a document instead (what the clean filter makes).
[[nodiscard]] constexpr bool belongs_stored(Encoding encoding, std::uint64_t raw_bytes) {
  return encoding == Encoding::packed && raw_bytes <= k_most_stored_raw_bytes;
}

}  // namespace qsnap::codec
