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

/// A blob of these bytes, for an entry of an index: without a path, so without filters. Its id.
Result<std::string> write_blob(const std::filesystem::path& folder, std::string bytes);

/// Notes the state of a file whose bytes are those of its entry, as `git add` would: without it, `git merge --abort`
/// takes a new entry's file for changed, and refuses. A file that has other bytes (a pointer of Git LFS stands for it)
/// or that git does not want to look at (outside of a sparse checkout) stays as it is. `path` is from the top, which is
/// `top`. Errors as update_index() does.
Result<void> refresh_entry(const std::filesystem::path& top, const std::string& path);

}  // namespace qsnap::git
