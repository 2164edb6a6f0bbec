// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <new>
#include <stdexcept>

#include <doctest/doctest.h>

#include <qsnap/api/fence.hpp>
#include <qsnap/report/exit_code.hpp>

namespace qsnap::api {

namespace {

Answer answer_to(const std::function<Result<Answer>()>& work) {
  return fenced(std::cref(work));
}

/// Writes to a pipe that nobody reads.
Result<Answer> write_in_vain() {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  ::close(ends[0]);
  const bool refused = ::write(ends[1], "x", 1) < 0;
  ::close(ends[1]);
  return Answer{refused ? 1 : 0, {}, {}};
}

bool is_pending(int signal) {
  sigset_t pending;
  ::sigpending(&pending);
  return ::sigismember(&pending, signal) == 1;
}

}  // namespace

TEST_CASE("whatever is thrown is an answer") {
  const Answer logic = answer_to([]() -> Result<Answer> { throw std::logic_error{"a\x1b[31m bug"}; });
  CHECK(logic.status == report::k_exit_internal);
  CHECK(logic.message == "internal error: a\\x1b[31m bug");
  CHECK(logic.json.find(R"("schema":"qsnap.error/1","code":"internal","exit_code":70)") != std::string::npos);
  const Answer number = answer_to([]() -> Result<Answer> { throw 7; });
  CHECK(number.status == report::k_exit_internal);
  const Answer memory = answer_to([]() -> Result<Answer> { throw std::bad_alloc{}; });
  CHECK(memory.message == k_no_memory_message);
  CHECK(memory.json == k_no_memory_json);
}

TEST_CASE("an error has the exit code of the command line, and its hints") {
  const Answer answer = answer_to([]() -> Result<Answer> {
    return make_error(ErrorCode::refused, "no", {"say yes", "or go"});
  });
  CHECK(answer.status == report::k_exit_refused);
  CHECK(answer.message == "no\nhint: say yes\nhint: or go");
}

TEST_CASE("a pipe that nobody reads is an error of the write, and no signal is left behind") {
  const auto before = std::signal(SIGPIPE, SIG_DFL);
  CHECK(answer_to(write_in_vain).status == 1);
  CHECK_FALSE(is_pending(SIGPIPE));
  sigset_t blocked;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  CHECK(::sigismember(&blocked, SIGPIPE) == 0);
  std::signal(SIGPIPE, before);
}

TEST_CASE("what the caller blocked stays blocked, and what waited for it still waits") {
  sigset_t pipe_signal, before;
  ::sigemptyset(&pipe_signal);
  ::sigaddset(&pipe_signal, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  ::pthread_kill(::pthread_self(), SIGPIPE);
  CHECK(answer_to(write_in_vain).status == 1);
  CHECK(is_pending(SIGPIPE));
  int taken = 0;
  ::sigwait(&pipe_signal, &taken);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace qsnap::api
