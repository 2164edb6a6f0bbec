// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/resolve.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/set_names.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_unresolve(Session& session, const std::string& text) {
  QSNAP_ASSIGN(const store::SnapshotName asked, store::SnapshotName::parse(text));
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> names, names_of_conflicts(session, {asked}));
  QSNAP_ASSIGN(const report::UnresolveView view, app::unresolve(session.folder(), names.front(), session.progress()));
  QSNAP_TRY(session.print([&] { return report::unresolve_json(view); },
                          [&] { return report::unresolve_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_unresolve(Program& program) {
  auto name = std::make_shared<std::string>();
  CLI::App* command =
      add_command(program, "unresolve", "Bring back the conflicts of a snapshot, until they are committed");
  command->add_option("name", *name, "Which snapshot")->required();
  command->footer(
      "Merges the versions that Git has kept once more; what is in the work tree is replaced, decisions are "
      "forgotten.\n\n"
      "Exit status: 0 in conflict again, 2 usage, or Git has no versions of it, 5 a version is broken, 7 cannot write");
  set_action(program, command, [name](Session& session) { return run_unresolve(session, *name); });
}

}  // namespace qsnap::cli
