// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/sets.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/report_options.hpp>

namespace qsnap::cli {

namespace {

struct SetDiffOptions {
  std::string set, other;
  ReportOptions report;
};

/// "SET": with its parent; "A B": B with A.
app::SetPair pair_of(const SetDiffOptions& options) {
  return options.other.empty() ? app::SetPair{{}, options.set} : app::SetPair{options.set, options.other};
}

Result<int> run_set_diff(Session& session, const SetDiffOptions& options) {
  QSNAP_ASSIGN(const std::vector<Face> faces, chosen_faces(session, options.report));
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const report::DiffReport report,
               app::diff_sets(store, pair_of(options), compare_choice(options.report, faces), session.progress()));
  QSNAP_TRY(write_faces(session, options.report, faces, report));
  return verdict(options.report, report);
}

}  // namespace

void add_set_diff(Program& program, CLI::App* group) {
  auto options = std::make_shared<SetDiffOptions>();
  CLI::App* command = add_command(program, group, "diff", "Tell what differs between a set and its parent");
  command->add_option("set", options->set, "Which set (default: that of the branch); alone, with its parent");
  command->add_option("other", options->other, "A set that is compared with the first one");
  add_report_options(command, options->report);
  add_set_options(command, program.session);
  command->footer(
      "What both sets see in one file is the same without a look.\n\n"
      "Exit status: 0 same meaning, 1 differences, 2 usage or unknown set, 5 broken");
  set_action(program, command, [options](Session& session) { return run_set_diff(session, *options); });
}

}  // namespace qsnap::cli
