// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/redis/reply.hpp>

namespace qsnap::redis {

/// Walks the flat tokens of a reply whose shape nobody has checked. Positions are indices into reply.tokens().
/// REQUIRES: position < tokens().size()
[[nodiscard]] std::size_t behind(const Reply& reply, std::size_t position);
/// The elements of the array at `position`; empty for anything else.
[[nodiscard]] std::vector<std::size_t> elements(const Reply& reply, std::size_t position);
/// The value of a member in an array of names and values, as XINFO answers.
[[nodiscard]] std::optional<std::size_t> member(const Reply& reply, std::size_t map, std::string_view name);
/// A scalar as text, an integer in decimal; "" for nil and arrays.
[[nodiscard]] std::string scalar(const Reply& reply, std::size_t position);

/// The reply to TIME, in microseconds since the epoch.
Result<std::int64_t> time_us(const Reply& reply);
/// redis_protocol: the reply to `command` has a shape that it cannot have.
[[nodiscard]] Error unexpected_reply(std::string_view command);

}  // namespace qsnap::redis
