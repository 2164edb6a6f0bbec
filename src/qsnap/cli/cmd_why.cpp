// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/merge_log.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/set_names.hpp>

namespace qsnap::cli {

namespace {

struct WhyOptions {
  std::string name;
  std::size_t most = 1;
  bool all = false;
};

Result<int> run_why(Session& session, const WhyOptions& options) {
  QSNAP_ASSIGN(const store::SnapshotName asked, store::SnapshotName::parse(options.name));
  QSNAP_ASSIGN(const store::SnapshotName name, name_of_file(session, asked));
  QSNAP_ASSIGN(report::WhyView view, app::merge_log(session.folder(), name, options.most));
  view.detail = options.all ? report::WhyDetail::all : report::WhyDetail::meaning;
  QSNAP_TRY(
      session.print([&] { return report::why_json(view); }, [&] { return report::why_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_why(Program& program) {
  auto options = std::make_shared<WhyOptions>();
  CLI::App* command =
      add_command(program, "why", "Show what the merge driver decided about a snapshot, and by which rule");
  command->add_option("name", options->name, "Which snapshot")->required();
  command->add_option("-n,--max-count", options->most, "So many merges instead of the last one")
      ->check(CLI::PositiveNumber);
  command->add_flag("--all", options->all, "Also in how many jobs only what is volatile came from a side");
  add_set_options(command, program.session);
  command->footer(
      "The newest first; in front of one that was in conflict, how it was resolved. A rebase merges once for each\n"
      "commit. The journal is that of this clone, for all of its work trees, and forgets: it holds the last "
      "megabyte.\n\n"
      "Exit status: 0 shown, 2 usage, or there was no merge");
  set_action(program, command, [options](Session& session) { return run_why(session, *options); });
}

}  // namespace qsnap::cli
