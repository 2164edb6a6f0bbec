// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/frameworks/layout/layout.hpp>

namespace qsnap::frameworks::layout {

/// The way back from records, for one namespace.
[[nodiscard]] std::unique_ptr<Rebuild> make_layout_rebuild(std::shared_ptr<const Layout> layout,
                                                           std::string_view name_space);

}  // namespace qsnap::frameworks::layout
