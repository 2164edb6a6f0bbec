// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <qsnap/base/clock.hpp>

/// Columns, cuts and quantities: what the text faces share. Internal to report. Texts are escaped already, so they
/// are UTF-8 without control characters.
namespace qsnap::report {

/// Columns that a terminal gives a text: 2 for East Asian wide characters and emoji, 0 for combining marks.
[[nodiscard]] int display_width(std::string_view text);
/// How many bytes of the front of a text fit into `width` columns; never a part of a character.
[[nodiscard]] std::size_t fitting_bytes(std::string_view text, int width);
/// At most `width` columns; the last one is "…" when something was cut off.
[[nodiscard]] std::string cut(std::string_view text, int width);
[[nodiscard]] std::string pad_right(std::string_view text, int width);
[[nodiscard]] std::string pad_left(std::string_view text, int width);

/// "1 job", "12 jobs", "3 entries": `plural` is `singular` + "s" when not given.
[[nodiscard]] std::string quantity(std::uint64_t count, std::string_view singular, std::string_view plural = {});
/// "512 B", "1.5 KiB", "12 MiB".
[[nodiscard]] std::string byte_size(std::uint64_t bytes);
/// "2026-11-20 10:00:00 UTC".
[[nodiscard]] std::string readable_instant(Instant at);

/// JSON text in which every character that escape_terminal would not let through is a \u escape: the same values,
/// harmless to look at. REQUIRES: `json` is valid JSON text, so such characters stand in strings alone.
[[nodiscard]] std::string harmless_json(std::string_view json);

/// A queue id as a JSON string. Ids are bytes; those that are no UTF-8 become %NN, which is unambiguous because an id
/// writes its own '%' as %25. So an id is a string everywhere, and can be a member name.
[[nodiscard]] std::string queue_text(std::string_view queue);

}  // namespace qsnap::report
