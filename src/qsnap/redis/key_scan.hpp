// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include <qsnap/redis/connection.hpp>

namespace qsnap::redis {

/// Takes the names of one SCAN reply, all of them in scope; false ends the scan.
using NamesTaker = std::function<Result<bool>(const std::vector<std::string_view>&)>;

/// Tells the names of all keys that start with one of the prefixes (no prefix: of all keys), some of them twice.
Result<void> scan_keys(Connection& connection, const std::vector<std::string>& prefixes, const NamesTaker& take);

/// The prefixes without those that another one covers: Redis refuses to track overlapping ones, and SCAN would tell
/// names twice. None where one of them is empty, and so covers the whole database.
[[nodiscard]] std::vector<std::string> distinct_prefixes(std::vector<std::string> prefixes);

/// The glob pattern that matches what starts with `prefix`.
[[nodiscard]] std::string prefix_pattern(std::string_view prefix);

}  // namespace qsnap::redis
