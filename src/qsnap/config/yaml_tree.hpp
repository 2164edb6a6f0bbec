// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>

namespace qsnap::config {

struct YamlMember;

/// A value of the small YAML that config.yaml may use: no anchors, aliases, tags or merge keys, so what is read is
/// what is written. Every node knows its line, counted from 1.
struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, sequence, map };

  Kind kind = Kind::null;
  bool quoted = false;  ///< a scalar in quotes is text, never a number
  int line = 1;
  std::string scalar;
  std::vector<YamlNode> items;      ///< of a sequence
  std::vector<YamlMember> members;  ///< of a map, in order of appearance; names differ

  [[nodiscard]] bool empty() const;
};

struct YamlMember {
  std::string name;
  int line = 1;
  YamlNode value;
};

/// Reads one document of at most limits::k_config_bytes and depth 32. Errors with `config`, "file:line: what".
Result<YamlNode> parse_yaml(std::string_view text, std::string_view file_name);

/// The error of this layer: "config.yaml:12: what".
[[nodiscard]] Error config_error(std::string_view file_name, int line, std::string_view what);

}  // namespace qsnap::config
