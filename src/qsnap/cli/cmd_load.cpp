// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/load.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/load_options.hpp>
#include <qsnap/cli/metrics_option.hpp>
#include <qsnap/cli/run_record.hpp>

namespace qsnap::cli {

namespace {

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
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(app::LoadRequest request, load_request(options));
  QSNAP_ASSIGN(request.target, session.target());
  const Progress progress = session.progress();
  QSNAP_ASSIGN(const app::OpenedSide snapshot, app::open_side(store, side, std::nullopt, {}, progress));
  request.threads = session.options.threads;
  if (options.replace) {
    request.replace = confirmation(session, options);
  }
  QSNAP_ASSIGN(const app::LoadOutcome outcome, app::load(store, snapshot.reader, request, session.clock(), progress));
  const report::LoadView view = app::view_of(snapshot.label, request, outcome);
  session.metrics().add(report::metrics_of("load", view));
  QSNAP_TRY(
      session.print([&] { return report::load_json(view); }, [&] { return report::load_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_load(Program& program) {
  auto options = std::make_shared<LoadOptions>();
  CLI::App* command = add_command(program, "load", "Put a state back, so that the framework's workers carry on");
  command->add_option("name", options->name, "NAME, file or REV:NAME")->required();
  add_load_options(command, *options);
  add_threads_option(command, program.session);
  add_redact_option(command, program.session);
  add_redis_options(command, program.session);
  command->add_option("--into", program.session.options.redis_url, "The same as --redis")->type_name("URL");
  add_set_options(command, program.session);
  command->footer(
      "Times move by what has passed since the capture; locks and dangling ids are left out (but with --exact).\n\n"
      "Exit status: 0 loaded, 2 usage or unknown name, 3 Redis, 5 broken snapshot, 6 refused, 7 cannot write");
  set_counted_action(program, command, [options](Session& session) {
    return recorded(session, store::RunEventKind::loaded, options->name, run_load(session, *options));
  });
}

}  // namespace qsnap::cli
