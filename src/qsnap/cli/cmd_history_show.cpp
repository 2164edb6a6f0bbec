// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include <qsnap/cli/command.hpp>
#include <qsnap/cli/history_commands.hpp>
#include <qsnap/cli/show_options.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_history_show(Session& session, const ShowOptions& options) {
  QSNAP_ASSIGN(const store::Side side, store::parse_side(options.name));
  const bool dated = side.kind == store::Side::Kind::history ||
                     (side.kind == store::Side::Kind::name && side.name.find("history/") != std::string::npos);
  if (!dated) {
    return make_error(ErrorCode::usage, fmt::format("{} is no dated capture", options.name),
                      {"git qsnap history list", fmt::format("git qsnap show {}", options.name)});
  }
  return show_side(session, side, options);
}

}  // namespace

void add_history_show(Program& program, CLI::App* group) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = add_command(program, group, "show", "Show what is in a dated capture: counts, then jobs");
  command->add_option("entry", options->name, "Its name, or prod@latest, prod@{3}, prod@{2 days ago}")->required();
  add_show_options(command, *options);
  add_set_options(command, program.session);
  command->footer(
      "prod@{3} is three before the newest one; history@latest is of the series without a name.\n\n"
      "Exit status: 0 shown, 2 usage, or no such entry, 5 broken snapshot");
  set_action(program, command, [options](Session& session) { return run_history_show(session, *options); });
}

}  // namespace qsnap::cli
