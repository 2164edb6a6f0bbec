// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace qsnap {

/// One code point and how many bytes it took.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};

/// Decodes the code point at the front of `text`. Absent for an empty text and for anything that RFC 3629 forbids:
/// overlong forms, surrogates, values above U+10FFFF, truncated sequences.
[[nodiscard]] std::optional<CodePoint> decode_utf8(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view bytes);

[[nodiscard]] std::string to_hex(std::string_view bytes);
/// Absent unless `text` is pairs of lower-case hexadecimal digits.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);

/// The integer that `text` spells in its only canonical form: no sign but '-', no leading zeros, no "-0", no spaces.
/// So to_string(value) == text always holds.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

/// Shortest decimal that reads back as the same bits; "inf" and "-inf" as Redis writes them.
[[nodiscard]] std::string format_double(double value);
/// Reads what Redis or format_double wrote; absent for NaN and anything with a rest.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);

}  // namespace qsnap
