// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/cli/command.hpp>
#include <qsnap/cli/exit_code.hpp>
#include <qsnap/cli/main.hpp>
#include <qsnap/cli/nag.hpp>
#include <qsnap/cli/standard_error.hpp>
#include <qsnap/report/escape.hpp>

namespace qsnap::cli {

namespace {

/// Set by SIGINT and SIGTERM, read by every long loop. The one mutable thing of the program that is not on a stack,
/// because a signal handler has no other way.
std::atomic<bool>& cancelled() {
  static std::atomic<bool> flag{false};
  return flag;
}

void install_signal_handlers() {
  (void)cancelled();  // the function-local static must exist before a handler may touch it
  struct sigaction stop {};
  stop.sa_handler = [](int) { cancelled().store(true, std::memory_order_relaxed); };  // no SA_RESTART: waits end early
  ::sigaction(SIGINT, &stop, nullptr);
  ::sigaction(SIGTERM, &stop, nullptr);
  // A closed pipe or a file size limit is an error of the write call, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

struct NamedCommand {
  std::string_view name;
  void (*add)(Program&);
};

/// In the order of `git qsnap -h`.
constexpr std::array<NamedCommand, 47> k_commands{{
    {"init", add_init},
    {"install", add_install},
    {"uninstall", add_uninstall},
    {"status", add_status},
    {"doctor", add_doctor},
    {"save", add_save},
    {"import", add_import},
    {"list", add_list},
    {"set", add_set},
    {"history", add_history},
    {"album", add_album},
    {"tag", add_tag},
    {"show", add_show},
    {"diff", add_diff},
    {"verify", add_verify},
    {"assert", add_assert},
    {"pending", add_pending},
    {"review", add_review},
    {"accept", add_accept},
    {"reject", add_reject},
    {"apply", add_apply},
    {"load", add_load},
    {"run", add_run},
    {"merge", add_merge},
    {"merge-files", add_merge_files},
    {"fsck", add_fsck},
    {"detect", add_detect},
    {"stats", add_stats},
    {"log", add_log},
    {"blame", add_blame},
    {"search", add_search},
    {"grep", add_grep},
    {"gc", add_gc},
    {"backup", add_backup},
    {"restore-from", add_restore_from},
    {"renormalize", add_renormalize},
    {"lfs", add_lfs},
    {"ci-verify", add_ci_verify},
    {"ci-merge", add_ci_merge},
    {"hook", add_hook},
    {"why", add_why},
    {"conflicts", add_conflicts},
    {"resolve", add_resolve},
    {"unresolve", add_unresolve},
    {"mergetool", add_mergetool},
    {"obsolete", add_obsolete},
    {"schema", add_schema},
}};

/// Making the options of all commands takes longer than many a command, so the one that stands first on the command
/// line is made alone; all of them for help, for options in front, and for a word that is none.
void add_commands(Program& program, std::string_view first_word) {
  const auto named = std::find_if(k_commands.begin(), k_commands.end(),
                                  [&](const NamedCommand& command) { return command.name == first_word; });
  if (named != k_commands.end()) {
    named->add(program);
    return;
  }
  for (const NamedCommand& command : k_commands) {
    command.add(program);
  }
}

int usage_error(Session& session, const std::string& message, const std::string& command) {
  session.print_error(
      make_error(ErrorCode::usage, message, {fmt::format("git qsnap {}-h shows how to say it", command)}));
  return k_exit_usage;
}

int run_action(Session& session, const Action& action) {
  Result<int> finished = action(session);
  // Whatever came of it: what was printed stands before the error.
  if (Result<void> flushed = session.flush(); finished && !flushed) {
    finished = std::move(flushed).error();
  }
  if (finished) {
    return *finished;
  }
  if (finished.error().code == ErrorCode::io && session.reader_left()) {
    return k_exit_closed_pipe;  // `… | head` is no failure that anybody wants to read about
  }
  session.print_error(finished.error());
  return exit_code(finished.error().code);
}

/// Whether the manual could be shown. --help is the manual where somebody reads it; -h is always the short text.
bool show_manual(int argc, char** argv) {
  const bool asked =
      std::any_of(argv, argv + argc, [](const char* word) { return std::string_view{word} == "--help"; });
  if (!asked || ::isatty(STDOUT_FILENO) != 1) {
    return false;
  }
  char man[] = "man", page[] = "git-qsnap";
  char* const command[] = {man, page, nullptr};
  pid_t child = 0;
  int status = 1;
  return ::posix_spawnp(&child, man, nullptr, nullptr, command, environ) == 0 &&
         ::waitpid(child, &status, 0) == child && status == 0;
}

/// How many words are ours. What `run` has behind "--" is another command's, and CLI11 does not see it: it would take
/// "[a,b]" for a list.
int count_own_words(int argc, char** argv) {
  const auto is_mark = [](const char* word) { return std::string_view{word} == "--"; };
  const bool is_run = argc > 1 && std::string_view{argv[1]} == "run";
  return is_run ? static_cast<int>(std::find_if(argv, argv + argc, is_mark) - argv) : argc;
}

int parse_and_run(int argc, char** argv) {
  Session session{&cancelled()};
  CLI::App app{"Snapshot testing for Redis-backed job queues, native to Git", "git qsnap"};
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.set_version_flag("--version", "git-qsnap " QSNAP_VERSION);
  app.require_subcommand(1);
  const int own_words = count_own_words(argc, argv);
  Program program{app, session, {}, {argv + own_words, argv + argc}};
  add_commands(program, argc > 1 ? std::string_view{argv[1]} : std::string_view{});
  try {
    app.parse(own_words, argv);
  } catch (const CLI::Success& asked_for) {  // help or version
    return show_manual(own_words, argv) ? k_exit_ok : app.exit(asked_for);
  } catch (const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    return usage_error(session, error.what(), chosen.empty() ? std::string{} : chosen.front()->get_name() + ' ');
  }
  const int exit_code = run_action(session, program.action);
  nag(session, app.get_subcommands().front()->get_name());
  return exit_code;
}

/// Large blocks come from the kernel and go back there, always. Otherwise glibc keeps the places of lists that have
/// outgrown them: 160 MB instead of 129 for a capture of a million jobs.
void give_large_blocks_back() {
  constexpr int k_large_bytes = 2 * 1024 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, k_large_bytes);
}

}  // namespace

int run(int argc, char** argv) {
  install_signal_handlers();
  give_large_blocks_back();
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& bug) {
    print_to_stderr(fmt::format("git-qsnap: internal error: {}\n", report::escape_terminal(bug.what())));
    return k_exit_internal;
  }
}

}  // namespace qsnap::cli
