// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::redis {

/// Which Redis, and as whom. redis://[user[:password]@]host[:port][/db], unix://[user[:password]@]/path[?db=n].
/// rediss:// is refused with a clear word until TLS comes.
struct Endpoint {
  std::string host;  ///< empty for a unix socket
  std::uint16_t port = 6379;
  std::filesystem::path socket_path;
  std::string user;
  std::string password;
  std::uint32_t database = 0;

  /// 127.0.0.0/8, ::1, localhost, or a unix socket.
  [[nodiscard]] bool is_loopback() const;
  /// For messages and reports: the same URL without user name and password.
  [[nodiscard]] std::string display() const;
};

/// Where a URL was found; a password is welcome in the environment only.
enum class UrlOrigin { command_line, environment };

/// Errors with `usage`; the message never repeats the password.
Result<Endpoint> parse_url(std::string_view url, UrlOrigin origin);

/// "user:password" or "password" on the first line of a file that only its owner can read (mode 0600 or stricter,
/// else refused).
Result<void> apply_credentials_file(Endpoint& endpoint, const std::filesystem::path& file);

}  // namespace qsnap::redis
