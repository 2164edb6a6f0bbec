// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// Taskiq with taskiq-redis' list broker. docs/frameworks.md, "Taskiq".
[[nodiscard]] std::unique_ptr<Adapter> make_taskiq_adapter();

}  // namespace qsnap::frameworks
