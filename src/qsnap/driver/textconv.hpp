// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>

#include <qsnap/base/result.hpp>

namespace qsnap::driver {

/// semantic: what carries meaning, so that a difference is one. full: volatile members, instants, workers and keys of
/// every role, too.
enum class TextView : std::uint8_t { semantic, full };

/// Prints a snapshot for `git diff`, `log -p`, `show`, `blame`: one JSON value, a block of lines for each record
/// (docs/git.md, "Reading diffs"). What is no readable snapshot is one line that begins with '#' and says what it is.
/// An error is that `out` takes no more.
Result<void> print_textconv(const std::filesystem::path& file, TextView view, std::FILE* out);

}  // namespace qsnap::driver
