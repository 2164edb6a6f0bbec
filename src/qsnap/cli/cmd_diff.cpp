// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/diff_range.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/cli/metrics_option.hpp>
#include <qsnap/cli/report_options.hpp>
#include <qsnap/cli/set_names.hpp>

namespace qsnap::cli {

namespace {

struct DiffOptions {
  std::vector<std::string> words;
  std::optional<std::string> redis_a, redis_b;  ///< empty: the URL is in the environment
  model::Scope scope;
  ReportOptions report;

  [[nodiscard]] bool two_servers() const { return redis_a || redis_b; }
};

Result<report::DiffReport> compare_servers(Session& session, const DiffOptions& options,
                                           const app::CompareChoice& choice) {
  if (!options.words.empty() || !session.options.redis_url.empty()) {
    return make_error(ErrorCode::usage, "--redis-a and --redis-b are both sides: there is nothing else to name");
  }
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const app::Target before, session.side_target("A", options.redis_a.value_or("")));
  QSNAP_ASSIGN(const app::Target after, session.side_target("B", options.redis_b.value_or("")));
  QSNAP_ASSIGN(app::Comparison compared,
               app::diff_servers(store, before, after, options.scope, choice, session.progress()));
  return app::diff_report_of(std::move(compared));
}

Result<report::DiffReport> compare_words(Session& session, const DiffOptions& options,
                                         const app::CompareChoice& choice) {
  if (options.scope != model::Scope{}) {
    return make_error(ErrorCode::usage, "--prefix and --queue are for --redis-a and --redis-b",
                      {"live is captured in the scope of the other side"});
  }
  QSNAP_ASSIGN(const store::SetChain chain, chain_of_tree(session));
  QSNAP_ASSIGN(app::DiffRequest request, app::parse_diff_request(session.folder(), chain, options.words));
  if (auto* range = std::get_if<app::DiffRange>(&request)) {
    for (store::SnapshotName& name : range->names) {
      QSNAP_ASSIGN(name, name_of_file(session, name));
    }
    return app::diff_range(session.folder(), *range, choice, session.progress());
  }
  const app::TwoSides& sides = std::get<app::TwoSides>(request);
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const std::optional<app::Target> target, session.optional_target());
  QSNAP_ASSIGN(app::Comparison compared,
               app::diff_sides(store, sides.before, sides.after, target, choice, session.progress()));
  return app::diff_report_of(std::move(compared));
}

Result<int> run_diff(Session& session, const DiffOptions& options) {
  QSNAP_ASSIGN(const std::vector<Face> faces, chosen_faces(session, options.report));
  const app::CompareChoice choice = compare_choice(options.report, faces);
  QSNAP_ASSIGN(const report::DiffReport report, options.two_servers() ? compare_servers(session, options, choice)
                                                                      : compare_words(session, options, choice));
  session.metrics().add(report::metrics_of("diff", report));
  QSNAP_TRY(write_faces(session, options.report, faces, report));
  return verdict(options.report, report);
}

}  // namespace

void add_diff(Program& program) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = add_command(program, "diff", "Tell what differs between two states, in the words of a queue");
  command->add_option("sides", options->words, "A B: each NAME, file, REV:NAME, live or -; or REV..REV NAME…")
      ->type_name("");
  add_report_options(command, options->report);
  add_two_servers_options(command, options->redis_a, options->redis_b, options->scope);
  add_redis_options(command, program.session);
  add_capture_options(command, program.session);
  add_redact_option(command, program.session);
  add_set_options(command, program.session);
  command->footer(
      "Nothing named: HEAD with the work tree. NAME: HEAD's with the work tree's. REV: all of it with the work tree.\n"
      "Generated ids and instants do not count. Live is captured in the scope of the other side.\n\n"
      "Exit status: 0 same meaning, 1 differences, 2 usage or unknown name, 3 Redis, 4 no consistent state, 5 broken");
  set_counted_action(program, command, [options](Session& session) { return run_diff(session, *options); });
}

}  // namespace qsnap::cli
