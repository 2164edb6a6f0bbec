// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include <qsnap/app/show.hpp>
#include <qsnap/cli/session.hpp>

namespace qsnap::cli {

/// What `show` and `history show` take alike.
struct ShowOptions {
  std::string name;
  app::JobFilter filter;
  bool full = false;
};

/// --queue, --state, --job, --full. `options` is not owned.
void add_show_options(CLI::App* command, ShowOptions& options);

/// Opens the side and prints it.
Result<int> show_side(Session& session, const store::Side& side, const ShowOptions& options);

}  // namespace qsnap::cli
