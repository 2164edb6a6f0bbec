// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <qsnap/app/history_archive.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/history_commands.hpp>
#include <qsnap/cli/retention_options.hpp>
#include <qsnap/report/retention_report.hpp>

namespace qsnap::cli {

namespace {

struct ArchiveOptions {
  RetentionOptions retention;
  std::string to;
};

Result<int> run_archive(Session& session, const ArchiveOptions& options) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  app::ArchiveRequest request{.retention = {}, .to = options.to};
  QSNAP_ASSIGN(request.retention, retention_request(store, options.retention));
  QSNAP_ASSIGN(const auto view, app::archive_history(store, request, prune_run(options.retention),
                                                     drop_confirmation(session, options.retention), session.clock(),
                                                     session.progress()));
  if (!view) {
    return k_exit_refused;
  }
  QSNAP_TRY(session.print([&] { return report::archive_json(*view); },
                          [&] {
                            const std::string plan =
                                view->drop ? "" : report::retention_text(view->plan, session.style());
                            return plan + report::archive_text(*view, session.style());
                          }));
  return k_exit_ok;
}

}  // namespace

void add_history_archive(Program& program, CLI::App* group) {
  auto options = std::make_shared<ArchiveOptions>();
  CLI::App* command =
      add_command(program, group, "archive", "Move dated captures that the rules do not keep elsewhere");
  command->add_option("--to", options->to, "A folder that exists, or a remote or URL of Git")
      ->required()
      ->type_name("FOLDER|REMOTE");
  add_retention_options(command, options->retention);
  add_set_options(command, program.session);
  command->footer(
      "Everything is read back from there and compared before anything is dropped here. May be interrupted at any\n"
      "time. git qsnap history restore brings captures back.\n\n"
      "Exit status: 0 done, or told, 2 usage, no such place, or git failed, 5 broken entry, or what was read back is\n"
      "not what was written, 6 refused: no rules, nobody said yes, or another file is in the way, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_archive(session, *options); });
}

}  // namespace qsnap::cli
