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
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

constexpr std::array k_set_up{
    NamedCommand{"init", add_init},     NamedCommand{"install", add_install}, NamedCommand{"uninstall", add_uninstall},
    NamedCommand{"status", add_status}, NamedCommand{"doctor", add_doctor},
};
constexpr std::array k_capture{
    NamedCommand{"save", add_save},   NamedCommand{"import", add_import}, NamedCommand{"list", add_list},
    NamedCommand{"show", add_show},   NamedCommand{"diff", add_diff},     NamedCommand{"log", add_log},
    NamedCommand{"blame", add_blame}, NamedCommand{"stats", add_stats},   NamedCommand{"detect", add_detect},
    NamedCommand{"fsck", add_fsck},
};
constexpr std::array k_test{
    NamedCommand{"verify", add_verify}, NamedCommand{"assert", add_assert}, NamedCommand{"pending", add_pending},
    NamedCommand{"review", add_review}, NamedCommand{"accept", add_accept}, NamedCommand{"reject", add_reject},
    NamedCommand{"apply", add_apply},   NamedCommand{"run", add_run},       NamedCommand{"obsolete", add_obsolete},
};
constexpr std::array k_load{
    NamedCommand{"load", add_load},
};
constexpr std::array k_arrange{
    NamedCommand{"set", add_set}, NamedCommand{"history", add_history}, NamedCommand{"album", add_album},
    NamedCommand{"tag", add_tag}, NamedCommand{"search", add_search},   NamedCommand{"grep", add_grep},
};
constexpr std::array k_merge{
    NamedCommand{"merge", add_merge},     NamedCommand{"conflicts", add_conflicts},
    NamedCommand{"resolve", add_resolve}, NamedCommand{"unresolve", add_unresolve},
    NamedCommand{"why", add_why},
};
constexpr std::array k_keep{
    NamedCommand{"gc", add_gc},         NamedCommand{"renormalize", add_renormalize},   NamedCommand{"lfs", add_lfs},
    NamedCommand{"backup", add_backup}, NamedCommand{"restore-from", add_restore_from},
};
constexpr std::array k_programs{
    NamedCommand{"ci-verify", add_ci_verify}, NamedCommand{"ci-merge", add_ci_merge},
    NamedCommand{"hook", add_hook},           NamedCommand{"merge-files", add_merge_files},
    NamedCommand{"mergetool", add_mergetool}, NamedCommand{"schema", add_schema},
};

struct CommandGroup {
  const char* title;
  std::span<const NamedCommand> commands;
};

/// In the order of `git qsnap -h`.
constexpr std::array k_groups{
    CommandGroup{"Set up", k_set_up},
    CommandGroup{"Capture and look", k_capture},
    CommandGroup{"Test", k_test},
    CommandGroup{"Put back", k_load},
    CommandGroup{"Arrange and find", k_arrange},
    CommandGroup{"Merge", k_merge},
    CommandGroup{"Keep it small, and safe", k_keep},
    CommandGroup{"For CI, hooks and other programs", k_programs},
};

/// Making the options of all commands takes longer than many a command, so the one that stands first on the command
/// line is made alone; all of them for help, for options in front, and for a word that is none.
void add_commands(Program& program, std::string_view first_word) {
  for (const CommandGroup& group : k_groups) {
    const auto named = std::find_if(group.commands.begin(), group.commands.end(),
                                    [&](const NamedCommand& command) { return command.name == first_word; });
    if (named != group.commands.end()) {
      named->add(program);
      return;
    }
  }
  for (const CommandGroup& group : k_groups) {
    for (const NamedCommand& command : group.commands) {
      command.add(program);
      program.app.get_subcommand(std::string{command.name})->group(group.title);
    }
  }
}

/// What of the command line named a command: "history list" of `git qsnap history list --nope`.
struct ChosenCommand {
  const CLI::App* app;
  std::string words;  ///< each with a blank behind it
};

ChosenCommand chosen_command(const CLI::App& app) {
  ChosenCommand chosen{&app, {}};
  for (auto inner = app.get_subcommands(); !inner.empty(); inner = chosen.app->get_subcommands()) {
    chosen.app = inner.front();
    chosen.words += chosen.app->get_name() + ' ';
  }
  return chosen;
}

/// CLI11 says of a word that is no command that one is missing.
std::string complaint(const CLI::ParseError& error, const CLI::App& command) {
  const std::vector<std::string> unknown = command.remaining();
  if (command.get_require_subcommand_min() == 0 || unknown.empty()) {
    return error.what();
  }
  return fmt::format("there is no {} {}", unknown.front().starts_with('-') ? "option" : "command", unknown.front());
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
    const ChosenCommand chosen = chosen_command(app);
    return usage_error(session, complaint(error, *chosen.app), chosen.words);
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
