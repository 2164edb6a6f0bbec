// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <support/temp_dir.hpp>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/process.hpp>
#include <qsnap/base/process_tree.hpp>
#include <qsnap/base/signal_inbox.hpp>
#include <qsnap/base/unique_fd.hpp>

namespace qsnap {

namespace {

ProcessStart shell(const std::string& script) {
  ProcessStart start;
  start.words = {"sh", "-c", script, "sh"};
  start.environment = {"PATH=/usr/bin:/bin"};
  return start;
}

Process started(const ProcessStart& start) {
  auto process = Process::start(start);
  REQUIRE_MESSAGE(process.has_value(), (process ? "" : process.error().message));
  return *std::move(process);
}

ErrorCode failure(std::string program) {
  ProcessStart start;
  start.words = {std::move(program)};
  const auto process = Process::start(start);
  REQUIRE_FALSE(process.has_value());
  return process.error().code;
}

/// What the script prints.
std::string output_of(ProcessStart start) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const UniqueFd read_end{ends[0]};
  UniqueFd write_end{ends[1]};
  start.output = write_end.get();
  Process process = started(start);
  write_end.reset();
  std::string text;
  std::array<char, 256> buffer{};
  ssize_t got = 0;
  while ((got = ::read(read_end.get(), buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  process.wait();
  return text;
}

/// A script that says "ready" when it has done what comes first, and what it prints later.
Process ready(const std::string& script) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const UniqueFd read_end{ends[0]};
  const UniqueFd write_end{ends[1]};
  ProcessStart start = shell(script);
  start.output = write_end.get();
  Process process = started(start);
  char byte = 0;
  REQUIRE(::read(read_end.get(), &byte, 1) == 1);
  return process;
}

}  // namespace

TEST_CASE("a process ends with the exit code that a shell would tell") {
  CHECK(started(shell("exit 7")).wait().exit_code == 7);
  const ProcessEnd killed = started(shell("kill -TERM $$")).wait();
  CHECK(killed.exit_code == 128 + SIGTERM);
  CHECK(killed.signal == SIGTERM);
  CHECK_FALSE(started(shell("exit 7")).wait().signal.has_value());
}

TEST_CASE("a program that is not there and one that cannot be run are told apart") {
  const test::TempDir folder;
  std::ofstream{folder.path() / "text"} << "no program\n";
  CHECK(failure("no-such-program-anywhere") == ErrorCode::not_found);
  CHECK(failure((folder.path() / "nothing").native()) == ErrorCode::not_found);
  CHECK(failure((folder.path() / "text").native()) == ErrorCode::refused);
  CHECK(failure(folder.path().native()) == ErrorCode::refused);
  CHECK(failure("") == ErrorCode::not_found);
  CHECK(failure(std::string{"a\0b", 3}) == ErrorCode::usage);
}

TEST_CASE("a process gets the words and the environment as they are, and no others") {
  ProcessStart start = shell("printf '%s|' \"$1\" \"$2\" \"$X\" \"$HOME\"");
  start.words.insert(start.words.end(), {"a b", "*"});
  start.environment.emplace_back("X=$(id)");
  CHECK(output_of(start) == "a b|*|$(id)||");
}

TEST_CASE("no signal is ignored or blocked in a process, whatever is here") {
  const SignalInbox blocked{SIGTERM, SIGUSR1};
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  const std::string status = output_of(shell("grep -E '^Sig(Blk|Ign)' /proc/self/status"));
  ::signal(SIGPIPE, before);
  CHECK(status == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_CASE("a process is killed with the object that owns it") {
  pid_t id = 0;
  {
    Process process = started(shell("exec sleep 1000"));
    id = process.id();
    CHECK_FALSE(process.end().has_value());
  }
  CHECK(::kill(id, 0) == -1);
}

TEST_CASE("an inbox keeps signals until they are taken, and says who sent them") {
  const SignalInbox inbox{SIGUSR1};
  ::kill(::getpid(), SIGUSR1);
  const ArrivedSignal signal = inbox.take();
  CHECK(signal.number == SIGUSR1);
  CHECK(signal.sender == ::getpid());
  CHECK_FALSE(signal.from_kernel);
  CHECK_FALSE(inbox.take(std::chrono::milliseconds{0}).has_value());
}

TEST_CASE("what a process leaves running is stopped, and nothing else is") {
  const Subreaper subreaper;
  const SignalInbox inbox{SIGCHLD};
  Process spared = ready("sleep 1000 & echo; wait");
  Process command = ready("(sleep 2000 & sleep 2000 & setsid sleep 2000 & echo)");
  CHECK(command.wait().exit_code == 0);
  const StoppedProcesses stopped = stop_descendants(spared, inbox);
  CHECK(stopped.count == 3);
  CHECK(stopped.immortal == 0);
  CHECK(stopped.names.size() == 3);
  CHECK_FALSE(spared.end().has_value());
  CHECK(stop_descendants(spared, inbox).count == 0);
  Process other = ready("echo; exec sleep 1000");
  CHECK(stop_descendants(other, inbox).count == 2);  // now the other one, and what it has started
}

TEST_CASE("what does not end by SIGTERM, and goes on forking, is killed") {
  const Subreaper subreaper;
  const SignalInbox inbox{SIGCHLD};
  Process spared = ready("echo; exec sleep 1000");
  Process command = ready("trap '' TERM; (while :; do (sleep 1 &) ; sleep 0.01; done) & echo");
  command.wait();
  const StoppedProcesses stopped =
      stop_descendants(spared, inbox, {std::chrono::milliseconds{50}, std::chrono::seconds{20}});
  CHECK(stopped.count >= 1);
  CHECK(stopped.immortal == 0);
  CHECK(stop_descendants(spared, inbox).count == 0);
}

TEST_CASE("of a command line no more is told than the program and a plain first word") {
  const Subreaper subreaper;
  const SignalInbox inbox{SIGCHLD};
  Process spared = ready("echo; exec sleep 1000");
  const auto told = [&](const std::string& script) {
    ready(script).wait();
    const StoppedProcesses stopped = stop_descendants(spared, inbox);
    return stopped.names.empty() ? std::string{} : stopped.names.front();
  };
  const test::TempDir folder;
  std::ofstream{folder.path() / "worker.sh"} << "echo; read line <line; exit $1\n";
  REQUIRE(::mkfifo((folder.path() / "line").c_str(), 0600) == 0);
  const std::string there = "cd " + folder.path().native() + "; ";
  CHECK(told(there + "sh worker.sh password &") == "sh worker.sh");
  CHECK(told(there + "sh -e worker.sh &") == "sh");
  CHECK(told(there + "sh ./worker.sh x=y &") == "sh ./worker.sh");
}

}  // namespace qsnap
