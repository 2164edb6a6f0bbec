// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/report/lfs_report.hpp>

/// How git-lfs is set up in a repository. Configuration is read as text; nothing that it names is run. `folder` is any
/// folder of the work tree.
namespace qsnap::app {

/// "git-lfs/3.3.0 (…)"; empty where the PATH has none.
Result<std::string> lfs_program();
/// Whether `git add` and a checkout have something that turns snapshots into pointers and back.
Result<bool> has_lfs_filter(const std::filesystem::path& folder);
/// Whether a push sends objects: a hook that calls git-lfs, by itself or beside others.
Result<bool> has_lfs_push_hook(const std::filesystem::path& folder);

/// The remote that git-lfs takes where nobody names one: the branch's, remote.lfsdefault, the only one, origin.
Result<std::string> lfs_remote(const std::filesystem::path& folder);

/// Everything at once.
Result<report::LfsSetup> lfs_setup(const std::filesystem::path& folder);

/// What may be shown of a URL: no password, and over HTTP, where tokens stand as user names, no user either.
[[nodiscard]] std::string without_credentials(std::string_view url);

}  // namespace qsnap::app
