// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/pending_options.hpp>

namespace qsnap::cli {

void add_reject(Program& program) {
  auto options = std::make_shared<DecisionOptions>();
  CLI::App* command = add_command(program, "reject", "Drop pending states; the snapshots stay as they are");
  add_decision_options(command, *options);
  add_set_options(command, program.session);
  command->footer(
      "The test goes on failing until the code is right again.\n\n"
      "Exit status: 0 done, 2 usage or nothing of that name, 5 broken, 6 refused, 7 cannot write");
  set_action(program, command,
             [options](Session& session) { return run_decision(session, app::Decision::reject, *options); });
}

}  // namespace qsnap::cli
