// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/model/record.hpp>

namespace qsnap::model {

/// Moves every instant of a record by one delta: the members of `volatiles` whose names end in "_at_ms" or "_at_s",
/// and "expire_at_ms" of a verbatim key. Exact decimal arithmetic on the number text; decimals are kept.
/// Members that are not number text are left alone, and so are instants that would not fit into 64 bits.
void shift_time(Record& record, std::chrono::milliseconds delta);

/// The instant that such a member tells, in milliseconds since the epoch (decimals below a millisecond cut off).
[[nodiscard]] std::optional<std::int64_t> instant_ms(std::string_view member_name, std::string_view json);

}  // namespace qsnap::model
