// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The scalars of pickle's opcodes. Private to the pickle decoder.
namespace qsnap::frameworks::decode {

/// JSON of an integer in little-endian two's complement (LONG1, LONG4): decimal, or {"$int":"0x…"} of more than 1 KiB,
/// because the way to decimal is quadratic.
[[nodiscard]] std::string long_json(std::string_view little_endian);
/// JSON of the decimal text of INT and LONG; absent for anything else.
[[nodiscard]] std::optional<std::string> integer_line(std::string_view line);

/// UNICODE: Latin-1 with \uXXXX and \UXXXXXXXX. Surrogates are encoded as they are, so the text is then no UTF-8.
[[nodiscard]] std::optional<std::string> raw_unicode_line(std::string_view line);
/// STRING: a quoted string of Python 2.
[[nodiscard]] std::optional<std::string> quoted_line(std::string_view line);

/// The bytes of text whose characters are all below U+0100.
[[nodiscard]] std::optional<std::string> latin1_bytes(std::string_view text);

}  // namespace qsnap::frameworks::decode
