// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/frameworks/sidekiq/layout.hpp>

namespace qsnap::frameworks::sidekiq {

/// A reading of one namespace. `keyspace` must outlive it.
[[nodiscard]] std::unique_ptr<Reading> make_reading(const model::Keyspace& keyspace, Namespace found);

}  // namespace qsnap::frameworks::sidekiq
