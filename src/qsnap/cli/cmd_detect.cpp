// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/detect.hpp>
#include <qsnap/app/forced_frameworks.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_detect(Session& session, const std::vector<std::string>& frameworks) {
  QSNAP_ASSIGN(const auto forced, app::forced_frameworks(frameworks));
  QSNAP_ASSIGN(const app::Target target, session.target());
  QSNAP_ASSIGN(const report::DetectView view, app::detect(target, forced, session.progress()));
  QSNAP_TRY(session.print([&] { return report::detect_json(view); },
                          [&] { return report::detect_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_detect(Program& program) {
  auto frameworks = std::make_shared<std::vector<std::string>>();
  CLI::App* command = add_command(program, "detect", "Tell which frameworks are in a Redis, and why");
  add_framework_option(command, *frameworks);
  add_redis_options(command, program.session);
  command->footer(
      "Reads the whole database at one point in time, and keeps nothing.\n\n"
      "Exit status: 0 told, 2 usage, 3 Redis, 4 no consistent state");
  set_action(program, command, [frameworks](Session& session) { return run_detect(session, *frameworks); });
}

}  // namespace qsnap::cli
