// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include <qsnap/base/error.hpp>
#include <qsnap/redis/endpoint.hpp>

namespace qsnap::redis {

/// What went wrong in OpenSSL's last call on this thread, in words with a next step; empties OpenSSL's list of errors.
[[nodiscard]] Error tls_error(const SSL* ssl, const Endpoint& endpoint);

/// A peer that did not take part in the handshake.
[[nodiscard]] Error no_tls_answer(const Endpoint& endpoint, std::string_view how);

}  // namespace qsnap::redis
