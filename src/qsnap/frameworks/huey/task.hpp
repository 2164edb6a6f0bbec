// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <qsnap/frameworks/layout/layout.hpp>

namespace qsnap::frameworks::huey {

/// What stands in front of a task's pickle: in a sorted set of priorities, microseconds of eight bytes that keep equal
/// priorities in order.
enum class Prefix : std::uint8_t { none, clock };

/// A task as Huey 2 and 3 pickle it: a huey.registry.Message, whose first members are its id, its name and its eta. The
/// payload has zeros for the id and an eta of the year 2000, so that equal tasks have equal payloads; the record has
/// `name`, volatile `id` and `eta_at_iso`. What is packed or signed is a payload as it is.
[[nodiscard]] std::shared_ptr<const layout::JobFormat> make_task_format(Prefix prefix);

/// With or without a prefix.
[[nodiscard]] bool is_task(std::string_view bytes);

}  // namespace qsnap::frameworks::huey
