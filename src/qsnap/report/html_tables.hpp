// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/report/html_page.hpp>

/// Tables of numbers. Internal to report.
namespace qsnap::report {

/// Jobs per state, before and after, of the queues in which something differs, as bars and as numbers; then how many
/// queues there are beside them.
[[nodiscard]] Html queues_html(const PageSection& section);
/// How many jobs went from which state to which; empty when none did.
[[nodiscard]] Html moves_html(const PageSection& section);

}  // namespace qsnap::report
