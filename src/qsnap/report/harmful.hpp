// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace qsnap::report {

/// Whether a code point commands a terminal or hides what a reader sees: control characters, zero-width and bidi
/// characters, tags. Internal to report; escape_terminal and harmless_json agree by it.
[[nodiscard]] bool is_harmful(char32_t point);

}  // namespace qsnap::report
