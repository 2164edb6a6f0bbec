// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/config/yaml_tree.hpp>

/// What several readers of configuration ask of a node. Every error has the line.
namespace qsnap::config {

/// How many entries a list or a map of rules may have.
inline constexpr std::size_t k_most_rules = 1000;

/// A map that has no other keys than these.
Result<void> check_keys(std::string_view file_name, const YamlNode& node, std::string_view what,
                        std::span<const std::string_view> known);

/// The non-empty texts of a list of at most k_most_rules; nothing at all is an empty list.
Result<std::vector<std::string>> read_texts(std::string_view file_name, const YamlMember& member);

}  // namespace qsnap::config
