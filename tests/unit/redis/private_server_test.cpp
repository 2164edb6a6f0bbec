// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <filesystem>
#include <fstream>
#include <unit/redis/server_fixture.hpp>

#include <doctest/doctest.h>
#include <support/temp_dir.hpp>

#include <qsnap/redis/private_server.hpp>

namespace qsnap::redis {

namespace {

namespace fs = std::filesystem;

PrivateServerOptions options(std::string program = "redis-server") {
  PrivateServerOptions options;
  options.program = std::move(program);
  options.environment = {"PATH=/usr/bin:/bin"};
  return options;
}

PrivateServer started() {
  auto server = PrivateServer::start(options(), {});
  REQUIRE_MESSAGE(server.has_value(), (server ? "" : server.error().message));
  return *std::move(server);
}

std::string failure(const std::string& program) {
  const auto server = PrivateServer::start(options(program), {});
  REQUIRE_FALSE(server.has_value());
  CHECK(server.error().code == ErrorCode::redis_unreachable);
  return server.error().message;
}

}  // namespace

TEST_CASE("a private server is empty, answers by socket and port, and keeps nothing") {
  fs::path folder;
  pid_t id = 0;
  {
    PrivateServer server = started();
    folder = server.endpoint().socket_path.parent_path();
    id = server.process().id();
    Connection by_socket = connect(server.endpoint());
    run(by_socket, "SET a 1");
    Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = server.port();
    Connection by_port = connect(endpoint);
    const auto value = by_port.call({"GET", "a"});
    REQUIRE(value);
    CHECK(value->text() == "1");
    const auto last = by_port.call({"SELECT", "63"});
    CHECK(last.has_value());
    CHECK_FALSE(fs::exists(folder / "dump.rdb"));
  }
  CHECK_FALSE(fs::exists(folder));
  CHECK(::kill(id, 0) == -1);
}

TEST_CASE("several private servers stand beside each other") {
  PrivateServer first = started(), second = started();
  CHECK(first.port() != second.port());
  Connection connection = connect(first.endpoint());
  run(connection, "SET a 1");
  Connection other = connect(second.endpoint());
  const auto size = other.call({"DBSIZE"});
  REQUIRE(size);
  CHECK(size->integer() == 0);
}

TEST_CASE("a server that cannot start says why") {
  CHECK(failure("no-such-redis-server").find("there is no program no-such-redis-server") != std::string::npos);
  CHECK(failure("false").find("it ended with exit code 1") != std::string::npos);
  const test::TempDir folder;
  const fs::path script = folder.path() / "server";
  std::ofstream{script} << "#!/bin/sh\necho 'no memory for that' >&2\nexit 3\n";
  fs::permissions(script, fs::perms::owner_all);
  const std::string why = failure(script.native());
  CHECK(why.find("exit code 3") != std::string::npos);
  CHECK(why.find("no memory for that") != std::string::npos);
}

TEST_CASE("a port that somebody else took meanwhile is exchanged for another one") {
  const test::TempDir folder;
  const fs::path script = folder.path() / "server", mark = folder.path() / "tried";
  std::ofstream{script}
      << "#!/bin/sh\n[ -e " << mark.native() << " ] && exec redis-server \"$@\"\ntouch " << mark.native()
      << "\necho 'Could not create server TCP listening socket 127.0.0.1:1: bind: Address already in use'\n"
      << "exit 1\n";
  fs::permissions(script, fs::perms::owner_all);
  CHECK(PrivateServer::start(options(script.native()), {}).has_value());
  CHECK(fs::exists(mark));
}

}  // namespace qsnap::redis
