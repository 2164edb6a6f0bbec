// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <qsnap/cli/load_options.hpp>

namespace qsnap::cli {

namespace {

/// Where it goes, and how much of it.
void add_placing(CLI::App* command, LoadOptions& options) {
  command->add_flag("--merge", options.merge, "Put the jobs beside those that are there, and change none of them")
      ->excludes("--exact")
      ->excludes("--paused");
  command->add_option("--rename-prefix", options.rename, "Another name for a framework's namespace")
      ->type_name("OLD=NEW");
  command->add_option("--queue", options.queues, "Only this queue and its jobs (can be repeated)")
      ->type_name("QUEUE")
      ->allow_extra_args(false);
  command->add_flag("--dry-run", options.dry_run, "Only say what would be written and deleted");
}

/// What becomes of what is there.
void add_replacement(CLI::App* command, LoadOptions& options) {
  auto* replace = command->add_flag("--replace", options.replace, "Delete the keys in the snapshot's scope first")
                      ->excludes("--merge");
  command->add_flag("--yes", options.yes, "Do not ask")->needs(replace);
  const auto set_backup = [&options](app::BackupRule rule) { return [&options, rule] { options.backup = rule; }; };
  CLI::Option* none =
      command->add_flag_callback("--no-backup", set_backup(app::BackupRule::none), "Keep no copy of what is deleted")
          ->needs(replace);
  command
      ->add_flag_callback("--unredacted-backup", set_backup(app::BackupRule::keep_unredacted),
                          "Keep one, secrets included, although redact: is on")
      ->needs(replace)
      ->excludes(none);
}

}  // namespace

void add_state_options(CLI::App* command, LoadOptions& options) {
  const std::map<std::string, app::LoadTime> times = {
      {"shift", app::LoadTime::shift}, {"keep", app::LoadTime::keep}, {"due", app::LoadTime::due}};
  const std::map<std::string, frameworks::ActiveRule> rules = {{"keep", frameworks::ActiveRule::keep},
                                                               {"requeue", frameworks::ActiveRule::requeue},
                                                               {"stalled", frameworks::ActiveRule::stalled}};
  auto* exact = command->add_flag("--exact", options.exact, "Copy every key and time as it was, locks included");
  command->add_option("--time", options.time, "shift (default), keep, or due: what waits for its time is due now")
      ->transform(CLI::CheckedTransformer(times).description("{shift,keep,due}"))
      ->type_name("RULE")
      ->excludes(exact);
  command->add_option("--active", options.active, "Jobs that workers held: keep (default), requeue or stalled")
      ->transform(CLI::CheckedTransformer(rules).description("{keep,requeue,stalled}"))
      ->type_name("RULE")
      ->excludes(exact);
  command->add_flag("--paused", options.paused, "Pause every queue, so that nothing runs yet")->excludes(exact);
}

void add_load_options(CLI::App* command, LoadOptions& options) {
  add_state_options(command, options);
  add_placing(command, options);
  add_replacement(command, options);
}

Result<app::LoadRequest> load_request(const LoadOptions& options) {
  app::LoadRequest request;
  request.time = options.exact ? app::LoadTime::exact : options.time;
  request.active = options.active;
  request.pause = options.paused ? frameworks::PauseRule::paused : frameworks::PauseRule::as_captured;
  request.merge = options.merge ? frameworks::MergeRule::beside : frameworks::MergeRule::alone;
  request.dry_run = options.dry_run;
  if (!options.rename.empty()) {
    QSNAP_ASSIGN(request.rename, frameworks::NamespaceRename::parse(options.rename));
  }
  request.queues = options.queues;
  request.backup = options.backup;
  return request;
}

}  // namespace qsnap::cli
