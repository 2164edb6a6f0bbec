// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// arq. docs/frameworks.md, "arq".
[[nodiscard]] std::unique_ptr<Adapter> make_arq_adapter();

}  // namespace qsnap::frameworks
