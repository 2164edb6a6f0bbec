// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/sets.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_set_rename(Session& session, const std::string& from, const std::string& to) {
  QSNAP_ASSIGN(const store::Store store, store::Store::open(session.folder()));
  QSNAP_ASSIGN(const report::SetChangeView view, app::rename_set(store, from, to));
  QSNAP_TRY(session.print([&] { return report::set_change_json(view); },
                          [&] { return report::set_change_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_set_rename(Program& program, CLI::App* group) {
  auto from = std::make_shared<std::string>();
  auto to = std::make_shared<std::string>();
  CLI::App* command = add_command(program, group, "rename", "Give a set another name, as its branch was");
  command->add_option("old", *from, "The set")->required();
  command->add_option("new", *to, "Its new name")->required();
  command->footer(
      "Git is not told: git add and commit.\n\n"
      "Exit status: 0 renamed, 2 usage or unknown set, 6 there is one of the new name, 7 cannot write");
  set_action(program, command, [from, to](Session& session) { return run_set_rename(session, *from, *to); });
}

}  // namespace qsnap::cli
