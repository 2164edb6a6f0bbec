// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <qsnap/base/result.hpp>
#include <qsnap/cli/session.hpp>
#include <qsnap/report/capture_report.hpp>

/// The commands, one file each (cmd_<name>.cpp): options, help and wiring; the thinking is in app/.
namespace qsnap::cli {

/// What a command does; answers the exit code.
using Action = std::function<Result<int>(Session&)>;

/// The program while its command line is being parsed. `action` is that of the command that CLI11 met.
struct Program {
  CLI::App& app;
  Session& session;
  Action action;
  /// Of `run`: "--" and what is behind it, as it was typed.
  std::vector<std::string> other_command{};
};

void add_init(Program& program);
void add_install(Program& program);
void add_uninstall(Program& program);
void add_status(Program& program);
void add_doctor(Program& program);
void add_save(Program& program);
void add_import(Program& program);
void add_list(Program& program);
void add_history(Program& program);
void add_set(Program& program);
void add_set_list(Program& program, CLI::App* group);
void add_set_show(Program& program, CLI::App* group);
void add_set_diff(Program& program, CLI::App* group);
void add_set_create(Program& program, CLI::App* group);
void add_set_rename(Program& program, CLI::App* group);
void add_set_drop(Program& program, CLI::App* group);
void add_set_promote(Program& program, CLI::App* group);
void add_album(Program& program);
void add_tag(Program& program);
void add_show(Program& program);
void add_diff(Program& program);
void add_verify(Program& program);
void add_assert(Program& program);
void add_pending(Program& program);
void add_review(Program& program);
void add_accept(Program& program);
void add_reject(Program& program);
void add_apply(Program& program);
void add_load(Program& program);
void add_run(Program& program);
void add_merge(Program& program);
void add_merge_files(Program& program);
void add_fsck(Program& program);
void add_detect(Program& program);
void add_stats(Program& program);
void add_log(Program& program);
void add_blame(Program& program);
void add_search(Program& program);
void add_grep(Program& program);
void add_gc(Program& program);
void add_backup(Program& program);
void add_restore_from(Program& program);
void add_renormalize(Program& program);
void add_lfs(Program& program);
void add_ci_verify(Program& program);
void add_ci_merge(Program& program);
void add_hook(Program& program);
void add_why(Program& program);
void add_conflicts(Program& program);
void add_resolve(Program& program);
void add_unresolve(Program& program);
void add_mergetool(Program& program);
void add_obsolete(Program& program);
void add_schema(Program& program);

/// A subcommand with the options that all share: -h, --json, --color.
CLI::App* add_command(Program& program, const char* name, const char* summary);
/// A command with commands of its own (`git qsnap set list`): one of them has to follow.
CLI::App* add_group(Program& program, const char* name, const char* summary);
/// One of those, with the options that all share.
CLI::App* add_command(Program& program, CLI::App* group, const char* name, const char* summary);
/// --set, --branch: for every command that opens the store.
void add_set_options(CLI::App* command, Session& session);
/// What the program shall do if the command line has this command.
void set_action(Program& program, CLI::App* command, Action action);
/// --redis, --credentials, --tls-…, --timeout, --allow-host.
void add_redis_options(CLI::App* command, Session& session);
/// --threads.
void add_threads_option(CLI::App* command, Session& session);
/// --consistency, --retries, --threads, --explain.
void add_capture_options(CLI::App* command, Session& session);

/// --framework. `words` is not owned.
void add_framework_option(CLI::App* command, std::vector<std::string>& words);

/// --redact.
void add_redact_option(CLI::App* command, Session& session);

/// For --explain, as text; with --json it is in the document. Nothing where nothing live was read.
Result<void> print_explanation(Session& session, const std::optional<report::CaptureView>& capture);

}  // namespace qsnap::cli
