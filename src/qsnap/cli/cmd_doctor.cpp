// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/setup/status.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/setup_options.hpp>

namespace qsnap::cli {

namespace {

struct DoctorOptions {
  bool fix = false, probe = false;
};

Result<int> run_doctor(Session& session, const DoctorOptions& options) {
  using app::setup::Mend;
  using app::setup::Probe;
  const app::setup::DoctorRequest request{setup_environment(), options.fix ? Mend::yes : Mend::no,
                                          options.probe ? Probe::yes : Probe::no};
  QSNAP_ASSIGN(const report::DoctorView view, app::setup::doctor(session.folder(), request));
  QSNAP_TRY(session.print([&] { return report::doctor_json(view); },
                          [&] { return report::doctor_text(view, session.style()); }));
  return view.ok() ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_doctor(Program& program) {
  auto options = std::make_shared<DoctorOptions>();
  CLI::App* command = add_command(program, "doctor", "Find what stands between Git and the snapshots, and mend it");
  command->add_flag("--fix", options->fix, "Mend what can be mended safely");
  command->add_flag("--probe", options->probe, "Try a real add, diff and merge in a scratch repository");
  command->footer(
      "Without --fix, nothing is written into the repository.\n\n"
      "Exit status: 0 all is well, 1 something is not, 2 not in a repository, 6 refused, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_doctor(session, *options); });
}

}  // namespace qsnap::cli
