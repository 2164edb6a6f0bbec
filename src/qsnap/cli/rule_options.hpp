// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <qsnap/app/rule_choice.hpp>

namespace qsnap::cli {

/// The rules of a comparison, as diff and verify take them.
struct RuleOptions {
  std::vector<std::string> ignore, tolerance, order;
  std::string sample;
  bool strict = false;
  bool show_ignored = false;
};

/// --ignore, --tolerance, --order, --sample, --strict, --show-ignored. `options` is not owned.
void add_rule_options(CLI::App* command, RuleOptions& options);

/// What app works with; config::with_arguments looks at the words.
[[nodiscard]] app::RuleChoice rule_choice(const RuleOptions& options);

}  // namespace qsnap::cli
