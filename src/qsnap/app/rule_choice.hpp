// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/config/rule_arguments.hpp>
#include <qsnap/diff/compare.hpp>

namespace qsnap::app {

/// What the user says of the rules of one comparison, beside config.yaml.
struct RuleChoice {
  config::RuleArguments arguments;
  diff::IgnoredListing ignored = diff::IgnoredListing::counted;
};

}  // namespace qsnap::app
