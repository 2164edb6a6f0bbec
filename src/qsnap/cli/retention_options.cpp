// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/assert_mode.hpp>
#include <qsnap/cli/environment.hpp>
#include <qsnap/cli/retention_options.hpp>
#include <qsnap/report/retention_report.hpp>
#include <qsnap/store/history.hpp>

namespace qsnap::cli {

void add_retention_options(CLI::App* command, RetentionOptions& options) {
  command->add_option("--series", options.series, "Only this series (default: all; history is the one without a name)")
      ->type_name("SERIES");
  const auto add = [&](const char* name, std::optional<std::uint32_t>& number, const char* what) {
    constexpr std::uint32_t k_most = 1'000'000;
    command->add_option(name, number, what)->check(CLI::Range(std::uint32_t{0}, k_most))->type_name("N");
  };
  add("--keep-last", options.keep.last, "Keep the N newest; as all of these instead of what config.yaml says");
  add("--keep-hourly", options.keep.hourly, "Keep the newest one of N hours that have any");
  add("--keep-daily", options.keep.daily, "The same for days");
  add("--keep-weekly", options.keep.weekly, "For weeks (ISO 8601)");
  add("--keep-monthly", options.keep.monthly, "For months");
  add("--keep-yearly", options.keep.yearly, "For years");
  command->add_flag("--dry-run", options.dry_run, "Only tell every decision, and why");
  command->add_flag("--yes", options.yes, "Do not ask");
  command->add_flag("--force", options.force, "Also take files away that no commit has (history: {store: tree})");
}

Result<app::RetentionRequest> retention_request(const store::Store& store, const RetentionOptions& options) {
  app::RetentionRequest request;
  if (options.series) {
    QSNAP_ASSIGN(request.series, store::parse_series(*options.series == "history" ? "" : *options.series));
  }
  QSNAP_ASSIGN(request.rules, app::choose_keep_rules(store, options.keep));
  request.pending_folder =
      app::pending_folder(store.git_dir(), config::UpdateMode::pending, process_environment()).value_or("");
  request.uncommitted = options.force ? app::UncommittedRule::drop : app::UncommittedRule::keep;
  return request;
}

app::PruneRun prune_run(const RetentionOptions& options) {
  return options.dry_run ? app::PruneRun::tell : app::PruneRun::drop;
}

app::ConfirmDrop drop_confirmation(Session& session, const RetentionOptions& options) {
  return [&session, yes = options.yes](const report::RetentionView& plan) -> Result<bool> {
    if (yes) {
      return true;
    }
    if (!Session::can_ask()) {
      return make_error(ErrorCode::refused, fmt::format("{} of {} entries would go", plan.leaving(), plan.entries()),
                        {"look at them with --dry-run, then say --yes"});
    }
    if (!session.options.json) {
      QSNAP_TRY(session.print(report::retention_summary(plan, session.style())));
      QSNAP_TRY(session.flush());
    }
    return session.confirm(fmt::format("Drop {} of {} entries?", plan.leaving(), plan.entries()));
  };
}

}  // namespace qsnap::cli
