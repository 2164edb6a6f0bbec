// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <qsnap/app/label_change.hpp>
#include <qsnap/cli/keep_options.hpp>

namespace qsnap::cli {

/// What `tag` and `album edit` take alike.
struct LabelOptions {
  std::optional<std::string> description;
  std::vector<std::string> added, removed;
};

/// --add, --remove, -m. `options` is not owned.
void add_label_options(CLI::App* command, LabelOptions& options);

/// Errors with `usage` for an empty tag.
Result<app::LabelChange> label_change(const LabelOptions& options);

}  // namespace qsnap::cli
