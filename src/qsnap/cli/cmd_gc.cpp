// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/repack.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

enum class GcRun { propose, pack };

/// The plan is out before anything happens.
Result<int> run_gc(Session& session, GcRun run) {
  QSNAP_ASSIGN(report::GcPlan plan, app::plan_repack(session.folder()));
  if (!session.options.json) {
    QSNAP_TRY(session.print(report::gc_plan_text(plan, session.style())));
    QSNAP_TRY(session.flush());
  }
  report::GcView view{plan, {}};
  if (run == GcRun::pack && plan.is_due()) {
    session.progress().report("packing", 0, 0);
    QSNAP_ASSIGN(view, app::repack(session.folder(), std::move(plan)));
  }
  QSNAP_TRY(session.print([&] { return report::gc_json(view); },
                          [&] { return report::gc_outcome_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_gc(Program& program) {
  auto dry = std::make_shared<bool>(false);
  CLI::App* command = add_command(program, "gc", "Pack the versions of snapshots, so that Git keeps what differs");
  command->add_flag("--dry-run", *dry, "Only tell what would be done");
  command->footer(
      "Never runs by itself. Packs over gc.bigPackThreshold, or over 64 MiB where that is not set, stay as they are.\n"
      "May be interrupted at any time.\n\n"
      "Exit status: 0 done, or nothing to do, 2 usage, no repository, or git failed, 6 another gc is at work");
  set_action(program, command,
             [dry](Session& session) { return run_gc(session, *dry ? GcRun::propose : GcRun::pack); });
}

}  // namespace qsnap::cli
