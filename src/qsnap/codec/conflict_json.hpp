// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/model/conflict.hpp>

/// A conflict as a line of the document's "conflicts". docs/format.md, "Conflicts".
namespace qsnap::codec {

/// Without its comma: canonical text, members sorted.
[[nodiscard]] std::string format_conflict(const model::Conflict& conflict);
/// Errors with `corrupt`, and with `unsupported_version` for a kind that a later version may have.
Result<model::Conflict> parse_conflict(std::string_view line);

}  // namespace qsnap::codec
