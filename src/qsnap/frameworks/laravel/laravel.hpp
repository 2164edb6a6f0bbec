// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// Laravel's Redis queue. A namespace is the connection's prefix as it stands ("laravel_database_"):
/// docs/frameworks.md.
[[nodiscard]] std::unique_ptr<Adapter> make_laravel_adapter();

}  // namespace qsnap::frameworks
