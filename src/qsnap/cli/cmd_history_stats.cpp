// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <qsnap/app/history_costs.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/history_commands.hpp>
#include <qsnap/store/history.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_history_stats(Session& session, std::optional<std::string> series) {
  if (series) {
    QSNAP_ASSIGN(series, store::parse_series(*series == "history" ? "" : *series));
  }
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const report::HistoryCostsView view, app::history_costs(store, series));
  QSNAP_TRY(session.print([&] { return report::history_costs_json(view); },
                          [&] { return report::history_costs_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_history_stats(Program& program, CLI::App* group) {
  auto series = std::make_shared<std::optional<std::string>>();
  CLI::App* command = add_command(program, group, "stats", "Tell what each dated capture really takes");
  command->add_option("series", *series, "Only this series; history is the one without a name");
  add_set_options(command, program.session);
  command->footer("Exit status: 0 shown, 2 usage, or no such series, 5 broken entry");
  set_action(program, command, [series](Session& session) { return run_history_stats(session, *series); });
}

}  // namespace qsnap::cli
