// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <qsnap/app/resolve_request.hpp>
#include <qsnap/base/result.hpp>

namespace qsnap::cli {

/// What the command line of `resolve` says of sides and single conflicts.
struct ResolveWords {
  bool ours = false, theirs = false, base = false, newest = false, keep = false, remove = false, whole = false;
  bool remember = false, remembered = false;
  std::vector<std::string> jobs, fields, numbers, takes;
};
/// `words` is not owned.
void add_resolve_options(CLI::App* command, ResolveWords& words);

/// `command` is the parsed one: the order of its options counts. Nobody is asked. Errors with `usage` for a choice that
/// is not complete.
Result<app::ResolveRequest> resolve_request(const CLI::App& command, const ResolveWords& words);

}  // namespace qsnap::cli
