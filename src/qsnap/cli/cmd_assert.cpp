// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/assert_view.hpp>
#include <qsnap/cli/assert_options.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/environment.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/metrics_option.hpp>

namespace qsnap::cli {

namespace {

/// Text and JSON have words for an assertion; the others tell of the comparison, and of each broken invariant.
FaceWriter assert_writer(const report::AssertView& view) {
  return [&view](const report::DiffReport& report, report::DiffFormat format, const report::FaceOptions& options,
                 const report::Output& out) {
    if (format == report::DiffFormat::json) {
      return report::write_assert_json(view, options, out);
    }
    return format == report::DiffFormat::text ? report::write_assert_text(view, options, out)
                                              : report::write_diff(report, format, options, out);
  };
}

Result<int> run_assert(Session& session, const AssertOptions& options) {
  QSNAP_ASSIGN(const std::vector<Face> faces, chosen_faces(session, options.report));
  QSNAP_ASSIGN(app::AssertRequest request, assert_request(options, faces));
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const app::ModeChoice mode, chosen_mode(options, store));
  request.mode = mode.mode;
  QSNAP_ASSIGN(request.target, session.target());
  QSNAP_ASSIGN(const app::AssertPlaces places, app::assert_places(store.git_dir(), mode.mode, process_environment()));
  QSNAP_ASSIGN(app::AssertOutcome outcome,
               app::assert_state(store, places, request, session.clock(), session.progress()));
  const report::AssertView view = app::view_of(store, places, request, mode, std::move(outcome));
  session.metrics().add(report::metrics_of("assert", view));
  const report::DiffReport report = app::diff_report_of(view);
  QSNAP_TRY(write_faces(session, options.report, faces, report, assert_writer(view)));
  QSNAP_TRY(verdict(options.report, report));  // --strict
  return view.holds ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_assert(Program& program) {
  auto options = std::make_shared<AssertOptions>();
  CLI::App* command = add_command(program, "assert", "Assert in a test that the live state is as a snapshot says");
  add_assert_options(command, *options);
  add_redis_options(command, program.session);
  add_capture_options(command, program.session);
  add_redact_option(command, program.session);
  add_set_options(command, program.session);
  command->footer(
      "A state that differs or is new becomes pending (git qsnap review); in CI nothing is written.\n\n"
      "Exit status: 0 as expected or written, 1 differs, missing or a broken contract, 2 usage, 3 Redis,\n"
      "4 no consistent state, 5 broken snapshot, 6 refused for safety, 7 disk");
  set_counted_action(program, command, [options](Session& session) { return run_assert(session, *options); });
}

}  // namespace qsnap::cli
