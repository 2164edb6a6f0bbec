// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/limits.hpp>
#include <qsnap/store/history.hpp>

/// entry.json in the ref, and the index file in the tree, which says its ref, too
/// (schemas/v1/history-entry.schema.json).
namespace qsnap::store {

/// More is no entry.
inline constexpr std::size_t k_most_history_entry_bytes = 1 * limits::k_mib;

/// `ref` is empty in the ref itself.
[[nodiscard]] std::string format_history_entry(const HistoryEntry& entry, std::string_view ref);
/// Errors with `corrupt` for what is none, or says another instant than its name.
Result<HistoryEntry> parse_history_entry(std::string_view json);

}  // namespace qsnap::store
