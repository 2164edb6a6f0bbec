// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/promote.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct PromoteOptions {
  app::PromoteWords words;
  bool dry_run = false;
};

/// Without a name, the set of the branch that is checked out.
Result<store::Store> open_tree(Session& session, app::PromoteWords& words) {
  if (!words.set.empty()) {
    return store::Store::open(session.folder());
  }
  QSNAP_ASSIGN(store::Store store, session.open_store());
  if (!store.chain().sets.empty()) {
    words.set = store.chain().current().text();
  }
  return store;
}

Result<int> run_promote(Session& session, const PromoteOptions& options) {
  app::PromoteWords words = options.words;
  QSNAP_ASSIGN(store::Store store, open_tree(session, words));
  QSNAP_ASSIGN(app::PromoteRequest request, app::promote_request(store, words));
  request.rule = options.dry_run ? app::PromoteRule::dry_run : app::PromoteRule::write;
  QSNAP_ASSIGN(const report::PromoteView view, app::promote(std::move(store), request, session.progress()));
  QSNAP_TRY(session.print([&] { return report::promote_json(view); },
                          [&] { return report::promote_text(view, session.style()); }));
  return view.open() == 0 ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_set_promote(Program& program, CLI::App* group) {
  auto options = std::make_shared<PromoteOptions>();
  CLI::App* command = add_command(program, group, "promote", "Fold a set into its parent, once its branch is merged");
  command->add_option("set", options->words.set, "Which set (default: that of the branch)");
  command->add_option("name", options->words.names, "Which of its snapshots (default: all)");
  command->add_option("--into", options->words.into, "Another target than its parent")->type_name("SET");
  command->add_flag("--dry-run", options->dry_run, "Only tell what would be done");
  command->footer(
      "What both have is merged by meaning, from the state that the set began with. Conflicts are Git's own: git "
      "qsnap\n"
      "resolve decides them, and a second promote takes the decision. Git is not told of the rest: git add and "
      "commit.\n\n"
      "Exit status: 0 all is in the target, 1 conflicts, 2 usage, unknown set or name, 5 a snapshot is broken, 6\n"
      "refused, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_promote(session, *options); });
}

}  // namespace qsnap::cli
