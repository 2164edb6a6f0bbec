// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/restore_backup.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct RestoreOptions {
  std::string file;
  bool replace = false;
  bool dry_run = false;
};

Result<int> run_restore(Session& session, const RestoreOptions& options) {
  const app::RestoreBackupRequest request{
      session.folder(), options.file, options.replace ? app::DifferingFile::replace : app::DifferingFile::leave,
      options.dry_run ? app::RestoreBackupRule::dry_run : app::RestoreBackupRule::write, session.clock().now()};
  QSNAP_ASSIGN(const report::RestoredBackupView view, app::restore_backup(request, session.progress()));
  QSNAP_TRY(session.print([&] { return report::restored_backup_json(view); },
                          [&] { return report::restored_backup_text(view, session.style()); }));
  return view.count(report::RestoredAs::differs) == 0 ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_restore_from(Program& program) {
  auto options = std::make_shared<RestoreOptions>();
  CLI::App* command = add_command(program, "restore-from", "Put back what a backup has and this repository has not");
  command->add_option("file", options->file, "What git qsnap backup made")->required();
  command->add_flag("--replace", options->replace, "Also files that are others here; these are kept in .git/qsnap");
  command->add_flag("--dry-run", options->dry_run, "Check the backup, and only tell what would be done");
  command->footer(
      "All of the backup is checked first. Histories are united: no capture that is here goes away. Works in a new\n"
      "repository, too (git init).\n\n"
      "Exit status: 0 done, 1 files that are others here were left, 2 usage or no repository, 5 the backup is damaged\n"
      "or none, 6 refused, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_restore(session, *options); });
}

}  // namespace qsnap::cli
