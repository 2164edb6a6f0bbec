// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/lfs_migrate.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/lfs_commands.hpp>

namespace qsnap::cli {

namespace {

struct LfsMigrateOptions {
  std::vector<std::string> names;
  bool all_above = false, back = false, dry = false;
};

Result<int> run_lfs_migrate(Session& session, const LfsMigrateOptions& options) {
  if (options.names.empty() && !options.all_above) {
    return make_error(ErrorCode::usage, "which snapshots are to be moved?",
                      {"git qsnap lfs migrate NAME", "git qsnap lfs migrate --all-above: all above the threshold"});
  }
  app::MigrateRequest request;
  QSNAP_ASSIGN(request.names, store::parse_names(options.names));
  request.to = options.back ? store::Storage::git : store::Storage::lfs;
  request.rule = options.dry ? app::MigrateRule::propose : app::MigrateRule::write;
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const report::LfsMigrateView view, app::lfs_migrate(store, request, session.progress()));
  QSNAP_TRY(session.print([&] { return report::lfs_migrate_json(view); },
                          [&] { return report::lfs_migrate_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_lfs_migrate(Program& program, CLI::App* group) {
  auto options = std::make_shared<LfsMigrateOptions>();
  CLI::App* command = add_command(program, group, "migrate", "Move snapshots between Git and LFS in the work tree");
  CLI::Option* names = command->add_option("name", options->names, "Snapshots; a name stays the same");
  CLI::Option* all = command->add_flag("--all-above", options->all_above,
                                       "Every snapshot in Git that is above lfs: threshold: of config.yaml");
  CLI::Option* back = command->add_flag("--back", options->back, "From LFS to Git");
  all->excludes(names)->excludes(back);
  command->add_flag("--dry-run", options->dry, "Only tell which ones");
  add_set_options(command, program.session);
  command->footer(
      "Changes files of the work tree alone; committing them is yours. What is committed stays in Git for ever, "
      "unless\n"
      "`git lfs migrate` writes every commit anew.\n\n"
      "Exit status: 0 moved, or nothing to do, 2 usage, unknown name, or an object is not here, 5 broken snapshot, "
      "7 file I/O");
  set_action(program, command, [options](Session& session) { return run_lfs_migrate(session, *options); });
}

}  // namespace qsnap::cli
