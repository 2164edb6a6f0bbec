// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <qsnap/report/style.hpp>

/// Text in several tones, and lines of it. Internal to report. Texts are escaped already, so they are UTF-8 without
/// control characters.
namespace qsnap::report {

struct Span {
  Tone tone = Tone::plain;
  std::string text;
};

class StyledText {
 public:
  StyledText() = default;
  StyledText(Tone tone, std::string_view text) { add(tone, text); }

  StyledText& add(Tone tone, std::string_view text);
  StyledText& add(const StyledText& other);

  [[nodiscard]] bool empty() const { return m_spans.empty(); }
  [[nodiscard]] int width() const;  ///< columns
  [[nodiscard]] std::string paint(const Style& style) const;
  /// Padded with spaces behind to `width` columns.
  [[nodiscard]] std::string paint(const Style& style, int width) const;
  /// At most `width` columns; the last one is "…" when something was cut off.
  [[nodiscard]] StyledText cut(int width) const;
  /// Lines of at most `width` columns, at least one; broken behind spaces where there are any in the line's second
  /// half. Nothing but a space at such a break is lost. A width below two is two.
  [[nodiscard]] std::vector<StyledText> wrap(int width) const;

  [[nodiscard]] const std::vector<Span>& spans() const { return m_spans; }

 private:
  std::vector<Span> m_spans;  ///< neighbours have different tones; none is empty
};

}  // namespace qsnap::report
