// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/resolve_snapshots.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/conflict_prompt.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/resolve_options.hpp>
#include <qsnap/cli/set_names.hpp>

namespace qsnap::cli {

namespace {

struct ResolveOptions {
  std::vector<std::string> names;
  bool all = false, interactive = false;
  ResolveWords words;
};

Result<int> run_resolve(Session& session, const CLI::App& command, const ResolveOptions& options) {
  QSNAP_ASSIGN(app::ResolveRequest request, resolve_request(command, options.words));
  if (options.interactive) {
    request.ask = [&session](app::Resolution& resolution, const std::string& title) {
      return ask_about_conflicts(session, resolution, title);
    };
  }
  QSNAP_ASSIGN(std::vector<store::SnapshotName> names, store::parse_names(options.names));
  QSNAP_ASSIGN(names, names_of_conflicts(session, std::move(names)));
  const app::ResolveWhich which{options.all ? app::Resolved::all : app::Resolved::named, std::move(names)};
  QSNAP_ASSIGN(app::ResolveOutcome outcome,
               app::resolve_snapshots(session.folder(), which, request, session.progress()));
  if (!outcome.view.snapshots.empty() || outcome.problems.empty()) {
    QSNAP_TRY(session.print([&] { return report::resolve_json(outcome.view); },
                            [&] { return report::resolve_text(outcome.view, session.style()); }));
  }
  if (outcome.problems.empty()) {
    return outcome.view.left() == 0 ? k_exit_ok : k_exit_broken;
  }
  Error last = std::move(outcome.problems.back());
  outcome.problems.pop_back();
  for (const Error& problem : outcome.problems) {
    session.print_error(problem);
  }
  return last;
}

}  // namespace

void add_resolve(Program& program) {
  auto options = std::make_shared<ResolveOptions>();
  CLI::App* command = add_command(program, "resolve", "Decide what a merge could not, and tell Git that it is done");
  command->add_option("name", options->names, "Which snapshots");
  command->add_flag("--all", options->all,
                    "All that are in conflict; without a side, those with nothing left to decide");
  command->add_flag("-i,--interactive", options->interactive, "Ask about each conflict");
  add_resolve_options(command, options->words);
  command->footer(
      "Merges the versions that Git has kept once more, with these decisions: it does not matter what happened to the\n"
      "file. With nothing left, the result is staged and git commit goes on; git qsnap unresolve takes it back.\n"
      "  git qsnap resolve checkout --job 12 --take theirs --job 13 --field payload.to --take ours\n\n"
      "Exit status: 0 resolved, 2 usage or not in conflict, 5 conflicts are left, or a version is broken, 6 refused,\n"
      "7 cannot write");
  set_action(program, command,
             [options, command](Session& session) { return run_resolve(session, *command, *options); });
}

}  // namespace qsnap::cli
