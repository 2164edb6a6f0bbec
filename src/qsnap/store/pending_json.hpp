// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/store/pending.hpp>

/// A pending entry as its file says it, here and in an artifact.
namespace qsnap::store {

/// What an entry's file may have: both texts in the longest form that they may take, and the rest.
inline constexpr std::size_t k_most_entry_bytes = 64 * limits::k_kib;

[[nodiscard]] std::string format_pending_entry(const PendingEntry& entry);
/// Errors with `corrupt` for anything else. Members that are not known are left out of account.
Result<PendingEntry> parse_pending_entry(std::string_view json);

/// Of the state that lies beside the entry's file: "checkout.0123456789abcdef.qsnap". REQUIRES: it has a digest
[[nodiscard]] std::string content_file_name(const PendingEntry& entry);

}  // namespace qsnap::store
