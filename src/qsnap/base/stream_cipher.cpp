// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <qsnap/base/random.hpp>
#include <qsnap/base/stream_cipher.hpp>

namespace qsnap {

namespace {

constexpr std::size_t k_key_bytes = 32;
constexpr std::size_t k_block_bytes = 16;

/// The counter that encrypts a block: its number, big-endian. It starts at 0, because no key is used twice.
using Counter = std::array<unsigned char, k_block_bytes>;

struct FreeCipher {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

/// The only failures of these calls are no memory and a libcrypto without AES.
void require(bool succeeded) {
  if (!succeeded) {
    throw std::bad_alloc{};
  }
}

CipherContext context_with(std::string_view key) {
  const std::unique_ptr<EVP_CIPHER, FreeCipher> cipher{EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr)};
  CipherContext context{EVP_CIPHER_CTX_new()};
  require(cipher != nullptr && context != nullptr);
  require(EVP_EncryptInit_ex2(context.get(), cipher.get(), reinterpret_cast<const unsigned char*>(key.data()),
                              Counter{}.data(), nullptr) == 1);
  return context;
}

Counter counter_of(std::uint64_t block) {
  Counter counter{};
  for (auto byte = counter.rbegin(); block != 0; ++byte, block >>= 8U) {
    *byte = static_cast<unsigned char>(block & 0xFFU);
  }
  return counter;
}

void encrypt(EVP_CIPHER_CTX* context, std::span<char> bytes) {
  constexpr std::size_t k_most = 1U << 30U;  // libcrypto counts in int
  while (!bytes.empty()) {
    const std::span<char> now = bytes.first(std::min(bytes.size(), k_most));
    auto* const data = reinterpret_cast<unsigned char*>(now.data());
    int written = 0;
    require(EVP_EncryptUpdate(context, data, &written, data, static_cast<int>(now.size())) == 1);
    bytes = bytes.subspan(now.size());
  }
}

}  // namespace

/// One context for each thread that is inside apply() at once, used again: making one costs more than a short record.
/// The first one is never used but copied, so that the key needs no place of its own. libcrypto wipes what it frees.
struct StreamCipher::State {
  explicit State(CipherContext original) : first(std::move(original)) {}

  CipherContext take() {
    {
      const std::lock_guard lock{mutex};
      if (!idle.empty()) {
        CipherContext context = std::move(idle.back());
        idle.pop_back();
        return context;
      }
    }
    CipherContext context{EVP_CIPHER_CTX_new()};
    require(context != nullptr && EVP_CIPHER_CTX_copy(context.get(), first.get()) == 1);
    return context;
  }

  void give_back(CipherContext context) {
    const std::lock_guard lock{mutex};
    idle.push_back(std::move(context));
  }

  const CipherContext first;
  std::mutex mutex;
  std::vector<CipherContext> idle;
};

StreamCipher::StreamCipher(std::unique_ptr<State> state) : m_state(std::move(state)) {}
StreamCipher::StreamCipher(StreamCipher&&) noexcept = default;
StreamCipher& StreamCipher::operator=(StreamCipher&&) noexcept = default;
StreamCipher::~StreamCipher() = default;

Result<StreamCipher> StreamCipher::create() {
  QSNAP_ASSIGN(std::string key, random_bytes(k_key_bytes));
  CipherContext context = context_with(key);
  OPENSSL_cleanse(key.data(), key.size());
  return StreamCipher{std::make_unique<State>(std::move(context))};
}

void StreamCipher::apply(std::uint64_t offset, std::span<char> bytes) const {
  CipherContext context = m_state->take();
  const Counter counter = counter_of(offset / k_block_bytes);
  require(EVP_EncryptInit_ex2(context.get(), nullptr, nullptr, counter.data(), nullptr) == 1);
  std::array<char, k_block_bytes> before{};  // of the first block, what lies in front of the offset
  encrypt(context.get(), std::span{before}.first(offset % k_block_bytes));
  encrypt(context.get(), bytes);
  m_state->give_back(std::move(context));
}

}  // namespace qsnap
