// SPDX-License-Identifier: Apache-2.0
#include <langinfo.h>
#include <locale.h>
#include <unistd.h>

#include <qsnap/app/snapshot_stats.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/report/prometheus.hpp>

namespace qsnap::cli {

namespace {

struct StatsOptions {
  app::StatsRequest request;
  bool full = false;
  bool prometheus = false;
};

/// Blocks of different heights are drawn where there is a terminal whose locale has them.
report::Sparklines sparklines() {
  const locale_t locale = ::newlocale(LC_CTYPE_MASK, "", nullptr);
  if (locale == nullptr || ::isatty(STDOUT_FILENO) != 1) {
    return report::Sparklines::none;
  }
  const bool is_utf8 = std::string_view{::nl_langinfo_l(CODESET, locale)} == "UTF-8";
  ::freelocale(locale);
  return is_utf8 ? report::Sparklines::drawn : report::Sparklines::none;
}

Result<int> run_stats(Session& session, const StatsOptions& options) {
  app::StatsRequest request = options.request;
  request.folder = session.folder();
  request.depth = options.full || !request.names.empty() ? app::StatsDepth::jobs : app::StatsDepth::index;
  QSNAP_ASSIGN(store::Store store, session.open_store());
  if (request.names.empty()) {
    store.select({});  // every set, by full names
  }
  QSNAP_ASSIGN(const std::optional<app::Target> target, session.optional_target());
  QSNAP_ASSIGN(const std::vector<report::SnapshotStats> stats,
               app::snapshot_stats(store, request, target, session.progress()));
  if (options.prometheus) {
    QSNAP_TRY(session.print(report::stats_prometheus(stats)));
    return k_exit_ok;
  }
  QSNAP_TRY(session.print([&] { return report::stats_json(stats); },
                          [&] { return report::stats_text(stats, sparklines(), session.style()); }));
  for (const report::SnapshotStats& snapshot : stats) {
    QSNAP_TRY(print_explanation(session, snapshot.capture));
  }
  return k_exit_ok;
}

}  // namespace

void add_stats(Program& program) {
  auto options = std::make_shared<StatsOptions>();
  CLI::App* command = add_command(program, "stats", "Show how large snapshots are, what is in them, how they grew");
  command->add_option("name", options->request.names, "NAME, file, REV:NAME or live; without any: every snapshot");
  command->add_flag("--full", options->full, "Read the jobs of every snapshot, as for one that is named");
  constexpr std::size_t k_most_versions = 1'000'000;
  command->add_option("--history", options->request.history, "And the last N versions that commits have")
      ->check(CLI::Range(std::size_t{1}, k_most_versions))
      ->type_name("N");
  command->add_flag("--prometheus", options->prometheus, "Print metrics in the text format of Prometheus")
      ->excludes(command->get_option("--json"));
  add_redis_options(command, program.session);
  add_capture_options(command, program.session);
  add_redact_option(command, program.session);
  add_set_options(command, program.session);
  command->footer(
      "Of all snapshots, only indexes and queue records are read; of those that are named, every job.\n\n"
      "Exit status: 0 shown, 2 usage or unknown name, 3 Redis, 4 no consistent state, 5 broken snapshot");
  set_action(program, command, [options](Session& session) { return run_stats(session, *options); });
}

}  // namespace qsnap::cli
