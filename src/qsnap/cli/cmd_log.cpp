// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/snapshot_log.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/set_names.hpp>

namespace qsnap::cli {

namespace {

struct LogOptions {
  std::string name;
  std::optional<std::size_t> most;
};

Result<int> run_log(Session& session, const LogOptions& options) {
  QSNAP_ASSIGN(const store::SnapshotName asked, store::SnapshotName::parse(options.name));
  QSNAP_ASSIGN(const store::SnapshotName name, name_of_file(session, asked));
  QSNAP_ASSIGN(const report::LogView view, app::snapshot_log(session.folder(), name, options.most, session.progress()));
  QSNAP_TRY(
      session.print([&] { return report::log_json(view); }, [&] { return report::log_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_log(Program& program) {
  auto options = std::make_shared<LogOptions>();
  CLI::App* command = add_command(program, "log", "Show which commits changed a snapshot, and its jobs in each");
  command->add_option("name", options->name, "Which snapshot")->required();
  command->add_option("-n,--max-count", options->most, "At most so many versions")->check(CLI::PositiveNumber);
  add_set_options(command, program.session);
  command->footer(
      "The newest first, of the branch that is checked out; follows renames.\n\n"
      "Exit status: 0 shown, 2 usage, or no commit has it");
  set_action(program, command, [options](Session& session) { return run_log(session, *options); });
}

}  // namespace qsnap::cli
