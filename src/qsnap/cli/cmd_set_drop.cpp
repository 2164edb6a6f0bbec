// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/sets.hpp>
#include <qsnap/base/shell_word.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct DropOptions {
  std::string set;
  bool yes = false;
  bool force = false;
};

Result<int> run_set_drop(Session& session, const DropOptions& options) {
  QSNAP_ASSIGN(const store::Store store, store::Store::open(session.folder()));
  const app::UncommittedRule rule = options.force ? app::UncommittedRule::drop : app::UncommittedRule::refuse;
  QSNAP_ASSIGN(const report::SetChangeView plan, app::drop_plan(store, options.set, rule));
  if (!options.yes && !session.confirm(fmt::format("delete {} files of the set {}?", plan.files.size(), plan.name))) {
    Error error = make_error(ErrorCode::refused, fmt::format("the set {} was not dropped", plan.name),
                             {fmt::format("git qsnap set show {}", shell_word(plan.name))});
    if (!Session::can_ask()) {
      error.hints.insert(error.hints.begin(), "--yes drops it without a question");
    }
    return error;
  }
  QSNAP_TRY(app::drop_set(store, plan));
  QSNAP_TRY(session.print([&] { return report::set_change_json(plan); },
                          [&] { return report::set_change_text(plan, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_set_drop(Program& program, CLI::App* group) {
  auto options = std::make_shared<DropOptions>();
  CLI::App* command = add_command(program, group, "drop", "Delete what a set has of its own");
  command->add_option("set", options->set, "The set")->required();
  command->add_flag("--yes", options->yes, "Do not ask");
  command->add_flag("--force", options->force, "Also snapshots that HEAD does not have as they are here");
  command->footer(
      "Only files of this work tree; git add and commit tell Git. Its history stays: git qsnap history list --set "
      "SET.\n\n"
      "Exit status: 0 dropped, 2 usage or unknown set, 6 refused, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_set_drop(session, *options); });
}

}  // namespace qsnap::cli
