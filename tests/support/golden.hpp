// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace qsnap::test {

/// What tests/golden/`file` has. QSNAP_UPDATE_GOLDEN=1 writes `actual` there first, for a review like that of code;
/// where CI is set that is an error. Fails the test where the file is missing.
[[nodiscard]] std::string golden(std::string_view file, std::string_view actual);

}  // namespace qsnap::test
