// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/compare.hpp>
#include <qsnap/app/forced_frameworks.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/report/outcome_report.hpp>

namespace qsnap::cli {

namespace {

struct VerifyOptions {
  std::string name;
  std::vector<std::string> frameworks;
  bool full = false;
};

Result<int> run_verify(Session& session, const VerifyOptions& options) {
  QSNAP_ASSIGN(const store::SnapshotName name, store::SnapshotName::parse(options.name));
  QSNAP_ASSIGN(const store::Store store, store::Store::open(session.folder()));
  QSNAP_ASSIGN(const app::Target target, session.target());
  QSNAP_ASSIGN(const auto forced, app::forced_frameworks(options.frameworks));
  const Result<app::Comparison> compared = app::verify(store, name, target, forced, session.progress());
  if (!compared && compared.error().code == ErrorCode::not_found) {
    session.print_error(compared.error());  // a missing expectation is a failed one: exit 1, not 2
    return k_exit_differs;
  }
  if (!compared) {
    return compared.error();
  }
  const report::Sides sides = app::sides_of(*compared);
  const report::Detail detail = options.full ? report::Detail::full : report::Detail::folded;
  QSNAP_TRY(session.print([&] { return report::verify_json(compared->changes, sides); },
                          [&] { return report::verify_text(compared->changes, sides, detail, session.style()); }));
  QSNAP_TRY(print_explanation(session, sides.capture));
  return compared->changes.empty() ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_verify(Program& program) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = add_command(program, "verify", "Compare the live state with a snapshot");
  command->add_option("name", options->name, "The snapshot that says what is expected")->required();
  command->add_flag("--full", options->full, "Every job and every field, nothing folded");
  add_framework_option(command, options->frameworks);
  add_redis_options(command, program.session);
  add_capture_options(command, program.session);
  add_redact_option(command, program.session);
  command->footer(
      "Captures in the snapshot's own scope.\n\n"
      "Exit status: 0 as expected, 1 differs or no such snapshot, 2 usage, 3 Redis, 4 no consistent state, 5 broken");
  set_action(program, command, [options](Session& session) { return run_verify(session, *options); });
}

}  // namespace qsnap::cli
