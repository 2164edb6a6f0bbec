// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <filesystem>

#include <doctest/doctest.h>
#include <support/fake_records.hpp>
#include <support/fake_redis.hpp>
#include <support/temp_dir.hpp>

#include "server_fixture.hpp"

using namespace qsnap;
using namespace qsnap::redis;
using test::FakeRedis;
using test::RedisServer;

namespace {

CaptureOptions by(Consistency consistency) {
  CaptureOptions options;
  options.consistency = consistency;
  options.retry_delay = std::chrono::milliseconds{1};
  return options;
}

RedisServer::Options at_once(std::vector<std::string> further = {}) {
  RedisServer::Options options;
  options.arguments = {"--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"};
  options.arguments.insert(options.arguments.end(), further.begin(), further.end());
  return options;
}

Error failed(const Endpoint& endpoint, const CaptureOptions& options) {
  const auto result = capture(endpoint, options, {});
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

/// The same server as another user, who may do what `rules` say.
Endpoint as_user(const Endpoint& endpoint, std::string_view rules) {
  Connection admin = connect(endpoint);
  run(admin, "ACL SETUSER qsnap reset on >secret " + std::string{rules});
  Endpoint user = endpoint;
  user.user = "qsnap";
  user.password = "secret";
  return user;
}

const std::string k_fork_rights = "+sync +replconf +config|get +time +info";

bool says(const std::vector<std::string>& reasons, std::string_view part) {
  return std::any_of(reasons.begin(), reasons.end(),
                     [&](const std::string& reason) { return reason.find(part) != std::string::npos; });
}

FakeRedis::Answer bulk(const std::string& text) {
  return {"$" + std::to_string(text.size()) + "\r\n" + text + "\r\n"};
}

/// Answers as a Redis that may fork would, up to SYNC; `sync` is the answer to that.
FakeRedis::Script up_to_sync(FakeRedis::Answer sync) {
  return [sync = std::move(sync)](const std::vector<std::string>& command) -> FakeRedis::Answer {
    if (command[0] == "INFO") {
      return bulk("# Server\r\nredis_version:7.0.15\r\nrole:master\r\n# Keyspace\r\n");
    }
    if (command[0] == "CONFIG") {
      return {"*2\r\n$18\r\nrepl-diskless-sync\r\n$3\r\nyes\r\n"};
    }
    if (command[0] == "TIME") {
      return {"*2\r\n$10\r\n1700000000\r\n$1\r\n0\r\n"};
    }
    return command[0] == "SYNC" ? sync : FakeRedis::Answer{"+OK\r\n"};
  };
}

Error failed_on(const FakeRedis::Answer& sync) {
  const FakeRedis fake{up_to_sync(sync)};
  Endpoint endpoint;
  endpoint.socket_path = fake.socket_path();
  CaptureOptions options = by(Consistency::fork);
  options.retries = 0;
  return failed(endpoint, options);
}

const std::string k_mark = "0123456789abcdef0123456789abcdef01234567";
constexpr auto k_hang_up = FakeRedis::Answer::Then::hang_up;

}  // namespace

TEST_SUITE("qsnap::redis::capture_by_fork") {
  TEST_CASE("reads the same keys as freeze, of every fixture") {
    for (const char* fixture : {"bullmq6-before.rdb", "bullmq6-after.rdb", "sidekiq6.rdb", "plain.rdb"}) {
      CAPTURE(fixture);
      RedisServer::Options options = at_once();
      options.rdb = std::filesystem::path{QSNAP_SOURCE_DIR} / "tests/fixtures" / fixture;
      const RedisServer server{options};
      const Endpoint endpoint = endpoint_of(server);
      const Capture frozen = captured(endpoint, by(Consistency::freeze));
      const Capture forked = captured(endpoint, by(Consistency::fork));
      CHECK(frozen.mode == CaptureMode::freeze);
      CHECK(forked.mode == CaptureMode::fork);
      CHECK(forked.keyspace->size() > 5);
      CHECK(test::describe(*forked.keyspace) == test::describe(*frozen.keyspace));
      CHECK(forked.captured_at >= frozen.captured_at);
    }
  }

  TEST_CASE("keeps its own database and the wanted prefixes, although all of them come") {
    const RedisServer server{at_once()};
    Endpoint endpoint = endpoint_of(server);
    Connection connection = connect(endpoint);
    run(connection, "SET zero 0");
    run(connection, "SELECT 3");
    run(connection, "SET three 3");
    run(connection, "SET other 3");
    endpoint.database = 3;
    CaptureOptions options = by(Consistency::fork);
    CHECK(captured(endpoint, options).keyspace->size() == 2);
    options.prefixes = {"th"};
    const Capture capture = captured(endpoint, options);
    CHECK(capture.keyspace->size() == 1);
    CHECK(value(*capture.keyspace, "three") == "3");
  }

  TEST_CASE("reads an empty database") {
    const RedisServer server{at_once()};
    CHECK(captured(endpoint_of(server), by(Consistency::fork)).keyspace->size() == 0);
  }

  TEST_CASE("tells how long the server's repl-diskless-sync-delay took") {
    RedisServer::Options options;
    options.arguments = {"--repl-diskless-sync-delay", "2"};
    const RedisServer server{options};
    std::vector<std::string> told;
    const Progress progress{[&](const ProgressEvent& event) { told.emplace_back(event.doing); }, nullptr};
    const auto capture = redis::capture(endpoint_of(server), by(Consistency::fork), progress);
    REQUIRE(capture.has_value());
    CHECK(capture->waited.count() > 500);  // the server counts in whole seconds of its clock
    CHECK(says(told, "repl-diskless-sync-delay of 2 s"));
  }

  TEST_CASE("does not make a server write its dump.rdb, with or without repl-diskless-sync") {
    for (const char* diskless : {"yes", "no"}) {
      CAPTURE(diskless);
      const test::TempDir folder;
      const RedisServer server{at_once({"--dir", folder.path().native()})};
      const Endpoint endpoint = endpoint_of(server);
      Connection connection = connect(endpoint);
      run(connection, std::string{"CONFIG SET repl-diskless-sync "} + diskless);
      if (diskless == std::string_view{"no"}) {
        const Error error = failed(endpoint, by(Consistency::fork));
        CHECK(error.code == ErrorCode::refused);
        CHECK(error.message.find("repl-diskless-sync") != std::string::npos);
      } else {
        captured(endpoint, by(Consistency::fork));
      }
      const Capture automatic = captured(endpoint, by(Consistency::automatic));
      CHECK(automatic.mode == CaptureMode::freeze);
      CHECK(std::filesystem::is_empty(folder.path()));
    }
  }

  TEST_CASE("is refused by a replica without its primary, which can be frozen") {
    const RedisServer server{at_once({"--replicaof", "127.0.0.1", "1"})};
    const Endpoint endpoint = endpoint_of(server);
    const Error error = failed(endpoint, by(Consistency::fork));
    CHECK(error.code == ErrorCode::inconsistent);
    CHECK(error.message.find("not connected with my master") != std::string::npos);
    const Capture capture = captured(endpoint, by(Consistency::automatic));
    CHECK(capture.mode == CaptureMode::freeze);
    CHECK(says(capture.reasons, "replica without its primary"));
  }

  TEST_CASE("needs just the rights that it names, and none to read keys") {
    const RedisServer server{at_once()};
    const Endpoint endpoint = endpoint_of(server);
    Connection connection = connect(endpoint);
    run(connection, "SET a 1");
    CHECK(captured(as_user(endpoint, k_fork_rights), by(Consistency::fork)).keyspace->size() == 1);
    for (const std::string right : {"+sync", "+replconf", "+config|get", "+time"}) {
      CAPTURE(right);
      const Endpoint user = as_user(endpoint, k_fork_rights + " -" + right.substr(1));
      CHECK(failed(user, by(Consistency::fork)).code == ErrorCode::redis_denied);
    }
  }
}

TEST_SUITE("qsnap::redis::capture_by_fork, fake server") {
  TEST_CASE("an image of known length, a refusal, nonsense and a hang-up are errors") {
    CHECK(failed_on({"\n$182\r\nREDIS0010"}).code == ErrorCode::refused);
    CHECK(failed_on({"-ERR BGSAVE failed, replication can't continue\r\n", k_hang_up}).code == ErrorCode::inconsistent);
    CHECK(failed_on({"+OK\r\n"}).code == ErrorCode::redis_protocol);
    CHECK(failed_on({"\n\n", k_hang_up}).code == ErrorCode::redis_unreachable);
    CHECK(failed_on({"$EOF:" + k_mark + "\r\nREDIS0010", k_hang_up}).code == ErrorCode::redis_unreachable);
  }

  TEST_CASE("an image that is no RDB, or that ends before its mark or goes on behind its end, is corrupt") {
    CHECK(failed_on({"$EOF:" + k_mark + "\r\nnothing of the kind" + k_mark}).code == ErrorCode::corrupt);
    const std::string empty = std::string{"REDIS0010\xff"} + std::string(8, '\0');  // a checksum of 0 is not checked
    CHECK(failed_on({"$EOF:" + k_mark + "\r\n" + empty.substr(0, 12) + k_mark}).code == ErrorCode::corrupt);
    CHECK(failed_on({"$EOF:" + k_mark + "\r\n" + empty + "more" + k_mark}).code == ErrorCode::corrupt);
  }

  TEST_CASE("the image is complete at its mark, whatever comes behind it") {
    const std::string empty = std::string{"REDIS0010\xff"} + std::string(8, '\0');
    const FakeRedis fake{up_to_sync({"$EOF:" + k_mark + "\r\n" + empty + k_mark + "*1\r\n$4\r\nPING\r\n"})};
    Endpoint endpoint;
    endpoint.socket_path = fake.socket_path();
    CHECK(captured(endpoint, by(Consistency::fork)).keyspace->size() == 0);
  }
}

TEST_SUITE("qsnap::redis::capture, choice") {
  TEST_CASE("takes fork for a database like Sidekiq's, with all jobs in a few large keys") {
    const RedisServer server{at_once()};
    const Endpoint endpoint = endpoint_of(server);
    Connection connection = connect(endpoint);
    const std::string large = "RPUSH queue:default " + std::string(3U << 20U, 'x');
    run(connection, large);
    CHECK(captured(endpoint, by(Consistency::automatic)).mode == CaptureMode::freeze);
    run(connection, large);
    const Capture capture = captured(endpoint, by(Consistency::automatic));
    CHECK(capture.mode == CaptureMode::fork);
    CHECK(says(capture.reasons, "queue:default"));
  }

  TEST_CASE("falls back to freeze where fork is not allowed after all, and says so") {
    const RedisServer server{at_once()};
    const Endpoint endpoint = endpoint_of(server);
    Connection connection = connect(endpoint);
    run(connection, "RPUSH queue:default " + std::string(5U << 20U, 'x'));
    const Capture capture = captured(as_user(endpoint, "+@all -sync ~* &*"), by(Consistency::automatic));
    CHECK(capture.mode == CaptureMode::freeze);
    CHECK(says(capture.reasons, "fork was tried"));
    CHECK(says(capture.reasons, "NOPERM"));
  }

  TEST_CASE("goes in rounds where writers may not be paused, and says so") {
    const RedisServer server{at_once()};
    const Capture capture =
        captured(as_user(endpoint_of(server), "+@all -client|pause ~* &*"), by(Consistency::automatic));
    CHECK(capture.mode == CaptureMode::rounds);
    CHECK(says(capture.reasons, "could not be paused"));
  }

  TEST_CASE("never ends as none: without any right it is an error of the mode that fits best") {
    const RedisServer server{at_once()};
    const Error error = failed(as_user(endpoint_of(server), "+@all -sync -client|tracking ~* &*"), {});
    CHECK(error.message.find("TRACKING") != std::string::npos);
    CHECK(says(error.hints, "fork was tried"));
  }
}

TEST_SUITE("qsnap::redis::capture, retry") {
  TEST_CASE("begins again as often as asked after a lost connection") {
    for (const int retries : {0, 3}) {
      CAPTURE(retries);
      const FakeRedis fake{[](const auto&) { return FakeRedis::Answer{"", k_hang_up}; }};
      Endpoint endpoint;
      endpoint.socket_path = fake.socket_path();
      CaptureOptions options = by(Consistency::automatic);
      options.retries = retries;
      CHECK(failed(endpoint, options).code == ErrorCode::redis_unreachable);
      CHECK(fake.connections() == retries + 1);
    }
  }

  TEST_CASE("captures in the end when the server comes back meanwhile") {
    const std::string empty = std::string{"REDIS0010\xff"} + std::string(8, '\0');
    std::atomic<int> asked = 0;
    const auto script = up_to_sync({"$EOF:" + k_mark + "\r\n" + empty + k_mark});
    const FakeRedis fake{[&](const std::vector<std::string>& command) {
      return command[0] == "SYNC" && ++asked <= 2 ? FakeRedis::Answer{"$EOF:", k_hang_up} : script(command);
    }};
    Endpoint endpoint;
    endpoint.socket_path = fake.socket_path();
    CHECK(captured(endpoint, by(Consistency::fork)).keyspace->size() == 0);
    CHECK(asked == 3);
  }

  TEST_CASE("does not begin again where the server said no") {
    const FakeRedis fake{[](const auto&) { return FakeRedis::Answer{"-NOAUTH Authentication required.\r\n"}; }};
    Endpoint endpoint;
    endpoint.socket_path = fake.socket_path();
    CHECK(failed(endpoint, by(Consistency::automatic)).code == ErrorCode::redis_denied);
    CHECK(fake.connections() == 1);
  }

  TEST_CASE("ends at once when the user stops it while it waits") {
    Endpoint endpoint;
    endpoint.socket_path = "/nonexistent/redis.sock";
    CaptureOptions options;
    options.retry_delay = std::chrono::hours{1};
    std::atomic<bool> cancelled = false;
    const Progress progress{
        [&](const ProgressEvent& event) { cancelled = event.doing.find("trying again") != std::string_view::npos; },
        &cancelled};
    const auto result = redis::capture(endpoint, options, progress);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::cancelled);
  }
}
