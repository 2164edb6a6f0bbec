// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/redis/tls_context.hpp>
#include <qsnap/redis/tls_error.hpp>
#include <qsnap/redis/tls_stream.hpp>

namespace qsnap::redis {

namespace {

using SteadyClock = std::chrono::steady_clock;

struct FreeSsl {
  void operator()(SSL* ssl) const { ::SSL_free(ssl); }
};

/// OpenSSL reads from and writes to memory, and Socket moves the bytes: so deadlines, cancellation and broken pipes are
/// dealt with in one place. A write of OpenSSL's always finds room, so all it ever waits for is bytes from the peer.
class TlsStream final : public Stream {
 public:
  static Result<std::unique_ptr<TlsStream>> create(Socket socket, const Endpoint& endpoint);
  TlsStream(std::unique_ptr<SSL, FreeSsl> ssl, Socket socket, Endpoint endpoint)
      : m_ssl(std::move(ssl)), m_socket(std::move(socket)), m_endpoint(std::move(endpoint)) {}

  Result<void> shake_hands(SteadyTime deadline, const Progress& progress);
  Result<void> write(std::string_view bytes, Duration timeout, const Progress& progress) override;
  Result<std::size_t> read(std::span<char> buffer, Duration timeout, const Progress& progress) override;

 private:
  enum class Fed { bytes, nothing };
  Result<void> drain_out(Duration timeout, const Progress& progress);
  Result<Fed> feed_in(SteadyTime deadline, const Progress& progress);
  [[nodiscard]] Error failure(int result) const;

