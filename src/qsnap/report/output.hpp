// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::report {

/// Takes a report piece by piece, so that no report has to be in memory as a whole. Errors with `io`.
using Output = std::function<Result<void>(std::string_view)>;

}  // namespace qsnap::report
