// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/app/fsck.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct FsckOptions {
  std::vector<std::string> names;
  bool fix = false, write = false;
};

Result<std::vector<report::CheckedSnapshot>> check_live(Session& session, const FsckOptions& options) {
  if (options.fix) {
    return make_error(ErrorCode::usage, "fsck never writes into a live Redis",
                      {"git qsnap save NAME, git qsnap fsck --fix NAME --write, git qsnap load NAME"});
  }
  if (!options.names.empty()) {
    return make_error(ErrorCode::usage, "fsck checks either snapshots or a live Redis",
                      {"leave out the names, or --redis"});
  }
  QSNAP_ASSIGN(const app::Target target, session.target());
  QSNAP_ASSIGN(report::CheckedSnapshot checked, app::fsck_live(target, session.progress()));
  return std::vector{std::move(checked)};
}

/// Names, or a live Redis where the user named one on the command line.
Result<std::vector<report::CheckedSnapshot>> check(Session& session, const FsckOptions& options) {
  if (!session.options.redis_url.empty()) {
    return check_live(session, options);
  }
  if (options.fix && options.names.empty()) {
    return make_error(ErrorCode::usage, "which snapshot is to be fixed?", {"git qsnap fsck --fix NAME"});
  }
  QSNAP_ASSIGN(store::Store store, session.open_store());
  QSNAP_ASSIGN(std::vector<store::SnapshotName> names, store::parse_names(options.names));
  if (names.empty()) {
    store.select({});  // those of every set, by full names; a bare one is the default set's
    QSNAP_ASSIGN(names, store.list_all());
  }
  if (!options.fix) {
    return app::fsck(store, names, session.progress());
  }
  const app::FixRule rule = options.write ? app::FixRule::write : app::FixRule::propose;
  return app::fsck_fix(store, names, rule, session.progress());
}

Result<int> run_fsck(Session& session, const FsckOptions& options) {
  QSNAP_ASSIGN(const std::vector<report::CheckedSnapshot> checked, check(session, options));
  QSNAP_TRY(session.print([&] { return report::fsck_json(checked); },
                          [&] { return report::fsck_text(checked, session.style()); }));
  const bool sound = std::all_of(checked.begin(), checked.end(), [](const auto& entry) { return entry.sound(); });
  return sound ? k_exit_ok : k_exit_broken;
}

}  // namespace

void add_fsck(Program& program) {
  auto options = std::make_shared<FsckOptions>();
  CLI::App* command = add_command(program, "fsck", "Check that snapshots and the states in them are sound");
  command->add_option("names", options->names, "Which snapshots (default: all)");
  auto* fix = command->add_flag("--fix", options->fix, "Propose what puts these snapshots right without guessing");
  command->add_flag("--write", options->write, "Keep what was proposed, under the same name")->needs(fix);
  add_redis_options(command, program.session);
  add_set_options(command, program.session);
  command->footer(
      "With --redis, the state of that Redis instead; nothing is written into it.\n\n"
      "Exit status: 0 sound, 2 usage or unknown name, 3 Redis, 4 no consistent state, 5 findings, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_fsck(session, *options); });
}

}  // namespace qsnap::cli
