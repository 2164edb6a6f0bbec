// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// Streams that no framework claims, with their consumer groups. docs/frameworks.md, "Plain streams".
[[nodiscard]] std::unique_ptr<Adapter> make_plain_stream_adapter();

}  // namespace qsnap::frameworks
