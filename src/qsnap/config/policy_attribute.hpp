// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/config/config.hpp>

/// The attribute of a path (gitattributes(5)) by which a repository says how everything in a snapshot is merged.
namespace qsnap::config {

inline constexpr std::string_view k_policy_attribute = "qsnap-policy";

/// Absent where the path has none. Errors with `config` for a value that is no policy.
Result<std::optional<MergePolicy>> parse_policy_attribute(const std::optional<std::string>& value);

/// One rule for everything that no rule before it decides.
Result<Config> with_fallback(Config config, MergePolicy policy);

}  // namespace qsnap::config
