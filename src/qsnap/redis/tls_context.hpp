// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include <openssl/ssl.h>

#include <qsnap/base/result.hpp>
#include <qsnap/redis/endpoint.hpp>

namespace qsnap::redis {

struct FreeSslContext {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
};
using SslContext = std::unique_ptr<SSL_CTX, FreeSslContext>;

/// What all TLS connections of an endpoint share: TLS 1.2 or newer, the peer always checked, with the authorities and
/// the client certificate that the options name. The system's authorities are read only if no other is named. Any
/// thread.
class TlsContext {
 public:
  explicit TlsContext(TlsOptions options) : m_options(std::move(options)) {}

  /// Made by the first call, because the system's authorities cost 27 ms. Errors with `io` or `usage` for files that
  /// are not there or not what they should be, `refused` for a key that others can read.
  Result<SslContext> get();

 private:
  const TlsOptions m_options;
  std::mutex m_mutex;
  SslContext m_context;
};

}  // namespace qsnap::redis
