// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/model/record.hpp>

namespace qsnap::model {

/// Moves every instant of a record by one delta: "expire_at_ms" of a verbatim key, and the members of `volatiles`
/// whose names end in "_at_s" (decimal), "_at_ms", "_at_us", "_at_ns" (integers) or "_at_iso" (text of the form that
/// model/iso_instant.hpp knows, and of that form afterwards). Exact arithmetic on the number text; decimals are kept.
/// Nothing goes before the epoch. Members that have not the form of their names are left alone, and so are instants
/// that would not fit: into 64 bits, into a year of four digits. So are ISO instants that are before the epoch already.
void shift_time(Record& record, std::chrono::milliseconds delta);

/// The instant that such a member tells, in milliseconds since the epoch (what is below a millisecond is cut off).
[[nodiscard]] std::optional<std::int64_t> instant_ms(std::string_view member_name, std::string_view json);

/// The same of the first member that is such an instant of the stem: of "due_at", "due_at_ms" or "due_at_iso" or one
/// more. An instant has one unit; which, is the framework's choice.
[[nodiscard]] std::optional<std::int64_t> find_instant_ms(const Fields& members, std::string_view stem);

}  // namespace qsnap::model
