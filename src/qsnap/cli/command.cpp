// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/command.hpp>

namespace qsnap::cli {

CLI::App* add_command(Program& program, const char* name, const char* summary) {
  return add_command(program, &program.app, name, summary);
}

CLI::App* add_group(Program& program, const char* name, const char* summary) {
  CLI::App* group = program.app.add_subcommand(name, summary);
  group->set_help_flag("-h,--help", "Print this help; --help on a terminal opens the manual");
  group->require_subcommand(1);
  return group;
}

CLI::App* add_command(Program& program, CLI::App* group, const char* name, const char* summary) {
  CLI::App* command = group->add_subcommand(name, summary);
  command->set_help_flag("-h,--help", "Print this help; --help on a terminal opens the manual");
  command->add_flag("--json", program.session.options.json,
                    "Print one JSON document; errors are JSON on standard error");
  command->add_option("--color", program.session.options.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN");
  return command;
}

void add_set_options(CLI::App* command, Session& session) {
  command->add_option("--set", session.options.set, "Work in this set instead of the branch's (docs/sets.md)")
      ->type_name("SET");
  command->add_option("--branch", session.options.branch, "The branch whose set is meant (default: HEAD's)")
      ->type_name("BRANCH");
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
  command->add_option("--tls-ca", session.options.tls_ca, "Authorities to trust (rediss://; default: the system's)")
      ->type_name("FILE");
  command->add_option("--tls-cert", session.options.tls_certificate, "Client certificate, PEM")->type_name("FILE");
  command->add_option("--tls-key", session.options.tls_key, "Its key, PEM, mode 0600")->type_name("FILE");
  constexpr double k_least_s = 0.1, k_most_s = 86400;
  command->add_option("--timeout", session.options.timeout_s, "How long to wait for an answer of Redis (30)")
      ->check(CLI::Range(k_least_s, k_most_s))
      ->check([](const std::string& text) {  // every range lets "nan" through
        return text.find_first_of("nN") == std::string::npos ? std::string{} : text + " is no number of seconds";
      })
      ->type_name("SECONDS");
  command->add_flag("--allow-host", session.options.allow_host, "Talk to a Redis that is not on this machine");
}

void add_threads_option(CLI::App* command, Session& session) {
  constexpr std::size_t k_most_threads = 64;
  command->add_option("--threads", session.options.threads, "How many threads share the work (default: all processors)")
      ->check(CLI::Range(std::size_t{1}, k_most_threads))
      ->type_name("N");
}

void add_capture_options(CLI::App* command, Session& session) {
  constexpr int k_most_retries = 100;
  command->add_option("--consistency", session.options.consistency, "auto (default), freeze, fork, rounds or none")
      ->check(CLI::IsMember({"auto", "freeze", "fork", "rounds", "none"}))
      ->type_name("MODE");
  command->add_option("--retries", session.options.retries, "How often to begin again after a lost connection (3)")
      ->check(CLI::Range(0, k_most_retries))
      ->type_name("N");
  add_threads_option(command, session);
  command->add_flag("--explain", session.options.explain, "Tell how the capture was made, and why so");
}

void add_framework_option(CLI::App* command, std::vector<std::string>& words) {
  command->add_option("--framework", words, "Read these keys as of this framework (can be repeated)")
      ->type_name("NAME=PREFIX")
      ->allow_extra_args(false);
}

void add_redact_option(CLI::App* command, Session& session) {
  command->add_flag("--redact", session.options.redact,
                    "Replace secrets by tokens, also without redact: in config.yaml");
}

Result<void> print_explanation(Session& session, const std::optional<report::CaptureView>& capture) {
  const bool wanted = session.options.explain && !session.options.json && capture;
  return wanted ? session.print(report::capture_text(*capture, session.style())) : Result<void>{};
}

}  // namespace qsnap::cli
