// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/assert_mode.hpp>
#include <qsnap/app/obsolete.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/environment.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/obsolete_options.hpp>

namespace qsnap::cli {

namespace {

using report::ObsoleteView;

/// --run, else QSNAP_RUN_ID where no ledger was named either.
Result<std::vector<store::RunId>> chosen_runs(const ObsoleteOptions& options) {
  std::vector<std::string> words = options.runs;
  const auto current = process_environment()("QSNAP_RUN_ID");
  if (words.empty() && options.ledgers.empty() && current) {
    words.push_back(*current);
  }
  std::vector<store::RunId> runs;
  for (const std::string& word : words) {
    QSNAP_ASSIGN(store::RunId run, store::RunId::parse(word));
    runs.push_back(std::move(run));
  }
  return runs;
}

Result<app::ObsoleteRequest> request_of(const store::Store& store, const ObsoleteOptions& options) {
  const auto pending = app::pending_folder(store.git_dir(), config::UpdateMode::pending, process_environment());
  app::ObsoleteRequest request{.runs_folder = app::runs_folder(store.git_dir(), process_environment()),
                               .runs = {},
                               .ledgers = {options.ledgers.begin(), options.ledgers.end()},
                               .pending = store::PendingStore{*pending}};
  QSNAP_ASSIGN(request.runs, chosen_runs(options));
  request.looked_for = options.all ? app::LookedFor::baselines_too : app::LookedFor::test_cases;
  request.coverage = options.complete ? ObsoleteView::Coverage::complete : ObsoleteView::Coverage::partial;
  request.verdict = options.fail ? ObsoleteView::Verdict::fail : ObsoleteView::Verdict::tell;
  request.proposing = options.propose ? app::Proposing::yes : app::Proposing::no;
  return request;
}

Result<int> run_obsolete(Session& session, const ObsoleteOptions& options) {
  const auto format =
      session.options.json ? report::ObsoleteFormat::json : *report::parse_obsolete_format(options.format);
  session.options.json = format == report::ObsoleteFormat::json;  // errors, too
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  if (options.list_runs) {
    QSNAP_ASSIGN(const auto runs, app::known_runs(app::runs_folder(store.git_dir(), process_environment())));
    QSNAP_TRY(session.print([&] { return report::runs_json(runs); },
                            [&] { return report::runs_text(runs, session.style()); }));
    return k_exit_ok;
  }
  QSNAP_ASSIGN(const app::ObsoleteRequest request, request_of(store, options));
  QSNAP_ASSIGN(const ObsoleteView view, app::find_obsolete(store, request, session.clock(), session.progress()));
  QSNAP_TRY(report::write_obsolete(view, format, session.style(),
                                   [&](std::string_view text) { return session.print(text); }));
  return view.holds() ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_obsolete(Program& program) {
  auto options = std::make_shared<ObsoleteOptions>();
  CLI::App* command = add_command(program, "obsolete", "Tell which snapshots no test of a run refers to");
  add_obsolete_options(command, *options);
  add_set_options(command, program.session);
  command->footer(
      "A test run with QSNAP_RUN_ID=ID keeps a ledger of the snapshots that it refers to. Nothing is ever deleted "
      "here.\n\n"
      "Exit status: 0 told, 1 obsolete snapshots and --fail, 2 usage, no such run, 5 broken ledger, 6 a complete run\n"
      "without an event, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_obsolete(session, *options); });
}

}  // namespace qsnap::cli
