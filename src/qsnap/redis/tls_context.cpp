// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/redis/private_file.hpp>
#include <qsnap/redis/tls_context.hpp>

namespace qsnap::redis {

namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
};
struct FreeBio {
  void operator()(BIO* bio) const { ::BIO_free_all(bio); }
};

Error bad_file(std::string_view what, const std::filesystem::path& file, std::string_view wanted) {
  ::ERR_clear_error();
  return make_error(ErrorCode::usage, fmt::format("the {} {} is not {}", what, file.native(), wanted));
}

Result<void> check_readable(const std::filesystem::path& file) {
  return ::access(file.c_str(), R_OK) == 0 ? Result<void>{} : file_error("open", file, errno);
}

Result<void> trust(SSL_CTX* context, const std::filesystem::path& ca_file) {
  if (ca_file.empty()) {
    if (::SSL_CTX_set_default_verify_paths(context) != 1) {
      return make_error(ErrorCode::io, "cannot read the system's certificate authorities",
                        {"name the authority with --tls-ca FILE"});
    }
    return {};
  }
  QSNAP_TRY(check_readable(ca_file));
  if (::SSL_CTX_load_verify_file(context, ca_file.c_str()) != 1) {
    return bad_file("file of authorities", ca_file, "a list of certificates in PEM");
  }
  return {};
}

/// OpenSSL would ask on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
  return -1;
}

Result<std::unique_ptr<EVP_PKEY, FreeKey>> read_key(const std::filesystem::path& file) {
  QSNAP_ASSIGN(std::string pem, read_private_file(file, "key file", 64 * limits::k_kib));
  const std::unique_ptr<BIO, FreeBio> bio{::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  std::unique_ptr<EVP_PKEY, FreeKey> key{::PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, nullptr)};
  ::OPENSSL_cleanse(pem.data(), pem.size());
  if (!key) {
    return bad_file("key file", file, "a private key in PEM without a passphrase");
  }
  return key;
}

Result<void> identify(SSL_CTX* context, const TlsOptions& options) {
  if (options.certificate_file.empty()) {
    return {};
  }
  QSNAP_TRY(check_readable(options.certificate_file));
  if (::SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1) {
    return bad_file("certificate file", options.certificate_file, "a certificate in PEM");
  }
  QSNAP_ASSIGN(const auto key, read_key(options.key_file));
  if (::SSL_CTX_use_PrivateKey(context, key.get()) != 1 || ::SSL_CTX_check_private_key(context) != 1) {
    return bad_file("key file", options.key_file,
                    fmt::format("the key of the certificate {}", options.certificate_file.native()));
  }
  return {};
}

Result<SslContext> make_tls_context(const TlsOptions& options) {
  SslContext context{::SSL_CTX_new(::TLS_client_method())};
  if (!context || ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) {
    ::ERR_clear_error();
    return make_error(ErrorCode::internal, "OpenSSL cannot be set up");
  }
  ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  ::SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);  // so that a write never has to wait for a read
  QSNAP_TRY(trust(context.get(), options.ca_file));
  QSNAP_TRY(identify(context.get(), options));
  return context;
}

}  // namespace

Result<SslContext> TlsContext::get() {
  const std::lock_guard lock{m_mutex};
  if (!m_context) {
    QSNAP_ASSIGN(m_context, make_tls_context(m_options));
  }
  ::SSL_CTX_up_ref(m_context.get());
  return SslContext{m_context.get()};
}

}  // namespace qsnap::redis
