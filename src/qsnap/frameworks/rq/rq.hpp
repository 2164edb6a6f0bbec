// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// RQ 1 and 2.
[[nodiscard]] std::unique_ptr<Adapter> make_rq_adapter();

}  // namespace qsnap::frameworks
