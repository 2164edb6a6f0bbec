// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string_view>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/redis/endpoint.hpp>

namespace qsnap::redis {

/// A connected stream of bytes, plain (Socket) or in TLS. Every wait has a deadline and ends early when the user
/// cancels. One thread.
class Stream {
 public:
  using Duration = std::chrono::milliseconds;

  virtual ~Stream() = default;

  /// Writes all bytes; errors when the peer takes none for `timeout`.
  virtual Result<void> write(std::string_view bytes, Duration timeout, const Progress& progress) = 0;
  /// Reads what is there into `buffer` and says how many bytes: 0 when nothing came within `timeout`.
  virtual Result<std::size_t> read(std::span<char> buffer, Duration timeout, const Progress& progress) = 0;
};

/// Connects as the endpoint says. Its connect timeout bounds finding the host, connecting and the TLS handshake.
Result<std::unique_ptr<Stream>> connect_stream(const Endpoint& endpoint, const Progress& progress);

}  // namespace qsnap::redis
