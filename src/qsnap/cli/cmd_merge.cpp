// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/merge_refs.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/setup_options.hpp>

namespace qsnap::cli {

namespace {

struct MergeOptions {
  std::vector<std::string> heads;
  bool dry_run = false;
};

Result<int> run_merge(Session& session, const MergeOptions& options) {
  const app::MergeRefsRequest request{session.folder(), setup_environment().own_folder, options.heads,
                                      options.dry_run ? app::MergeRule::preview : app::MergeRule::merge};
  QSNAP_ASSIGN(const report::MergeView view, app::merge_refs(request));
  QSNAP_TRY(session.print([&] { return report::merge_json(view); },
                          [&] { return report::merge_text(view, session.style()); }));
  return view.clean() ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_merge(Program& program) {
  auto options = std::make_shared<MergeOptions>();
  CLI::App* command = add_command(program, "merge", "Merge branches, with snapshots by meaning, without an install");
  command->add_option("heads", options->heads, "Branches or commits, merged one after the other")->required();
  command->add_flag("--dry-run", options->dry_run, "Only tell what would conflict");
  command->footer(
      "Looks first whether they merge, and then lets git merge do it with git-qsnap's driver. Of what the repository\n"
      "configures, no hook, filter or other driver runs: a file with a driver of its own is in conflict.\n\n"
      "Exit status: 0 merged, 1 conflicts, 2 usage, no such commit, or git refused, 6 refused");
  set_action(program, command, [options](Session& session) { return run_merge(session, *options); });
}

}  // namespace qsnap::cli
