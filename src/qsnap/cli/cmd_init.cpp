// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/report/outcome_report.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_init(Session& session) {
  QSNAP_ASSIGN(const store::InitReport made, store::Store::init(session.folder()));
  const report::InitView view{made.folder.native(), made.created};
  QSNAP_TRY(
      session.print([&] { return report::init_json(view); }, [&] { return report::init_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_init(Program& program) {
  CLI::App* command = add_command(program, "init", "Make .queue-snapshots/ in this repository");
  command->footer("Leaves alone what is there already.\n\nExit status: 0 done, 2 not in a repository, 7 cannot write");
  set_action(program, command, run_init);
}

}  // namespace qsnap::cli
