// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <future>
#include <memory>

#include <doctest/doctest.h>

#include <qsnap/redis/bounded_call.hpp>
#include <qsnap/redis/resolve.hpp>

namespace qsnap::redis {

TEST_SUITE_BEGIN("qsnap::redis::call_until");

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// A call that blocks until the test lets it go; it shares the latch, as an abandoned call must.
class Blocked {
 public:
  [[nodiscard]] std::function<int()> call() const {
    return [go = m_go] {
      go->get_future().wait();
      return 1;
    };
  }
  ~Blocked() { m_go->set_value(); }

 private:
  std::shared_ptr<std::promise<void>> m_go = std::make_shared<std::promise<void>>();
};

TEST_CASE("an answer before the deadline is handed over") {
  const auto answer = call_until<int>(steady_clock::now() + std::chrono::hours{1}, {}, [] { return 42; });
  REQUIRE(answer);
  CHECK(*answer == 42);
}

TEST_CASE("a call that blocks is left behind at the deadline") {
  const Blocked blocked;
  const auto answer = call_until<int>(steady_clock::now() + milliseconds{20}, {}, blocked.call());
  REQUIRE(answer);
  CHECK(!answer->has_value());
}

TEST_CASE("a call that blocks is left behind when the user cancels, long before the deadline") {
  const Blocked blocked;
  const std::atomic<bool> cancelled{true};
  const auto answer =
      call_until<int>(steady_clock::now() + std::chrono::hours{1}, Progress{{}, &cancelled}, blocked.call());
  REQUIRE(!answer);
  CHECK(answer.error().code == ErrorCode::cancelled);
}

TEST_CASE("addresses are found without a name server, a name that cannot be is unreachable") {
  const auto deadline = steady_clock::now() + std::chrono::seconds{20};
  Endpoint endpoint;
  for (const char* host : {"127.0.0.1", "::1"}) {
    endpoint.host = host;
    const auto addresses = resolve(endpoint, steady_clock::now(), {});  // no time for a thread
    REQUIRE(addresses);
    CHECK(addresses->size() == 1);
  }
  endpoint.host = "a..b";
  const auto missing = resolve(endpoint, deadline, {});
  REQUIRE(!missing);
  CHECK(missing.error().code == ErrorCode::redis_unreachable);
  CHECK(missing.error().message.find("cannot connect to redis://a..b:6379/0") == 0);
}

TEST_SUITE_END();

}  // namespace qsnap::redis
