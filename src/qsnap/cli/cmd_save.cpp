// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/app/save.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/keep_options.hpp>
#include <qsnap/cli/metrics_option.hpp>
#include <qsnap/cli/run_record.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_save(Session& session, const KeepOptions& options) {
  QSNAP_ASSIGN(app::KeepRequest keep, keep_request(options));
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(app::Target target, session.target());
  const app::SaveRequest request{std::move(keep), std::move(target)};
  QSNAP_ASSIGN(const app::SaveOutcome outcome, app::save(store, request, session.progress()));
  const report::SaveView view = app::view_of(request.keep.name.text(), outcome);
  session.metrics().add(report::metrics_of("save", view));
  QSNAP_TRY(
      session.print([&] { return report::save_json(view); }, [&] { return report::save_text(view, session.style()); }));
  QSNAP_TRY(print_explanation(session, view.capture));
  return k_exit_ok;
}

}  // namespace

void add_save(Program& program) {
  auto options = std::make_shared<KeepOptions>();
  CLI::App* command = add_command(program, "save", "Capture the state of the queues and keep it under a name");
  add_keep_options(command, *options);
  add_redis_options(command, program.session);
  add_capture_options(command, program.session);
  add_redact_option(command, program.session);
  command->footer(
      "Writes only if the meaning changed, so a quiet queue leaves the file alone.\n\n"
      "Exit status: 0 saved or same meaning, 2 usage, 3 Redis, 4 no consistent state, 6 refused, 7 cannot write");
  set_counted_action(program, command, [options](Session& session) {
    return recorded(session, store::RunEventKind::saved, options->name, run_save(session, *options));
  });
}

}  // namespace qsnap::cli
