// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include <qsnap/driver/merge_command.hpp>
#include <qsnap/driver/merge_entry.hpp>
#include <qsnap/driver/messages.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::driver {

namespace {

using Arguments = std::span<const char* const>;

constexpr int k_merged = 0;
constexpr int k_conflict = 1;

/// Absent for a command line that Git does not write.
std::optional<MergeRequest> parse_merge(Arguments arguments) {
  struct Option {
    std::string_view name;
    std::string MergeRequest::*value;
  };
  static constexpr std::array k_options = {Option{"--base", &MergeRequest::base},
                                           Option{"--ours", &MergeRequest::ours},
                                           Option{"--theirs", &MergeRequest::theirs},
                                           Option{"--path", &MergeRequest::path},
                                           Option{"--marker", &MergeRequest::marker_length},
                                           Option{"--lb", &MergeRequest::base_label},
                                           Option{"--lo", &MergeRequest::our_label},
                                           Option{"--lt", &MergeRequest::their_label}};
  MergeRequest request;
  while (!arguments.empty()) {
    const std::string_view name = arguments.front();
    if (name == "--virtual" || name == "--trial") {
      request.kind = name == "--virtual" ? MergeKind::virtual_base : request.kind;
      request.is_trial = request.is_trial || name == "--trial";
      arguments = arguments.subspan(1);
      continue;
    }
    const auto option =
        std::find_if(k_options.begin(), k_options.end(), [&](const Option& o) { return o.name == name; });
    if (option == k_options.end() || arguments.size() < 2) {
      return std::nullopt;
    }
    request.*option->value = arguments[1];
    arguments = arguments.subspan(2);
  }
  const bool is_whole = !request.base.empty() && !request.ours.empty() && !request.theirs.empty();
  return is_whole ? std::optional{std::move(request)} : std::nullopt;
}

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// A crash is a conflict with ours in the file: that is replaced in one step, or not at all. On a stack of its own,
/// because the other one may be what is full.
void crash_as_conflict() {
  constexpr std::size_t k_stack_bytes = 64 * 1024;
  static std::array<char, k_stack_bytes> handler_stack;
  stack_t stack{};
  stack.ss_sp = handler_stack.data();
  stack.ss_size = handler_stack.size();
  ::sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_handler = [](int) { ::_exit(k_conflict); };
  action.sa_flags = SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    ::sigaction(signal, &action, nullptr);
  }
  std::signal(SIGXFSZ, SIG_IGN);  // a limit of file sizes is an error of the write call
}

/// Says what takes so long, once.
class SlowNotice {
 public:
  explicit SlowNotice(const std::string& path)
      : m_thread([path](const std::stop_token& done) {
          std::mutex mutex;
          std::condition_variable_any wake;
          std::unique_lock lock{mutex};
          wake.wait_for(lock, done, std::chrono::seconds{1}, [] { return false; });
          if (!done.stop_requested()) {
            complain(fmt::format("merging {} …", report::escape_terminal(path)));
          }
        }) {}

 private:
  std::jthread m_thread;
};

/// "main (ours)", or "ours" where that is all that is known.
std::string side_text(std::string_view name, std::string_view side) {
  return name == side ? std::string{side} : fmt::format("{} ({})", report::escape_terminal(name), side);
}

void tell_conflicts(const MergeRequest& request, const MergeAnswer& answer) {
  complain(fmt::format("{}: {} between {} and {}", report::escape_terminal(request.path),
                       report::quantity(answer.conflicts, "conflict"), side_text(answer.our_name, "ours"),
                       side_text(answer.their_name, "theirs")));
  complain("git qsnap conflicts shows them, git qsnap resolve settles them");
}

int merge_and_tell(const MergeRequest& request) {
  const SlowNotice notice{request.path};
  const auto answer = merge_files(request);
  if (!answer) {
    complain(with_context(answer.error(), request.path));
    complain("our side is kept as it is");
    return k_conflict;
  }
  if (answer->journal_problem) {
    complain(with_context(*answer->journal_problem, "the merge is not in the journal"));
  }
  if (answer->outcome == MergeOutcome::conflict) {
    tell_conflicts(request, *answer);
    return k_conflict;
  }
  return k_merged;
}

}  // namespace

int run_merge(Arguments arguments) {
  crash_as_conflict();
  auto request = parse_merge(arguments);
  if (!request) {
    usage(
        "merge [--virtual] [--trial] --base %O --ours %A --theirs %B [--marker %L] [--path %P] [--lb %S] [--lo %X] "
        "[--lt %Y]");
    return k_conflict;
  }
  if (const std::string_view disable = variable("QSNAP_DISABLE"); !disable.empty() && disable != "0") {
    complain(fmt::format("{}: not merged, because QSNAP_DISABLE is set; our side is kept as it is",
                         report::escape_terminal(request->path)));
    return k_conflict;
  }
  if (const std::string_view favor = variable("QSNAP_FAVOR"); favor == "ours" || favor == "theirs") {
    request->favored = favor == "ours" ? FavoredSide::ours : FavoredSide::theirs;
  } else if (!favor.empty()) {
    complain("QSNAP_FAVOR is neither ours nor theirs");
    return k_conflict;
  }
  return merge_and_tell(*request);
}

}  // namespace qsnap::driver
