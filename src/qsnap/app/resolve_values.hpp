// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/model/conflict.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

/// Values inside of a record, by the paths that conflicts have (".payload.to").
namespace qsnap::app {

/// Absent where there is none.
Result<std::optional<std::string>> value_at(const model::Record& record, std::string_view path,
                                            const model::PayloadReader& payloads);

/// Puts `chosen` (absent: nothing) where the conflict is. A conflict about several members that belong together has an
/// object of them as its value. Errors with `refused` where the record has no such place.
Result<void> set_conflict_value(model::Record& record, const model::Conflict& conflict,
                                const std::optional<std::string>& chosen, const model::PayloadReader& payloads);

}  // namespace qsnap::app
