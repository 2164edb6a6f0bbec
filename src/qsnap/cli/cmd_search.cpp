// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/search.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct SearchOptions {
  app::SearchRequest request;
  bool all = false, rebuild = false;
};

Result<int> run_search(Session& session, SearchOptions options) {
  app::SearchRequest& request = options.request;
  request.extent = options.all ? app::SearchExtent::all : app::SearchExtent::first;
  request.index = options.rebuild ? app::IndexUse::make_anew : app::IndexUse::as_found;
  request.threads = session.options.threads;
  // Without the branch's set: a search goes through all of them.
  QSNAP_ASSIGN(const store::Store store, store::Store::open(session.folder()));
  const report::Style style = session.style();
  const report::Output out = [&session](std::string_view text) -> Result<void> {
    QSNAP_TRY(session.print(text));
    return session.flush();
  };
  const auto face = session.options.json ? report::search_json(request.words, out) : report::search_text(style, out);
  QSNAP_ASSIGN(const std::uint64_t found, app::search(store, request, *face, session.progress()));
  return found > 0 ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_search(Program& program) {
  auto options = std::make_shared<SearchOptions>();
  app::SearchRequest& request = options->request;
  CLI::App* command =
      add_command(program, "search", "Find snapshots by words in their names, descriptions, tags and jobs");
  command
      ->add_option("words", request.words, "WORD, WORD*, 'SOME WORDS', queue:Q, state:S, name:W, error:W, id:W, tag:T")
      ->required();
  command->add_option("--in", request.places, "history, test-cases, baselines or a set (can be repeated)")
      ->type_name("WHERE")
      ->allow_extra_args(false);
  command->add_option("--limit", request.most_snapshots, "Tell of so many snapshots (20)")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  command->add_flag("--all", options->all, "Tell of all snapshots, and of all that was found in each");
  command->add_flag("--rebuild", options->rebuild, "Make the index anew");
  add_threads_option(command, program.session);
  add_set_options(command, program.session);
  command->footer(
      "Snapshots whose name, description, tags or albums have all words come first, then the newest that have a "
      "record\n"
      "with all of them. Case does not matter; words are whole words. All sets and dated captures are searched.\n\n"
      "Exit status: 0 found, 1 nothing found, 2 usage");
  set_action(program, command, [options](Session& session) { return run_search(session, *options); });
}

}  // namespace qsnap::cli
