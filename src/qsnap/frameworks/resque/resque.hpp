// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// Resque, with the delayed jobs of resque-scheduler. docs/frameworks.md, "Resque".
[[nodiscard]] std::unique_ptr<Adapter> make_resque_adapter();

}  // namespace qsnap::frameworks
