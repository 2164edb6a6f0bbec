// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/frameworks/layout/layout.hpp>

/// A task as kombu's message: JSON with the task's arguments packed into `body`. Where it waits, it is the message
/// alone; where a worker has it, an array [message, exchange, routing key].
namespace qsnap::frameworks::celery {

[[nodiscard]] std::shared_ptr<const layout::JobFormat> make_message_format();
[[nodiscard]] std::shared_ptr<const layout::JobFormat> make_delivery_format();

/// A look without parsing all of it (json_peek.hpp).
[[nodiscard]] bool looks_like_message(std::string_view bytes);
/// The version of Celery that wrote it, as far as its headers tell: "5.3+", "5.1-5.2", "4.4-5.0", "4.0-4.3", or empty.
[[nodiscard]] std::string version_of_message(std::string_view bytes);
/// Where a delivered message goes back to: its routing key. Absent for what is no delivery.
[[nodiscard]] std::optional<std::string> queue_of_delivery(std::string_view bytes);
/// Whether a delivered task is to run at a time of its own.
[[nodiscard]] bool has_eta(std::string_view delivery);

}  // namespace qsnap::frameworks::celery
