// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <qsnap/base/embedded_file.hpp>

namespace qsnap::cli {

/// The files of schemas/v1, sorted by name.
[[nodiscard]] std::span<const EmbeddedFile> embedded_schemas();

}  // namespace qsnap::cli
