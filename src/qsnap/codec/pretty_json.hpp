// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace qsnap::codec {

/// One JSON value on many lines: a member or an element on each, two blanks for each level, empty objects and arrays as
/// {} and []. Order, number text and escapes stay as found. What is indented deep takes many times the bytes of what it
/// shows, so a value is printed piece by piece.
class PrettyJson {
 public:
  /// `level` is that of the line on which the value begins; it is not indented itself. The text must outlive this.
  /// REQUIRES: `json` is one value without white space between tokens (canonical text; more escapes do not matter)
  PrettyJson(std::string_view json, std::size_t level) : m_rest(json), m_level(level) {}

  [[nodiscard]] bool at_end() const { return m_rest.empty(); }
  /// Appends some 64 KiB more, or what is left. A string is never divided.
  void append_some(std::string& out);

 private:
  void append_token(std::string& out);
  void append_bracket(std::string& out);
  void append_front(std::string& out, std::size_t bytes);

  std::string_view m_rest;
  std::size_t m_level;
};

/// The line end and the blanks before what stands at a level. Levels beyond the 20th are not indented further.
void append_line_break(std::string& out, std::size_t level);

}  // namespace qsnap::codec
