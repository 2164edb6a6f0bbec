// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include <qsnap/model/item_block.hpp>
#include <qsnap/redis/write_queue.hpp>

namespace qsnap::redis {

/// The i-th block of a stream's value (model/stream_items.hpp).
using BlockAccess = std::function<Result<model::ItemBlock>(std::size_t)>;

/// Writes a whole stream: entries, groups, consumers, pending entries, ids and counters. Goes over the blocks several
/// times and holds one of them, and sixteen bytes for each entry, at a time. Needs Redis 7.0.
Result<void> write_stream(WriteQueue& queue, std::string_view key, std::size_t blocks, const BlockAccess& block);

}  // namespace qsnap::redis
