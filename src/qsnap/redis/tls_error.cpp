// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <qsnap/redis/tls_error.hpp>

namespace qsnap::redis {

namespace {

std::string plain_hint(const Endpoint& endpoint) {
  return fmt::format("is {} a port for TLS? redis:// is for one without", endpoint.port);
}

/// The command that prints what the peer shows.
std::string look_hint(const Endpoint& endpoint, std::string_view what) {
  return fmt::format("see it: openssl s_client -connect {}:{} </dev/null | openssl x509 -noout {}",
                     bracketed(endpoint.host), endpoint.port, what);
}

Error untrusted(const Endpoint& endpoint, long verdict) {
  const auto told = [&](std::string_view why, std::string hint) {
    return make_error(ErrorCode::redis_denied, fmt::format("cannot trust {}: {}", endpoint.display(), why),
                      {std::move(hint)});
  };
  switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return told(fmt::format("its certificate is not for {}", endpoint.host),
                  look_hint(endpoint, "-subject -ext subjectAltName"));
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return told("its certificate has expired", look_hint(endpoint, "-dates"));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return told("its certificate is not valid yet", look_hint(endpoint, "-dates"));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return told("its certificate is signed by itself",
                  "if you know it, name it as the authority: --tls-ca FILE or QSNAP_TLS_CA");
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return told("its certificate is signed by an authority that is not known here",
                  "name the authority's certificate: --tls-ca FILE or QSNAP_TLS_CA");
    default:
      return told(::X509_verify_cert_error_string(verdict), look_hint(endpoint, "-text"));
  }
}

/// The peer's alerts about us.
std::string_view complaint(int reason) {
  switch (reason) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return "it wants a client certificate";
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
      return "it does not accept our certificate";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
      return "it says that our certificate is revoked";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      return "it says that our certificate has expired";
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      return "it does not know the authority that signed our certificate";
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
      return "it denies access to our certificate";
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:  // TLS 1.2 says no more than this when a client certificate is missing
      return "it ends the handshake; it may want a client certificate";
    default:
      return {};
  }
}

}  // namespace

Error no_tls_answer(const Endpoint& endpoint, std::string_view how) {
  return make_error(ErrorCode::redis_unreachable, fmt::format("cannot begin TLS with {}: {}", endpoint.display(), how),
                    {plain_hint(endpoint)});
}

Error tls_error(const SSL* ssl, const Endpoint& endpoint) {
  const unsigned long error = ::ERR_peek_error();
  const int reason = ERR_GET_REASON(error);
  const char* words = ::ERR_reason_error_string(error);
  const std::string what = words == nullptr ? "unknown error" : words;
  ::ERR_clear_error();
  if (const long verdict = ::SSL_get_verify_result(ssl); verdict != X509_V_OK) {
    return untrusted(endpoint, verdict);
  }
  if (const std::string_view why = complaint(reason); !why.empty()) {
    return make_error(ErrorCode::redis_denied, fmt::format("{} does not trust us: {}", endpoint.display(), why),
                      {"give the certificate and its key: --tls-cert FILE --tls-key FILE, or QSNAP_TLS_CERT and "
                       "QSNAP_TLS_KEY"});
  }
  switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
      return make_error(ErrorCode::redis_protocol, fmt::format("{} does not answer in TLS", endpoint.display()),
                        {plain_hint(endpoint)});
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return make_error(ErrorCode::redis_protocol, fmt::format("{} has no TLS 1.2 or newer", endpoint.display()),
                        {"allow TLS 1.2 there: tls-protocols \"TLSv1.2 TLSv1.3\" in redis.conf"});
    default:
      return make_error(ErrorCode::redis_protocol, fmt::format("TLS with {}: {}", endpoint.display(), what));
  }
}

}  // namespace qsnap::redis
