// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/store/name.hpp>

namespace qsnap::api {

/// A NAME. Errors with `usage`, and never repeats a text of any length.
Result<store::SnapshotName> snapshot_name(std::string_view text);

/// NAME, REV:NAME or a file; neither a live state nor standard input, which is the program's own.
Result<store::Side> snapshot_side(std::string_view text);

/// A file that the program names. Errors with `usage` for what is too long for a path.
Result<std::string> file_name(std::string_view text);

}  // namespace qsnap::api
