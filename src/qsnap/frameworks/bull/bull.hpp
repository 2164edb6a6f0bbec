// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// Bull 3 and 4, the ancestor of BullMQ: the same prefix, other structures. docs/frameworks.md, "Bull".
[[nodiscard]] std::unique_ptr<Adapter> make_bull_adapter();

}  // namespace qsnap::frameworks
