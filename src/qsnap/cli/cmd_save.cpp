// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/app/save.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/words.hpp>

namespace qsnap::cli {

namespace {

struct SaveOptions {
  std::string name;
  std::optional<std::string> description;
  std::vector<std::string> tags, prefixes, queues;
  bool refresh = false;
  bool allow_empty = false;
};

Result<int> run_save(Session& session, const SaveOptions& options) {
  QSNAP_TRY(check_words("--prefix", options.prefixes));
  QSNAP_TRY(check_words("--queue", options.queues));
  QSNAP_TRY(check_words("--tag", options.tags));
  QSNAP_ASSIGN(store::SnapshotName name, store::SnapshotName::parse(options.name));
  QSNAP_ASSIGN(const store::Store store, store::Store::open(session.folder()));
  QSNAP_ASSIGN(app::Target target, session.target());
  app::SaveRequest request{std::move(name), std::move(target), {}, options.description, {}, {}, {}};
  if (!options.tags.empty()) {
    request.tags = sorted_set(options.tags);
  }
  if (!options.prefixes.empty() || !options.queues.empty()) {
    request.scope = model::Scope{sorted_set(options.prefixes), sorted_set(options.queues)};
  }
  request.empty = options.allow_empty ? app::EmptyRule::allow : app::EmptyRule::refuse;
  request.refresh = options.refresh ? app::RefreshRule::always_write : app::RefreshRule::keep_same_meaning;
  QSNAP_ASSIGN(const app::SaveOutcome outcome, app::save(store, request, session.progress()));
  const report::SaveView view = app::view_of(request.name.text(), outcome);
  QSNAP_TRY(
      session.print([&] { return report::save_json(view); }, [&] { return report::save_text(view, session.style()); }));
  QSNAP_TRY(print_explanation(session, view.capture));
  return k_exit_ok;
}

}  // namespace

void add_save(Program& program) {
  auto options = std::make_shared<SaveOptions>();
  CLI::App* command = add_command(program, "save", "Capture the state of the queues and keep it under a name");
  command->add_option("name", options->name, "checkout-flow, baselines/empty, history/2026-11-20 …")->required();
  command->add_option("-m,--description", options->description, "What this state is")->type_name("TEXT");
  command->add_option("--tag", options->tags, "A tag (can be repeated)")->type_name("TAG")->allow_extra_args(false);
  command->add_option("--prefix", options->prefixes, "Only keys that start so (can be repeated)")
      ->type_name("PREFIX")
      ->allow_extra_args(false);
  command->add_option("--queue", options->queues, "Only keys of this queue (can be repeated)")
      ->type_name("QUEUE")
      ->allow_extra_args(false);
  command->add_flag("--refresh", options->refresh, "Write even if the meaning is the same");
  command->add_flag("--allow-empty", options->allow_empty, "Keep an empty state on purpose");
  add_redis_options(command, program.session);
  add_capture_options(command, program.session);
  add_redact_option(command, program.session);
  command->footer(
      "Writes only if the meaning changed, so a quiet queue leaves the file alone.\n\n"
      "Exit status: 0 saved or same meaning, 2 usage, 3 Redis, 4 no consistent state, 6 refused, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_save(session, *options); });
}

}  // namespace qsnap::cli
