// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::redis {

/// Files of a TLS connection. Only their names are held.
struct TlsOptions {
  std::filesystem::path ca_file;           ///< PEM: whom to trust; empty = the system's authorities
  std::filesystem::path certificate_file;  ///< PEM, with its chain: who we are; empty = no client certificate
  std::filesystem::path key_file;          ///< PEM: the key of that certificate, mode 0600

  [[nodiscard]] bool empty() const { return ca_file.empty() && certificate_file.empty() && key_file.empty(); }
};

class TlsContext;  // tls_context.hpp

struct Timeouts {
  std::chrono::milliseconds connect{5000};  ///< finding the host, connecting and the TLS handshake together
  /// How long Redis may send nothing that is waited for, or take nothing, before the connection counts as lost.
  std::chrono::milliseconds reply{30000};
};

/// Which Redis, as whom, and how. redis://[user[:password]@]host[:port][/db], the same with rediss:// for TLS,
/// unix://[user[:password]@]/path[?db=n].
struct Endpoint {
  std::string host;  ///< empty for a unix socket
  std::uint16_t port = 6379;
  std::filesystem::path socket_path;
  std::string user;
  std::string password;
  std::uint32_t database = 0;
  std::shared_ptr<TlsContext> tls;  ///< null: a plain connection; shared by all connections
  Timeouts timeouts;

  /// 127.0.0.0/8, ::1, localhost, or a unix socket.
  [[nodiscard]] bool is_loopback() const;
  /// For messages and reports: the same URL without user name and password.
  [[nodiscard]] std::string display() const;
};

/// As a URL has it, and everything else that puts a port behind it: an IPv6 address stands in brackets.
[[nodiscard]] std::string bracketed(std::string_view host);

/// Where a URL was found; a password is welcome in the environment only.
enum class UrlOrigin { command_line, environment };

/// Errors with `usage`; the message never repeats the password.
Result<Endpoint> parse_url(std::string_view url, UrlOrigin origin);

/// Errors with `usage` for a certificate without its key, or a key without its certificate.
/// The files are read by the first connection.
Result<void> apply_tls_options(Endpoint& endpoint, TlsOptions options);

/// "user:password" or "password" on the first line of a file that only its owner can read (mode 0600 or stricter,
/// else refused).
Result<void> apply_credentials_file(Endpoint& endpoint, const std::filesystem::path& file);

}  // namespace qsnap::redis
