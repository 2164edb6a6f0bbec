// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/contract_files.hpp>
#include <qsnap/app/forced_frameworks.hpp>
#include <qsnap/cli/assert_options.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/environment.hpp>
#include <qsnap/cli/keep_options.hpp>

namespace qsnap::cli {

void add_mode_options(CLI::App* command, AssertOptions& options) {
  CLI::Option* const ci =
      command->add_flag("--ci", options.ci, "Write nothing in the tree (known from CI's environment)");
  command
      ->add_flag("-u{all},--update{all}", options.update,
                 "pending (default), new, all (short: -u) or none: what is written when it differs or is missing")
      ->type_name("[=MODE]")
      ->excludes(ci);
  command->add_option("--within", options.within, "Look again until it is as expected, at most so long: 5s, 200ms")
      ->type_name("TIME");
  command->add_option("--stable", options.stable, "It must stay as expected for so long")->type_name("TIME");
  command->add_option("--contract", options.contracts, "What must hold whatever else is there (can be repeated)")
      ->type_name("FILE")
      ->allow_extra_args(false);
}

void add_assert_options(CLI::App* command, AssertOptions& options) {
  command->add_option("name", options.name, "The snapshot that says what is expected; not needed with --contract");
  add_mode_options(command, options);
  command->add_option("--prefix", options.prefixes, "Of a new snapshot: only keys that start so (can be repeated)")
      ->type_name("PREFIX")
      ->allow_extra_args(false);
  command->add_option("--queue", options.queues, "Of a new snapshot: only keys of this queue (can be repeated)")
      ->type_name("QUEUE")
      ->allow_extra_args(false);
  command->add_option("--rename-prefix", options.rename, "The live namespace, and its name in the snapshot")
      ->type_name("LIVE=NAME");
  command->add_option("--test", options.test, "Who asserts, for whoever reviews")->type_name("TEXT");
  command->add_flag("--allow-empty", options.allow_empty, "Let an empty state be what is expected");
  add_framework_option(command, options.frameworks);
  add_report_options(command, options.report);
}

Result<app::ModeChoice> chosen_mode(const AssertOptions& options, const store::Store& store) {
  if (options.ci) {
    return app::ModeChoice{config::UpdateMode::none, "--ci"};
  }
  std::optional<config::UpdateMode> flag;
  if (!options.update.empty()) {
    flag = config::parse_update_mode(options.update);
    if (!flag) {
      return make_error(ErrorCode::usage, fmt::format("--update={} is no mode", options.update),
                        {"it may be pending, new, all or none"});
    }
  }
  QSNAP_ASSIGN(const config::Config config, store.config());
  return app::choose_mode(flag, process_environment(), config.assertion);
}

Result<app::AssertRequest> assert_request(const AssertOptions& options, const std::vector<Face>& faces) {
  app::AssertRequest request;
  if (!options.name.empty()) {
    QSNAP_ASSIGN(request.name, store::SnapshotName::parse(options.name));
  } else if (options.contracts.empty()) {
    return make_error(ErrorCode::usage, "what is expected?", {"a snapshot's name, or --contract FILE"});
  }
  QSNAP_ASSIGN(request.contracts, app::read_contracts(options.contracts));
  QSNAP_ASSIGN(request.forced, app::forced_frameworks(options.frameworks));
  if (!options.prefixes.empty() || !options.queues.empty()) {
    model::Scope& scope = request.scope.emplace();
    QSNAP_ASSIGN(scope.prefixes, distinct_words("--prefix", options.prefixes));
    QSNAP_ASSIGN(scope.queues, distinct_words("--queue", options.queues));
  }
  if (!options.rename.empty()) {
    QSNAP_ASSIGN(request.rename, frameworks::NamespaceRename::parse(options.rename));
  }
  request.choice = compare_choice(options.report, faces);
  QSNAP_ASSIGN(request.settling, app::parse_settling(options.within, options.stable));
  request.empty = options.allow_empty ? app::EmptyRule::allow : app::EmptyRule::refuse;
  request.test = options.test;
  return request;
}

}  // namespace qsnap::cli
