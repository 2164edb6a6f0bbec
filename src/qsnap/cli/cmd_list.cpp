// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/inspect.hpp>
#include <qsnap/app/open_album.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct ListOptions {
  std::string pattern, album, tag;
  bool all = false;
};

/// What a list without any snapshot says it looked for.
std::string asked_words(const ListOptions& options) {
  std::vector<std::string> words;
  for (const auto& [kind, word] : {std::pair{"", options.pattern}, {"album ", options.album}, {"tag ", options.tag}}) {
    if (!word.empty()) {
      words.push_back(kind + word);
    }
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

Result<int> run_list(Session& session, const ListOptions& options) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  const app::ListedSets sets = options.all ? app::ListedSets::all : app::ListedSets::chosen;
  QSNAP_ASSIGN(std::vector<report::ListedSnapshot> listed, app::list_snapshots(store, options.pattern, sets));
  if (!options.album.empty()) {
    QSNAP_ASSIGN(const store::Album album, app::open_album(store::AlbumStore{store.folder()}, options.album));
    listed = app::only_members(std::move(listed), album);
  }
  if (!options.tag.empty()) {
    listed = app::only_tagged(std::move(listed), options.tag);
  }
  QSNAP_TRY(app::mark_conflicts(session.folder(), listed));
  QSNAP_TRY(session.print([&] { return report::list_json(listed); },
                          [&] { return report::list_text(listed, asked_words(options), session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_list(Program& program) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = add_command(program, "list", "List the snapshots of this work tree");
  command->add_option("pattern", options->pattern, "Names that contain this, or match it if it has * or ?");
  command->add_option("--album", options->album, "Only members of this album")->type_name("ALBUM");
  command->add_option("--tag", options->tag, "Only snapshots with this tag")->type_name("TAG");
  command->add_flag("--all", options->all, "What each set has of its own, by full names");
  add_set_options(command, program.session);
  command->footer("Exit status: 0 listed, 2 no .queue-snapshots here or unknown album, 5 a broken album");
  set_action(program, command, [options](Session& session) { return run_list(session, *options); });
}

}  // namespace qsnap::cli
