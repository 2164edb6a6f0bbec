// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// Bee-Queue. docs/frameworks.md, "Bee-Queue".
[[nodiscard]] std::unique_ptr<Adapter> make_bee_queue_adapter();

}  // namespace qsnap::frameworks
