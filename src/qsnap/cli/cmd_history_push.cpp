// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <qsnap/app/history_exchange.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/history_commands.hpp>

namespace qsnap::cli {

namespace {

struct PushOptions {
  std::string remote;
  bool all = false;
};

Result<int> run_history_push(Session& session, const PushOptions& options) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  const auto sets = options.all ? app::ExchangedSets::all : app::ExchangedSets::current;
  QSNAP_ASSIGN(const report::HistoryExchangeView view,
               app::push_history(store, {options.remote, sets}, session.clock()));
  QSNAP_TRY(session.print([&] { return report::history_exchange_json(view); },
                          [&] { return report::history_exchange_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_history_push(Program& program, CLI::App* group) {
  auto options = std::make_shared<PushOptions>();
  CLI::App* command = add_command(program, group, "push", "Give a remote the dated captures that are here");
  command->add_option("remote", options->remote, "A remote or a URL; without it the only remote, or origin");
  command->add_flag("--all", options->all, "The histories of all sets");
  add_set_options(command, program.session);
  command->footer(
      "Pulls first, so that the remote gets the union, whoever pushes at the same time. git runs its transport and\n"
      "credential helpers for the remote.\n\n"
      "Exit status: 0 done, 2 usage, or git failed, 5 broken entry, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_history_push(session, *options); });
}

}  // namespace qsnap::cli
