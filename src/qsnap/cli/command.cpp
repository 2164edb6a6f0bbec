// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/command.hpp>

namespace qsnap::cli {

CLI::App* add_command(Program& program, const char* name, const char* summary) {
  CLI::App* command = program.app.add_subcommand(name, summary);
  command->set_help_flag("-h,--help", "Print this help; --help on a terminal opens the manual");
  command->add_flag("--json", program.session.options.json,
                    "Print one JSON document; errors are JSON on standard error");
  command->add_option("--color", program.session.options.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN");
  return command;
}

void set_action(Program& program, CLI::App* command, Action action) {
  command->callback([&program, action = std::move(action)] { program.action = action; });
}

void add_redis_options(CLI::App* command, Session& session) {
  command
      ->add_option("--redis", session.options.redis_url, "Which Redis (default: $QSNAP_REDIS_URL), without a password")
      ->type_name("URL");
  command->add_option("--credentials", session.options.credentials_file, "File with user:password, mode 0600")
      ->type_name("FILE");
  command->add_flag("--allow-host", session.options.allow_host, "Talk to a Redis that is not on this machine");
}

}  // namespace qsnap::cli
