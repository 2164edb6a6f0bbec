// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks::sidekiq {

/// The way back from records, for one namespace.
[[nodiscard]] std::unique_ptr<Rebuild> make_rebuild(std::string_view name_space);

}  // namespace qsnap::frameworks::sidekiq
