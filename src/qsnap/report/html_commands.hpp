// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/html_text.hpp>

namespace qsnap::report {

/// What a reader may type next: to approve what changed, to see it in a terminal. Empty when nothing fits. Only words
/// that mean nothing to a shell are put into a command. Internal to report.
[[nodiscard]] Html commands_html(const DiffReport& report);

}  // namespace qsnap::report
