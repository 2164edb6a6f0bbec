// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/inspect.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_list(Session& session, const std::string& pattern) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(std::vector<report::ListedSnapshot> listed, app::list_snapshots(store, pattern));
  QSNAP_TRY(app::mark_conflicts(session.folder(), listed));
  QSNAP_TRY(session.print([&] { return report::list_json(listed); },
                          [&] { return report::list_text(listed, pattern, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_list(Program& program) {
  auto pattern = std::make_shared<std::string>();
  CLI::App* command = add_command(program, "list", "List the snapshots of this work tree");
  command->add_option("pattern", *pattern, "Names that contain this, or match it if it has * or ?");
  command->footer("Exit status: 0 listed, 2 no .queue-snapshots here");
  set_action(program, command, [pattern](Session& session) { return run_list(session, *pattern); });
}

}  // namespace qsnap::cli
