// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <qsnap/base/result.hpp>
#include <qsnap/transfer/upload.hpp>

namespace qsnap::transfer {

/// The server that git-lfs would use for a remote if there were no agent. An endpoint has one agent for all of its
/// objects, so those that are no snapshots come here, too, and are handed on: git-lfs is started once more for each,
/// without the agent. It uses the user's credentials, as every `git push` and `git lfs pull` does.
class Forge {
 public:
  /// `url` is the endpoint, as in lfs.<url>.standalonetransferagent. REQUIRES: no '=' in it
  Forge(std::string url, std::string remote) : m_url(std::move(url)), m_remote(std::move(remote)) {}

  [[nodiscard]] Result<void> push(const ObjectName& object) const;
  /// Into a new file, checked. `not_found` if that server has none either.
  [[nodiscard]] Result<void> fetch(const ObjectName& object, const std::filesystem::path& file) const;

 private:
  [[nodiscard]] std::string without_agent() const;

  std::string m_url, m_remote;
};

}  // namespace qsnap::transfer
