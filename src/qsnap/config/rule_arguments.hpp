// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/config/config.hpp>

namespace qsnap::config {

/// Rules of a comparison as the command line or a test gives them, in the words of config.yaml.
struct RuleArguments {
  std::vector<std::string> ignore;     ///< "jobs.payload.requestId"
  std::vector<std::string> tolerance;  ///< "jobs.payload.price=1%", "durations=5s", "due=1m"
  std::vector<std::string> order;      ///< "mail=free"
  std::string payloads_over;  ///< "1MiB": payloads above are compared by size and digest; empty: as config says
};

/// The config with these rules beside its own; where both speak of the same thing, the argument decides. Errors with
/// `usage` and names the argument.
Result<Config> with_arguments(Config config, const RuleArguments& arguments);

}  // namespace qsnap::config
