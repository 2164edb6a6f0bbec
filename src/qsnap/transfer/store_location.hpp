// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::transfer {

/// A store as the user names it: a folder, "ssh://[USER@]HOST[:PORT]/PATH" or "[USER@]HOST:PATH".
struct StoreLocation {
  std::string host;  ///< with the user, if there is one; empty for a folder
  std::optional<std::uint16_t> port;
  std::string path;  ///< absolute for a folder; on a host as it says

  friend bool operator==(const StoreLocation&, const StoreLocation&) = default;
};

/// As scp and git tell the two apart: what has a colon before its first slash is on a host. `base` is what a folder's
/// path is relative to. Errors with `usage` for a host or path that ssh or rsync could take for something else.
Result<StoreLocation> parse_store_location(std::string_view text, const std::filesystem::path& base);

/// The same store, wherever it is said.
[[nodiscard]] std::string format_store_location(const StoreLocation& location);

}  // namespace qsnap::transfer
