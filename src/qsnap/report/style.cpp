// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <qsnap/report/style.hpp>

namespace qsnap::report {

namespace {

/// SGR parameters by Tone. Only the sixteen colours that every theme adapts to its background, and no plain white
/// or black: they vanish on one of the two.
std::string_view parameters(Tone tone) {
  constexpr std::array<std::string_view, 7> k_parameters = {"", "1", "2", "32", "31", "33", "36"};
  return k_parameters.at(static_cast<std::size_t>(tone));
}

}  // namespace

std::string Style::paint(Tone tone, std::string_view text) const {
  if (!colour || tone == Tone::plain || text.empty()) {
    return std::string{text};
  }
  std::string out = "\x1b[";
  out += parameters(tone);
  out += 'm';
  out += text;
  out += "\x1b[0m";
  return out;
}

}  // namespace qsnap::report
