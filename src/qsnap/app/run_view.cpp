// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/app/assert_view.hpp>
#include <qsnap/app/run_view.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/report/exit_code.hpp>

namespace qsnap::app {

namespace {

report::AssertView assertion_view(const store::Store& store, const RunRequest& request, ModeChoice mode,
                                  const RunOutcome& outcome) {
  const bool write = outcome.command.exit_code == 0;
  mode = write ? std::move(mode) : ModeChoice{outcome.assertion->mode, "the command failed"};
  report::AssertView view = view_of(store, request.places, *request.expect, mode, *outcome.assertion);
  if (!write) {
    view.hints.clear();  // how it would be written elsewhere; a note says why it was not
  }
  return view;
}

}  // namespace

int exit_code_of(const RunOutcome& outcome) {
  if (outcome.command.interrupted) {
    return report::k_exit_interrupted;
  }
  if (outcome.command.exit_code != 0) {
    return outcome.command.exit_code;
  }
  if (outcome.trouble) {
    return report::exit_code(outcome.trouble->code);
  }
  return outcome.assertion && !outcome.assertion->holds() ? report::k_exit_differs : report::k_exit_ok;
}

report::RunView view_of(const store::Store& store, const RunRequest& request, const ModeChoice& mode,
                        const RunOutcome& outcome) {
  report::RunView view;
  view.program = request.command.words.front();
  view.command_exit_code = outcome.command.exit_code;
  view.signal = outcome.command.signal;
  view.not_started = outcome.command.not_started ? outcome.command.not_started->message : std::string{};
  view.interrupted = outcome.command.interrupted;
  view.exit_code = exit_code_of(outcome);
  view.run_id = request.run_id;
  view.baseline = request.baseline ? request.baseline->text : std::string{};
  if (outcome.loaded) {
    view.loaded_keys = outcome.loaded->keys;
    view.loaded_jobs = outcome.loaded->jobs.jobs();
  }
  if (outcome.assertion) {
    view.assertion = assertion_view(store, request, mode, outcome);
  }
  if (outcome.changes) {
    view.changes = snapshot_diff_of(*outcome.changes);
  }
  if (outcome.trouble) {
    view.trouble =
        report::ErrorView{report::error_word(outcome.trouble->code), report::exit_code(outcome.trouble->code),
                          outcome.trouble->message, outcome.trouble->hints};
  }
  view.stopped = outcome.stopped.count;
  view.stopped_names = outcome.stopped.names;
  view.immortal = outcome.stopped.immortal;
  view.notes = outcome.notes;
  return view;
}

}  // namespace qsnap::app
