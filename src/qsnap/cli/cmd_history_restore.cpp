// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <qsnap/app/history_archive.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/history_commands.hpp>
#include <qsnap/report/retention_report.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_restore(Session& session, const app::RestoreRequest& request) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const report::RestoreView view,
               app::restore_history(store, request, session.clock(), session.progress()));
  QSNAP_TRY(session.print([&] { return report::restore_json(view); },
                          [&] { return report::restore_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_history_restore(Program& program, CLI::App* group) {
  auto request = std::make_shared<app::RestoreRequest>();
  CLI::App* command = add_command(program, group, "restore", "Bring archived captures back into the history");
  command->add_option("name", request->names, "Entries of the archive (default: all of the set)");
  command->add_option("--from", request->from, "What was said to history archive --to")
      ->required()
      ->type_name("FOLDER|REMOTE");
  add_set_options(command, program.session);
  command->footer(
      "They get new names. What the history has is not added again.\n\n"
      "Exit status: 0 done, 2 usage, no such place or entry, or git failed, 5 broken archive, 7 cannot write");
  set_action(program, command, [request](Session& session) { return run_restore(session, *request); });
}

}  // namespace qsnap::cli
