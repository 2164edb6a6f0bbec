// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/merge_files.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct MergeFilesOptions {
  std::string base, ours, theirs, output;
};

Result<int> run_merge_files(Session& session, const MergeFilesOptions& options) {
  const app::MergeFilesRequest request{session.folder(), options.base, options.ours, options.theirs, options.output};
  QSNAP_ASSIGN(const report::MergeFilesView view, app::merge_files(request, session.progress()));
  QSNAP_TRY(session.print([&] { return report::merge_files_json(view); },
                          [&] { return report::merge_files_text(view, session.style()); }));
  return view.conflicts.empty() ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_merge_files(Program& program) {
  auto options = std::make_shared<MergeFilesOptions>();
  CLI::App* command = add_command(program, "merge-files", "Merge three snapshot files by meaning, for other tools");
  command->add_option("base", options->base, "The common ancestor; an empty file: there is none")->required();
  command->add_option("ours", options->ours, "Our side")->required();
  command->add_option("theirs", options->theirs, "Their side")->required();
  command->add_option("-o,--output", options->output, "Where the result goes; may be one of the three")->required();
  command->footer(
      "With conflicts, the result is a snapshot that carries them. The rules are those of config.yaml here.\n\n"
      "Exit status: 0 merged, 1 conflicts, 2 usage or no such file, 5 a file is broken or has conflicts, 6 refused,\n"
      "7 cannot write");
  set_action(program, command, [options](Session& session) { return run_merge_files(session, *options); });
}

}  // namespace qsnap::cli
