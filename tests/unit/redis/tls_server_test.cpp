// SPDX-License-Identifier: Apache-2.0
// TLS against a real redis-server; tests/integration/tls.bats has the certificates that are not good.
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <unit/redis/server_fixture.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/redis_server.hpp>
#include <support/temp_dir.hpp>

#include <qsnap/base/unique_fd.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/tls_context.hpp>

namespace qsnap::redis {

namespace {

/// Listens on a port of this machine that the kernel chooses.
class Listener {
 public:
  Listener() : m_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    m_address.sin_family = AF_INET;
    m_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(m_address);
    auto* address = reinterpret_cast<sockaddr*>(&m_address);
    REQUIRE(::bind(m_fd.get(), address, length) == 0);
    REQUIRE(::listen(m_fd.get(), 1) == 0);
    REQUIRE(::getsockname(m_fd.get(), address, &length) == 0);
  }
  [[nodiscard]] std::uint16_t port() const { return ntohs(m_address.sin_port); }

 private:
  UniqueFd m_fd;
  sockaddr_in m_address{};
};

/// A redis-server with a port for TLS and a certificate that is its own authority.
class TlsServer {
 public:
  TlsServer() {
    const std::string command = fmt::format(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test "
        "-addext subjectAltName=IP:127.0.0.1 -keyout {} -out {} 2>/dev/null",
        key().native(), certificate().native());
    REQUIRE(std::system(command.c_str()) == 0);
    constexpr int k_tries = 10;
    for (int i = 0; i < k_tries && !m_server; ++i) {
      m_port = Listener{}.port();  // free a moment ago; if somebody was quicker, the server does not start
      try {
        start();
      } catch (const std::runtime_error&) {
      }
    }
    REQUIRE(m_server);
  }

  [[nodiscard]] Endpoint endpoint() const {
    Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = m_port;
    REQUIRE(apply_tls_options(endpoint, {certificate(), {}, {}}));
    return endpoint;
  }

 private:
  void start() {
    test::RedisServer::Options options;
    options.arguments = {"--bind",
                         "127.0.0.1",
                         "--tls-port",
                         std::to_string(m_port),
                         "--tls-cert-file",
                         certificate(),
                         "--tls-key-file",
                         key(),
                         "--tls-ca-cert-file",
                         certificate(),
                         "--tls-auth-clients",
                         "no"};
    m_server = std::make_unique<test::RedisServer>(options);
  }
  [[nodiscard]] std::filesystem::path certificate() const { return m_dir.path() / "crt"; }
  [[nodiscard]] std::filesystem::path key() const { return m_dir.path() / "key"; }

  test::TempDir m_dir;
  std::uint16_t m_port = 0;
  std::unique_ptr<test::RedisServer> m_server;
};

}  // namespace

TEST_SUITE_BEGIN("qsnap::redis::TlsStream");

TEST_CASE("values of any size cross TLS both ways, and a wait for nothing ends") {
  const TlsServer server;
  Connection redis = connect(server.endpoint());
  for (const std::size_t size : {0U, 1U, 16384U, 65536U, 5'000'001U}) {
    CAPTURE(size);
    const std::string value(size, 'x');
    REQUIRE(redis.call({"SET", "key", value}));
    const auto reply = redis.call({"GET", "key"});
    REQUIRE(reply);
    CHECK(reply->text() == value);
  }
  Reply none;
  const auto arrived = redis.receive_within(none, std::chrono::milliseconds{0});
  REQUIRE(arrived);
  CHECK(!*arrived);
}

TEST_CASE("a capture over TLS is the one over a plain connection") {
  const TlsServer server;
  Connection redis = connect(server.endpoint());
  run(redis, "RPUSH list a b c");
  run(redis, "SET string v");
  const Capture result = captured(server.endpoint());
  CHECK(value(*result.keyspace, "list") == "a b c");
  CHECK(value(*result.keyspace, "string") == "v");
}

TEST_CASE("a peer that says nothing to a TLS greeting is given up at the deadline, with the question whether it can") {
  const Listener silent;
  Endpoint endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = silent.port();
  REQUIRE(apply_tls_options(endpoint, {QSNAP_SOURCE_DIR "/LICENSE", {}, {}}));
  const auto no_authority = Connection::open(endpoint, {}, {});
  REQUIRE(!no_authority);
  CHECK(no_authority.error().code == ErrorCode::usage);
  endpoint.tls = std::make_shared<TlsContext>(TlsOptions{});
  endpoint.timeouts.connect = std::chrono::milliseconds{50};
  const auto connection = Connection::open(endpoint, {}, {});
  REQUIRE(!connection);
  CHECK(connection.error().code == ErrorCode::redis_unreachable);
  CHECK(connection.error().message.find("no answer in time") != std::string::npos);
  CHECK(connection.error().hints.front().find("a port for TLS?") != std::string::npos);
}

TEST_SUITE_END();

}  // namespace qsnap::redis
