// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/albums.hpp>
#include <qsnap/app/named_snapshot.hpp>
#include <qsnap/cli/album_commands.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct MemberOptions {
  std::string album;
  std::vector<std::string> snapshots;
  std::optional<std::string> note;
};

enum class MemberAction { add, remove };

Result<int> run_members(Session& session, const MemberOptions& options, MemberAction action) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  std::vector<store::SnapshotName> names;
  for (const std::string& text : options.snapshots) {
    QSNAP_ASSIGN(store::SnapshotName name, app::named_snapshot(store, text, session.clock().now()));
    names.push_back(std::move(name));
  }
  QSNAP_ASSIGN(const report::AlbumChangeView view, action == MemberAction::add
                                                       ? app::add_members(store, options.album, names, options.note)
                                                       : app::remove_members(store, options.album, names));
  QSNAP_TRY(session.print([&] { return report::album_change_json(view); },
                          [&] { return report::album_change_text(view, session.style()); }));
  return k_exit_ok;
}

void add_names(CLI::App* command, MemberOptions& options) {
  command->add_option("album", options.album, "Which album")->required();
  command->add_option("snapshot", options.snapshots, "NAME, or a point of history: prod@latest, prod@{2 days ago}")
      ->required();
}

}  // namespace

void add_album_members(Program& program, CLI::App* group) {
  auto options = std::make_shared<MemberOptions>();
  CLI::App* add = add_command(program, group, "add", "Put snapshots into an album");
  add_names(add, *options);
  add->add_option("--note", options->note, "What they are here; one note for all that are named")->type_name("TEXT");
  add_set_options(add, program.session);
  add->footer(
      "A point of history is kept as the entry that it means now.\n\n"
      "Exit status: 0 added, or they were members already, 2 usage, unknown album or snapshot, 5 a broken album");
  set_action(program, add, [options](Session& session) { return run_members(session, *options, MemberAction::add); });

  CLI::App* remove = add_command(program, group, "remove", "Take snapshots out of an album; they stay where they are");
  add_names(remove, *options);
  add_set_options(remove, program.session);
  remove->footer("Exit status: 0 removed, 2 usage, unknown album or no member of it, 5 a broken album");
  set_action(program, remove,
             [options](Session& session) { return run_members(session, *options, MemberAction::remove); });
}

}  // namespace qsnap::cli
