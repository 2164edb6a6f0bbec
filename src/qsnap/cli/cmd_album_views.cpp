// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/albums.hpp>
#include <qsnap/cli/album_commands.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

Result<int> run_list(Session& session, const std::string& tag) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const std::vector<report::ListedAlbum> albums, app::list_albums(store, tag));
  QSNAP_TRY(session.print([&] { return report::album_list_json(albums); },
                          [&] { return report::album_list_text(albums, tag, session.style()); }));
  return k_exit_ok;
}

Result<int> run_show(Session& session, const std::string& name) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const report::AlbumView view, app::view_album(store, session.folder(), name));
  QSNAP_TRY(session.print([&] { return report::album_json(view); },
                          [&] { return report::album_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_album_views(Program& program, CLI::App* group) {
  auto tag = std::make_shared<std::string>();
  CLI::App* list = add_command(program, group, "list", "List the albums");
  list->add_option("--tag", *tag, "Only albums with this tag")->type_name("TAG");
  list->footer("Exit status: 0 listed, 2 no .queue-snapshots here, 5 a broken album");
  set_action(program, list, [tag](Session& session) { return run_list(session, *tag); });

  auto name = std::make_shared<std::string>();
  CLI::App* show = add_command(program, group, "show", "Show an album: what is in it, and whether it is there");
  show->add_option("name", *name, "Which album")->required();
  add_set_options(show, program.session);
  show->footer(
      "A member is present, conflicted, missing (nothing has its name), elsewhere (its bytes are not here: Git LFS, or "
      "somebody else's history) or broken.\n\n"
      "Exit status: 0 shown, 2 usage or unknown name, 5 a broken album, or one with conflict markers");
  set_action(program, show, [name](Session& session) { return run_show(session, *name); });
}

}  // namespace qsnap::cli
