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
  std::string history;  ///< a series; "history" is the one without a name
  std::optional<std::string> description;
  std::vector<std::string> tags, prefixes, queues, frameworks;
  bool refresh = false;
  bool allow_empty = false;
};

/// NAME, -m, --tag, --prefix, --queue, --framework, --refresh, --allow-empty. `options` is not owned.
void add_keep_options(CLI::App* command, KeepOptions& options);

/// --history[=SERIES], which takes the place of NAME.
void add_history_option(CLI::App* command, KeepOptions& options);

/// The series that a dated capture is to be of: what --history says, or a NAME "history/" or "history/SERIES/". Absent
/// for any other NAME. Errors with `usage` for both at once, for neither, and for a bad name of a series.
Result<std::optional<std::string>> history_series(const KeepOptions& options);

/// Each word once, sorted. An empty one is a mistake: an unset variable in a script, most of the time. Errors with
/// `usage`, and names the option.
Result<std::vector<std::string>> distinct_words(std::string_view option, std::vector<std::string> words);

/// For `name`. Errors with `usage` for an unknown framework, and an empty tag, prefix or queue.
Result<app::KeepRequest> keep_request(const KeepOptions& options, store::SnapshotName name);
/// For the NAME that the user wrote. Errors as above, and for a bad name.
Result<app::KeepRequest> keep_request(const KeepOptions& options);

}  // namespace qsnap::cli
