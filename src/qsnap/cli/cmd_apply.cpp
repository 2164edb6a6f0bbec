// SPDX-License-Identifier: Apache-2.0
#include <iterator>

#include <fmt/format.h>

#include <qsnap/app/apply.hpp>
#include <qsnap/app/pending_view.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/pending_options.hpp>

namespace qsnap::cli {

namespace {

struct ApplyOptions {
  std::vector<std::string> artifacts;
  std::string name, folder;
  bool accept = false, force = false;
};

Result<app::Applied> apply_one(Session& session, const app::ApprovalContext& context, const ApplyOptions& options,
                               const std::string& artifact) {
  const auto rule = options.force ? app::ApplyRule::artifact_wins : app::ApplyRule::newer_wins;
  const bool is_snapshot = artifact.ends_with(store::k_suffix);
  if (is_snapshot != !options.name.empty()) {
    return make_error(ErrorCode::usage,
                      is_snapshot ? fmt::format("of which snapshot is {} a new state?", artifact)
                                  : fmt::format("--as is for a single .qsnap, and {} is none", artifact),
                      {"git qsnap apply FILE.qsnap --as NAME"});
  }
  if (!is_snapshot) {
    return app::apply_artifact(context.pending, artifact, rule, session.progress());
  }
  QSNAP_ASSIGN(const store::SnapshotName name, store::SnapshotName::parse(options.name));
  return app::apply_snapshot(context.store, context.pending, artifact, name, rule, session.clock().now());
}

Result<int> run_apply(Session& session, const ApplyOptions& options) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const store::PendingStore pending, pending_store(store, options.folder));
  const app::ApprovalContext context{store, pending,
                                     options.force ? app::StaleRule::override_it : app::StaleRule::refuse};
  app::Applied applied;
  for (const std::string& artifact : options.artifacts) {
    QSNAP_ASSIGN(app::Applied one, apply_one(session, context, options, artifact));
    applied.add(std::move(one));
  }
  app::Decided accepted;
  if (options.accept) {
    QSNAP_ASSIGN(accepted, app::accept_applied(context, applied, session.progress()));
  }
  std::vector<Error> problems = std::move(applied.problems);
  std::move(accepted.problems.begin(), accepted.problems.end(), std::back_inserter(problems));
  return print_decided(session, app::view_of(applied, accepted), std::move(problems));
}

}  // namespace

void add_apply(Program& program) {
  auto options = std::make_shared<ApplyOptions>();
  CLI::App* command = add_command(program, "apply", "Bring home the pending states that CI found");
  command->add_option("artifact", options->artifacts, "A folder, a zip, or with --as a .qsnap")->required();
  command->add_flag("--accept", options->accept, "Accept them at once");
  command->add_flag("--force", options->force, "Also over a later state that is pending here, or a changed snapshot");
  command->add_option("--as", options->name, "The snapshot that a single .qsnap is a new state of")->type_name("NAME");
  add_pending_folder_option(command, options->folder);
  add_set_options(command, program.session);
  command->footer(
      "An artifact is what QSNAP_PENDING_DIR was filled with, as it is or inside of other folders. Names and digests\n"
      "are checked; nothing is unpacked. Then: git qsnap review.\n\n"
      "Exit status: 0 done, 2 usage or no such artifact, 5 broken, 6 refused, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_apply(session, *options); });
}

}  // namespace qsnap::cli
