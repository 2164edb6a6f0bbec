// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/inspect.hpp>
#include <qsnap/app/show.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct ShowOptions {
  std::string name;
  app::JobFilter filter;
  bool full = false;
};

Result<int> run_show(Session& session, const ShowOptions& options) {
  QSNAP_ASSIGN(const store::Side side, store::parse_side(options.name));
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const std::optional<app::Target> target, session.optional_target());
  QSNAP_ASSIGN(const app::OpenedSide snapshot, app::open_side(store, side, target, {}, session.progress()));
  const app::ShowDetail detail = options.full ? app::ShowDetail::full : app::ShowDetail::rows;
  const app::Print print = [&session](std::string_view text) { return session.print(text); };
  QSNAP_TRY(session.options.json ? app::show_json(snapshot, options.filter, detail, print)
                                 : app::show_text(snapshot, options.filter, detail, session.style(), print));
  if (snapshot.capture) {
    QSNAP_TRY(print_explanation(session, app::view_of(*snapshot.capture)));
  }
  return k_exit_ok;
}

}  // namespace

void add_show(Program& program) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = add_command(program, "show", "Show what is in a snapshot: counts, then jobs");
  command->add_option("name", options->name, "NAME, file, REV:NAME or live")->required();
  command->add_option("--queue", options->filter.queue, "Only jobs of this queue")->type_name("QUEUE");
  command->add_option("--state", options->filter.state, "Only jobs in this state")->type_name("STATE");
  command->add_option("--job", options->filter.id, "Only the job with this id")->type_name("ID");
  command->add_flag("--full", options->full, "Whole jobs, payloads included");
  add_redis_options(command, program.session);
  add_capture_options(command, program.session);
  add_redact_option(command, program.session);
  command->footer(
      "Without --queue, --state or --job the first few jobs of each state are listed.\n\n"
      "Exit status: 0 shown, 2 usage or unknown name, 5 broken snapshot");
  set_action(program, command, [options](Session& session) { return run_show(session, *options); });
}

}  // namespace qsnap::cli
