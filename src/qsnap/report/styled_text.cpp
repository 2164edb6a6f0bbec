// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/report/layout.hpp>
#include <qsnap/report/styled_text.hpp>

namespace qsnap::report {

namespace {

/// The whole text, with the tone of each byte looked up by where its span begins.
class Source {
 public:
  explicit Source(const std::vector<Span>& spans) {
    for (const Span& span : spans) {
      m_text += span.text;
      m_ends.push_back(m_text.size());
      m_tones.push_back(span.tone);
    }
  }

  [[nodiscard]] std::string_view text() const { return m_text; }

  /// REQUIRES: asked for in rising order.
  StyledText part(std::size_t begin, std::size_t end) {
    StyledText out;
    while (begin < end) {
      while (m_ends[m_at] <= begin) {
        ++m_at;
      }
      const std::size_t stop = std::min(end, m_ends[m_at]);
      out.add(m_tones[m_at], std::string_view{m_text}.substr(begin, stop - begin));
      begin = stop;
    }
    return out;
  }

 private:
  std::string m_text;
  std::vector<std::size_t> m_ends;
  std::vector<Tone> m_tones;
  std::size_t m_at = 0;
};

/// How many bytes of `rest` the next line takes; a space at its end is part of it.
std::size_t line_bytes(std::string_view rest, int width) {
  const std::size_t fitting = fitting_bytes(rest, width);
  if (fitting == rest.size()) {
    return fitting;
  }
  if (rest[fitting] == ' ') {
    return fitting + 1;
  }
  const std::size_t space = rest.substr(0, fitting).rfind(' ');
  return space != std::string_view::npos && space >= fitting / 2 ? space + 1 : fitting;
}

}  // namespace

StyledText& StyledText::add(Tone tone, std::string_view text) {
  if (text.empty()) {
    return *this;
  }
  if (!m_spans.empty() && m_spans.back().tone == tone) {
    m_spans.back().text += text;
  } else {
    m_spans.push_back({tone, std::string{text}});
  }
  return *this;
}

StyledText& StyledText::add(const StyledText& other) {
  for (const Span& span : other.m_spans) {
    add(span.tone, span.text);
  }
  return *this;
}

int StyledText::width() const {
  int width = 0;
  for (const Span& span : m_spans) {
    width += display_width(span.text);
  }
  return width;
}

std::string StyledText::paint(const Style& style) const {
  std::string out;
  for (const Span& span : m_spans) {
    out += style.paint(span.tone, span.text);
  }
  return out;
}

std::string StyledText::paint(const Style& style, int width) const {
  return paint(style) + std::string(static_cast<std::size_t>(std::max(width - this->width(), 0)), ' ');
}

StyledText StyledText::cut(int width) const {
  if (this->width() <= width) {
    return *this;
  }
  StyledText out;
  int room = width - 1;
  for (const Span& span : m_spans) {
    const std::string_view fits = std::string_view{span.text}.substr(0, fitting_bytes(span.text, room));
    out.add(span.tone, fits);
    room -= display_width(fits);
    if (fits.size() < span.text.size()) {
      out.add(span.tone, "…");
      break;
    }
  }
  return out;
}

std::vector<StyledText> StyledText::wrap(int width) const {
  constexpr int k_widest_character = 2;
  Source source{m_spans};
  std::vector<StyledText> lines;
  std::size_t at = 0;
  do {
    const std::size_t bytes = line_bytes(source.text().substr(at), std::max(width, k_widest_character));
    const bool at_space = at + bytes < source.text().size() && bytes > 0 && source.text()[at + bytes - 1] == ' ';
    lines.push_back(source.part(at, at + bytes - (at_space ? 1 : 0)));
    at += bytes;
  } while (at < source.text().size());
  return lines;
}

}  // namespace qsnap::report
