// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/config/store_sections.hpp>
#include <qsnap/config/tolerance.hpp>
#include <qsnap/config/yaml_values.hpp>

namespace qsnap::config {

namespace {

using Kind = YamlNode::Kind;

constexpr std::size_t k_longest_glob = 1024;  // of bytes; Git's own names are shorter

struct KeepCount {
  std::string_view key;
  std::uint32_t KeepRules::*count;
};
constexpr std::array<KeepCount, 6> k_keep_counts{{
    {"last", &KeepRules::last},
    {"hourly", &KeepRules::hourly},
    {"daily", &KeepRules::daily},
    {"weekly", &KeepRules::weekly},
    {"monthly", &KeepRules::monthly},
    {"yearly", &KeepRules::yearly},
}};

Result<std::string> read_text(std::string_view file_name, const YamlMember& member) {
  const YamlNode& value = member.value;
  if (value.kind != Kind::scalar || value.scalar.empty() || value.scalar.size() > k_longest_glob) {
    return config_error(file_name, value.line, fmt::format("{} must be a text", member.name));
  }
  return value.scalar;
}

/// One glob, or a list of them.
Result<std::vector<std::string>> read_branches(std::string_view file_name, const YamlMember& member) {
  if (member.value.kind == Kind::scalar) {
    QSNAP_ASSIGN(std::string glob, read_text(file_name, member));
    return std::vector{std::move(glob)};
  }
  QSNAP_ASSIGN(std::vector<std::string> globs, read_texts(file_name, member));
  for (std::size_t i = 0; i < globs.size(); ++i) {
    if (globs[i].size() > k_longest_glob) {
      return config_error(file_name, member.value.items[i].line, "branches must be a list of texts");
    }
  }
  return globs;
}

Result<SetRule> read_set_rule(std::string_view file_name, const YamlNode& node) {
  constexpr std::array<std::string_view, 3> k_keys = {"branches", "set", "parent"};
  QSNAP_TRY(check_keys(file_name, node, "each of sets", k_keys));
  SetRule rule;
  rule.line = node.line;
  for (const YamlMember& member : node.members) {
    if (member.name == "branches") {
      QSNAP_ASSIGN(rule.branches, read_branches(file_name, member));
    } else {
      QSNAP_ASSIGN((member.name == "set" ? rule.set : rule.parent), read_text(file_name, member));
    }
  }
  if (rule.branches.empty()) {
    return config_error(file_name, node.line, "branches is missing: which branches does this set belong to?");
  }
  return rule;
}

/// Decimal digits without quotes.
Result<std::uint32_t> read_count(std::string_view file_name, const YamlMember& member) {
  constexpr std::int64_t k_most = 100'000;
  const auto count = parse_integer(member.value.scalar);
  if (member.value.kind != Kind::scalar || member.value.quoted || !count || *count < 0 || *count > k_most) {
    return config_error(file_name, member.value.line,
                        fmt::format("{} must be a whole number from 0 to {}", member.name, k_most));
  }
  return static_cast<std::uint32_t>(*count);
}

}  // namespace

Result<std::vector<SetRule>> read_sets(std::string_view file_name, const YamlMember& section) {
  if (section.value.empty()) {
    return std::vector<SetRule>{};
  }
  if (section.value.kind != Kind::sequence) {
    return config_error(file_name, section.value.line, "sets must be a list of rules: - branches: \"feature/*\"");
  }
  if (section.value.items.size() > k_most_rules) {
    return config_error(file_name, section.line, fmt::format("sets has more than {} entries", k_most_rules));
  }
  std::vector<SetRule> rules;
  for (const YamlNode& item : section.value.items) {
    QSNAP_ASSIGN(SetRule rule, read_set_rule(file_name, item));
    rules.push_back(std::move(rule));
  }
  return rules;
}

Result<KeepRules> read_keep(std::string_view file_name, const YamlMember& section) {
  KeepRules rules;
  if (section.value.empty()) {
    return rules;
  }
  constexpr std::string_view k_tagged = "tagged";
  std::vector<std::string_view> keys;
  std::transform(k_keep_counts.begin(), k_keep_counts.end(), std::back_inserter(keys),
                 [](const KeepCount& each) { return each.key; });
  keys.push_back(k_tagged);
  QSNAP_TRY(check_keys(file_name, section.value, "keep", keys));
  for (const YamlMember& member : section.value.members) {
    const auto* const count = std::find_if(k_keep_counts.begin(), k_keep_counts.end(),
                                           [&](const KeepCount& each) { return each.key == member.name; });
    if (count != k_keep_counts.end()) {
      QSNAP_ASSIGN(rules.*(count->count), read_count(file_name, member));
    } else if (member.value.kind != Kind::scalar || member.value.scalar != "forever") {  // said, because it is so
      return config_error(file_name, member.value.line, "tagged must be forever: what has a tag always stays");
    }
  }
  return rules;
}

Result<HistorySection> read_history(std::string_view file_name, const YamlMember& section) {
  HistorySection history;
  if (section.value.empty()) {
    return history;
  }
  constexpr std::array<std::string_view, 1> k_keys = {"store"};
  QSNAP_TRY(check_keys(file_name, section.value, "history", k_keys));
  for (const YamlMember& member : section.value.members) {
    const std::string& word = member.value.scalar;
    if (member.value.kind != Kind::scalar || (word != "refs" && word != "tree")) {
      return config_error(file_name, member.value.line, "store must be refs or tree");
    }
    history.store = word == "tree" ? HistorySection::Store::tree : HistorySection::Store::refs;
  }
  return history;
}

Result<LfsSection> read_lfs(std::string_view file_name, const YamlMember& section) {
  LfsSection lfs;
  if (section.value.empty()) {
    return lfs;
  }
  constexpr std::array<std::string_view, 1> k_keys = {"threshold"};
  QSNAP_TRY(check_keys(file_name, section.value, "lfs", k_keys));
  for (const YamlMember& member : section.value.members) {
    const std::string& word = member.value.scalar;
    const auto size = parse_size(word);
    if (word == "0" || word == "off") {
      lfs.threshold_bytes = 0;
    } else if (!size) {
      return config_error(file_name, member.value.line, fmt::format("threshold: {}", size.error().message));
    } else {
      lfs.threshold_bytes = *size;
    }
  }
  return lfs;
}

}  // namespace qsnap::config
