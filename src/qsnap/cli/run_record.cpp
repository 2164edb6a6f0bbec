// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/assert_mode.hpp>
#include <qsnap/cli/environment.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/run_record.hpp>
#include <qsnap/cli/standard_error.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::cli {

namespace {

Result<void> record(const Session& session, const store::RunEvent& event) {
  QSNAP_ASSIGN(const store::Store store, store::Store::open(session.folder()));
  QSNAP_ASSIGN(const auto ledger, app::run_ledger(store.git_dir(), process_environment()));
  return ledger ? ledger->append(event) : Result<void>{};
}

}  // namespace

Result<int> recorded(const Session& session, store::RunEventKind kind, std::string_view side, Result<int> finished) {
  const auto parsed = store::parse_side(side);
  if (!process_environment()("QSNAP_RUN_ID") || !parsed || parsed->kind != store::Side::Kind::name) {
    return finished;
  }
  const auto name = store::SnapshotName::parse(parsed->name);
  const bool held = finished && *finished == k_exit_ok;
  const store::RunEvent event{kind, *name, held, {}, session.clock().now()};
  if (const Result<void> written = record(session, event); !written) {
    print_to_stderr(fmt::format("git-qsnap: warning: the test run does not know of {}: {}\n", name->text(),
                                report::escape_terminal(written.error().message)));
  }
  return finished;
}

}  // namespace qsnap::cli
