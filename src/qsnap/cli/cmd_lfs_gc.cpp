// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/lfs_agent.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/lfs_commands.hpp>

namespace qsnap::cli {

namespace {

struct LfsGcOptions {
  std::string store, grace = "14d";
  bool dry_run = false, unnamed = false, yes = false;
};

/// "14d", "12h".
Result<std::chrono::hours> parse_grace(std::string_view text) {
  constexpr std::int64_t k_most = 100 * 365 * 24, k_day = 24;
  const char unit = text.empty() ? ' ' : text.back();
  const auto number = parse_integer(text.substr(0, text.size() - (text.empty() ? 0 : 1)));
  if (!number || *number < 0 || *number > k_most || (unit != 'd' && unit != 'h')) {
    return make_error(ErrorCode::usage, "--grace wants a number of days or hours", {"--grace 14d", "--grace 12h"});
  }
  return std::chrono::hours{*number * (unit == 'd' ? k_day : 1)};
}

Result<int> run_lfs_gc(Session& session, const LfsGcOptions& options) {
  using Request = app::LfsGcRequest;
  Request request{options.store,
                  Request::Run::propose,
                  options.unnamed ? Request::Objects::drop_unnamed : Request::Objects::keep,
                  {},
                  session.clock().now()};
  QSNAP_ASSIGN(request.grace, parse_grace(options.grace));
  QSNAP_ASSIGN(report::LfsGcView view, app::collect_lfs_garbage(session.folder(), request));
  if (view.is_due() && !options.dry_run) {
    if (view.dropped_objects > 0 && !options.yes) {
      if (!session.confirm(lfs_gc_text(view, session.style()) + "Other clones may still want these objects. Remove?")) {
        return make_error(ErrorCode::refused, "nothing was removed", {"--yes", "--dry-run"});
      }
    }
    request.run = Request::Run::collect;
    QSNAP_ASSIGN(view, app::collect_lfs_garbage(session.folder(), request));
  }
  QSNAP_TRY(session.print([&] { return report::lfs_gc_json(view); },
                          [&] { return report::lfs_gc_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_lfs_gc(Program& program, CLI::App* group) {
  auto options = std::make_shared<LfsGcOptions>();
  CLI::App* command = add_command(program, group, "gc", "Take garbage out of a store that agents write to");
  command->add_option("folder", options->store, "As in `git qsnap lfs agent`")->required();
  command->add_flag("--dry-run", options->dry_run, "Only tell what would be removed");
  command->add_option("--grace", options->grace, "Keep what is younger (default: 14d)")->type_name("14d|12h");
  command->add_flag("--drop-unnamed", options->unnamed,
                    "Also objects that no reference of this clone names (fetch all first)");
  command->add_flag("--yes", options->yes, "Do not ask");
  command->footer(
      "Removes chunks that no object in the store has. Others may upload and download meanwhile. A store on another\n"
      "host is cleaned there. --drop-unnamed is for a store of one repository: it asks, or wants --yes.\n\n"
      "Exit status: 0 done or nothing to do, 2 usage, or no store, 5 a manifest is damaged, 6 refused, 7 cannot write");
  set_action(program, command, [options](Session& session) { return run_lfs_gc(session, *options); });
}

}  // namespace qsnap::cli
