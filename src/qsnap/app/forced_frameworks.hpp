// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::app {

/// Words such as "bullmq=bull", as a scope has them: sorted, each once. Errors with `usage`.
Result<std::vector<model::ForcedFramework>> forced_frameworks(const std::vector<std::string>& words);

}  // namespace qsnap::app
