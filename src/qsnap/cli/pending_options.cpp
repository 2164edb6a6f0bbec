// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/assert_mode.hpp>
#include <qsnap/app/pending_choice.hpp>
#include <qsnap/app/pending_view.hpp>
#include <qsnap/cli/environment.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/pending_options.hpp>

namespace qsnap::cli {

namespace {

Result<void> check_words(app::Decision decision, const DecisionOptions& options) {
  const int said = (options.names.empty() ? 0 : 1) + (options.all ? 1 : 0) + (options.undo ? 1 : 0);
  if (said == 1) {
    return {};
  }
  const std::string_view word = app::to_text(decision);
  return make_error(
      ErrorCode::usage,
      said == 0 ? fmt::format("{} what?", word) : std::string{"names, --all and --undo exclude each other"},
      {fmt::format("git qsnap {} NAME… or --all, or --undo", word),
       "git qsnap pending shows what is pending, git qsnap review decides one by one"});
}

/// Git is told of files by the user alone.
std::vector<std::string> notes_on(const app::Decided& decided) {
  const bool removed = std::any_of(decided.entries.begin(), decided.entries.end(), [](const app::DecidedEntry& one) {
    return one.result == app::DecisionResult::removed;
  });
  return removed ? std::vector<std::string>{"Git is not told of deleted files: git add -u .queue-snapshots does that"}
                 : std::vector<std::string>{};
}

Result<app::Decided> decided(Session& session, const app::ApprovalContext& context, app::Decision decision,
                             const DecisionOptions& options) {
  if (options.undo) {
    return app::undo_last(context, decision, session.progress());
  }
  QSNAP_ASSIGN(auto entries, context.pending.list());
  QSNAP_ASSIGN(entries, app::choose_pending(std::move(entries), options.names));
  return app::decide(context, decision, entries, session.progress());
}

}  // namespace

void add_pending_folder_option(CLI::App* command, std::string& folder) {
  command->add_option("--dir", folder, "The folder of pending states (default: $QSNAP_PENDING_DIR, else in .git)")
      ->type_name("DIR");
}

Result<store::PendingStore> pending_store(const store::Store& store, const std::string& folder) {
  std::error_code failed;
  if (!folder.empty() && !std::filesystem::is_directory(folder, failed)) {
    return make_error(ErrorCode::not_found, fmt::format("there is no folder {}", folder));
  }
  const auto from_environment = process_environment()("QSNAP_PENDING_DIR");
  return store::PendingStore{!folder.empty()    ? std::filesystem::path{folder}
                             : from_environment ? std::filesystem::path{*from_environment}
                                                : app::pending_folder(store.git_dir())};
}

void add_decision_options(CLI::App* command, DecisionOptions& options) {
  command->add_option("name", options.names, "Which ones: names, patterns in quotes, or the end of a name");
  command->add_flag("--all", options.all, "All that are pending");
  command->add_flag("--undo", options.undo, "Take back what the last command of this kind decided");
  command->add_flag("-n,--dry-run", options.dry_run, "Only tell what would be done");
  command->add_flag("--force", options.force, "Also over what has changed meanwhile");
  add_pending_folder_option(command, options.folder);
}

Result<int> run_decision(Session& session, app::Decision decision, const DecisionOptions& options) {
  QSNAP_TRY(check_words(decision, options));
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const store::PendingStore pending, pending_store(store, options.folder));
  const app::ApprovalContext context{store, pending,
                                     options.force ? app::StaleRule::override_it : app::StaleRule::refuse,
                                     options.dry_run ? app::ApprovalRule::dry_run : app::ApprovalRule::write};
  QSNAP_ASSIGN(app::Decided done, decided(session, context, decision, options));
  report::DecidedView view =
      app::view_of(std::string{options.undo ? "undo" : app::to_text(decision)}, context.rule, done);
  view.notes = notes_on(done);
  if (done.entries.empty() && done.problems.empty()) {
    view.notes.emplace_back("nothing is pending");
  }
  return print_decided(session, view, std::move(done.problems));
}

Result<int> print_decided(Session& session, const report::DecidedView& view, std::vector<Error> problems) {
  if (!view.rows.empty() || problems.empty()) {
    QSNAP_TRY(session.print([&] { return report::decided_json(view); },
                            [&] { return report::decided_text(view, session.style()); }));
    QSNAP_TRY(session.flush());
  }
  if (problems.empty()) {
    return k_exit_ok;
  }
  Error last = std::move(problems.back());
  problems.pop_back();
  for (const Error& problem : problems) {
    session.print_error(problem);
  }
  return last;
}

}  // namespace qsnap::cli
