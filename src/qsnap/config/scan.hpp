// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <qsnap/config/path_pattern.hpp>

namespace qsnap::config {

/// What a hook does with a commit whose snapshots hold secrets.
enum class SecretRule : std::uint8_t { refuse, warn, ignore };

/// The section scan: of config.yaml. What a secret is, `redact` says; without it, all names and value shapes but email
/// are (docs/git.md, "Hooks").
struct Scan {
  SecretRule secrets = SecretRule::refuse;
  std::vector<PathPattern> allow;  ///< values that are none
};

}  // namespace qsnap::config
