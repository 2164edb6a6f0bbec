// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/transfer/manifest.hpp>

namespace qsnap::transfer {

/// The lengths of the pieces that these bytes are cut into, front to back; their sum is the size. A snapshot is cut
/// where its frames end, so that frames that two versions share are chunks that they share; anything else, a damaged
/// snapshot too, is cut after each MiB.
[[nodiscard]] std::vector<std::uint64_t> cut(const codec::ByteSource& bytes);

/// Reads the whole and says what it is made of.
Result<Manifest> describe(const codec::ByteSource& bytes);

}  // namespace qsnap::transfer
