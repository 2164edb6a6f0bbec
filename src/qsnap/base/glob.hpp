// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace qsnap {

/// Whether `text` fits all of `pattern`: '*' stands for any bytes, '?' for one character, and a backslash takes the
/// next character as it is. At most pattern × text steps, whatever the pattern.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);
/// Whether a pattern says more than a text would.
[[nodiscard]] bool is_glob(std::string_view pattern);

}  // namespace qsnap
