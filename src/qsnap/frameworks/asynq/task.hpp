// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include <qsnap/frameworks/layout/layout.hpp>

namespace qsnap::frameworks::asynq {

inline constexpr std::string_view k_aggregating = "aggregating";

/// A task's hash: `msg` is the message, `state` the state that the structure tells, too.
[[nodiscard]] std::shared_ptr<const layout::JobFormat> make_task_format();

/// The string that keeps a second task of the same type and payload out of the queue until it lapses. Its name is in
/// the message, its value is the id of the task that holds it.
[[nodiscard]] std::shared_ptr<const layout::Satellite> make_unique_lock();

}  // namespace qsnap::frameworks::asynq
