// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace qsnap::report {

/// Bytes as a description of TAP: '#' would begin a directive ("# SKIP"), and '\' is what escapes it. Internal to
/// report.
[[nodiscard]] std::string tap_text(std::string_view bytes);

}  // namespace qsnap::report
