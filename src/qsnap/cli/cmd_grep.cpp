// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/grep.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct GrepOptions {
  app::GrepRequest request;
  bool history = false, ignore_case = false, fixed = false, expression = false, names = false, all = false;
};

Result<int> run_grep(Session& session, const GrepOptions& options) {
  app::GrepRequest request = options.request;
  request.kind = options.fixed ? app::GrepPattern::fixed : app::GrepPattern::expression;
  request.letters = options.ignore_case ? app::GrepCase::ignored : app::GrepCase::sensitive;
  request.captures = options.history ? app::GrepCaptures::searched : app::GrepCaptures::left_out;
  request.extent = options.all ? app::GrepExtent::all : app::GrepExtent::first;
  request.threads = session.options.threads;
  const report::Style style = session.style();
  const report::Output out = [&session](std::string_view text) -> Result<void> {
    QSNAP_TRY(session.print(text));
    return session.flush();
  };
  const report::GrepDetail detail = options.names ? report::GrepDetail::names : report::GrepDetail::records;
  const auto face =
      session.options.json ? report::grep_json(request.pattern, out) : report::grep_text(detail, style, out);
  QSNAP_ASSIGN(const std::uint64_t found, app::grep(session.folder(), request, *face, session.progress()));
  return found > 0 ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_grep(Program& program) {
  auto options = std::make_shared<GrepOptions>();
  app::GrepRequest& request = options->request;
  CLI::App* command = add_command(program, "grep", "Find records that match, in all versions that Git has");
  command->add_option("pattern", request.pattern, "A regular expression (PCRE2); a line is 'payload.price: 12'")
      ->required();
  command->add_option("revisions", request.revisions,
                      "REV or A..B: what these commits brought in (default: HEAD, and history)");
  command->add_flag("--history", options->history, "Dated captures: alone, or beside the revisions");
  command->add_flag("-i,--ignore-case", options->ignore_case, "Capital and small letters are the same");
  CLI::Option* fixed = command->add_flag("-F,--fixed-strings", options->fixed, "The pattern is a text");
  command->add_flag("-E,--regexp", options->expression, "It is an expression (so it is without -F)")->excludes(fixed);
  command->add_flag("-l,--name-only", options->names, "Only which versions have it");
  command->add_flag("--all", options->all, "All records that match, not the first three of each version");
  command->add_option("--queue", request.queue, "Only jobs of this queue: its full id, or its name")
      ->type_name("QUEUE");
  command->add_option("--state", request.state, "Only jobs in this state")->type_name("STATE");
  add_threads_option(command, program.session);
  command->footer(
      "A version is told with the commit that brought it in and the one that put another in its place. The newest\n"
      "first; the same content is searched once. Payloads are decoded as show prints them.\n\n"
      "Exit status: 0 found, 1 nothing found, 2 usage, or a pattern that takes too long");
  set_action(program, command, [options](Session& session) { return run_grep(session, *options); });
}

}  // namespace qsnap::cli
