// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace qsnap::report {

/// Bytes for a terminal or any text output: control characters (C0, DEL, C1), bidi and zero-width characters and
/// invalid UTF-8 are shown as \n, \t, \xNN or \u{NNNN}. Everything else, emoji included, is left alone. Law 6.
[[nodiscard]] std::string escape_terminal(std::string_view bytes);

}  // namespace qsnap::report
