// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/compare.hpp>
#include <qsnap/app/forced_frameworks.hpp>
#include <qsnap/app/set_owner.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/metrics_option.hpp>
#include <qsnap/cli/report_options.hpp>
#include <qsnap/cli/run_record.hpp>
#include <qsnap/report/outcome_report.hpp>

namespace qsnap::cli {

namespace {

struct VerifyOptions {
  std::string name;
  std::vector<std::string> frameworks;
  ReportOptions report;
};

/// As diff writes it, but for JSON; text ends with a verdict.
Result<void> write_verify(const std::optional<report::SetOwner>& owner, const report::DiffReport& report,
                          report::DiffFormat format, const report::FaceOptions& options, const report::Output& out) {
  const report::SnapshotDiff& diff = report.snapshots.front();
  if (format == report::DiffFormat::json) {
    return report::write_verify_json(diff, owner, out);
  }
  QSNAP_TRY(report::write_diff(report, format, options, out));
  const bool is_text = format == report::DiffFormat::text || format == report::DiffFormat::side_by_side;
  return is_text ? out(report::verify_verdict(diff, options.style)) : Result<void>{};
}

Result<int> run_verify(Session& session, const VerifyOptions& options) {
  QSNAP_ASSIGN(const std::vector<Face> faces, chosen_faces(session, options.report));
  QSNAP_ASSIGN(const store::SnapshotName name, store::SnapshotName::parse(options.name));
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const app::Target target, session.target());
  QSNAP_ASSIGN(const auto forced, app::forced_frameworks(options.frameworks));
  Result<app::Comparison> compared =
      app::verify(store, name, target, forced, compare_choice(options.report, faces), session.progress());
  if (!compared && compared.error().code == ErrorCode::not_found) {
    QSNAP_TRY(write_faces(session, options.report, test_faces(faces), app::missing_report(name, compared.error())));
    session.print_error(compared.error());  // a missing expectation is a failed one: exit 1, not 2
    return k_exit_differs;
  }
  if (!compared) {
    return compared.error();
  }
  report::DiffReport report = app::diff_report_of(*std::move(compared));
  report.snapshots.front().file = app::file_of(store, name);
  QSNAP_ASSIGN(const std::optional<report::SetOwner> owner, app::owner_of(store, name));
  session.metrics().add(report::metrics_of("verify", report));
  QSNAP_TRY(write_faces(session, options.report, faces, report,
                        [&](const auto& what, auto format, const auto& face, const auto& out) {
                          return write_verify(owner, what, format, face, out);
                        }));
  return verdict(options.report, report);
}

}  // namespace

void add_verify(Program& program) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = add_command(program, "verify", "Compare the live state with a snapshot");
  command->add_option("name", options->name, "The snapshot that says what is expected")->required();
  add_framework_option(command, options->frameworks);
  add_report_options(command, options->report);
  add_redis_options(command, program.session);
  add_capture_options(command, program.session);
  add_redact_option(command, program.session);
  add_set_options(command, program.session);
  command->footer(
      "Captures in the snapshot's own scope.\n\n"
      "Exit status: 0 as expected, 1 differs or no such snapshot, 2 usage, 3 Redis, 4 no consistent state, 5 broken");
  set_counted_action(program, command, [options](Session& session) {
    return recorded(session, store::RunEventKind::asserted, options->name, run_verify(session, *options));
  });
}

}  // namespace qsnap::cli
