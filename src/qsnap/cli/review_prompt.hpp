// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <qsnap/app/approve.hpp>
#include <qsnap/cli/session.hpp>

namespace qsnap::cli {

/// Shows each pending state and asks about it, one at a time; ends with the last one, with "q", or with the end of the
/// input, and says what was decided. Each decision is done at once. REQUIRES: Session::can_ask()
Result<void> review_pending(Session& session, const app::ApprovalContext& context,
                            std::vector<store::PendingEntry> entries);

}  // namespace qsnap::cli
