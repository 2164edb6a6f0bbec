// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/pending_choice.hpp>
#include <qsnap/app/pending_view.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/pending_options.hpp>
#include <qsnap/cli/review_prompt.hpp>

namespace qsnap::cli {

namespace {

struct ReviewOptions {
  std::vector<std::string> names;
  bool force = false;
  std::string folder;
};

/// Everything that a review would show, for whoever cannot be asked.
Result<int> list_instead(Session& session, const app::ApprovalContext& context,
                         const std::vector<store::PendingEntry>& entries) {
  QSNAP_ASSIGN(const report::PendingView view, app::pending_view(context.store, context.pending, entries,
                                                                 app::PendingDetail::differences, session.progress()));
  const report::Output out = [&session](std::string_view text) { return session.print(text); };
  report::FaceOptions face;
  face.style = session.style();
  QSNAP_TRY(session.options.json ? report::write_pending_json(view, out)
                                 : report::write_pending_text(view, report::DiffFormat::text, face, out));
  if (entries.empty()) {
    return k_exit_ok;
  }
  return make_error(ErrorCode::usage, "nothing is decided: a review needs a terminal to ask on",
                    {"git qsnap accept NAME… or --all, git qsnap reject NAME… or --all decide without asking"});
}

Result<int> run_review(Session& session, const ReviewOptions& options) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const store::PendingStore pending, pending_store(store, options.folder));
  QSNAP_ASSIGN(auto entries, pending.list());
  QSNAP_ASSIGN(entries, app::choose_pending(std::move(entries), options.names));
  const app::ApprovalContext context{store, pending,
                                     options.force ? app::StaleRule::override_it : app::StaleRule::refuse};
  if (entries.empty() || session.options.json || !Session::can_ask()) {
    return list_instead(session, context, entries);
  }
  QSNAP_TRY(review_pending(session, context, std::move(entries)));
  return k_exit_ok;
}

}  // namespace

void add_review(Program& program) {
  auto options = std::make_shared<ReviewOptions>();
  CLI::App* command = add_command(program, "review", "Look at pending states one by one, and accept or reject each");
  command->add_option("name", options->names, "Which ones: names, patterns in quotes, or the end of a name");
  command->add_flag("--force", options->force, "Accept also over what has changed meanwhile");
  add_pending_folder_option(command, options->folder);
  add_set_options(command, program.session);
  command->footer(
      "Each decision is done at once; u takes it back, and later git qsnap accept --undo does. Without a terminal:\n"
      "lists everything, decides nothing and exits with 2.\n\n"
      "Exit status: 0 done or nothing pending, 2 usage or no terminal, 5 broken, 7 cannot write, 130 interrupted");
  set_action(program, command, [options](Session& session) { return run_review(session, *options); });
}

}  // namespace qsnap::cli
