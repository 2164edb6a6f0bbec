// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <qsnap/model/record.hpp>

/// The line that begins a record's block: Git shows it as the head of a hunk (diff.qsnap.xfuncname), so it says which
/// record this is, in words.
namespace qsnap::driver {

/// Two records with equal texts agree in all members that the text says.
struct Label {
  std::string text;                    ///< plain, UTF-8, not yet escaped
  std::vector<std::string_view> says;  ///< members of the record that need not be printed again
};

/// "job bullmq:bull:mail failed send_email #order-17", "queue bullmq:bull:mail", "schedule bullmq:bull:mail nightly",
/// "key some:key".
[[nodiscard]] Label label_of(const model::Record& record);
/// "conflict job bullmq:bull:mail failed send_email". `members` are those of a line of "conflicts".
[[nodiscard]] Label conflict_label(const model::Fields& members);

}  // namespace qsnap::driver
