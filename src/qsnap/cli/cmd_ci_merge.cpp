// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/merge_refs.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/setup_options.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_ci_merge(Session& session, const std::string& base) {
  QSNAP_ASSIGN(const report::CiMergeView view, app::ci_merge({session.folder(), setup_environment().own_folder, base}));
  QSNAP_TRY(session.print([&] { return report::ci_merge_json(view); },
                          [&] { return report::ci_merge_text(view, session.style()); }));
  return view.commit.empty() ? k_exit_differs : k_exit_ok;
}

}  // namespace

void add_ci_merge(Program& program) {
  auto base = std::make_shared<std::string>();
  CLI::App* command = add_command(program, "ci-merge", "Merge the target branch into HEAD, for forges, in CI");
  command->add_option("--base", *base, "The branch that HEAD is to be merged into")->required();
  command->footer(
      "Makes a commit and moves no branch: push it to that of the pull request, and a forge that knows no merge "
      "drivers\n"
      "has nothing left to decide. Works in a bare clone; needs both histories, and to write into the folder.\n\n"
      "Exit status: 0 merged, or nothing to merge, 1 conflicts, 2 usage, no such commit, or git failed, 6 refused");
  set_action(program, command, [base](Session& session) { return run_ci_merge(session, *base); });
}

}  // namespace qsnap::cli
