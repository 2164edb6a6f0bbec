// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <qsnap/app/assert_mode.hpp>
#include <qsnap/app/run_fixture.hpp>
#include <qsnap/cli/assert_options.hpp>
#include <qsnap/cli/load_options.hpp>
#include <qsnap/cli/session.hpp>

namespace qsnap::cli {

/// What `run` takes beside the options of a capture.
struct RunOptions {
  std::string baseline, server = "redis-server";
  LoadOptions load;
  AssertOptions assertion;  ///< of which --expect is the name
  bool keep = false, verbose = false;
};

/// `options` is not owned. What stands behind the options is the command, and not parsed.
void add_run_options(CLI::App* command, RunOptions& options);

/// How run reports, on standard error.
[[nodiscard]] report::FaceOptions run_face(const Session& session, const RunOptions& options);

/// The words of the command: those that no option of ours took, and "--" with what is behind it.
struct RunWords {
  std::vector<std::string> first, behind;
};

/// The request, and with which mode. Errors with `usage` where there is no command.
struct ChosenRun {
  app::RunRequest request;
  app::ModeChoice mode;
};
Result<ChosenRun> chosen_run(Session& session, const store::Store& store, const RunOptions& options,
                             const RunWords& words);

}  // namespace qsnap::cli
