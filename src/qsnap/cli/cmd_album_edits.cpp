// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/albums.hpp>
#include <qsnap/cli/album_commands.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/label_options.hpp>

namespace qsnap::cli {

namespace {

struct EditOptions {
  std::string name, description;
  std::vector<std::string> tags;
  LabelOptions labels;
};

Result<int> print_change(Session& session, const report::AlbumChangeView& view) {
  QSNAP_TRY(session.print([&] { return report::album_change_json(view); },
                          [&] { return report::album_change_text(view, session.style()); }));
  return k_exit_ok;
}

Result<int> run_create(Session& session, const EditOptions& options) {
  QSNAP_ASSIGN(std::vector<std::string> tags, distinct_words("--tag", options.tags));
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const auto view, app::create_album(store, options.name, {options.description, std::move(tags)}));
  return print_change(session, view);
}

Result<int> run_edit(Session& session, const EditOptions& options) {
  QSNAP_ASSIGN(const app::LabelChange change, label_change(options.labels));
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const auto view, app::edit_album(store, options.name, change));
  return print_change(session, view);
}

Result<int> run_delete(Session& session, const std::string& name) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const auto view, app::delete_album(store, name));
  return print_change(session, view);
}

}  // namespace

void add_album_edits(Program& program, CLI::App* group) {
  auto options = std::make_shared<EditOptions>();
  CLI::App* create = add_command(program, group, "create", "Make an album");
  create->add_option("name", options->name, "Its name: A-Z, a-z, 0-9, '.', '_', '-'")->required();
  create->add_option("-m,--description", options->description, "What it is about")->type_name("TEXT");
  create->add_option("--tag", options->tags, "A tag (can be repeated)")->type_name("TAG")->allow_extra_args(false);
  create->footer("Exit status: 0 made, 2 usage, 6 there is one of that name");
  set_action(program, create, [options](Session& session) { return run_create(session, *options); });

  CLI::App* edit = add_command(program, group, "edit", "Change description and tags of an album");
  edit->add_option("name", options->name, "Which album")->required();
  add_label_options(edit, options->labels);
  edit->footer(
      "Exit status: 0 changed, or it said so already, 2 usage, unknown album or unknown tag, 5 a broken album");
  set_action(program, edit, [options](Session& session) { return run_edit(session, *options); });

  CLI::App* remove = add_command(program, group, "delete", "Delete an album; its members stay");
  remove->add_option("name", options->name, "Which album")->required();
  remove->footer("Exit status: 0 deleted, 2 usage or unknown album");
  set_action(program, remove, [options](Session& session) { return run_delete(session, options->name); });
}

}  // namespace qsnap::cli
