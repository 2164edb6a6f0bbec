// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/lfs_agent.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/lfs_commands.hpp>

namespace qsnap::cli {

namespace {

struct LfsAgentOptions {
  app::LfsAgentRequest request;
  bool remove = false;
};

Result<int> run_lfs_agent(Session& session, const LfsAgentOptions& options) {
  if (!options.remove && options.request.store.empty()) {
    return make_error(ErrorCode::usage, "lfs agent needs a place for the store, or --remove",
                      {"git qsnap lfs agent /mnt/share/snapshots"});
  }
  QSNAP_ASSIGN(const report::LfsAgentView view, options.remove
                                                    ? app::remove_lfs_agent(session.folder())
                                                    : app::configure_lfs_agent(session.folder(), options.request));
  QSNAP_TRY(session.print([&] { return report::lfs_agent_json(view); },
                          [&] { return report::lfs_agent_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_lfs_agent(Program& program, CLI::App* group) {
  auto options = std::make_shared<LfsAgentOptions>();
  CLI::App* command = add_command(program, group, "agent", "Move objects in chunks, to a folder or over ssh");
  CLI::Option* store =
      command->add_option("place", options->request.store, "A folder that is there, ssh://HOST/PATH or HOST:PATH");
  CLI::Option* remote =
      command->add_option("--remote", options->request.remote, "For the endpoint of this remote")->type_name("REMOTE");
  command->add_option("--url", options->request.url, "For this endpoint (see git lfs env)")
      ->type_name("URL")
      ->excludes(remote);
  command->add_option("--rsh", options->request.remote_shell, "What rsync reaches the host with (default: ssh)")
      ->type_name("PROGRAM");
  command->add_flag("--remove", options->remove, "Take the agent out of this clone's configuration")->excludes(store);
  command->footer(
      "Writes to the configuration of this clone alone; every clone does it for itself. From then on git-lfs starts\n"
      "git-qsnap-lfs for this endpoint: snapshots go to the store, other objects where they went before.\n\n"
      "Exit status: 0 done, 2 usage, no such folder or remote, no repository, or no git-lfs, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_lfs_agent(session, *options); });
}

}  // namespace qsnap::cli
