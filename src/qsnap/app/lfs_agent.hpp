// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/lfs_agent_report.hpp>

/// The transfer agent git-qsnap-lfs, in this clone's configuration. (Git LFS takes none of it from .lfsconfig: a
/// repository must not name programs.)
namespace qsnap::app {

struct LfsAgentRequest {
  std::string store;         ///< a folder, ssh://HOST/PATH or HOST:PATH
  std::string remote;        ///< whose endpoint; empty: git-lfs's default
  std::string url;           ///< an endpoint, instead
  std::string remote_shell;  ///< for rsync; empty: ssh
};

/// Makes the store in a folder that is there, and git-lfs use the agent for that endpoint and for no other one. A host
/// is not asked. Errors with `git` where there is no git-lfs, with `usage` for an endpoint that its configuration
/// cannot name.
Result<report::LfsAgentView> configure_lfs_agent(const std::filesystem::path& folder, const LfsAgentRequest& request);

/// The inverse. The store stays.
Result<report::LfsAgentView> remove_lfs_agent(const std::filesystem::path& folder);

struct LfsGcRequest {
  enum class Run : std::uint8_t { propose, collect };
  /// Which objects are garbage, too: none, or those that nothing in this clone names.
  enum class Objects : std::uint8_t { keep, drop_unnamed };

  std::string store;
  Run run = Run::propose;
  Objects objects = Objects::keep;
  std::chrono::hours grace{0};
  Instant now;
};

/// Takes out of a store in a folder what no object has; safe beside uploads (transfer/collect.hpp).
Result<report::LfsGcView> collect_lfs_garbage(const std::filesystem::path& folder, const LfsGcRequest& request);

}  // namespace qsnap::app
