// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/setup/status.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/setup_options.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_status(Session& session) {
  const app::setup::Environment environment = setup_environment();
  QSNAP_ASSIGN(const report::StatusView view, app::setup::status(session.folder(), environment));
  QSNAP_TRY(session.print([&] { return report::status_json(view); },
                          [&] { return report::status_text(view, session.style()); }));
  return view.ok() ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_status(Program& program) {
  CLI::App* command = add_command(program, "status", "Tell whether Git is set up, and how it holds the snapshots");
  command->footer("Reads only.\n\nExit status: 0 all is well, 1 something is not, 2 not in a repository");
  set_action(program, command, run_status);
}

}  // namespace qsnap::cli
