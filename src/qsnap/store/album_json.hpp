// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/store/album.hpp>

/// An album as its file says it.
namespace qsnap::store {

inline constexpr std::size_t k_most_album_bytes = 1 * limits::k_mib;

/// Each member and each comma has a line of its own: who adds or removes one touches no line of another, so Git merges
/// two that were added on two branches, as long as one that both sides have stands between them.
[[nodiscard]] std::string format_album(const Album& album);
/// Errors with `corrupt`, in words that continue the file's name: for conflict markers of a merge, for what is no JSON,
/// and for what schemas/v1/album.schema.json does not allow. Members of objects that are not known are left out of
/// account.
Result<Album> parse_album(std::string_view json);

}  // namespace qsnap::store
