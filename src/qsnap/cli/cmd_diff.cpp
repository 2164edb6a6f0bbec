// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/compare.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/report/changes_report.hpp>

namespace qsnap::cli {

namespace {

struct DiffOptions {
  std::string before, after;
  bool full = false;
};

Result<int> run_diff(Session& session, const DiffOptions& options) {
  QSNAP_ASSIGN(const store::Side before, store::parse_side(options.before));
  QSNAP_ASSIGN(const store::Side after, store::parse_side(options.after));
  QSNAP_ASSIGN(const store::Store store, store::Store::open(session.folder()));
  QSNAP_ASSIGN(const std::optional<app::Target> target, session.optional_target());
  QSNAP_ASSIGN(const app::Comparison compared, app::diff_sides(store, before, after, target, session.progress()));
  const report::Sides sides = app::sides_of(compared);
  const report::Detail detail = options.full ? report::Detail::full : report::Detail::folded;
  QSNAP_TRY(session.print([&] { return report::changes_json(compared.changes, sides); },
                          [&] { return report::changes_text(compared.changes, sides, detail, session.style()); }));
  QSNAP_TRY(print_explanation(session, sides.capture));
  return compared.changes.empty() ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_diff(Program& program) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = add_command(program, "diff", "Tell what differs between two states, in the words of a queue");
  command->add_option("before", options->before, "NAME, file, REV:NAME or live")->required()->type_name("A");
  command->add_option("after", options->after, "NAME, file, REV:NAME or live")->required()->type_name("B");
  command->add_flag("--full", options->full, "Every job and every field, nothing folded");
  add_redis_options(command, program.session);
  add_capture_options(command, program.session);
  add_redact_option(command, program.session);
  command->footer(
      "Generated ids and instants do not count. Live is captured in the scope of the other side.\n\n"
      "Exit status: 0 same meaning, 1 differences, 2 usage or unknown name, 3 Redis, 4 no consistent state, 5 broken");
  set_action(program, command, [options](Session& session) { return run_diff(session, *options); });
}

}  // namespace qsnap::cli
