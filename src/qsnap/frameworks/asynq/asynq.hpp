// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// Asynq from 0.18 on, which is when tasks became protobuf: docs/frameworks.md.
[[nodiscard]] std::unique_ptr<Adapter> make_asynq_adapter();

}  // namespace qsnap::frameworks
