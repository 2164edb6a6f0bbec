// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/config/keep.hpp>
#include <qsnap/config/set_rule.hpp>
#include <qsnap/config/yaml_tree.hpp>

/// The sections of config.yaml that say what lies where and for how long. An empty one says nothing. Errors name the
/// line. Internal to config.
namespace qsnap::config {

Result<std::vector<SetRule>> read_sets(std::string_view file_name, const YamlMember& section);
Result<KeepRules> read_keep(std::string_view file_name, const YamlMember& section);
Result<HistorySection> read_history(std::string_view file_name, const YamlMember& section);
Result<LfsSection> read_lfs(std::string_view file_name, const YamlMember& section);

}  // namespace qsnap::config
