// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// Huey with its Redis storages, FIFO and by priority. docs/frameworks.md, "Huey".
[[nodiscard]] std::unique_ptr<Adapter> make_huey_adapter();

}  // namespace qsnap::frameworks
