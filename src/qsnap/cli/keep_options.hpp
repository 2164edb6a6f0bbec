// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include <qsnap/app/save.hpp>

namespace qsnap::cli {

/// What save and import take alike: which snapshot is to be kept, and what it holds and says.
struct KeepOptions {
  std::string name;
  std::optional<std::string> description;
  std::vector<std::string> tags, prefixes, queues, frameworks;
  bool refresh = false;
  bool allow_empty = false;
};

/// NAME, -m, --tag, --prefix, --queue, --framework, --refresh, --allow-empty. `options` is not owned.
void add_keep_options(CLI::App* command, KeepOptions& options);

/// Each word once, sorted. An empty one is a mistake: an unset variable in a script, most of the time. Errors with
/// `usage`, and names the option.
Result<std::vector<std::string>> distinct_words(std::string_view option, std::vector<std::string> words);

/// Errors with `usage` for a bad name, an unknown framework, and an empty tag, prefix or queue.
Result<app::KeepRequest> keep_request(const KeepOptions& options);

}  // namespace qsnap::cli
