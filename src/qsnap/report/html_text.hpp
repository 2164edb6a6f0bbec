// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <qsnap/base/embedded_file.hpp>

namespace qsnap::report {

/// HTML that the program itself says. Only a literal in the source becomes one, so that nothing from a file or a Redis
/// can: whatever is not Markup goes through Html::text. Law 6.
class Markup {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a literal where markup is wanted is markup.
  consteval Markup(const char* literal) : m_text(literal) {}

  [[nodiscard]] std::string_view view() const { return m_text; }

 private:
  std::string_view m_text;
};

/// A piece of a page, front to back. Internal to report.
class Html {
 public:
  Html& raw(Markup markup);
  /// A file of the source tree, as it is.
  Html& raw(const EmbeddedFile& file);
  /// Any bytes, as text between tags or inside of a quoted attribute: what commands a terminal or hides from a reader
  /// becomes visible as in escape_terminal, and & < > " ' are references.
  Html& text(std::string_view bytes);
  Html& number(std::uint64_t value);
  Html& append(const Html& piece);

  [[nodiscard]] bool empty() const { return m_out.empty(); }
  [[nodiscard]] std::string take() { return std::move(m_out); }

 private:
  std::string m_out;
};

/// JSON text (or a piece of it) for a <script> that holds data: "<", ">" and "&" only occur in strings, and become
/// \u003c there, so nothing ends the script or opens a comment in it.
[[nodiscard]] std::string script_data(std::string_view json);

}  // namespace qsnap::report
