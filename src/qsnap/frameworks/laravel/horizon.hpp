// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// Laravel Horizon's view of the queues, which are Laravel's own: no records, only roles. docs/frameworks.md.
[[nodiscard]] std::unique_ptr<Adapter> make_horizon_adapter();

}  // namespace qsnap::frameworks
