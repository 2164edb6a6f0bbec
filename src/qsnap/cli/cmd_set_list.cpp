// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/sets.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_set_list(Session& session) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const report::SetListView view, app::list_sets(store));
  QSNAP_TRY(session.print([&] { return report::set_list_json(view); },
                          [&] { return report::set_list_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_set_list(Program& program, CLI::App* group) {
  CLI::App* command = add_command(program, group, "list", "List the sets, what they inherit from, and their branches");
  add_set_options(command, program.session);
  command->footer(
      "* is the one that commands work in here. A set without a branch is left over, or its branch was renamed.\n\n"
      "Exit status: 0 listed, 2 no .queue-snapshots here or a broken config.yaml");
  set_action(program, command, run_set_list);
}

}  // namespace qsnap::cli
