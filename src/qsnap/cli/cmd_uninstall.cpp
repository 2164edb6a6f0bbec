// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/setup/install.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/setup_options.hpp>

namespace qsnap::cli {

namespace {

struct UninstallOptions {
  ScopeOptions scope;
  bool dry_run = false;
};

Result<int> run_uninstall(Session& session, const UninstallOptions& options) {
  using app::setup::DryRun;
  const app::setup::UninstallRequest request{options.scope.scope(), setup_environment(),
                                             options.dry_run ? DryRun::yes : DryRun::no};
  QSNAP_ASSIGN(const report::SetupView view, app::setup::uninstall(session.folder(), request));
  QSNAP_TRY(session.print([&] { return report::uninstall_json(view); },
                          [&] { return report::uninstall_text(view, session.style()); }));
  return view.ok ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_uninstall(Program& program) {
  auto options = std::make_shared<UninstallOptions>();
  CLI::App* command = add_command(program, "uninstall", "Take back what install wrote");
  add_scope_options(command, options->scope);
  command->add_flag("--dry-run", options->dry_run, "Tell what would be removed");
  command->footer(
      "What was edited since stays, and is told. Snapshots stay as they are.\n\n"
      "Exit status: 0 removed or nothing there, 1 something edited by hand stays, 2 usage, 6 refused, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_uninstall(session, *options); });
}

}  // namespace qsnap::cli
