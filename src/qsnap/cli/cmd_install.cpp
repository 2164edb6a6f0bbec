// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/setup/install.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/setup_options.hpp>

namespace qsnap::cli {

namespace {

using app::setup::DryRun;
using app::setup::Scope;

struct InstallOptions {
  ScopeOptions scope;
  std::vector<std::string> hooks;
  CLI::Option* hooks_option = nullptr;  ///< not owned
  bool no_hooks = false, dry_run = false, print = false, pin_path = false;
};

Result<app::setup::HookChoice> hooks_of(const InstallOptions& options) {
  if (options.hooks_option->count() > 0) {
    if (options.scope.scope() != Scope::local) {
      return make_error(ErrorCode::usage, "hooks are of one repository",
                        {"git qsnap install --hooks, in each of them"});
    }
    return app::setup::chosen_hooks(options.hooks);
  }
  return options.no_hooks ? app::setup::HookChoice{} : app::setup::default_hooks();
}

Result<int> run_install(Session& session, const InstallOptions& options) {
  if (options.print && session.options.json) {
    return make_error(ErrorCode::usage, "--print prints files, and no JSON", {"git qsnap install --dry-run --json"});
  }
  app::setup::InstallRequest request{options.scope.scope(), setup_environment(), {}, DryRun::no, std::nullopt};
  QSNAP_ASSIGN(request.hooks, hooks_of(options));
  request.dry_run = options.dry_run || options.print ? DryRun::yes : DryRun::no;
  if (options.pin_path) {
    QSNAP_ASSIGN(request.pinned_program, app::setup::driver_to_pin(request.environment));
  }
  QSNAP_ASSIGN(const report::SetupView view, app::setup::install(session.folder(), request));
  if (options.print) {
    QSNAP_TRY(session.print(report::install_print(view)));
    return k_exit_ok;
  }
  QSNAP_TRY(session.print([&] { return report::install_json(view); },
                          [&] { return report::install_text(view, session.style()); }));
  return view.ok ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_install(Program& program) {
  auto options = std::make_shared<InstallOptions>();
  CLI::App* command = add_command(program, "install", "Set up Git: diffs, merges and a compact history of snapshots");
  add_scope_options(command, options->scope);
  options->hooks_option = command
                              ->add_option("--hooks", options->hooks,
                                           "These hooks, or all (default: pre-commit, pre-merge-commit, pre-push)")
                              ->delimiter(',')
                              ->expected(0, -1)
                              ->type_name("NAME,…");
  command->add_flag("--no-hooks", options->no_hooks, "No hooks")->excludes(options->hooks_option);
  command->add_flag("--pin-path", options->pin_path, "Name the driver by its path instead of finding it on the PATH");
  command->add_flag("--dry-run", options->dry_run, "Tell what would be written");
  command->add_flag("--print", options->print, "Print what would be written, for configuration kept elsewhere");
  command->footer(
      "Can be repeated; git qsnap uninstall puts back every byte.\n\n"
      "Exit status: 0 installed, 1 something edited by hand stays as it is, 2 usage, 6 refused, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_install(session, *options); });
}

}  // namespace qsnap::cli
