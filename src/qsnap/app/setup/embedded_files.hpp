// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <qsnap/base/embedded_file.hpp>

/// Internal to app/setup.
namespace qsnap::app::setup {

/// merge-driver/qsnap.gitconfig and merge-driver/gitattributes.
[[nodiscard]] std::span<const EmbeddedFile> embedded_fragments();
/// The files of git-hooks: hooks in the order of docs/git.md, then what belongs to them.
[[nodiscard]] std::span<const EmbeddedFile> embedded_hooks();

}  // namespace qsnap::app::setup
