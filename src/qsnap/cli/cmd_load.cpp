// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <fmt/format.h>

#include <qsnap/app/load.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct LoadOptions {
  std::string name, rename;
  std::vector<std::string> queues;
  bool exact = false, replace = false, merge = false, yes = false, paused = false, dry_run = false;
  app::LoadTime time = app::LoadTime::shift;
  frameworks::ActiveRule active = frameworks::ActiveRule::keep;
  app::BackupRule backup = app::BackupRule::keep;
};

app::Confirm confirmation(Session& session, const LoadOptions& options) {
  return [&session, &options](const app::Replacement& replacement) {
    return options.yes || session.confirm(fmt::format(
                              "Delete {} keys ({} jobs) {} {}?", replacement.keys, replacement.jobs,
                              replacement.whole_database ? "in" : "in the snapshot's scope of", replacement.target));
  };
}

Result<int> run_load(Session& session, const LoadOptions& options) {
  QSNAP_ASSIGN(const store::Side side, store::parse_side(options.name));
  if (side.kind == store::Side::Kind::live) {
    return make_error(ErrorCode::usage, "live is not a snapshot", {"git qsnap list shows what can be loaded"});
  }
  QSNAP_ASSIGN(const store::Store store, store::Store::open(session.folder()));
  app::LoadRequest request;
  QSNAP_ASSIGN(request.target, session.target());
  const Progress progress = session.progress();
  QSNAP_ASSIGN(const app::OpenedSide snapshot, app::open_side(store, side, std::nullopt, {}, progress));
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
  request.threads = session.options.threads;
  if (options.replace) {
    request.replace = confirmation(session, options);
  }
  QSNAP_ASSIGN(const app::LoadOutcome outcome, app::load(store, snapshot.reader, request, session.clock(), progress));
  const report::LoadView view = app::view_of(snapshot.label, request, outcome);
  QSNAP_TRY(
      session.print([&] { return report::load_json(view); }, [&] { return report::load_text(view, session.style()); }));
  return k_exit_ok;
}

/// What of the state shall be otherwise than it was. A copy is as it was.
void add_policy_options(CLI::App* command, const std::shared_ptr<LoadOptions>& options) {
  const std::map<std::string, app::LoadTime> times = {
      {"shift", app::LoadTime::shift}, {"keep", app::LoadTime::keep}, {"due", app::LoadTime::due}};
  const std::map<std::string, frameworks::ActiveRule> rules = {{"keep", frameworks::ActiveRule::keep},
                                                               {"requeue", frameworks::ActiveRule::requeue},
                                                               {"stalled", frameworks::ActiveRule::stalled}};
  auto* exact = command->add_flag("--exact", options->exact, "Copy every key and time as it was, locks included");
  command->add_option("--time", options->time, "shift (default), keep, or due: what waits for its time is due now")
      ->transform(CLI::CheckedTransformer(times).description("{shift,keep,due}"))
      ->type_name("RULE")
      ->excludes(exact);
  command->add_option("--active", options->active, "Jobs that workers held: keep (default), requeue or stalled")
      ->transform(CLI::CheckedTransformer(rules).description("{keep,requeue,stalled}"))
      ->type_name("RULE")
      ->excludes(exact);
  auto* paused =
      command->add_flag("--paused", options->paused, "Pause every queue, so that nothing runs yet")->excludes(exact);
  command->add_flag("--merge", options->merge, "Put the jobs beside those that are there, and change none of them")
      ->excludes(exact)
      ->excludes(paused);
  command->add_option("--rename-prefix", options->rename, "Another name for a framework's namespace")
      ->type_name("OLD=NEW");
  command->add_option("--queue", options->queues, "Only this queue and its jobs (can be repeated)")
      ->type_name("QUEUE")
      ->allow_extra_args(false);
  command->add_flag("--dry-run", options->dry_run, "Only say what would be written and deleted");
}

}  // namespace

void add_load(Program& program) {
  auto options = std::make_shared<LoadOptions>();
  CLI::App* command = add_command(program, "load", "Put a state back, so that the framework's workers carry on");
  command->add_option("name", options->name, "NAME, file or REV:NAME")->required();
  add_policy_options(command, options);
  auto* replace = command->add_flag("--replace", options->replace, "Delete the keys in the snapshot's scope first")
                      ->excludes("--merge");
  command->add_flag("--yes", options->yes, "Do not ask")->needs(replace);
  const auto set_backup = [&options](app::BackupRule rule) { return [options, rule] { options->backup = rule; }; };
  CLI::Option* none =
      command->add_flag_callback("--no-backup", set_backup(app::BackupRule::none), "Keep no copy of what is deleted")
          ->needs(replace);
  command
      ->add_flag_callback("--unredacted-backup", set_backup(app::BackupRule::keep_unredacted),
                          "Keep one, secrets included, although redact: is on")
      ->needs(replace)
      ->excludes(none);
  add_threads_option(command, program.session);
  add_redact_option(command, program.session);
  add_redis_options(command, program.session);
  command->add_option("--into", program.session.options.redis_url, "The same as --redis")->type_name("URL");
  command->footer(
      "Times move by what has passed since the capture; locks and dangling ids are left out (but with --exact).\n\n"
      "Exit status: 0 loaded, 2 usage or unknown name, 3 Redis, 5 broken snapshot, 6 refused, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_load(session, *options); });
}

}  // namespace qsnap::cli
