// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <qsnap/config/rule_arguments.hpp>
#include <qsnap/diff/changes.hpp>

namespace qsnap::app {

/// Which rules that matched nothing somebody gave for this very comparison: those have a typing error, or have become
/// useless. What config.yaml says is meant for all snapshots, and not missed in each.
[[nodiscard]] std::vector<std::string> unmatched_arguments(const config::RuleArguments& arguments,
                                                           const diff::Changes& changes);

}  // namespace qsnap::app
