// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Which references of a job changed. Internal to report; plain bytes, not escaped.
namespace qsnap::report {

/// What only one of two lists of references has: "parent order in checkout, pending charge in payments".
struct RefWords {
  std::string before;
  std::string after;
};
/// Both are `refs` members of records, as JSON. Absent when one of them has another form than docs/format.md says, or
/// when they name the same.
[[nodiscard]] std::optional<RefWords> ref_words(std::string_view before, std::string_view after);

}  // namespace qsnap::report
