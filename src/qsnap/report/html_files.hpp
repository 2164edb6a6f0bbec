// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <qsnap/base/embedded_file.hpp>

namespace qsnap::report {

/// report.css and report.js, in this order. Made by cmake/Embed.cmake. Internal to report.
[[nodiscard]] std::span<const EmbeddedFile> embedded_page_files();

}  // namespace qsnap::report
