// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include <qsnap/base/glob.hpp>
#include <qsnap/base/text.hpp>

namespace qsnap {

namespace {

/// The bytes of the character in front; of what is no UTF-8, one.
std::size_t character_bytes(std::string_view text) {
  const auto point = decode_utf8(text);
  return point ? point->bytes : 1;
}

/// How much of both a part of the pattern that is no '*' takes. Absent where it does not fit.
struct Fit {
  std::size_t of_pattern = 1;
  std::size_t of_text = 1;
};

std::optional<Fit> fit(std::string_view pattern, std::string_view text) {
  if (pattern.empty() || text.empty()) {
    return std::nullopt;
  }
  if (pattern.front() == '?') {
    return Fit{1, character_bytes(text)};
  }
  const std::size_t escape = pattern.front() == '\\' && pattern.size() > 1 ? 1 : 0;
  return pattern[escape] == text.front() ? std::optional{Fit{escape + 1, 1}} : std::nullopt;
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  struct Retry {
    std::size_t pattern = 0;  ///< behind the last '*'
    std::size_t text = 0;     ///< what that has not swallowed yet
  };
  std::optional<Retry> retry;
  std::size_t p = 0, t = 0;
  while (t < text.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      retry = Retry{++p, t};
      continue;
    }
    if (const auto both = fit(pattern.substr(p), text.substr(t))) {
      p += both->of_pattern;
      t += both->of_text;
      continue;
    }
    // An earlier '*' need not be tried again: what it could swallow more, the last one can.
    if (!retry || retry->text >= text.size()) {
      return false;
    }
    p = retry->pattern;
    t = ++retry->text;
  }
  return true;
}

bool is_glob(std::string_view pattern) {
  return pattern.find_first_of("*?\\") != std::string_view::npos;
}

}  // namespace qsnap
