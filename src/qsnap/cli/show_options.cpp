// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/sides.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/show_options.hpp>

namespace qsnap::cli {

void add_show_options(CLI::App* command, ShowOptions& options) {
  command->add_option("--queue", options.filter.queue, "Only jobs of this queue")->type_name("QUEUE");
  command->add_option("--state", options.filter.state, "Only jobs in this state")->type_name("STATE");
  command->add_option("--job", options.filter.id, "Only the job with this id")->type_name("ID");
  command->add_flag("--full", options.full, "Whole jobs, payloads included");
}

Result<int> show_side(Session& session, const store::Side& side, const ShowOptions& options) {
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const std::optional<app::Target> target, session.optional_target());
  QSNAP_ASSIGN(const app::OpenedSide snapshot, app::open_side(store, side, target, {}, session.progress()));
  const app::ShowDetail detail = options.full ? app::ShowDetail::full : app::ShowDetail::rows;
  const app::Print print = [&session](std::string_view text) { return session.print(text); };
  QSNAP_TRY(session.options.json ? app::show_json(snapshot, options.filter, detail, print)
                                 : app::show_text(snapshot, options.filter, detail, session.style(), print));
  if (snapshot.capture) {
    QSNAP_TRY(print_explanation(session, app::view_of(*snapshot.capture)));
  }
  return k_exit_ok;
}

}  // namespace qsnap::cli
