// SPDX-License-Identifier: Apache-2.0
#include <new>

#include <openssl/evp.h>

#include <qsnap/codec/digest.hpp>

// Inlined, so that the short texts that are hashed most (names, ids) cost nanoseconds.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace qsnap::codec {

namespace {

struct FreeDigest {
  void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

/// libcrypto and not own code, because it uses the processor's SHA instructions (1.7 GB/s instead of 0.3). Fetched
/// once: EVP_sha256() would look the implementation up again for every digest, which costs more than a short record.
const EVP_MD* sha256_method() {
  static const std::unique_ptr<EVP_MD, FreeDigest> method{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  return method.get();
}

/// The only failures of these calls are no memory and a libcrypto without SHA-256.
void require(bool succeeded) {
  if (!succeeded) {
    throw std::bad_alloc{};
  }
}

DigestContext new_context() {
  DigestContext context{EVP_MD_CTX_new()};
  require(context != nullptr);
  return context;
}

std::string finish(EVP_MD_CTX* context) {
  std::string digest(32, '\0');
  require(EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1);
  return digest;
}

}  // namespace

struct Sha256::State {
  DigestContext context = new_context();
};

Sha256::Sha256() : m_state(std::make_unique<State>()) {
  require(EVP_DigestInit_ex2(m_state->context.get(), sha256_method(), nullptr) == 1);
}

Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  require(EVP_DigestUpdate(m_state->context.get(), bytes.data(), bytes.size()) == 1);
}

std::string Sha256::digest() const {
  const DigestContext copy = new_context();
  require(EVP_MD_CTX_copy_ex(copy.get(), m_state->context.get()) == 1);
  return finish(copy.get());
}

std::array<char, 32> Sha256::take() {
  std::array<char, 32> digest{};
  EVP_MD_CTX* const context = m_state->context.get();
  require(EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1);
  require(EVP_DigestInit_ex2(context, sha256_method(), nullptr) == 1);
  return digest;
}

std::string sha256(std::string_view bytes) {
  const DigestContext context = new_context();
  require(EVP_DigestInit_ex2(context.get(), sha256_method(), nullptr) == 1);
  require(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1);
  return finish(context.get());
}

std::uint64_t xxh3(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::uint64_t xxh64(std::string_view bytes) {
  return XXH64(bytes.data(), bytes.size(), 0);
}

}  // namespace qsnap::codec
