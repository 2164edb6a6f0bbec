// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/sets.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_set_create(Session& session, const app::NewSet& set) {
  QSNAP_ASSIGN(const store::Store store, store::Store::open(session.folder()));
  QSNAP_ASSIGN(const report::SetChangeView view, app::create_set(store, set));
  QSNAP_TRY(session.print([&] { return report::set_change_json(view); },
                          [&] { return report::set_change_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_set_create(Program& program, CLI::App* group) {
  auto set = std::make_shared<app::NewSet>();
  CLI::App* command = add_command(program, group, "create", "Say what a set is for, and what it inherits from");
  command->add_option("set", set->name, "Its name, mostly that of a branch")->required();
  command->add_option("--parent", set->parent, "What it inherits from, whatever config.yaml says")->type_name("SET");
  command->add_option("-m,--description", set->description, "What it is for")->type_name("TEXT");
  command->footer(
      "A set that config.yaml gives to a branch needs none of this: the first save makes its folder.\n\n"
      "Exit status: 0 created, 2 usage, 6 there is one already, 7 cannot write");
  set_action(program, command, [set](Session& session) { return run_set_create(session, *set); });
}

}  // namespace qsnap::cli