  std::unique_ptr<SSL, FreeSsl> m_ssl;
  Socket m_socket;
  Endpoint m_endpoint;  ///< for messages
  std::array<char, 16 * limits::k_kib> m_wire{};
};

/// The name that the certificate has to hold; a name is told to the peer, too, which may have several (SNI).
Result<void> expect_host(SSL* ssl, const std::string& host) {
  X509_VERIFY_PARAM* rules = ::SSL_get0_param(ssl);
  ::X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (::X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1) {
    return {};
  }
  ::ERR_clear_error();  // of the attempt to read it as an address
  if (::X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) != 1 ||
      SSL_set_tlsext_host_name(ssl, host.c_str()) != 1) {
    ::ERR_clear_error();
    return make_error(ErrorCode::usage, fmt::format("{} is not a host name", host));
  }
  return {};
}

Result<std::unique_ptr<TlsStream>> TlsStream::create(Socket socket, const Endpoint& endpoint) {
  QSNAP_ASSIGN(const SslContext context, endpoint.tls->get());
  std::unique_ptr<SSL, FreeSsl> ssl{::SSL_new(context.get())};
  BIO* in = ::BIO_new(::BIO_s_mem());
  BIO* out = ::BIO_new(::BIO_s_mem());
  if (!ssl || in == nullptr || out == nullptr) {
    ::BIO_free(in);
    ::BIO_free(out);
    return make_error(ErrorCode::internal, "OpenSSL cannot be set up");
  }
  ::SSL_set_bio(ssl.get(), in, out);  // owns both
  ::SSL_set_connect_state(ssl.get());
  QSNAP_TRY(expect_host(ssl.get(), endpoint.host));
  return std::make_unique<TlsStream>(std::move(ssl), std::move(socket), endpoint);
}

/// Sends what OpenSSL has to say.
Result<void> TlsStream::drain_out(Duration timeout, const Progress& progress) {
  BIO* out = ::SSL_get_wbio(m_ssl.get());
  while (true) {
    const int count = ::BIO_read(out, m_wire.data(), static_cast<int>(m_wire.size()));
    if (count <= 0) {
      return {};
    }
    QSNAP_TRY(m_socket.write({m_wire.data(), static_cast<std::size_t>(count)}, timeout, progress));
  }
}

/// Hands what arrives to OpenSSL.
Result<TlsStream::Fed> TlsStream::feed_in(SteadyTime deadline, const Progress& progress) {
  const auto left = std::chrono::ceil<Duration>(deadline - SteadyClock::now());
  QSNAP_ASSIGN(const std::size_t count, m_socket.read(m_wire, std::max(left, Duration{0}), progress));
  ::BIO_write(::SSL_get_rbio(m_ssl.get()), m_wire.data(), static_cast<int>(count));
  return count == 0 ? Fed::nothing : Fed::bytes;
}

Error TlsStream::failure(int result) const {
  if (::SSL_get_error(m_ssl.get(), result) == SSL_ERROR_ZERO_RETURN) {
    return make_error(ErrorCode::redis_unreachable, fmt::format("{} closed the connection", m_endpoint.display()),
                      {"look into the log of the Redis server"});
  }
  return tls_error(m_ssl.get(), m_endpoint);
}

Result<void> TlsStream::shake_hands(SteadyTime deadline, const Progress& progress) {
  const auto left = [&] { return std::max(std::chrono::ceil<Duration>(deadline - SteadyClock::now()), Duration{1}); };
  while (true) {
    ::ERR_clear_error();
    const int result = ::SSL_do_handshake(m_ssl.get());
    const bool wants_more = result != 1 && ::SSL_get_error(m_ssl.get(), result) == SSL_ERROR_WANT_READ;
    if (result != 1 && !wants_more) {
      Error error = failure(result);
      (void)drain_out(left(), progress);  // our alert, so that the server's log says why
      return error;
    }
    QSNAP_TRY(drain_out(left(), progress));
    if (result == 1) {
      return {};
    }
    Result<Fed> fed = feed_in(deadline, progress);
    if (!fed && fed.error().code == ErrorCode::redis_unreachable) {
      return no_tls_answer(m_endpoint, "it closed the connection");
    }
    QSNAP_ASSIGN(const Fed what, std::move(fed));
    if (what == Fed::nothing) {
      return no_tls_answer(m_endpoint, "no answer in time");
    }
  }
}

Result<void> TlsStream::write(std::string_view bytes, Duration timeout, const Progress& progress) {
  constexpr std::size_t k_piece = 64 * limits::k_kib;  // what lies in memory at a time, however long the command is
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, k_piece);
    ::ERR_clear_error();
    const int result = ::SSL_write(m_ssl.get(), piece.data(), static_cast<int>(piece.size()));
    if (result <= 0) {
      return failure(result);
    }
    bytes.remove_prefix(static_cast<std::size_t>(result));
    if (Result<void> sent = drain_out(timeout, progress); !sent) {
      // In TLS 1.3 a server refuses our certificate only after the handshake: what it said explains the lost
      // connection.
      std::array<char, 1> said{};
      Result<std::size_t> answer = read(said, Duration{0}, progress);
      return !answer && answer.error().code == ErrorCode::redis_denied ? std::move(answer).error()
                                                                       : std::move(sent).error();
    }
  }
  return {};
}

Result<std::size_t> TlsStream::read(std::span<char> buffer, Duration timeout, const Progress& progress) {
  const auto deadline = SteadyClock::now() + timeout;
  while (true) {
    ::ERR_clear_error();
    const int count = ::SSL_read(m_ssl.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (count > 0) {
      return static_cast<std::size_t>(count);
    }
    if (::SSL_get_error(m_ssl.get(), count) != SSL_ERROR_WANT_READ) {
      return failure(count);
    }
    QSNAP_TRY(drain_out(timeout, progress));  // reading may call for an answer, of a new key for example
    QSNAP_ASSIGN(const Fed fed, feed_in(deadline, progress));
    if (fed == Fed::nothing) {
      return std::size_t{0};
    }
  }
}

}  // namespace

Result<std::unique_ptr<Stream>> start_tls(Socket socket, const Endpoint& endpoint, SteadyTime deadline,
                                          const Progress& progress) {
  QSNAP_ASSIGN(std::unique_ptr<TlsStream> stream, TlsStream::create(std::move(socket), endpoint));
  QSNAP_TRY(stream->shake_hands(deadline, progress));
  return std::unique_ptr<Stream>{std::move(stream)};
}

}  // namespace qsnap::redis
