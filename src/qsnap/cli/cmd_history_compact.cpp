// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <qsnap/app/history_compact.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/history_commands.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_compact(Session& session, app::CompactRun run) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const report::CompactView view, app::compact_history(store, run, session.progress()));
  QSNAP_TRY(session.print([&] { return report::compact_json(view); },
                          [&] { return report::compact_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_history_compact(Program& program, CLI::App* group) {
  auto dry = std::make_shared<bool>(false);
  CLI::App* command = add_command(program, group, "compact", "Pack dated captures anew, as differences to each other");
  command->add_flag("--dry-run", *dry, "Only tell what they take");
  command->footer(
      "Of all sets. The rest of the repository is packed as git qsnap gc does. May be interrupted at any time.\n\n"
      "Exit status: 0 done, or nothing to do, 2 usage, or git failed, 6 another gc is at work");
  set_action(program, command, [dry](Session& session) {
    return run_compact(session, *dry ? app::CompactRun::tell : app::CompactRun::pack);
  });
}

}  // namespace qsnap::cli
