// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/app/fsck.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

Result<std::vector<store::SnapshotName>> names_to_check(const store::Store& store,
                                                        const std::vector<std::string>& given) {
  if (given.empty()) {
    return store.list();
  }
  std::vector<store::SnapshotName> names;
  for (const std::string& text : given) {
    QSNAP_ASSIGN(store::SnapshotName name, store::SnapshotName::parse(text));
    names.push_back(std::move(name));
  }
  return names;
}

/// Names, or a live Redis where the user named one on the command line.
Result<std::vector<report::CheckedSnapshot>> check(Session& session, const std::vector<std::string>& given) {
  if (!session.options.redis_url.empty()) {
    if (!given.empty()) {
      return make_error(ErrorCode::usage, "fsck checks either snapshots or a live Redis",
                        {"leave out the names, or --redis"});
    }
    QSNAP_ASSIGN(const app::Target target, session.target());
    QSNAP_ASSIGN(report::CheckedSnapshot checked, app::fsck_live(target, session.progress()));
    return std::vector{std::move(checked)};
  }
  QSNAP_ASSIGN(const store::Store store, store::Store::open(session.folder()));
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> names, names_to_check(store, given));
  return app::fsck(store, names, session.progress());
}

Result<int> run_fsck(Session& session, const std::vector<std::string>& given) {
  QSNAP_ASSIGN(const std::vector<report::CheckedSnapshot> checked, check(session, given));
  QSNAP_TRY(session.print([&] { return report::fsck_json(checked); },
                          [&] { return report::fsck_text(checked, session.style()); }));
  const bool sound =
      std::all_of(checked.begin(), checked.end(), [](const auto& entry) { return entry.findings.empty(); });
  return sound ? k_exit_ok : k_exit_broken;
}

}  // namespace

void add_fsck(Program& program) {
  auto names = std::make_shared<std::vector<std::string>>();
  CLI::App* command = add_command(program, "fsck", "Check that snapshots and the states in them are sound");
  command->add_option("names", *names, "Which snapshots (default: all)");
  add_redis_options(command, program.session);
  command->footer(
      "With --redis, the state of that Redis instead; nothing is written into it.\n\n"
      "Exit status: 0 sound, 2 unknown name, 3 Redis, 4 no consistent state, 5 findings");
  set_action(program, command, [names](Session& session) { return run_fsck(session, *names); });
}

}  // namespace qsnap::cli
