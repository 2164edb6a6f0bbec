// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace qsnap::report {

/// What a piece of text is, not how it looks. Signs and words stand beside every colour.
enum class Tone { plain, strong, faint, good, bad, warn, accent };

/// How text may look: colours or not, how wide. Decided by cli (NO_COLOR, terminal, --color); default: plain, 80.
struct Style {
  bool colour = false;
  int width = 80;

  [[nodiscard]] std::string paint(Tone tone, std::string_view text) const;
};

}  // namespace qsnap::report
