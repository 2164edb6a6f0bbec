// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <qsnap/report/html_text.hpp>

namespace qsnap::report {

/// Two values of one member, with <del> and <ins> round the words that differ. Of very long ones, what is around the
/// first difference, and how much is left out. Internal to report.
struct MarkedValues {
  Html before;
  Html after;
};
[[nodiscard]] MarkedValues marked_values(std::string_view before, std::string_view after);

/// One value that stands alone: of a member that appeared or went.
[[nodiscard]] Html whole_value(std::string_view value);

}  // namespace qsnap::report
