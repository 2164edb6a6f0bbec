// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <fstream>

#include <doctest/doctest.h>
#include <support/temp_dir.hpp>

#include <qsnap/redis/endpoint.hpp>

using namespace std::string_view_literals;

namespace qsnap::redis {

TEST_SUITE_BEGIN("qsnap::redis::Endpoint");

TEST_CASE("a good URL is taken apart, and shown without user and password") {
  struct Case {
    std::string_view url, host, path, user, password;
    int port;
    unsigned database;
    bool loopback;
    std::string_view shown;
  };
  const Case cases[] = {
      {"redis://localhost", "localhost", "", "", "", 6379, 0, true, "redis://localhost:6379/0"},
      {"redis://127.0.0.9:1234/7", "127.0.0.9", "", "", "", 1234, 7, true, "redis://127.0.0.9:1234/7"},
      {"redis://[::1]:99", "::1", "", "", "", 99, 0, true, "redis://[::1]:99/0"},
      {"redis://example.org/", "example.org", "", "", "", 6379, 0, false, "redis://example.org:6379/0"},
      {"redis://127.example.org", "127.example.org", "", "", "", 6379, 0, false, "redis://127.example.org:6379/0"},
      {"redis://u%40x:p%2Fw@h:1/2", "h", "", "u@x", "p/w", 1, 2, false, "redis://h:1/2"},
      {"redis://:p:w@h", "h", "", "", "p:w", 6379, 0, false, "redis://h:6379/0"},
      {"rediss://u:p@h/1", "h", "", "u", "p", 6379, 1, false, "rediss://h:6379/1"},
      {"unix:///run/my%20redis.sock?db=3", "", "/run/my redis.sock", "", "", 6379, 3, true,
       "unix:///run/my redis.sock?db=3"},
      {"unix://u:p%2Fw@/run/r@1.sock", "", "/run/r@1.sock", "u", "p/w", 6379, 0, true, "unix:///run/r@1.sock"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.url);
    const auto endpoint = parse_url(c.url, UrlOrigin::environment);
    REQUIRE(endpoint);
    CHECK(endpoint->host == c.host);
    CHECK((endpoint->tls != nullptr) == c.url.starts_with("rediss://"));
    CHECK(endpoint->socket_path.native() == c.path);
    CHECK(endpoint->user == c.user);
    CHECK(endpoint->password == c.password);
    CHECK(endpoint->port == c.port);
    CHECK(endpoint->database == c.database);
    CHECK(endpoint->is_loopback() == c.loopback);
    CHECK(endpoint->display() == c.shown);
  }
}

TEST_CASE("a bad URL is a usage error that says what is wrong and never repeats the URL") {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"localhost:6379", "scheme"},
      {"http://secret", "scheme"},
      {"rediss://", "host"},
      {"rediss://secret?x=1", "query"},
      {"redis-sentinel://secret", "Sentinel"},
      {"redis+cluster://secret", "Cluster"},
      {"redis://", "host"},
      {"redis://secret:0", "port"},
      {"redis://secret:65536", "port"},
      {"redis://secret:6a", "port"},
      {"redis://secret:", "port"},
      {"redis://secret/x", "database"},
      {"redis://secret/-1", "database"},
      {"redis://secret/1/2", "database"},
      {"redis://secret?x=1", "query"},
      {"redis://[::1", "bracket"},
      {"redis://[::1]x", "behind the address"},
      {"redis://u:secret%2@h", "percent"},
      {"redis://u:secret%zz@h", "percent"},
      {"unix://relative", "absolute"},
      {"unix://secret:secret@relative", "absolute"},
      {"unix:///secret?x=1", "db only"},
      {"unix:///secret%00", "zero byte"},
  };
  for (const auto& one : cases) {
    const auto& url = one.first;
    const auto& what = one.second;
    CAPTURE(url);
    const auto endpoint = parse_url(url, UrlOrigin::environment);
    REQUIRE(!endpoint);
    CHECK(endpoint.error().code == ErrorCode::usage);
    CHECK(endpoint.error().message.find(what) != std::string::npos);
    CHECK(endpoint.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("a password on the command line is refused without repeating it, a user name is not") {
  const auto refused = parse_url("redis://u:secret@h", UrlOrigin::command_line);
  REQUIRE(!refused);
  CHECK(refused.error().code == ErrorCode::usage);
  CHECK(refused.error().message.find("secret") == std::string::npos);
  CHECK(refused.error().hints.front().find("QSNAP_REDIS_URL") != std::string::npos);
  CHECK(parse_url("redis://u@h", UrlOrigin::command_line).has_value());
}

TEST_CASE("a client certificate without its key, or a key without its certificate, is a usage error") {
  Endpoint endpoint;
  endpoint.host = "h";
  CHECK(apply_tls_options(endpoint, {"ca", "", ""}));
  CHECK(apply_tls_options(endpoint, {"ca", "certificate", "key"}));
  CHECK(endpoint.display().starts_with("rediss://"));
  for (const TlsOptions& half : {TlsOptions{"", "certificate", ""}, TlsOptions{"", "", "key"}}) {
    const auto refused = apply_tls_options(endpoint, half);
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::usage);
  }
}

TEST_CASE("credentials come from a file that only its owner can read") {
  const test::TempDir dir;
  const auto file = dir.path() / "credentials";
  const auto write = [&](std::string_view text, mode_t mode) {
    std::ofstream{file} << text;
    ::chmod(file.c_str(), mode);
  };
  Endpoint endpoint;
  SUBCASE("with user and password") {
    write("me:p:w\r\nmore\n", 0600);
    REQUIRE(apply_credentials_file(endpoint, file));
    CHECK(endpoint.user == "me");
    CHECK(endpoint.password == "p:w");
  }
  SUBCASE("with a password alone") {
    write("pw", 0400);
    REQUIRE(apply_credentials_file(endpoint, file));
    CHECK(endpoint.user.empty());
    CHECK(endpoint.password == "pw");
  }
  SUBCASE("readable by the group") {
    write("pw", 0640);
    const auto refused = apply_credentials_file(endpoint, file);
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::refused);
  }
  SUBCASE("empty") {
    write("", 0600);
    CHECK(!apply_credentials_file(endpoint, file));
  }
  SUBCASE("missing") {
    CHECK(apply_credentials_file(endpoint, file).error().code == ErrorCode::io);
  }
}

TEST_SUITE_END();

}  // namespace qsnap::redis
