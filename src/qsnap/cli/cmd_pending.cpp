// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/pending_choice.hpp>
#include <qsnap/app/pending_view.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/pending_options.hpp>

namespace qsnap::cli {

namespace {

struct PendingOptions {
  std::vector<std::string> names;
  bool diff = false, side_by_side = false, full = false, exit_code = false;
  std::string folder;
};

Result<int> run_pending(Session& session, const PendingOptions& options) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const store::PendingStore pending, pending_store(store, options.folder));
  QSNAP_ASSIGN(auto entries, pending.list());
  QSNAP_ASSIGN(entries, app::choose_pending(std::move(entries), options.names));
  const bool with_diff = options.diff || options.side_by_side || options.full;
  const auto detail = with_diff ? app::PendingDetail::differences : app::PendingDetail::rows;
  QSNAP_ASSIGN(const report::PendingView view, app::pending_view(store, pending, entries, detail, session.progress()));
  const report::Output out = [&session](std::string_view text) { return session.print(text); };
  report::FaceOptions face;
  face.style = session.style();
  face.detail = options.full ? report::Detail::full : report::Detail::folded;
  const auto format = options.side_by_side ? report::DiffFormat::side_by_side : report::DiffFormat::text;
  QSNAP_TRY(session.options.json ? report::write_pending_json(view, out)
                                 : report::write_pending_text(view, format, face, out));
  return options.exit_code && !view.rows.empty() ? k_exit_differs : k_exit_ok;
}

}  // namespace

void add_pending(Program& program) {
  auto options = std::make_shared<PendingOptions>();
  CLI::App* command = add_command(program, "pending", "List the states that wait for an accept");
  command->add_option("name", options->names, "Which ones: names, patterns in quotes, or the end of a name");
  command->add_flag("--diff", options->diff, "With what an accept would change");
  command->add_flag("--side-by-side", options->side_by_side, "The same in two columns");
  command->add_flag("--full", options->full, "The same, nothing folded");
  command->add_flag("--exit-code", options->exit_code, "Exit with 1 if anything is pending");
  add_pending_folder_option(command, options->folder);
  add_set_options(command, program.session);
  command->footer(
      "Pending is what git qsnap assert saw and did not expect, and what git qsnap obsolete proposes to delete.\n\n"
      "Exit status: 0 listed, 1 something is pending (with --exit-code), 2 usage or nothing of that name, 5 broken");
  set_action(program, command, [options](Session& session) { return run_pending(session, *options); });
}

}  // namespace qsnap::cli
