// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/metrics_file.hpp>
#include <qsnap/cli/environment.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/metrics_option.hpp>
#include <qsnap/cli/standard_error.hpp>
#include <qsnap/report/escape.hpp>

namespace qsnap::cli {

namespace {

using Metric = report::MetricsPage::Metric;

void note_command(report::MetricsPage& page, std::string_view command, const Result<int>& finished,
                  std::chrono::milliseconds took) {
  page.note(Metric::commands_total, command);
  page.note(Metric::command_seconds_total, command, static_cast<std::uint64_t>(took.count()));
  if (!finished) {
    page.note_failure(command, error_word(finished.error().code));
  } else if (*finished != k_exit_ok) {
    page.note_failure(command, *finished == k_exit_differs ? "differs" : fmt::format("exit {}", *finished));
  }
}

Result<int> counted(Session& session, std::string_view command, const Action& action) {
  const auto began = std::chrono::steady_clock::now();
  Result<int> finished = action(session);
  const std::string file = session.options.metrics_file.empty()
                               ? process_environment()("QSNAP_METRICS_FILE").value_or("")
                               : session.options.metrics_file;
  if (file.empty()) {
    return finished;
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  note_command(session.metrics(), command, finished, took);
  if (const Result<void> added = app::add_to_metrics_file(file, session.metrics()); !added) {
    print_to_stderr(fmt::format("git-qsnap: warning: not counted in {}: {}\n", report::escape_terminal(file),
                                report::escape_terminal(added.error().message)));
  }
  return finished;
}

}  // namespace

void set_counted_action(Program& program, CLI::App* command, Action action) {
  command
      ->add_option("--metrics-file", program.session.options.metrics_file,
                   "Add to the counts in FILE, in the text format of Prometheus")
      ->type_name("FILE");
  set_action(program, command, [command, action = std::move(action)](Session& session) {
    return counted(session, command->get_name(), action);
  });
}

}  // namespace qsnap::cli
