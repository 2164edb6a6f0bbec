// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <qsnap/app/history_list.hpp>
#include <qsnap/base/time_words.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/history_commands.hpp>
#include <qsnap/store/history.hpp>

namespace qsnap::cli {

namespace {

struct HistoryListOptions {
  std::optional<std::string> series, since;
  std::string tag;
};

Result<int> run_history_list(Session& session, const HistoryListOptions& options) {
  app::HistoryListRequest request{{}, {}, options.tag, session.clock().now()};
  if (options.series) {
    QSNAP_ASSIGN(request.series, store::parse_series(*options.series == "history" ? "" : *options.series));
  }
  if (options.since) {
    QSNAP_ASSIGN(request.since, parse_time_words(*options.since, request.now));
  }
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const report::HistoryListView view, app::list_history(store, request));
  QSNAP_TRY(session.print([&] { return report::history_list_json(view); },
                          [&] { return report::history_list_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_history_list(Program& program, CLI::App* group) {
  auto options = std::make_shared<HistoryListOptions>();
  CLI::App* command = add_command(program, group, "list", "List the dated captures, the newest first");
  command->add_option("series", options->series, "Only this series; history is the one without a name");
  command->add_option("--since", options->since, "Only what was captured since: \"3 days ago\", 2026-11-20 …")
      ->type_name("WHEN");
  command->add_option("--tag", options->tag, "Only entries with this tag")->type_name("TAG");
  add_set_options(command, program.session);
  command->footer("Exit status: 0 listed, 2 usage, 5 broken entry");
  set_action(program, command, [options](Session& session) { return run_history_list(session, *options); });
}

}  // namespace qsnap::cli
