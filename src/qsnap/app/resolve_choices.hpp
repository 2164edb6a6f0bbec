// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/model/conflict.hpp>

namespace qsnap::app {

/// Whose value a conflict is decided for.
enum class Take : std::uint8_t { ours, theirs, base };
[[nodiscard]] std::string_view to_text(Take take);
[[nodiscard]] std::optional<Take> parse_take(std::string_view text);

/// What a conflict is known by within one merge: SHA-256 of all that it says, hexadecimal. Two that say the same are
/// decided together.
[[nodiscard]] std::string conflict_id(const model::Conflict& conflict);
/// What it is known by in another merge: where the job stands and which number it has do not count.
[[nodiscard]] std::string conflict_digest(const model::Conflict& conflict);

/// Decisions, by conflict_id().
using Choices = std::map<std::string, Take, std::less<>>;

/// Makes rules of the decisions that the engine can carry out itself, in front of all others: it knows what goes with a
/// value (the volatile part of a job, its position, what refers to it). What no rule can say comes out of the merge as
/// a conflict again, and DocumentEdit decides it.
Result<config::Config> with_choices(config::Config rules, std::span<const model::Conflict> conflicts,
                                    const Choices& choices);

}  // namespace qsnap::app
