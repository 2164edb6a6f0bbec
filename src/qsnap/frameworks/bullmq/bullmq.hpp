// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// BullMQ 5 and 6, all ports that run BullMQ's Lua scripts included. One namespace for each key prefix.
/// Proven against bullmq 6.7.0 and 5.81.5; docs/frameworks.md, "BullMQ", has the key layout and what is not modelled.
[[nodiscard]] std::unique_ptr<Adapter> make_bullmq_adapter();

}  // namespace qsnap::frameworks
