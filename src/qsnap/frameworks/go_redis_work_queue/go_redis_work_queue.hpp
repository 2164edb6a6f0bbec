// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// go-redis-work-queue (flyingrobots) with its usual key names. docs/frameworks.md, "go-redis-work-queue";
/// docs/adding-a-framework.md makes this adapter step by step.
[[nodiscard]] std::unique_ptr<Adapter> make_go_redis_work_queue_adapter();

}  // namespace qsnap::frameworks
