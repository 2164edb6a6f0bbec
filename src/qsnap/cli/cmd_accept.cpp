// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/pending_options.hpp>

namespace qsnap::cli {

void add_accept(Program& program) {
  auto options = std::make_shared<DecisionOptions>();
  CLI::App* command = add_command(program, "accept", "Make pending states the snapshots of their names");
  add_decision_options(command, *options);
  add_set_options(command, program.session);
  command->footer(
      "An obsolete snapshot is deleted from the work tree; committing is yours. Refused where the snapshot has "
      "changed\n"
      "since the state was compared with it: run the test again, or --force.\n"
      "  git qsnap accept checkout 'test-cases/mail-*'\n\n"
      "Exit status: 0 done, 2 usage or nothing of that name, 5 broken, 6 refused, 7 cannot write");
  set_action(program, command,
             [options](Session& session) { return run_decision(session, app::Decision::accept, *options); });
}

}  // namespace qsnap::cli
