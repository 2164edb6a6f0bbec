// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/run_view.hpp>
#include <qsnap/cli/metrics_option.hpp>
#include <qsnap/cli/run_options.hpp>
#include <qsnap/cli/standard_error.hpp>
#include <qsnap/report/escape.hpp>

namespace qsnap::cli {

namespace {

/// Standard output is the command's, so what we say goes to standard error.
Result<void> tell_run(Session& session, const app::RunOutcome& outcome, const report::RunView& view,
                      const report::FaceOptions& face) {
  QSNAP_ASSIGN(const std::string text, report::run_text(view, face));
  (void)session.flush();  // takes the progress away, which stands on the same line
  print_to_stderr(text);
  if (outcome.trouble) {
    session.print_error(*outcome.trouble);
  }
  return {};
}

Result<int> run_run(Session& session, const RunOptions& options, const RunWords& words) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(ChosenRun chosen, chosen_run(session, store, options, words));
  app::RunRequest& request = chosen.request;
  const report::FaceOptions face = run_face(session, options);
  bool told = session.options.json;  // a document is written once, at the end
  const auto tell = [&](const app::RunOutcome& outcome, const report::RunView& view) {
    return std::exchange(told, true) ? Result<void>{} : tell_run(session, outcome, view, face);
  };
  request.ready = [&](const std::string& url) {
    (void)session.flush();  // no progress bar where the command writes
    if (options.verbose) {
      print_to_stderr(fmt::format("{} is for {}\n", url, report::escape_terminal(request.run_id)));
    }
  };
  if (options.keep) {
    request.keep = [&](const app::RunOutcome& outcome, const std::string& url) {
      (void)tell(outcome, app::view_of(store, request, chosen.mode, outcome));
      print_to_stderr(fmt::format("the Redis stays until Ctrl-C: redis-cli -u {}\n", url));
    };
  }
  QSNAP_ASSIGN(const app::RunOutcome outcome, app::run_fixture(store, request, session.clock(), session.progress()));
  const report::RunView view = app::view_of(store, request, chosen.mode, outcome);
  session.metrics().add(report::metrics_of("run", view));
  QSNAP_TRY(tell(outcome, view));
  if (!session.options.json) {
    print_to_stderr(report::stopped_text(view, face.style));
    return view.exit_code;
  }
  QSNAP_ASSIGN(const std::string json, report::run_json(view, face));
  QSNAP_TRY(session.print(json + '\n'));
  return view.exit_code;
}

}  // namespace

void add_run(Program& program) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = add_command(program, "run", "Run a command with a Redis of its own, and look at what it left");
  add_run_options(command, *options);
  add_capture_options(command, program.session);
  add_redact_option(command, program.session);
  add_set_options(command, program.session);
  command->footer(
      "git qsnap run [OPTIONS] -- COMMAND [ARGUMENT]...\n\n"
      "The command finds the Redis by REDIS_URL, REDIS_HOST and REDIS_PORT. Nothing is left behind.\n\n"
      "Exit status: the command's unless 0 (126 and 127: not run, 128 + n: signal n), else as of assert;\n"
      "130 interrupted");
  set_counted_action(program, command, [options, command, behind = program.other_command](Session& session) {
    return run_run(session, *options, {command->remaining(), behind});
  });
}

}  // namespace qsnap::cli
