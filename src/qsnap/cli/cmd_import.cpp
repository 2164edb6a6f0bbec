// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/import.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/keep_options.hpp>

namespace qsnap::cli {

namespace {

struct ImportOptions {
  std::string dump;
  std::uint32_t database = 0;
  std::string captured_at;
  KeepOptions keep;
};

/// An instant with or without milliseconds.
Result<std::optional<Instant>> parse_captured_at(const std::string& text) {
  if (text.empty()) {
    return std::optional<Instant>{};
  }
  const bool whole_seconds = text.ends_with('Z') && text.find('.') == std::string::npos;
  const auto instant = parse_instant(whole_seconds ? text.substr(0, text.size() - 1) + ".000Z" : text);
  if (!instant) {
    return make_error(ErrorCode::usage, fmt::format("--captured-at {} is no instant", text),
                      {"write it as in 2026-11-20T10:00:00Z or 2026-11-20T10:00:00.123Z"});
  }
  return instant;
}

Result<int> run_import(Session& session, const ImportOptions& options) {
  QSNAP_ASSIGN(app::KeepRequest keep, keep_request(options.keep));
  QSNAP_ASSIGN(const store::Store store, session.open_store());
  QSNAP_ASSIGN(const auto captured_at, parse_captured_at(options.captured_at));
  const app::ImportRequest request{std::move(keep), options.dump,        options.database,
                                   captured_at,     session.redaction(), session.options.threads};
  QSNAP_ASSIGN(const app::ImportOutcome outcome, app::import_dump(store, request, session.progress()));
  const report::ImportView view = app::view_of(request, outcome);
  QSNAP_TRY(session.print([&] { return report::import_json(view); },
                          [&] { return report::import_text(view, session.style()); }));
  return k_exit_ok;
}

}  // namespace

void add_import(Program& program) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command = add_command(program, "import", "Make a snapshot out of a Redis dump (RDB file)");
  command->add_option("dump", options->dump, "dump.rdb, or - for standard input")->required();
  command->add_option("--db", options->database, "Which database of the dump (default: 0)")->type_name("N");
  command->add_option("--captured-at", options->captured_at, "When the state was captured, if not when the dump says")
      ->type_name("INSTANT");
  add_keep_options(command, options->keep);
  add_threads_option(command, program.session);
  add_redact_option(command, program.session);
  add_set_options(command, program.session);
  command->footer(
      "The same document as a save of the server at the moment of the dump.\n\n"
      "Exit status: 0 imported or same meaning, 2 usage, 5 damaged or unknown dump, 6 refused, 7 cannot read or write");
  set_action(program, command, [options](Session& session) { return run_import(session, *options); });
}

}  // namespace qsnap::cli
