// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <qsnap/app/history_prune.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/history_commands.hpp>
#include <qsnap/cli/retention_options.hpp>
#include <qsnap/report/retention_report.hpp>

namespace qsnap::cli {

namespace {

std::string prune_text(const report::PruneView& view, const RetentionOptions& options, const report::Style& style) {
  if (!view.drop) {
    return report::retention_text(view.plan, style);
  }
  const bool was_shown = !options.yes && view.plan.leaving() > 0;
  return (was_shown ? "" : report::retention_summary(view.plan, style)) + report::drop_text(*view.drop, style);
}

Result<int> run_prune(Session& session, const RetentionOptions& options) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const app::RetentionRequest request, retention_request(store, options));
  QSNAP_ASSIGN(const auto view, app::prune_history(store, request, prune_run(options),
                                                   drop_confirmation(session, options), session.clock()));
  if (!view) {
    return k_exit_refused;
  }
  QSNAP_TRY(session.print([&] { return report::prune_json(*view); },
                          [&] { return prune_text(*view, options, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_history_prune(Program& program, CLI::App* group) {
  auto options = std::make_shared<RetentionOptions>();
  CLI::App* command = add_command(program, group, "prune", "Drop dated captures that the rules do not keep");
  add_retention_options(command, *options);
  add_set_options(command, program.session);
  command->footer(
      "What is tagged, in an album, or compared with a pending state stays. Undo is printed, and holds until git "
      "gc.\n\n"
      "Exit status: 0 done, or told, 2 usage, no such series, 5 broken entry, 6 refused: no rules, or nobody said "
      "yes,\n"
      "7 cannot write");
  set_action(program, command, [options](Session& session) { return run_prune(session, *options); });
}

}  // namespace qsnap::cli
