// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/report/lfs_report.hpp>

/// How git-lfs is set up in a repository. Nothing that its configuration names is run. `folder` is any folder of the
/// work tree.
namespace qsnap::app {

/// "git-lfs/3.3.0 (…)"; empty where the PATH has none.
Result<std::string> lfs_program();
/// Whether `git add` and a checkout have something that turns snapshots into pointers and back.
Result<bool> has_lfs_filter(const std::filesystem::path& folder);
/// Whether a push sends objects: a hook that calls git-lfs, by itself or beside others.
Result<bool> has_lfs_push_hook(const std::filesystem::path& folder);

/// What git-lfs prints for a question that needs no connection; should one think otherwise, it gets none over ssh.
/// Errors with `not_found` where the PATH has none, with `refused` where .lfsconfig is a link, with `git` where it does
/// not succeed.
Result<std::string> lfs_output(const std::filesystem::path& folder, std::vector<std::string> arguments);
/// Where git-lfs sends the objects of a remote (empty: of its default one), as it says itself, with whatever
/// credentials that URL has; empty: nowhere.
Result<std::string> find_lfs_endpoint(const std::filesystem::path& folder, const std::string& remote);

/// The remote that git-lfs takes where nobody names one: the branch's, remote.lfsdefault, the only one, origin.
Result<std::string> lfs_remote(const std::filesystem::path& folder);

/// Everything at once.
Result<report::LfsSetup> lfs_setup(const std::filesystem::path& folder);

}  // namespace qsnap::app
