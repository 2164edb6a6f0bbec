// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include <qsnap/app/history_plan.hpp>
#include <qsnap/app/history_prune.hpp>
#include <qsnap/cli/session.hpp>

namespace qsnap::cli {

/// What `history prune` and `history archive` take alike.
struct RetentionOptions {
  std::optional<std::string> series;
  app::KeepArguments keep;
  bool dry_run = false;
  bool yes = false;
  bool force = false;
};

/// --series, --keep-last, …, --dry-run, --yes, --force. `options` is not owned.
void add_retention_options(CLI::App* command, RetentionOptions& options);

Result<app::RetentionRequest> retention_request(const store::Store& store, const RetentionOptions& options);
[[nodiscard]] app::PruneRun prune_run(const RetentionOptions& options);

/// Shows what goes and asks, unless --yes was said: refused where nobody can be asked.
[[nodiscard]] app::ConfirmDrop drop_confirmation(Session& session, const RetentionOptions& options);

}  // namespace qsnap::cli
