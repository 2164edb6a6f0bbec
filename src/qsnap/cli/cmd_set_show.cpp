// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/sets.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_set_show(Session& session, const std::string& set) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const report::SetShowView view, app::show_set(store, set));
  QSNAP_TRY(session.print([&] { return report::set_show_json(view); },
                          [&] { return report::set_show_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_set_show(Program& program, CLI::App* group) {
  auto set = std::make_shared<std::string>();
  CLI::App* command = add_command(program, group, "show", "Show what a set overrides, adds and removes");
  command->add_option("set", *set, "Which set (default: that of the branch)");
  add_set_options(command, program.session);
  command->footer("Exit status: 0 shown, 2 usage or unknown set");
  set_action(program, command, [set](Session& session) { return run_set_show(session, *set); });
}

}  // namespace qsnap::cli
