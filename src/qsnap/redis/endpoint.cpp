// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/redis/endpoint.hpp>
#include <qsnap/redis/private_file.hpp>
#include <qsnap/redis/tls_context.hpp>

namespace qsnap::redis {

namespace {

constexpr std::string_view k_shape =
    "the form is redis://[user[:password]@]host[:port][/db], rediss://… for TLS, or "
    "unix://[user[:password]@]/path[?db=n]";
constexpr std::string_view k_password_hint =
    "put the URL into the environment variable QSNAP_REDIS_URL, or use --credentials FILE";

/// Never repeats the URL: it may hold a password.
Error bad_url(std::string_view what) {
  return make_error(ErrorCode::usage, fmt::format("bad Redis URL: {}", what), {std::string{k_shape}});
}

struct Split {
  std::string_view before;
  std::optional<std::string_view> after;
};

Split split_first(std::string_view text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) {
    return {text, std::nullopt};
  }
  return {text.substr(0, at), text.substr(at + 1)};
}

Result<std::string> percent_decode(std::string_view text, std::string_view what) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto high = i + 2 < text.size() ? hex_value(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? hex_value(text[i + 2]) : std::nullopt;
    if (!high || !low) {
      return bad_url(fmt::format("a percent sign in the {} is not followed by two hexadecimal digits", what));
    }
    out += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return out;
}

Result<std::uint32_t> parse_database(std::string_view text) {
  const auto number = parse_integer(text);
  if (!number || *number < 0 || *number > std::numeric_limits<std::int32_t>::max()) {
    return bad_url("the database is not a number");
  }
  return static_cast<std::uint32_t>(*number);
}

Result<std::uint16_t> parse_port(std::string_view text) {
  const auto number = parse_integer(text);
  if (!number || *number < 1 || *number > std::numeric_limits<std::uint16_t>::max()) {
    return bad_url("the port is not a number from 1 to 65535");
  }
  return static_cast<std::uint16_t>(*number);
}

Result<void> apply_user(Endpoint& endpoint, std::string_view text, UrlOrigin origin) {
  const auto [user, password] = split_first(text, ':');
  QSNAP_ASSIGN(endpoint.user, percent_decode(user, "user name"));
  if (!password) {
    return {};
  }
  if (origin == UrlOrigin::command_line) {
    return make_error(ErrorCode::usage, "a password on the command line is visible to every user of this machine",
                      {std::string{k_password_hint}});
  }
  QSNAP_ASSIGN(endpoint.password, percent_decode(*password, "password"));
  return {};
}

Result<void> apply_host(Endpoint& endpoint, std::string_view text) {
  std::string_view rest = text;
  if (text.starts_with('[')) {  // an IPv6 address has colons of its own
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) {
      return bad_url("the bracket of the address is not closed");
    }
    endpoint.host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
    if (!rest.empty() && !rest.starts_with(':')) {
      return bad_url("unexpected text behind the address");
    }
  } else {
    endpoint.host = split_first(text, ':').before;
    rest = text.substr(endpoint.host.size());
  }
  if (endpoint.host.empty() || endpoint.host.find('\0') != std::string::npos) {
    return bad_url("the host is missing");
  }
  if (!rest.empty()) {
    QSNAP_ASSIGN(endpoint.port, parse_port(rest.substr(1)));
  }
  return {};
}

Result<Endpoint> parse_tcp(std::string_view rest, UrlOrigin origin) {
  Endpoint endpoint;
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return bad_url("a host takes no query and no fragment (percent-encode these characters in a password)");
  }
  const auto [authority, path] = split_first(rest, '/');
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    QSNAP_TRY(apply_user(endpoint, authority.substr(0, at), origin));
  }
  QSNAP_TRY(apply_host(endpoint, at == std::string_view::npos ? authority : authority.substr(at + 1)));
  if (path && !path->empty()) {
    QSNAP_ASSIGN(endpoint.database, parse_database(*path));
  }
  return endpoint;
}

