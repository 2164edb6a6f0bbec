// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// Sidekiq 6, and what 7 and 8 changed in its layout; sidekiq-cron; redis-namespace. docs/frameworks.md, "Sidekiq".
[[nodiscard]] std::unique_ptr<Adapter> make_sidekiq_adapter();

}  // namespace qsnap::frameworks
