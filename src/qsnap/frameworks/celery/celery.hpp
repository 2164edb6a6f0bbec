// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

/// Celery over kombu's Redis transport, with its Redis result backend. docs/frameworks.md, "Celery".
[[nodiscard]] std::unique_ptr<Adapter> make_celery_adapter();

}  // namespace qsnap::frameworks
