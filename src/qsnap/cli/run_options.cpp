// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <fmt/format.h>

#include <qsnap/cli/environment.hpp>
#include <qsnap/cli/run_options.hpp>

namespace qsnap::cli {

namespace {

constexpr const char* k_run_id = "QSNAP_RUN_ID";

/// The command: behind "--", or from the first word that is no option of ours, and may have a "--" of its own.
Result<std::vector<std::string>> command_words(std::vector<std::string> words, std::vector<std::string> behind) {
  const std::string usage = "git qsnap run [OPTIONS] -- COMMAND [ARGUMENT]...";
  if (!words.empty() && words.front().starts_with('-')) {
    return make_error(ErrorCode::usage, fmt::format("{} is no option of run", words.front()), {usage});
  }
  if (words.empty() && !behind.empty()) {
    behind.erase(behind.begin());
  }
  words.insert(words.end(), behind.begin(), behind.end());
  if (words.empty()) {
    return make_error(ErrorCode::usage, "which command?", {usage});
  }
  return words;
}

/// The places of this run, which is one of its own unless somebody named it.
Result<app::AssertPlaces> places_of(const store::Store& store, const app::ModeChoice& mode, const std::string& run_id) {
  const app::Environment ours = process_environment();
  return app::assert_places(store.git_dir(), mode.mode, [&](std::string_view name) {
    return name == k_run_id ? std::optional{run_id} : ours(name);
  });
}

Result<std::optional<store::Side>> chosen_baseline(const std::string& text) {
  if (text.empty()) {
    return std::optional<store::Side>{};
  }
  QSNAP_ASSIGN(store::Side side, store::parse_side(text));
  if (side.kind == store::Side::Kind::live || side.kind == store::Side::Kind::input) {
    return make_error(ErrorCode::usage, fmt::format("{} is no baseline", text),
                      {"git qsnap list shows what can be loaded"});
  }
  return std::optional{std::move(side)};
}

void add_expectation(CLI::App* command, AssertOptions& options) {
  command->add_option("--expect", options.name, "Assert that the state is as this snapshot says")->type_name("NAME");
  add_mode_options(command, options);
  command->add_flag("--allow-empty", options.allow_empty, "Let an empty state be what is expected");
  command->add_flag("--full", options.report.full, "Every job and every field, nothing folded");
  add_rule_options(command, options.report.rules);
}

}  // namespace

void add_run_options(CLI::App* command, RunOptions& options) {
  command->add_option("--baseline", options.baseline, "What is in the Redis: NAME, file or REV:NAME (default: nothing)")
      ->type_name("NAME");
  add_state_options(command, options.load);
  add_expectation(command, options.assertion);
  command->add_option("--redis-server", options.server, "Another program than redis-server")->type_name("PATH");
  command->add_flag("--keep", options.keep, "Leave the Redis running afterwards, until Ctrl-C, to look at it");
  command->add_flag("-v,--verbose", options.verbose, "Tell where the Redis is, and the id of the run");
  command->prefix_command();
}

report::FaceOptions run_face(const Session& session, const RunOptions& options) {
  report::FaceOptions face;
  face.style = session.error_style();
  face.detail = options.assertion.report.full ? report::Detail::full : report::Detail::folded;
  face.show_ignored = options.assertion.report.rules.show_ignored;
  return face;
}

Result<ChosenRun> chosen_run(Session& session, const store::Store& store, const RunOptions& options,
                             const RunWords& words) {
  ChosenRun chosen;
  app::RunRequest& request = chosen.request;
  QSNAP_ASSIGN(request.command.words, command_words(words.first, words.behind));
  request.command.environment = all_variables();
  request.command.output = session.options.json ? app::CommandOutput::errors : app::CommandOutput::as_ours;
  request.server_program = options.server;
  request.target = session.target_at({});
  QSNAP_ASSIGN(request.baseline, chosen_baseline(options.baseline));
  QSNAP_ASSIGN(request.load, load_request(options.load));
  request.load.threads = session.options.threads;
  QSNAP_ASSIGN(chosen.mode, chosen_mode(options.assertion, store));
  const auto given = process_environment()(k_run_id);
  QSNAP_ASSIGN(request.run_id, given ? *given : app::new_run_id(session.clock().now()));
  QSNAP_ASSIGN(request.places, places_of(store, chosen.mode, request.run_id));
  const std::vector<Face> faces = {{session.options.json ? report::DiffFormat::json : report::DiffFormat::text, {}}};
  request.choice = compare_choice(options.assertion.report, faces);
  if (!options.assertion.name.empty() || !options.assertion.contracts.empty()) {
    QSNAP_ASSIGN(request.expect, assert_request(options.assertion, faces));
    request.expect->mode = chosen.mode.mode;
    request.expect->target = request.target;
    request.expect->test = "git qsnap run " + request.command.words.front();
  }
  return chosen;
}

}  // namespace qsnap::cli
