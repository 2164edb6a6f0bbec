// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

#include <qsnap/base/process_tree.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/unique_fd.hpp>

namespace qsnap {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// The beginning of a small file of /proc; empty when the process has gone.
std::string read_start(const std::string& path) {
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  std::array<char, 4096> buffer{};
  const ssize_t got = fd ? ::read(fd.get(), buffer.data(), buffer.size()) : 0;
  return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

struct Seen {
  pid_t id = 0;
  pid_t parent = 0;
  bool ended = false;  ///< and not buried yet
};

/// From "/proc/<id>/stat": "<id> (<any name>) <state> <parent> …". Absent for what has gone.
std::optional<Seen> look_at(pid_t id) {
  const std::string stat = read_start(fmt::format("/proc/{}/stat", id));
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos || name_end + 4 >= stat.size()) {
    return std::nullopt;
  }
  const char state = stat[name_end + 2];
  const std::string_view rest = std::string_view{stat}.substr(name_end + 4);
  const auto parent = parse_integer(rest.substr(0, rest.find(' ')));
  return parent ? std::optional{Seen{id, static_cast<pid_t>(*parent), state == 'Z' || state == 'X'}} : std::nullopt;
}

/// Every process that can be seen, by its parent.
std::multimap<pid_t, Seen> processes_by_parent() {
  std::multimap<pid_t, Seen> children;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder{::opendir("/proc"), &::closedir};
  while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
    const auto id = parse_integer(entry->d_name);
    if (const auto process = id ? look_at(static_cast<pid_t>(*id)) : std::nullopt) {
      children.emplace(process->parent, *process);
    }
  }
  return children;
}

std::vector<pid_t> descendants_at_a_glance(pid_t spared) {
  const std::multimap<pid_t, Seen> children = processes_by_parent();
  std::vector<pid_t> all = {::getpid()}, found;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto [begin, end] = children.equal_range(all[i]);
    for (auto child = begin; child != end; ++child) {
      if (child->second.id != spared) {
        all.push_back(child->second.id);  // below one that has ended, too: its children may have been seen before
        if (!child->second.ended) {
          found.push_back(child->second.id);
        }
      }
    }
  }
  return found;
}

/// Those that run below this process but for `spared` and what is below that; parents before children. A glance takes
/// its time, and does not find whose parent ended meanwhile. By the next one, it is our child.
std::vector<pid_t> descendants(pid_t spared) {
  std::vector<pid_t> found = descendants_at_a_glance(spared);
  return found.empty() ? descendants_at_a_glance(spared) : found;
}

/// "node worker.js": the program and, where it is a plain word, its first argument. No more of a command line: it may
/// hold a password.
std::string name_of(pid_t id) {
  constexpr std::size_t k_longest = 60;
  const std::string words = read_start(fmt::format("/proc/{}/cmdline", id));
  const std::string_view program = std::string_view{words}.substr(0, words.find('\0'));
  const std::size_t behind = std::min(program.size() + 1, words.size());
  const std::string_view argument = std::string_view{words}.substr(behind, words.find('\0', behind) - behind);
  std::string name{program.substr(program.rfind('/') + 1)};
  if (name.empty()) {  // it is about to become another program
    return read_start(fmt::format("/proc/{}/comm", id)).substr(0, k_longest);
  }
  const bool plain = !argument.empty() && argument.size() <= k_longest && argument.front() != '-' &&
                     argument.find_first_of(" :=@\t\n") == std::string_view::npos;
  return plain ? fmt::format("{} {}", name, argument) : name.substr(0, k_longest);
}

void send_all(const std::vector<pid_t>& processes, int signal) {
  for (const pid_t id : processes) {  // none of them can be another one by now: ids are not used again so soon
    ::kill(id, signal);
  }
}

/// Waits until there are none, the deadline has passed, or somebody is impatient. Answers those that are left.
std::vector<pid_t> wait_for_end(Process& spared, const SignalInbox& inbox, SteadyClock::time_point deadline) {
  // A process below another one ends without a signal to us, so we look again after a while.
  constexpr std::chrono::milliseconds k_look_again{20};
  while (true) {
    reap({&spared});
    std::vector<pid_t> left = descendants(spared.id());
    if (left.empty() || SteadyClock::now() >= deadline) {
      return left;
    }
    const auto signal = inbox.take(k_look_again);
    if (signal && (signal->number == SIGINT || signal->number == SIGTERM)) {
      return left;
    }
  }
}

/// All are stopped first, until no new one is found: what goes on forking cannot outrun that.
void kill_all(pid_t spared) {
  std::unordered_set<pid_t> stopped;
  constexpr int k_most_rounds = 100;
  for (int round = 0; round < k_most_rounds; ++round) {
    const std::vector<pid_t> found = descendants(spared);
    const std::size_t before = stopped.size();
    stopped.insert(found.begin(), found.end());
    send_all(found, SIGSTOP);
    if (stopped.size() == before) {
      break;
    }
  }
  send_all(descendants(spared), SIGKILL);
}

}  // namespace

Subreaper::Subreaper() {
  ::prctl(PR_GET_CHILD_SUBREAPER, &m_before);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

Subreaper::~Subreaper() {
  ::prctl(PR_SET_CHILD_SUBREAPER, m_before);
}

void reap(std::initializer_list<Process*> ours) {
  while (true) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) {
      return;
    }
    const auto* const known =
        std::find_if(ours.begin(), ours.end(), [&](const Process* process) { return process->id() == info.si_pid; });
    if (known != ours.end()) {
      (void)(*known)->end();
    } else {
      ::waitpid(info.si_pid, nullptr, WNOHANG);
    }
  }
}

StoppedProcesses stop_descendants(Process& spared, const SignalInbox& impatience, const StopPatience& patience) {
  reap({&spared});
  std::vector<pid_t> left = descendants(spared.id());
  StoppedProcesses stopped{left.size(), {}, 0};
  constexpr std::size_t k_named = 5;
  for (std::size_t i = 0; i < std::min(left.size(), k_named); ++i) {
    stopped.names.push_back(name_of(left[i]));
  }
  if (left.empty()) {
    return stopped;
  }
  send_all(left, SIGTERM);
  send_all(left, SIGCONT);  // one that was stopped gets to see it
  left = wait_for_end(spared, impatience, SteadyClock::now() + patience.to_end);
  const auto deadline = SteadyClock::now() + patience.to_die;
  while (!left.empty() && SteadyClock::now() < deadline) {
    kill_all(spared.id());
    constexpr std::chrono::milliseconds k_round{200};
    left = wait_for_end(spared, impatience, std::min(deadline, SteadyClock::now() + k_round));
  }
  reap({&spared});
  stopped.immortal = left.size();
  return stopped;
}

}  // namespace qsnap
