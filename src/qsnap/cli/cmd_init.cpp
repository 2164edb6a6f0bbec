// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/setup/install.hpp>
#include <qsnap/app/setup/nag.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/setup_options.hpp>
#include <qsnap/report/outcome_report.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::cli {

namespace {

/// Asks on a terminal; elsewhere, one line says what comes next.
Result<void> offer_install(Session& session) {
  if (session.options.json || app::setup::is_set_up(session.folder()).value_or(true)) {
    return {};
  }
  if (!session.confirm("Set up Git to show, keep and merge snapshots in this repository (git qsnap install)?")) {
    return session.print("next: git qsnap install sets up Git to show, keep and merge snapshots\n");
  }
  app::setup::InstallRequest request;
  request.environment = setup_environment();
  request.hooks = app::setup::default_hooks();
  QSNAP_ASSIGN(const report::SetupView view, app::setup::install(session.folder(), request));
  return session.print(report::install_text(view, session.style()));
}

Result<int> run_init(Session& session) {
  QSNAP_ASSIGN(const store::InitReport made, store::Store::init(session.folder()));
  const report::InitView view{made.folder.native(), made.created};
  QSNAP_TRY(
      session.print([&] { return report::init_json(view); }, [&] { return report::init_text(view, session.style()); }));
  QSNAP_TRY(offer_install(session));
  return k_exit_ok;
}

}  // namespace

void add_init(Program& program) {
  CLI::App* command = add_command(program, "init", "Make .queue-snapshots/ in this repository");
  command->footer(
      "Leaves alone what is there already, and offers git qsnap install.\n\nExit status: 0 done, 2 not in a "
      "repository, 7 cannot write");
  set_action(program, command, run_init);
}

}  // namespace qsnap::cli
