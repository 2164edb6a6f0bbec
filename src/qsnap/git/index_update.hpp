// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>

namespace qsnap::git {

/// `git update-index` with these arguments and this input. Whenever git writes an index, it looks again at files that
/// are as young as the index, and runs their clean filter for that, whatever the index is written for (racy-git in
/// git's technical documentation). So all filters that the configuration knows are off here; git then merely looks at
/// such a file once more the next time. Errors with `git`; with `refused` for a filter whose name holds a '=', which
/// cannot be switched off.
Result<void> update_index(const std::filesystem::path& folder, std::vector<std::string> arguments, std::string input);

}  // namespace qsnap::git
