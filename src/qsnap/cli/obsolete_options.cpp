// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/obsolete_options.hpp>

namespace qsnap::cli {

void add_obsolete_options(CLI::App* command, ObsoleteOptions& options) {
  const auto repeatable = [&](const char* name, std::vector<std::string>& words, const char* help, const char* type) {
    return command->add_option(name, words, help)->type_name(type)->allow_extra_args(false);
  };
  auto* run = repeatable("--run", options.runs, "A test run (can be repeated; default: $QSNAP_RUN_ID)", "ID");
  auto* ledger =
      repeatable("--ledger", options.ledgers, "A ledger elsewhere: a file, or a folder (can be repeated)", "PATH");
  auto* complete =
      command->add_flag("--complete", options.complete, "These are the ledgers of all tests, of all shards");
  command->add_flag("--fail", options.fail, "Exit 1 where a snapshot is obsolete (with --complete)");
  command->add_flag("--propose", options.propose, "Make their removal pending, for git qsnap review (with --complete)");
  command->add_flag("--all", options.all, "Baselines, too: those that nobody loaded");
  command->add_flag("--runs", options.list_runs, "List the runs that have a ledger here")
      ->excludes(run)
      ->excludes(ledger)
      ->excludes(complete);
  command->add_option("--format", options.format, "text, json, junit, tap, github (annotations)")
      ->check(CLI::IsMember({"text", "json", "junit", "tap", "github"}))
      ->type_name("FORMAT");
}

}  // namespace qsnap::cli
