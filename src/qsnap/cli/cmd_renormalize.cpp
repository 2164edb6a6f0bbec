// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/renormalize.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_renormalize(Session& session, app::RenormalizeRule rule) {
  QSNAP_ASSIGN(const report::RenormalizeView view, app::renormalize(session.folder(), rule, session.progress()));
  QSNAP_TRY(session.print([&] { return report::renormalize_json(view); },
                          [&] { return report::renormalize_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_renormalize(Program& program) {
  auto dry = std::make_shared<bool>(false);
  CLI::App* command = add_command(program, "renormalize", "Stage packed snapshots in the form that Git shall keep");
  command->add_flag("--dry-run", *dry, "Only tell which ones");
  command->footer(
      "For snapshots that were added without the filter (git qsnap install). Changes the index alone.\n\n"
      "Exit status: 0 staged, or nothing to do, 2 usage, no work tree, or git failed, 6 a merge is not finished");
  set_action(program, command, [dry](Session& session) {
    return run_renormalize(session, *dry ? app::RenormalizeRule::propose : app::RenormalizeRule::write);
  });
}

}  // namespace qsnap::cli
