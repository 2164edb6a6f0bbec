// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/lfs_status.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/lfs_commands.hpp>

namespace qsnap::cli {

namespace {

/// Of all sets, so whose turn it is does not matter.
Result<int> run_lfs_status(Session& session, store::ObjectCheck check) {
  QSNAP_ASSIGN(const store::Store store, store::Store::open(session.folder()));
  QSNAP_ASSIGN(const report::LfsStatusView view, app::lfs_status(store, check, session.progress()));
  QSNAP_TRY(session.print([&] { return report::lfs_status_json(view); },
                          [&] { return report::lfs_status_text(view, session.style()); }));
  return view.ok() ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_lfs_status(Program& program, CLI::App* group) {
  auto verify = std::make_shared<bool>(false);
  CLI::App* command = add_command(program, group, "status", "Show which snapshots are in LFS, and what is missing");
  command->add_flag("--verify", *verify, "Read every byte of every object");
  command->footer(
      "Reads only, and asks no remote.\n\n"
      "Exit status: 0 all is well, 1 something is missing, damaged or not set up, 2 usage, or no snapshots here");
  set_action(program, command, [verify](Session& session) {
    return run_lfs_status(session, *verify ? store::ObjectCheck::digest : store::ObjectCheck::length);
  });
}

}  // namespace qsnap::cli
