// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// Lists of JSON objects that no framework claims. docs/frameworks.md, "Plain lists".
[[nodiscard]] std::unique_ptr<Adapter> make_plain_list_adapter();

}  // namespace qsnap::frameworks
