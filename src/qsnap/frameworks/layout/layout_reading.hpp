// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/frameworks/layout/layout.hpp>

namespace qsnap::frameworks::layout {

/// A reading of one namespace. The keyspace must outlive it.
[[nodiscard]] std::unique_ptr<Reading> make_layout_reading(std::shared_ptr<const Layout> layout,
                                                           const model::Keyspace& keyspace, Found found);

}  // namespace qsnap::frameworks::layout
