// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <qsnap/app/assert_mode.hpp>
#include <qsnap/app/assert_state.hpp>
#include <qsnap/cli/report_options.hpp>
#include <qsnap/cli/session.hpp>

namespace qsnap::cli {

/// What `assert` takes beside the options of the Redis.
struct AssertOptions {
  std::string name, update, within, stable, rename, test;
  bool ci = false, allow_empty = false;
  std::vector<std::string> contracts, prefixes, queues, frameworks;
  ReportOptions report;
};

/// --ci, --update, --within, --stable, --contract. `options` is not owned.
void add_mode_options(CLI::App* command, AssertOptions& options);

/// `options` is not owned.
void add_assert_options(CLI::App* command, AssertOptions& options);

/// What --update and --ci say, else what app::choose_mode() finds. Errors with `usage`.
Result<app::ModeChoice> chosen_mode(const AssertOptions& options, const store::Store& store);

/// All but mode and target. Reads the contracts' files. Errors with `usage`, and with `config` for a contract that is
/// none.
Result<app::AssertRequest> assert_request(const AssertOptions& options, const std::vector<Face>& faces);

}  // namespace qsnap::cli
