// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/config/nearest_word.hpp>
#include <qsnap/config/yaml_values.hpp>

namespace qsnap::config {

Result<void> check_keys(std::string_view file_name, const YamlNode& node, std::string_view what,
                        std::span<const std::string_view> known) {
  if (node.kind != YamlNode::Kind::map) {
    return config_error(file_name, node.line, fmt::format("{} must hold keys with values", what));
  }
  for (const YamlMember& member : node.members) {
    if (std::find(known.begin(), known.end(), member.name) == known.end()) {
      return config_error(file_name, member.line,
                          fmt::format("unknown key \"{}\"{}", member.name, did_you_mean(member.name, known)));
    }
  }
  return {};
}

Result<std::vector<std::string>> read_texts(std::string_view file_name, const YamlMember& member) {
  if (member.value.kind != YamlNode::Kind::sequence && member.value.kind != YamlNode::Kind::null) {
    return config_error(file_name, member.value.line, fmt::format("{} must be a list", member.name));
  }
  if (member.value.items.size() > k_most_rules) {
    return config_error(file_name, member.line, fmt::format("{} has more than {} entries", member.name, k_most_rules));
  }
  std::vector<std::string> list;
  for (const YamlNode& item : member.value.items) {
    if (item.kind != YamlNode::Kind::scalar || item.scalar.empty()) {
      return config_error(file_name, item.line, fmt::format("{} must be a list of texts", member.name));
    }
    list.push_back(item.scalar);
  }
  return list;
}

}  // namespace qsnap::config
