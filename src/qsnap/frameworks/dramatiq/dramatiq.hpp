// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// Dramatiq with its Redis broker. docs/frameworks.md, "Dramatiq".
[[nodiscard]] std::unique_ptr<Adapter> make_dramatiq_adapter();

}  // namespace qsnap::frameworks
