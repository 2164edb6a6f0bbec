// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace qsnap {

/// The parts of a text that each end with `end`; the last one may lack it. Nothing at all for an empty text. The parts
/// live as long as the text.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char end);

}  // namespace qsnap
