// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace qsnap::codec {

/// How a program prints JSON: what it does differently from canonical text. Measured with the programs themselves.
struct JsonStyle {
  std::string_view enc;
  std::string_view comma = ",";
  std::string_view colon = ":";
  bool escapes_slash = false;      ///< "/" is printed \/
  bool escapes_delete = false;     ///< U+007F is printed \u007f
  bool escapes_non_ascii = false;  ///< printed as \uXXXX, lower case, in surrogate pairs
  bool escapes_html = false;       ///< <, >, & and the separators U+2028 and U+2029 are printed as \uXXXX
};

/// All styles but "json" itself, in the order in which embed() tries them (the format: the first that fits wins).
[[nodiscard]] std::span<const JsonStyle> json_styles();
/// Null if there is no such style.
[[nodiscard]] const JsonStyle* find_json_style(std::string_view enc);

/// Canonical text as that style prints it: one scan, no parser.
[[nodiscard]] std::string restyle(std::string_view canonical, const JsonStyle& style);

}  // namespace qsnap::codec
