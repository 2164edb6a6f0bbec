// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/job_blame.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/set_names.hpp>

namespace qsnap::cli {

namespace {

struct BlameOptions {
  std::string name, job;
  std::optional<std::string> queue;
};

Result<int> run_blame(Session& session, const BlameOptions& options) {
  QSNAP_ASSIGN(const store::SnapshotName asked, store::SnapshotName::parse(options.name));
  QSNAP_ASSIGN(store::SnapshotName name, name_of_file(session, asked));
  const app::BlameRequest request{std::move(name), options.job, options.queue};
  QSNAP_ASSIGN(const report::BlameView view, app::blame_job(session.folder(), request, session.progress()));
  QSNAP_TRY(session.print([&] { return report::blame_json(view); },
                          [&] { return report::blame_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_blame(Program& program) {
  auto options = std::make_shared<BlameOptions>();
  CLI::App* command = add_command(program, "blame", "Show which commits brought one job to where it is");
  command->add_option("name", options->name, "In which snapshot")->required();
  command->add_option("--job", options->job, "The job's id, or its name where only one job has it")->required();
  command->add_option("--queue", options->queue, "In this queue: its full id, or its name alone");
  add_set_options(command, program.session);
  command->footer(
      "The newest commit first, of the branch that is checked out. A job is followed as diff does: by its id, else by\n"
      "its meaning. One that is gone is found in the last version that had it.\n\n"
      "Exit status: 0 shown, 2 usage, no such job, or several");
  set_action(program, command, [options](Session& session) { return run_blame(session, *options); });
}

}  // namespace qsnap::cli
