// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/backup.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct BackupOptions {
  std::string file;
  bool without_lfs = false;
};

Result<int> run_backup(Session& session, const BackupOptions& options) {
  QSNAP_ASSIGN(const store::Store store, store::Store::open(session.folder()));
  const app::BackupRequest request{
      options.file, options.without_lfs ? app::LfsRule::leave_out : app::LfsRule::with_objects, session.clock().now()};
  QSNAP_ASSIGN(const report::BackupView view, app::make_backup(store, request, session.progress()));
  QSNAP_TRY(session.print([&] { return report::backup_json(view); },
                          [&] { return report::backup_text(view, session.style()); }));
  return view.damaged.empty() ? k_exit_ok : k_exit_broken;
}

}  // namespace

void add_backup(Program& program) {
  auto options = std::make_shared<BackupOptions>();
  CLI::App* command = add_command(program, "backup", "Put snapshots, sets, history and LFS objects into one file");
  command->add_option("file", options->file, "The file to make: a bundle of Git, for its owner alone")->required();
  command->add_flag("--without-lfs", options->without_lfs, "Leave the objects of Git LFS out");
  command->footer(
      "The tree is taken as it lies in the work tree, committed or not. The file is read back and checked before it\n"
      "gets its name, and is never written over another one.\n\n"
      "Exit status: 0 made and checked, 2 usage or no snapshots, 5 made, and a snapshot is damaged, 6 refused: the\n"
      "file is there, or an object of Git LFS is not, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_backup(session, *options); });
}

}  // namespace qsnap::cli
