// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <qsnap/cli/command.hpp>
#include <qsnap/cli/show_options.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_show(Session& session, const ShowOptions& options) {
  QSNAP_ASSIGN(const store::Side side, store::parse_side(options.name));
  return show_side(session, side, options);
}

}  // namespace

void add_show(Program& program) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = add_command(program, "show", "Show what is in a snapshot: counts, then jobs");
  command->add_option("name", options->name, "NAME, file, REV:NAME, prod@latest, prod@{2 days ago} or live")
      ->required();
  add_show_options(command, *options);
  add_redis_options(command, program.session);
  add_capture_options(command, program.session);
  add_redact_option(command, program.session);
  add_set_options(command, program.session);
  command->footer(
      "Without --queue, --state or --job the first few jobs of each state are listed.\n\n"
      "Exit status: 0 shown, 2 usage or unknown name, 5 broken snapshot");
  set_action(program, command, [options](Session& session) { return run_show(session, *options); });
}

}  // namespace qsnap::cli
