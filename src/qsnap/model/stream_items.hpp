// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/item_block.hpp>

namespace qsnap::model {

/// A stream's value as tuples; in an ItemBlock each tuple is preceded by its length as decimal text.
/// Order: one "meta", then entries by id, then for each group (by name) "group", its "consumer"s (by name) and its
/// "pending" entries (by id).
///   ["meta", last_id, entries_added, max_deleted_id]
///   ["entry", id, field, value, …]
///   ["group", name, last_delivered_id, entries_read]      entries_read is "" where Redis does not know it
///   ["consumer", group, name]
///   ["pending", group, id, consumer, delivery_time_ms, delivery_count]
/// Consumer seen-times are left out on purpose: no command can set them.
namespace stream_tag {
inline constexpr std::string_view k_meta = "meta";
inline constexpr std::string_view k_entry = "entry";
inline constexpr std::string_view k_group = "group";
inline constexpr std::string_view k_consumer = "consumer";
inline constexpr std::string_view k_pending = "pending";
}  // namespace stream_tag

using StreamTuple = std::vector<std::string_view>;

void push_stream_tuple(ItemBlock& block, const StreamTuple& tuple);

/// The tuples of a block; views into it. Errors with `corrupt` when the lengths do not add up.
Result<std::vector<StreamTuple>> stream_tuples(const ItemBlock& block);

}  // namespace qsnap::model