Result<Endpoint> parse_unix(std::string_view rest, UrlOrigin origin) {
  Endpoint endpoint;
  const std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.ends_with('@')) {
    QSNAP_TRY(apply_user(endpoint, authority.substr(0, authority.size() - 1), origin));
    rest.remove_prefix(authority.size());
  }
  const auto [path, query] = split_first(rest, '?');
  if (!path.starts_with('/')) {
    return bad_url("unix:// wants an absolute path: unix:///run/redis.sock");
  }
  QSNAP_ASSIGN(std::string decoded, percent_decode(path, "path"));
  if (decoded.find('\0') != std::string::npos) {
    return bad_url("the path holds a zero byte");
  }
  endpoint.socket_path = std::move(decoded);
  if (query) {
    if (!query->starts_with("db=")) {
      return bad_url("unix:// knows the parameter db only");
    }
    QSNAP_ASSIGN(endpoint.database, parse_database(query->substr(3)));
  }
  return endpoint;
}

/// "127." and three more decimal parts, so that the name 127.example.org is not taken for this machine.
bool is_ipv4_loopback(std::string_view host) {
  return host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// redis-sentinel, redis+sentinel, rediss+sentinel, sentinel: libraries differ.
bool is_scheme_of_many(std::string_view scheme, std::string_view what) {
  return scheme == what || (scheme.starts_with("redis") && scheme.ends_with(what));
}

}  // namespace

bool Endpoint::is_loopback() const {
  return host.empty() || host == "localhost" || host == "::1" || is_ipv4_loopback(host);
}

std::string Endpoint::display() const {
  if (host.empty()) {
    return database == 0 ? fmt::format("unix://{}", socket_path.native())
                         : fmt::format("unix://{}?db={}", socket_path.native(), database);
  }
  return fmt::format("{}://{}:{}/{}", tls ? "rediss" : "redis", bracketed(host), port, database);
}

std::string bracketed(std::string_view host) {
  return host.find(':') == std::string_view::npos ? std::string{host} : fmt::format("[{}]", host);
}

Result<Endpoint> parse_url(std::string_view url, UrlOrigin origin) {
  const std::size_t mark = url.find("://");
  if (mark == std::string_view::npos) {
    return bad_url("it does not start with a scheme");
  }
  const std::string_view scheme = url.substr(0, mark);
  const std::string_view rest = url.substr(mark + 3);
  if (scheme == "redis") {
    return parse_tcp(rest, origin);
  }
  if (scheme == "unix") {
    return parse_unix(rest, origin);
  }
  if (scheme == "rediss") {
    QSNAP_ASSIGN(Endpoint endpoint, parse_tcp(rest, origin));
    endpoint.tls = std::make_shared<TlsContext>(TlsOptions{});
    return endpoint;
  }
  if (is_scheme_of_many(scheme, "sentinel")) {
    return make_error(ErrorCode::usage, "a list of Sentinels is not a Redis",
                      {"ask one of them for the primary and name that: "
                       "redis-cli -h SENTINEL -p 26379 SENTINEL GET-MASTER-ADDR-BY-NAME NAME"});
  }
  if (is_scheme_of_many(scheme, "cluster")) {
    return make_error(ErrorCode::usage, "Redis Cluster is not supported in this version", {std::string{k_shape}});
  }
  return bad_url("the scheme is not redis://, rediss:// or unix://");
}

Result<void> apply_tls_options(Endpoint& endpoint, TlsOptions options) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return make_error(ErrorCode::usage, "a client certificate and its key belong together",
                      {"give both --tls-cert FILE and --tls-key FILE, or QSNAP_TLS_CERT and QSNAP_TLS_KEY"});
  }
  endpoint.tls = std::make_shared<TlsContext>(std::move(options));
  return {};
}

Result<void> apply_credentials_file(Endpoint& endpoint, const std::filesystem::path& file) {
  QSNAP_ASSIGN(const std::string bytes, read_private_file(file, "credentials file", 4 * limits::k_kib));
  std::string_view line = split_first(bytes, '\n').before;
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (line.empty()) {
    return make_error(ErrorCode::usage,
                      fmt::format("the credentials file {} has no password in its first line", file.native()),
                      {"write user:password or password into it"});
  }
  const auto [first, second] = split_first(line, ':');
  endpoint.user = second ? first : std::string_view{};
  endpoint.password = second.value_or(first);
  return {};
}

}  // namespace qsnap::redis
