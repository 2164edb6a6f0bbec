// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <qsnap/cli/session.hpp>

namespace qsnap::cli {

/// One line on standard error, once a day, after a command that works with the snapshots of a repository where Git is
/// not set up for them. Not with --json, QSNAP_NO_NAG or GIT_DIR.
void nag(Session& session, std::string_view command);

}  // namespace qsnap::cli
