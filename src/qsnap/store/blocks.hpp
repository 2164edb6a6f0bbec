// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/byte_source.hpp>

namespace qsnap::store {

using BlockReader = std::function<Result<void>(std::string_view)>;
/// All bytes of a source, front to back, in blocks of 1 MiB.
Result<void> read_blocks(const codec::ByteSource& source, const BlockReader& reader);

}  // namespace qsnap::store
