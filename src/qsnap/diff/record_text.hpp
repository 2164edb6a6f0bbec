// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <qsnap/model/record.hpp>

namespace qsnap::diff {

/// The record as the document has it, a JSON object: for a complete listing.
[[nodiscard]] std::string record_text(const model::Record& record);

}  // namespace qsnap::diff
