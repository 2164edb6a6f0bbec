// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/named_snapshot.hpp>
#include <qsnap/app/tag.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/label_options.hpp>

namespace qsnap::cli {

namespace {

struct TagOptions {
  std::string snapshot;
  LabelOptions labels;
};

Result<int> run_tag(Session& session, const TagOptions& options) {
  QSNAP_ASSIGN(const app::LabelChange change, label_change(options.labels));
  QSNAP_ASSIGN(store::Store store, session.open_store());
  QSNAP_ASSIGN(const store::SnapshotName name, app::named_snapshot(store, options.snapshot, session.clock().now()));
  QSNAP_ASSIGN(const report::TagView view, app::change_tags(std::move(store), name, change));
  QSNAP_TRY(
      session.print([&] { return report::tag_json(view); }, [&] { return report::tag_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_tag(Program& program) {
  auto options = std::make_shared<TagOptions>();
  CLI::App* command = add_command(program, "tag", "Change tags and description of a snapshot without a new capture");
  command->add_option("snapshot", options->snapshot, "NAME, or a point of history: prod@latest, prod@{2 days ago}")
      ->required();
  add_label_options(command, options->labels);
  add_set_options(command, program.session);
  command->footer(
      "Without --add, --remove and -m it shows what there is. The state stays as it is, its fingerprint too. A "
      "snapshot "
      "that the set inherits is changed where it stands. What is tagged in history is never dropped by a rule.\n\n"
      "Exit status: 0 done, or it said so already, 2 usage, unknown snapshot or tag, 5 broken or conflicted snapshot");
  set_action(program, command, [options](Session& session) { return run_tag(session, *options); });
}

}  // namespace qsnap::cli
