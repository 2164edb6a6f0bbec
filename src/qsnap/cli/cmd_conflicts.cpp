// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/conflicts.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/set_names.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_conflicts(Session& session, const std::string& text) {
  std::optional<store::SnapshotName> name;
  if (!text.empty()) {
    QSNAP_ASSIGN(const store::SnapshotName asked, store::SnapshotName::parse(text));
    QSNAP_ASSIGN(const std::vector<store::SnapshotName> meant, names_of_conflicts(session, {asked}));
    name = meant.front();
  }
  QSNAP_ASSIGN(const report::ConflictsView view, app::list_conflicts(session.folder(), name, session.progress()));
  QSNAP_TRY(session.print([&] { return report::conflicts_json(view); },
                          [&] { return report::conflicts_text(view, session.style()); }));
  return view.snapshots.empty() ? k_exit_ok : k_exit_broken;
}

}  // namespace

void add_conflicts(Program& program) {
  auto name = std::make_shared<std::string>();
  CLI::App* command =
      add_command(program, "conflicts", "Show what merges could not decide, in all snapshots or in one");
  command->add_option("name", *name, "Which snapshot (default: all)");
  command->footer(
      "Also those that were added or committed with their conflicts. During a rebase, \"upstream\" is what your "
      "commits\n"
      "are put upon (Git's \"ours\").\n\n"
      "Exit status: 0 none, 2 usage, no repository or unknown name, 5 conflicts");
  set_action(program, command, [name](Session& session) { return run_conflicts(session, *name); });
}

}  // namespace qsnap::cli
