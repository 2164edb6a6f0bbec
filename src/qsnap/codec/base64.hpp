// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace qsnap::codec {

/// Inverse of base's to_base64: absent for any text that it would not have written, so that one byte string has one
/// spelling (padding is there, unused bits are zero).
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace qsnap::codec
