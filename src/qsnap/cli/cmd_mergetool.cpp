// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/resolve_files.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/conflict_prompt.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

/// git mergetool asks for nothing but the exit code: 0 is resolved.
Result<int> run_mergetool(Session& session, const app::MergedFiles& files) {
  QSNAP_ASSIGN(app::Resolution resolution, app::open_files(session.folder(), files, session.progress()));
  if (resolution.left() > 0) {
    QSNAP_TRY(ask_about_conflicts(session, resolution, files.merged));
  }
  if (resolution.left() > 0) {
    return k_exit_differs;
  }
  QSNAP_TRY(app::write_merged_file(files, resolution, session.progress()));
  return k_exit_ok;
}

}  // namespace

void add_mergetool(Program& program) {
  auto files = std::make_shared<app::MergedFiles>();
  CLI::App* command = add_command(program, "mergetool", "Resolve the conflicts of three files, for git mergetool");
  command->add_option("base", files->base, "The common version; may be empty")->required();
  command->add_option("local", files->ours, "Our version")->required();
  command->add_option("remote", files->theirs, "Their version")->required();
  command->add_option("merged", files->merged, "Where the result goes")->required();
  command->footer(
      "Asks about each conflict; a file is only written when all are decided. git qsnap install makes it known:\n"
      "git mergetool --tool=qsnap\n\n"
      "Exit status: 0 resolved, 1 left open, 2 usage or no terminal, 5 a version is broken, 7 cannot write");
  set_action(program, command, [files](Session& session) { return run_mergetool(session, *files); });
}

}  // namespace qsnap::cli
