// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/app/save.hpp>
#include <qsnap/app/save_history.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/keep_options.hpp>
#include <qsnap/cli/metrics_option.hpp>
#include <qsnap/cli/run_record.hpp>
#include <qsnap/store/history.hpp>

namespace qsnap::cli {

namespace {

Result<int> print_saved(Session& session, const report::SaveView& view) {
  session.metrics().add(report::metrics_of("save", view));
  QSNAP_TRY(
      session.print([&] { return report::save_json(view); }, [&] { return report::save_text(view, session.style()); }));
  QSNAP_TRY(print_explanation(session, view.capture));
  return k_exit_ok;
}

/// Of a dated capture nobody knows the name before: the test run is told afterwards, if there is one.
Result<int> run_save_history(Session& session, const KeepOptions& options, const std::string& series) {
  QSNAP_ASSIGN(app::KeepRequest keep, keep_request(options, store::new_history_name(series, session.clock().now())));
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(app::Target target, session.target());
  const app::SaveRequest request{std::move(keep), std::move(target)};
  QSNAP_ASSIGN(const app::SavedHistory saved, app::save_history(store, series, request, session.progress()));
  report::SaveView view = app::view_of(saved.name.text(), saved.outcome);
  view.ref = saved.ref;
  return recorded(session, store::RunEventKind::saved, view.name, print_saved(session, view));
}

Result<int> run_save(Session& session, const KeepOptions& options) {
  QSNAP_ASSIGN(app::KeepRequest keep, keep_request(options));
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(app::Target target, session.target());
  const app::SaveRequest request{std::move(keep), std::move(target)};
  QSNAP_ASSIGN(const app::SaveOutcome outcome, app::save(store, request, session.progress()));
  return print_saved(session, app::view_of(request.keep.name.text(), outcome));
}

Result<int> run(Session& session, const KeepOptions& options) {
  QSNAP_ASSIGN(const std::optional<std::string> series, history_series(options));
  return series ? run_save_history(session, options, *series)
                : recorded(session, store::RunEventKind::saved, options.name, run_save(session, options));
}

}  // namespace

void add_save(Program& program) {
  auto options = std::make_shared<KeepOptions>();
  CLI::App* command = add_command(program, "save", "Capture the state of the queues and keep it under a name");
  add_keep_options(command, *options);
  add_history_option(command, *options);
  add_redis_options(command, program.session);
  add_capture_options(command, program.session);
  add_redact_option(command, program.session);
  add_set_options(command, program.session);
  command->footer(
      "Writes only if the meaning changed, so a quiet queue leaves the file alone.\n"
      "NAME history/ or history/SERIES/, or --history[=SERIES], always makes a new dated capture, which\n"
      "git qsnap history list shows.\n\n"
      "Exit status: 0 saved or same meaning, 2 usage, 3 Redis, 4 no consistent state, 6 refused, 7 cannot write");
  set_counted_action(program, command, [options](Session& session) { return run(session, *options); });
}

}  // namespace qsnap::cli
