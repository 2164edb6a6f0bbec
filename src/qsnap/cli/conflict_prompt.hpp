// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <qsnap/app/resolve.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/cli/session.hpp>

namespace qsnap::cli {

/// Asks about each conflict that has no decision, one at a time, and notes the answers; ends with the last one, with
/// "q", or with the end of the input. `title` says what is merged, for people. Errors with `usage` without a terminal.
Result<void> ask_about_conflicts(Session& session, app::Resolution& resolution, std::string_view title);

}  // namespace qsnap::cli
