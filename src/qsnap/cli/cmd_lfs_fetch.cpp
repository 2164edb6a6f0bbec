// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/lfs_fetch.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/lfs_commands.hpp>

namespace qsnap::cli {

namespace {

struct LfsFetchOptions {
  std::vector<std::string> names;
  std::string revision, remote;
};

Result<int> run_lfs_fetch(Session& session, const LfsFetchOptions& options) {
  app::FetchRequest request;
  QSNAP_ASSIGN(request.names, store::parse_names(options.names));
  if (!options.revision.empty()) {
    request.revision = options.revision;
  }
  request.remote = options.remote;
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const report::LfsFetchView view, app::lfs_fetch(store, request, session.progress()));
  QSNAP_TRY(session.print([&] { return report::lfs_fetch_json(view); },
                          [&] { return report::lfs_fetch_text(view, session.style()); }));
  return view.ok() ? k_exit_ok : k_exit_differs;
}

}  // namespace

void add_lfs_fetch(Program& program, CLI::App* group) {
  auto options = std::make_shared<LfsFetchOptions>();
  CLI::App* command = add_command(program, group, "fetch", "Bring the objects of snapshots that this clone lacks");
  command->add_option("name", options->names, "Snapshots; without any: all that are in LFS");
  command->add_option("--revision", options->revision, "Those of a commit instead of the work tree")->type_name("REV");
  command->add_option("--remote", options->remote, "From this remote (default: the branch's)")->type_name("REMOTE");
  add_set_options(command, program.session);
  command->footer(
      "Runs `git lfs fetch`, and with it what Git's configuration names for that remote: ssh, credential helpers,\n"
      "transfer agents. Every object that came is read and compared with its SHA-256.\n\n"
      "Exit status: 0 all of them are here, 1 the remote has not all of them, 2 usage, unknown name, or no git-lfs");
  set_action(program, command, [options](Session& session) { return run_lfs_fetch(session, *options); });
}

}  // namespace qsnap::cli
