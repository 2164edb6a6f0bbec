// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace qsnap::codec {

/// SHA-256 front to back (libcrypto). Digests are 32 raw bytes; base's to_hex prints them.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void update(std::string_view bytes);
  /// The digest of all bytes so far; more may follow.
  [[nodiscard]] std::string digest() const;
  /// The digest of all bytes so far, and begins anew: the cheapest way to hash many short texts.
  [[nodiscard]] std::array<char, 32> take();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

[[nodiscard]] std::string sha256(std::string_view bytes);
/// SHA-1 of the parts, one behind the other: 20 raw bytes. Only to know Git's name of a blob; never an identity of
/// ours.
[[nodiscard]] std::string sha1(std::span<const std::string_view> parts);
/// XXH3, 64 bits, seed 0: cut decisions and in-memory hash tables; never an identity.
[[nodiscard]] std::uint64_t xxh3(std::string_view bytes);
/// XXH64, seed 0: the checksum of the index.
[[nodiscard]] std::uint64_t xxh64(std::string_view bytes);

}  // namespace qsnap::codec
