// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <new>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <qsnap/codec/hmac.hpp>

namespace qsnap::codec {

namespace {

constexpr std::size_t k_digest_bytes = 32;

struct FreeMac {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

/// The only failures of these calls are no memory and a libcrypto without HMAC.
void require(bool succeeded) {
  if (!succeeded) {
    throw std::bad_alloc{};
  }
}

const unsigned char* data_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

/// libcrypto keeps the key inside the context, and wipes what it frees.
struct HmacSha256::State {
  std::unique_ptr<EVP_MAC_CTX, FreeMac> context;
};

HmacSha256::HmacSha256(std::string_view key) : m_state(std::make_unique<State>()) {
  const std::unique_ptr<EVP_MAC, FreeMac> mac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  require(mac != nullptr);
  m_state->context.reset(EVP_MAC_CTX_new(mac.get()));
  require(m_state->context != nullptr);
  std::string method = "SHA256";
  const std::array parameters = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, method.data(), 0),
                                 OSSL_PARAM_construct_end()};
  require(EVP_MAC_init(m_state->context.get(), data_of(key), key.size(), parameters.data()) == 1);
}

HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;
HmacSha256::~HmacSha256() = default;

std::string HmacSha256::digest(std::string_view bytes) const {
  EVP_MAC_CTX* const context = m_state->context.get();
  std::string digest(k_digest_bytes, '\0');
  std::size_t written = 0;
  require(EVP_MAC_init(context, nullptr, 0, nullptr) == 1);  // the same key again
  require(EVP_MAC_update(context, data_of(bytes), bytes.size()) == 1);
  require(EVP_MAC_final(context, reinterpret_cast<unsigned char*>(digest.data()), &written, digest.size()) == 1);
  return digest;
}

}  // namespace qsnap::codec
