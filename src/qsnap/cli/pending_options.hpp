// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <qsnap/app/approve.hpp>
#include <qsnap/cli/session.hpp>
#include <qsnap/report/pending_report.hpp>
#include <qsnap/store/pending.hpp>

namespace qsnap::cli {

/// --dir. `folder` is not owned.
void add_pending_folder_option(CLI::App* command, std::string& folder);
/// `folder`, else QSNAP_PENDING_DIR, else that of the work tree. Errors with not_found for a `folder` that is not
/// there.
Result<store::PendingStore> pending_store(const store::Store& store, const std::string& folder);

/// What accept and reject have in common.
struct DecisionOptions {
  std::vector<std::string> names;
  bool all = false, undo = false, dry_run = false, force = false;
  std::string folder;
};
/// NAME…, --all, --undo, --dry-run, --dir. `options` is not owned.
void add_decision_options(CLI::App* command, DecisionOptions& options);
/// Decides, or takes the last decision back, and prints what became of it.
Result<int> run_decision(Session& session, app::Decision decision, const DecisionOptions& options);

/// Prints what became of several things, then each problem; the last one is the answer.
Result<int> print_decided(Session& session, const report::DecidedView& view, std::vector<Error> problems);

}  // namespace qsnap::cli
