// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/cli/session.hpp>
#include <qsnap/store/run_ledger.hpp>

namespace qsnap::cli {

/// Records in the test run that this process belongs to, if there is one, that it referred to a snapshot: `side` as the
/// user wrote it, where that is a name. Whatever came of the command, which is answered. What cannot be recorded is
/// told on standard error.
Result<int> recorded(const Session& session, store::RunEventKind kind, std::string_view side, Result<int> finished);

}  // namespace qsnap::cli
